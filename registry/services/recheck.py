"""Check it yourself: lines for a shell that put a verifier's questions to the contract, each with its sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from registry.checks.facts import ChainFacts, Status
from registry.core.canonical import canonical_bytes
from registry.core.did import did_hash
from registry.core.digest import leaf_hash
from registry.core.errors import CanonicalFormError, ProofLengthError
from registry.core.proof import root_from_proof
from registry.core.sentence import Sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from registry.checks.facts import Accreditation, ChainView, Facts
    from registry.core.digest import Digest
    from registry.core.receipt import AnchorReceipt, Bundle

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

LIMIT = Sentence(
    "The contract proves anchoring and status. It does not check the signature, nor who holds the credential."
)
EXPECTED = Sentence("Expected, by what this verifier read:")
_ENDPOINT_OWN = Sentence("First name an endpoint of {network}; any that you trust will do.")
_ENDPOINT = Sentence("First name an endpoint of {network}; this one, or any other that you trust.")
_LEAF = Sentence(
    "Save the file you have as credential.json and recompute its leaf hash (needs Python and the package rfc8785); it "
    "must be {leaf}."
)
_VERIFY = Sentence("Is it anchored by this issuer, and how does it stand? 5 means valid, then the time of anchoring.")
_ANCHOR = Sentence(
    "When was its batch anchored? Seconds since 1970, block number, and when the batch was revoked (0: not)."
)
_STATUS = Sentence(
    "Is it revoked or suspended? 0 means neither, 1 suspended, 2 revoked; then the two times and the reason."
)
_KEY = Sentence("Was the signing key the issuer's when it was anchored? 2 means yes.")
_ACCREDITED = Sentence(
    "Did {accreditor} vouch for the issuer when it was anchored? 1 means yes; the last value is the name."
)
_ISSUER = Sentence("Which identifier does the account on the chain have? The first value must be the hash below it.")
_DID_HASH = Sentence("The hash of the identifier that the credential names:")

MAX_NAME = 300
"""Most characters shown of a name."""
_JOINERS = "\u200c\u200d"  # Persian, Indic scripts and emoji are misspelt without them
_DID = re.compile(r"did:[a-z0-9]+:[A-Za-z0-9._:%-]+")
_NOT_KNOWN = "…"
_NOT_ANCHORED, _BATCH_REVOKED, _REVOKED, _SUSPENDED, _VALID = 1, 2, 3, 4, 5  # as the contract numbers them


class Judged(Protocol):
    """A judged credential: see verify.py."""

    @property
    def bundle(self) -> Bundle:
        """Return what was read."""
        ...

    @property
    def facts(self) -> Facts:
        """Return everything that was gathered."""
        ...


@dataclass(frozen=True, slots=True)
class Command:
    """One thing to ask."""

    purpose: str
    """What it asks, and how to read the answer; one line without control characters."""
    text: str
    """The line for the shell."""
    got: str
    """The answer that follows from what the verifier read; empty where it read nothing of it."""


def commands(judged: Judged, rpc_urls: Sequence[str]) -> tuple[Command, ...]:
    """Return the lines for one judged credential, in the order in which to paste them; none where no chain answered.

    `rpc_urls` are the endpoints of its network; one whose address may hold an access key is not shown.
    """
    facts = judged.facts
    if facts.receipt is None or facts.presented.leaf_hash is None or not isinstance(facts.chain, ChainFacts):
        return ()
    questions = _questions(facts, facts.chain, facts.receipt, facts.presented.leaf_hash)
    return (_endpoint(facts.chain, rpc_urls), *_leaf(judged), *questions)


def _endpoint(chain: ChainFacts, rpc_urls: Sequence[str]) -> Command:
    address = next((url for url in rpc_urls if is_public(url)), None)
    if address is None:
        return Command(_ENDPOINT_OWN.format(network=Sentence(chain.network.title)), "export ETH_RPC_URL=https://", "")
    return Command(_ENDPOINT.format(network=Sentence(chain.network.title)), f"export ETH_RPC_URL={address}", "")


def is_public(url: str) -> bool:
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
        yield Command(_LEAF.format(leaf=leaf.to_hex()), f"python3 -c '{LEAF_SCRIPT}'", "")


def _questions(facts: Facts, chain: ChainFacts, receipt: AnchorReceipt, shown: Digest) -> Iterator[Command]:
    contract, issuer = chain.network.contract.checksummed(), chain.issuer_account.checksummed()
    leaf, root, size = shown.to_hex(), receipt.root.to_hex(), receipt.proof.tree_size
    path = ",".join(sibling.to_hex() for sibling in receipt.proof.path)
    view, ask = chain.latest, f"cast call {contract}"
    # A proof that leads elsewhere asks for a batch that nobody looked up, so no answer is expected.
    verdict = _verify_answer(view) if _included(receipt, shown) else ""
    yield Command(_VERIFY, f'{ask} "{VERIFY}" {issuer} {leaf} {receipt.proof.index} {size} "[{path}]"', verdict)
    yield Command(_ANCHOR, f'{ask} "{ANCHOR_OF}" {issuer} {root} {size}', _anchor_answer(view))
    yield Command(_STATUS, f'{ask} "{STATUS_OF}" {issuer} {leaf}', _status_answer(view))
    yield from _questions_at_anchoring(facts, chain, ask, issuer)
    yield from _identifier_questions(facts, ask, issuer)


def _included(receipt: AnchorReceipt, shown: Digest) -> bool:
    try:
        return shown == receipt.leaf_hash and root_from_proof(shown, receipt.proof) == receipt.root
    except ProofLengthError:
        return False


def _questions_at_anchoring(facts: Facts, chain: ChainFacts, ask: str, issuer: str) -> Iterator[Command]:
    anchor, key = chain.finalized.anchor or chain.latest.anchor, facts.presented.signature.key_hash
    if anchor is None:
        return
    time = int(anchor.anchored_at.timestamp())
    if key is not None:
        yield Command(_KEY, f'{ask} "{KEY_STATUS_AT}" {issuer} {key.to_hex()} {time}', "")
    for one in chain.accreditations:
        accreditor = one.accreditor.checksummed()
        purpose = _ACCREDITED.format(accreditor=_on_one_line(one.accreditor_name))
        yield Command(purpose, f'{ask} "{ACCREDITATION_AT}" {accreditor} {issuer} {time}', _accredited_answer(one))


def _identifier_questions(facts: Facts, ask: str, issuer: str) -> Iterator[Command]:
    did = facts.presented.issuer_did
    if not _DID.fullmatch(did):  # anything else has no place in a line for the shell
        return
    yield Command(_ISSUER, f'{ask} "{ISSUER_OF}" {issuer}', "")
    yield Command(_DID_HASH, f"cast keccak {did}", f"0x{did_hash(did).hex()}")


def _verify_answer(view: ChainView) -> str:
    """Say what `verify` answers for a leaf that the proof leads to the root."""
    if view.anchor is None:
        return f"{_NOT_ANCHORED}, 0"
    time = int(view.anchor.anchored_at.timestamp())
    if view.anchor.revoked_at is not None:
        return f"{_BATCH_REVOKED}, {time}"
    if view.status is None:
        return _NOT_KNOWN
    code = {Status.ACTIVE: _VALID, Status.SUSPENDED: _SUSPENDED, Status.REVOKED: _REVOKED}[view.status.status]
    return f"{code}, {time}"


def _anchor_answer(view: ChainView) -> str:
    if view.anchor is None:
        return "0, 0, 0"
    revoked = int(view.anchor.revoked_at.timestamp()) if view.anchor.revoked_at else 0
    return f"{int(view.anchor.anchored_at.timestamp())}, {view.anchor.block_number}, {revoked}"


def _status_answer(view: ChainView) -> str:
    status = view.status
    if status is None:
        return _NOT_KNOWN
    times = (int(at.timestamp()) if at else 0 for at in (status.revoked_at, status.suspended_at))
    return ", ".join(str(part) for part in (status.status.value, *times, status.reason))


def _accredited_answer(one: Accreditation) -> str:
    return f"{one.status.value}, …, …, {_on_one_line(one.name)}"


def _on_one_line(name: str) -> str:
    """Return a stranger's words without what could end a comment's line or steer a terminal."""
    return "".join(letter if letter.isprintable() or letter in _JOINERS else "\ufffd" for letter in name[:MAX_NAME])
