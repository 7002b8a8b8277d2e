"""What one endpoint says of the pinned contract: facts at a final and at a newer block, decoded strictly.

An endpoint is asked for slots of the contract by issuer, root, leaf hash and key hash; it is
never given a path or a document (design.md, Judging a credential).
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache, lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError
from eth_hash.auto import keccak

from registry.chain.final_answers import FinalAnswers
from registry.chain.rpc import Call
from registry.checks.facts import (
    Accreditation,
    AccreditationStatus,
    AnchorRecord,
    ChainFacts,
    ChainView,
    IssuerRecord,
    KeyRecord,
    Status,
    StatusRecord,
)
from registry.core.account import Address
from registry.core.errors import ChainUnavailableError
from registry.core.quorum import Heads

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from registry.chain.final_answers import Read, Said
    from registry.chain.networks import Accreditor, Network
    from registry.chain.rpc import RpcEndpoint
    from registry.ports import ChainQuestion

NEVER = 2**64 - 1
"""The contract's word for `not retired`."""
CALLS_A_BATCH = 100
"""Most calls in one JSON-RPC batch; public endpoints refuse longer ones."""
MAX_REMEMBERED = 1024
"""Longest answer, as hex, of which it is remembered what it says."""

READS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "anchorOf": (("address", "bytes32", "uint64"), ("uint64", "uint64", "uint64")),
    "statusOf": (("address", "bytes32"), ("uint8", "uint64", "uint64", "uint8")),
    "issuerOf": (("address",), ("bytes32", "address", "address", "uint64")),
    "signingKeyOf": (("address", "bytes32"), ("uint64", "uint64")),
    "accreditationAt": (("address", "address", "uint64"), ("uint8", "uint64", "uint64", "string")),
}
"""Argument and result types of the contract's reads, as in ICredentialRegistry.sol (a test compares with the ABI)."""


_Anchors = tuple[AnchorRecord | None, AnchorRecord | None]


@lru_cache(maxsize=256)  # the same is asked at two blocks
def call_data(function: str, *arguments: object) -> str:
    """Return the call data of one of the contract's reads, as hex."""
    return "0x" + (_selector(function) + encode(READS[function][0], arguments)).hex()


@cache
def _selector(function: str) -> bytes:
    return keccak(f"{function}({','.join(READS[function][0])})".encode())[:4]


@lru_cache(maxsize=256)  # of most credentials the same is said: that nothing changed
def _decoded(function: str, result: str) -> tuple[Any, ...]:
    # A string as its bytes: the contract does not check that a name is UTF-8.
    types = ["bytes" if one == "string" else one for one in READS[function][1]]
    return decode(types, bytes.fromhex(result.removeprefix("0x")))


class ContractReads:
    """Questions to one endpoint."""

    def __init__(self, network: Network, endpoint: RpcEndpoint, final: FinalAnswers | None = None) -> None:
        self._network = network
        self._endpoint = endpoint
        self._final = final or FinalAnswers()

    def facts_of(self, questions: Sequence[ChainQuestion], at: Heads) -> list[ChainFacts]:
        """Return what it says of each credential at two blocks; what several ask alike is asked once.

        What it said before of the same final block is not asked for again. Who vouches for an anchor is asked together
        with the rest if it was said before that this block holds the anchor, and else afterwards.

        Raises:
            ChainUnavailableError: an answer makes no sense.

        """
        reads = dict.fromkeys(read for one in questions for read in _reads_of(one, at))
        said = self._final.known(at.final, reads)
        finals = {one: _anchor_at(said, one, at.final) for one in questions}
        said |= self._read(read for read in (*reads, *self._vouching(at.head, finals)) if read not in said)
        self._final.keep(at.final, said)
        anchors = {one: (_anchor_at(said, one, at.final), _anchor_at(said, one, at.head)) for one in questions}
        standing = {one: final or latest for one, (final, latest) in anchors.items()}
        said |= self._read(read for read in self._vouching(at.head, standing) if read not in said)
        return [self._facts(one, at, said, anchors[one]) for one in questions]

    def _facts(self, question: ChainQuestion, at: Heads, said: Said, anchors: _Anchors) -> ChainFacts:
        account, leaf, key_hash = question.issuer, question.leaf_hash, question.key_hash
        final, latest = (_status(said[block, "statusOf", account, leaf]) for block in (at.final, at.head))
        standing = anchors[0] or anchors[1]
        return ChainFacts(
            network=self._network.ref(),
            issuer_account=account,
            finalized=ChainView(at.final, anchors[0], final),
            latest=ChainView(at.head, anchors[1], latest),
            issuer=_issuer(said[at.head, "issuerOf", account]),
            key=_key(said[at.head, "signingKeyOf", account, key_hash]) if key_hash is not None else None,
            accreditations=self._accreditations(said, at.head, account, standing),
        )

    def heads(self) -> Heads:
        """Return its newest and its newest final block; ChainUnavailableError if it is of another chain."""
        calls = [
            Call("eth_chainId"),
            Call("eth_getBlockByNumber", ("finalized", False)),
            Call("eth_getBlockByNumber", ("latest", False)),
        ]
        chain_id, *blocks = self._endpoint.batch(calls)
        if _quantity(chain_id) != self._network.chain_id:
            raise self._unusable(f"answers for chain {_quantity(chain_id)}, not for {self._network.chain_id}")
        if not all(isinstance(block, dict) for block in blocks):
            raise self._unusable("knows no finalized block yet")
        final, head = (_quantity(block.get("number")) for block in blocks)
        return Heads(head, final)

    def _read(self, reads: Iterable[Read]) -> Said:
        said: Said = {}
        rest = iter(dict.fromkeys(reads))
        while some := list(islice(rest, CALLS_A_BATCH)):
            results = self._endpoint.batch([self._call(read) for read in some])
            said |= {read: self._decoded(read[1], result) for read, result in zip(some, results, strict=True)}
        return said

    def _call(self, read: Read) -> Call:
        block, name, *arguments = read
        return Call("eth_call", ({"to": self._network.contract, "data": call_data(name, *arguments)}, hex(block)))

    def _decoded(self, function: str, result: object) -> tuple[Any, ...]:
        text = str(result)
        try:
            return (_decoded if len(text) <= MAX_REMEMBERED else _decoded.__wrapped__)(function, text)
        except (ValueError, DecodingError, OverflowError) as error:
            where = f"chain {self._network.chain_id} at {self._network.contract.checksummed()}"
            raise self._unusable(f"gave no answer of the registry contract for {function} ({where})") from error

    def _vouching(self, block: int, standing: Mapping[ChainQuestion, AnchorRecord | None]) -> Iterator[Read]:
        """Yield what asks each accepted accreditor about each issuer at the time of each anchor."""
        moments = {(one.issuer, anchor.anchored_at) for one, anchor in standing.items() if anchor is not None}
        yield from (_vouching(block, one, *moment) for moment in sorted(moments) for one in self._network.accreditors)

    def _accreditations(
        self, said: Said, block: int, issuer: Address, anchor: AnchorRecord | None
    ) -> tuple[Accreditation, ...]:
        if anchor is None:
            return ()
        asked = ((one, _vouching(block, one, issuer, anchor.anchored_at)) for one in self._network.accreditors)
        return tuple(_accreditation(one, said[read]) for one, read in asked)

    def _unusable(self, what: str) -> ChainUnavailableError:
        return ChainUnavailableError(f"{self._endpoint.name} {what}")


def _reads_of(question: ChainQuestion, at: Heads) -> Iterator[Read]:
    account = question.issuer
    for block in (at.final, at.head):
        yield (block, "anchorOf", account, question.root, question.tree_size)
        yield (block, "statusOf", account, question.leaf_hash)
    yield (at.head, "issuerOf", account)
    if question.key_hash is not None:
        yield (at.head, "signingKeyOf", account, question.key_hash)


def _vouching(block: int, accreditor: Accreditor, issuer: Address, anchored_at: datetime) -> Read:
    return (block, "accreditationAt", accreditor.address, issuer, int(anchored_at.timestamp()))


def _anchor_at(said: Said, question: ChainQuestion, block: int) -> AnchorRecord | None:
    """Return the anchor that a block holds; None if it holds none, or was not asked yet."""
    answer = said.get((block, "anchorOf", question.issuer, question.root, question.tree_size))
    return _anchor(answer) if answer is not None else None


def _quantity(value: object) -> int:
    try:
        return int(str(value), 16)
    except ValueError as error:
        raise ChainUnavailableError(f"the endpoint answered {str(value)[:60]!r} where a number belongs") from error


def _time(value: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(value, UTC) if 0 < value < NEVER else None
    except (OverflowError, ValueError, OSError):
        return datetime.max.replace(tzinfo=UTC)  # an honest `until` may lie beyond the year 9999


def _known(value: int) -> datetime:
    at = _time(value)
    if at is None:
        raise ChainUnavailableError("the endpoint answered with a time that cannot be")
    return at


@lru_cache(maxsize=256)  # of most credentials the same is said
def _anchor(answer: tuple[int, int, int]) -> AnchorRecord | None:
    anchored_at, block_number, revoked_at = answer
    return AnchorRecord(_known(anchored_at), block_number, _time(revoked_at)) if anchored_at else None


@lru_cache(maxsize=256)  # of most credentials the same is said
def _status(answer: tuple[int, int, int, int]) -> StatusRecord:
    status, revoked_at, suspended_at, reason = answer
    try:
        return StatusRecord(Status(status), _time(revoked_at), _time(suspended_at), reason)
    except ValueError as error:
        raise ChainUnavailableError(f"the endpoint answered with status {status}, which does not exist") from error


@lru_cache(maxsize=256)  # of most credentials the same is said
def _issuer(answer: tuple[bytes, str, str, int]) -> IssuerRecord | None:
    did_hash, admin, _, registered_at = answer
    return IssuerRecord(did_hash, Address(admin), _known(registered_at)) if registered_at else None


@lru_cache(maxsize=256)  # of most credentials the same is said
def _key(answer: tuple[int, int]) -> KeyRecord | None:
    added_at, retired_since = answer
    if not added_at:
        return None
    retired = None if retired_since == NEVER else datetime.fromtimestamp(min(retired_since, 2**33), UTC)
    return KeyRecord(_known(added_at), retired)


def _accreditation(accreditor: Accreditor, answer: tuple[int, int, int, bytes]) -> Accreditation:
    status, since, until, name = answer
    try:
        standing = AccreditationStatus(status)
    except ValueError as error:
        raise ChainUnavailableError(f"the endpoint answered with accreditation status {status}") from error
    return Accreditation(
        accreditor.address, accreditor.name, standing, name.decode("utf-8", "replace"), _time(since), _time(until)
    )
