"""Check it yourself: lines to paste into a shell that put the verifier's questions to the contract."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from registry.checks.facts import ChainFacts, Status
from registry.core.canonical import canonical_bytes
from registry.core.did import did_hash
from registry.core.digest import leaf_hash
from registry.core.errors import CanonicalFormError, ProofLengthError
from registry.core.proof import root_from_proof
from verifier_web import wording as say
from verifier_web.text import line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from registry.chain.networks import Network
    from registry.checks.facts import Accreditation, ChainView
    from registry.core.digest import Digest
    from registry.core.receipt import AnchorReceipt
    from verifier_web.desk import Judged

VERIFY = "verify(address,bytes32,uint64,uint64,bytes32[])(uint8,uint64)"
ANCHOR_OF = "anchorOf(address,bytes32,uint64)(uint64,uint64,uint64)"
STATUS_OF = "statusOf(address,bytes32)(uint8,uint64,uint64,uint8)"
KEY_STATUS_AT = "keyStatusAt(address,bytes32,uint64)(uint8)"
ACCREDITATION_AT = "accreditationAt(address,address,uint64)(uint8,uint64,uint64,string)"
ISSUER_OF = "issuerOf(address)(bytes32,address,address,uint64)"
LEAF_SCRIPT = (
    "import hashlib, json, rfc8785; "
    'd = json.load(open("credential.json", "rb")); '
    'print("0x" + hashlib.sha256(b"\\0" + rfc8785.dumps(d.get("credential", d))).hexdigest())'
)
"""Prints the leaf hash of a bundle or credential whose `proof` is an array of one."""

_DID = re.compile(r"did:[a-z0-9]+:[A-Za-z0-9._:%-]+")
_NOT_ANCHORED, _BATCH_REVOKED, _REVOKED, _SUSPENDED, _VALID = 1, 2, 3, 4, 5  # as the contract numbers them


@dataclass(frozen=True, slots=True)
class Command:
    """One thing to ask."""

    purpose: str
    """What it asks, and how to read the answer."""
    text: str
    """The line for the shell."""
    got: str
    """The answer that follows from what the verifier read; empty where it read nothing of it."""


@dataclass(frozen=True, slots=True)
class RecheckView:
    """How to repeat the chain's part of the check without us."""

    commands: tuple[Command, ...]
    """In the order in which to paste them; empty where there is nothing to ask."""
    contract_url: str | None
    """The contract in a block explorer."""
    transaction_url: str | None
    """The transaction that the receipt names; a hint of the receipt."""


def recheck_view(judged: Judged, networks: Mapping[str, Network]) -> RecheckView:
    """Return the lines for one judged credential, `networks` being the verifier's own, by name."""
    facts = judged.facts
    if facts.receipt is None or facts.presented.leaf_hash is None or not isinstance(facts.chain, ChainFacts):
        return RecheckView((), None, None)
    network = networks.get(facts.chain.network.name)
    explorer = network.explorer if network is not None else None
    contract_url = f"{explorer}/address/{facts.chain.network.contract.checksummed()}" if explorer else None
    questions = _questions(judged, facts.chain, facts.receipt, facts.presented.leaf_hash)
    commands = [_endpoint(facts.chain, network), *_leaf(judged), *questions]
    return RecheckView(tuple(commands), contract_url, _transaction_url(explorer, facts.chain, facts.receipt))


def _endpoint(chain: ChainFacts, network: Network | None) -> Command:
    address = next((url for url in network.rpc_urls if _is_public(url)), None) if network is not None else None
    if address is None:
        return Command(say.RECHECK_ENDPOINT_OWN.format(network=chain.network.title), "export ETH_RPC_URL=https://", "")
    return Command(say.RECHECK_ENDPOINT.format(network=chain.network.title), f"export ETH_RPC_URL={address}", "")


def _is_public(url: str) -> bool:
    """Say whether an endpoint's address is a bare host: a path, query or user name may hold an access key."""
    parts = urlsplit(url)
    return parts.path in {"", "/"} and not parts.query and "@" not in parts.netloc


def _leaf(judged: Judged) -> Iterator[Command]:
    credential, leaf = judged.bundle.credential, judged.facts.presented.leaf_hash
    if leaf is None or isinstance(credential, str):
        return
    try:
        plain = leaf_hash(canonical_bytes(credential))
    except CanonicalFormError:
        return
    if plain == leaf:  # with other proofs beside the issuer's, the script's short way would give another leaf
        yield Command(say.RECHECK_LEAF.format(leaf=leaf.to_hex()), f"python3 -c '{LEAF_SCRIPT}'", "")


def _questions(judged: Judged, chain: ChainFacts, receipt: AnchorReceipt, shown: Digest) -> Iterator[Command]:
    contract, issuer = chain.network.contract.checksummed(), chain.issuer_account.checksummed()
    leaf, root, size = shown.to_hex(), receipt.root.to_hex(), receipt.proof.tree_size
    path = ",".join(sibling.to_hex() for sibling in receipt.proof.path)
    view, ask = chain.latest, f"cast call {contract}"
    # A proof that leads elsewhere asks for a batch that nobody looked up, so no answer is expected.
    verdict = _verify_answer(view) if _included(receipt, shown) else ""
    verify = f'{ask} "{VERIFY}" {issuer} {leaf} {receipt.proof.index} {size} "[{path}]"'
    yield Command(say.RECHECK_VERIFY, verify, verdict)
    yield Command(say.RECHECK_ANCHOR, f'{ask} "{ANCHOR_OF}" {issuer} {root} {size}', _anchor_answer(view))
    yield Command(say.RECHECK_STATUS, f'{ask} "{STATUS_OF}" {issuer} {leaf}', _status_answer(view))
    yield from _questions_at_anchoring(judged, chain, ask, issuer)
    yield from _identifier_questions(judged, ask, issuer)


def _included(receipt: AnchorReceipt, shown: Digest) -> bool:
    try:
        return shown == receipt.leaf_hash and root_from_proof(shown, receipt.proof) == receipt.root
    except ProofLengthError:
        return False


def _questions_at_anchoring(judged: Judged, chain: ChainFacts, ask: str, issuer: str) -> Iterator[Command]:
    anchor, key = chain.finalized.anchor or chain.latest.anchor, judged.facts.presented.signature.key_hash
    if anchor is None:
        return
    time = int(anchor.anchored_at.timestamp())
    if key is not None:
        yield Command(say.RECHECK_KEY, f'{ask} "{KEY_STATUS_AT}" {issuer} {key.to_hex()} {time}', "")
    for one in chain.accreditations:
        accreditor = one.accreditor.checksummed()
        purpose = say.RECHECK_ACCREDITED.format(accreditor=line(one.accreditor_name))
        yield Command(purpose, f'{ask} "{ACCREDITATION_AT}" {accreditor} {issuer} {time}', _accredited_answer(one))


def _identifier_questions(judged: Judged, ask: str, issuer: str) -> Iterator[Command]:
    did = judged.facts.presented.issuer_did
    if not _DID.fullmatch(did):  # anything else has no place in a line for the shell
        return
    yield Command(say.RECHECK_ISSUER, f'{ask} "{ISSUER_OF}" {issuer}', "")
    yield Command(say.RECHECK_DID, f"cast keccak {did}", f"0x{did_hash(did).hex()}")


def _verify_answer(view: ChainView) -> str:
    """Say what `verify` answers for a leaf that the proof leads to the root."""
    if view.anchor is None:
        return f"{_NOT_ANCHORED}, 0"
    time = int(view.anchor.anchored_at.timestamp())
    if view.anchor.revoked_at is not None:
        return f"{_BATCH_REVOKED}, {time}"
    code = {Status.ACTIVE: _VALID, Status.SUSPENDED: _SUSPENDED, Status.REVOKED: _REVOKED}[view.status.status]
    return f"{code}, {time}"


def _anchor_answer(view: ChainView) -> str:
    if view.anchor is None:
        return "0, 0, 0"
    revoked = int(view.anchor.revoked_at.timestamp()) if view.anchor.revoked_at else 0
    return f"{int(view.anchor.anchored_at.timestamp())}, {view.anchor.block_number}, {revoked}"


def _status_answer(view: ChainView) -> str:
    status = view.status
    times = (int(at.timestamp()) if at else 0 for at in (status.revoked_at, status.suspended_at))
    return ", ".join(str(part) for part in (status.status.value, *times, status.reason))


def _accredited_answer(one: Accreditation) -> str:
    return f"{one.status.value}, …, …, {line(one.name)}"


def _transaction_url(explorer: str | None, chain: ChainFacts, receipt: AnchorReceipt) -> str | None:
    named = (one.transaction for one in receipt.anchors if one.chain_id == chain.network.chain_id)
    transaction = next((one for one in named if one is not None), None)
    return f"{explorer}/tx/{transaction.to_hex()}" if explorer and transaction else None
