"""Which receipt speaks for a credential, and what the chain says of the anchor that it leads to."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from registry.checks.facts import NOT_ASKED, AccreditationStatus, ChainFacts, NotAsked, UnknownNetwork, Unreachable
from registry.core.canonical import entry_of_jwt
from registry.core.did import did_hash
from registry.core.digest import leaf_hash
from registry.core.errors import VerificationError
from registry.core.proof import require_inclusion
from registry.credentials.compact_jws import parse_compact
from registry.credentials.presented import Presented, leaf_candidates, present, present_jwt
from registry.ports import ChainQuestion

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from registry.checks.facts import NetworkRef
    from registry.core.digest import Digest
    from registry.core.receipt import AnchorHint, AnchorReceipt
    from registry.services.chain_questions import ChainQuestions

MAX_ANCHORS_ASKED = 8
"""Most anchors of one credential that chains are asked for."""
_KINDS = ("main", "test", "local")


@dataclass(frozen=True, slots=True)
class Anchoring:
    """The receipt that decides, and what was heard about it."""

    receipt: AnchorReceipt | None
    """None if there is no receipt."""
    chain: ChainFacts | Unreachable | UnknownNetwork | NotAsked
    """What the contract said; not asked without a receipt."""


def leaves_of(credential: dict[str, Any] | str) -> tuple[Digest, ...]:
    """Return every leaf hash that the credential can have: one for each proof of its issuer.

    Raises:
        CredentialFormatError: it is a text that is no VC-JWT.

    """
    if isinstance(credential, dict):
        return leaf_candidates(credential)
    parse_compact(credential)
    return (leaf_hash(entry_of_jwt(credential)),)


def shown(
    credential: dict[str, Any] | str, receipts: Sequence[AnchorReceipt], leaves: Sequence[Digest] = ()
) -> Presented:
    """Return the document, judged by the proof that the first receipt anchors; CredentialFormatError as above.

    `leaves` are what `leaves_of` says, if that was asked already.
    """
    if isinstance(credential, str):
        return present_jwt(credential)
    return present(credential, receipts[0].leaf_hash if receipts else None, leaves)


def best_first(
    receipts: Sequence[AnchorReceipt], leaves: Sequence[Digest], chains: ChainQuestions
) -> list[AnchorReceipt]:
    """Return the receipts of one leaf: those that prove inclusion, and name a chain we accept, before others.

    Nothing is asked of any chain. Of a document with several proofs of its issuer one leaf is taken.
    """
    mine = [receipt for receipt in receipts if receipt.leaf_hash in leaves]
    if len(mine) < 2:  # noqa: PLR2004  nothing to compare
        return mine
    ordered = sorted(mine, key=lambda one: (not _is_sound(one), not _networks_of(one, chains), not one.anchors))
    return [one for one in ordered if one.leaf_hash == ordered[0].leaf_hash]


def questions_of(
    presented: Presented, receipts: Sequence[AnchorReceipt], chains: ChainQuestions
) -> list[tuple[AnchorReceipt, NetworkRef, ChainQuestion]]:
    """Return what accepted chains are to be asked about the anchors that the receipts name, and by which receipt."""
    return [
        (receipt, network, _question(presented, receipt, hint))
        for receipt, hint, network in islice(_anchors(receipts, chains), MAX_ANCHORS_ASKED)
    ]


def anchoring_of(presented: Presented, receipts: Sequence[AnchorReceipt], chains: ChainQuestions) -> Anchoring:
    """Ask the accepted chains about the anchors that the receipts name, and return the best answer.

    Best: the contract holds the anchor; then the issuer's DID is the credential's; then an accreditor vouches;
    then a main network before a test network before a local chain.
    """
    if not receipts:
        return Anchoring(None, NOT_ASKED)
    asked = [
        Anchoring(receipt, chains.facts(network, question))
        for receipt, network, question in questions_of(presented, receipts, chains)
    ]
    if not asked:
        named = dict.fromkeys(f"eip155:{hint.chain_id}" for receipt in receipts for hint in receipt.anchors)
        return Anchoring(receipts[0], UnknownNetwork(tuple(named)))
    return min(asked, key=lambda one: _rank(one, presented)) if len(asked) > 1 else asked[0]


def _anchors(
    receipts: Sequence[AnchorReceipt], chains: ChainQuestions
) -> Iterator[tuple[AnchorReceipt, AnchorHint, NetworkRef]]:
    """Yield what may be asked; the same anchor of the same issuer once, and broken receipts after sound ones."""
    seen = set()
    for receipt in receipts:
        for hint in receipt.anchors:
            for network in chains.networks(hint.chain_id):
                place = (network, hint.issuer, receipt.root, receipt.proof.tree_size)
                if place not in seen:
                    seen.add(place)
                    yield receipt, hint, network


def _question(presented: Presented, receipt: AnchorReceipt, hint: AnchorHint) -> ChainQuestion:
    return ChainQuestion(
        issuer=hint.issuer,
        root=receipt.root,
        tree_size=receipt.proof.tree_size,
        leaf_hash=presented.leaf_hash or receipt.leaf_hash,
        key_hash=presented.signature.key_hash,
    )


def _rank(one: Anchoring, presented: Presented) -> tuple[bool, int, bool, bool, bool, int]:
    chain, sound = one.chain, one.receipt is not None and _is_sound(one.receipt)
    if not isinstance(chain, ChainFacts):
        return (not sound, 1, False, False, False, 0)
    anchored = chain.finalized.anchor or chain.latest.anchor
    theirs = chain.issuer is not None and chain.issuer.did_hash == did_hash(presented.issuer_did)
    vouched = any(said.status is AccreditationStatus.ACTIVE for said in chain.accreditations)
    state = 0 if anchored else 2
    return (not sound, state, not theirs, not vouched, not chain.finalized.anchor, _KINDS.index(chain.network.kind))


def _is_sound(receipt: AnchorReceipt) -> bool:
    try:
        require_inclusion(receipt.leaf_hash, receipt.proof, receipt.root)
    except VerificationError:
        return False
    return True


def _networks_of(receipt: AnchorReceipt, chains: ChainQuestions) -> bool:
    return any(chains.networks(hint.chain_id) for hint in receipt.anchors)
