"""What one endpoint says of the pinned contract: facts at a final and at a newer block, decoded strictly.

An endpoint is asked for slots of the contract by issuer, root, leaf hash and key hash; it is
never given a path or a document (design.md, Judging a credential).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError
from eth_hash.auto import keccak

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
    from registry.chain.networks import Accreditor, Network
    from registry.chain.rpc import RpcEndpoint
    from registry.ports import ChainQuestion

NEVER = 2**64 - 1
"""The contract's word for `not retired`."""

READS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "anchorOf": (("address", "bytes32", "uint64"), ("uint64", "uint64", "uint64")),
    "statusOf": (("address", "bytes32"), ("uint8", "uint64", "uint64", "uint8")),
    "issuerOf": (("address",), ("bytes32", "address", "address", "uint64")),
    "signingKeyOf": (("address", "bytes32"), ("uint64", "uint64")),
    "accreditationAt": (("address", "address", "uint64"), ("uint8", "uint64", "uint64", "string")),
}
"""Argument and result types of the contract's reads, as in ICredentialRegistry.sol (a test compares with the ABI)."""


def call_data(function: str, *arguments: object) -> str:
    """Return the call data of one of the contract's reads, as hex."""
    types, _ = READS[function]
    selector = keccak(f"{function}({','.join(types)})".encode())[:4]
    return "0x" + (selector + encode(types, arguments)).hex()


class ContractReads:
    """Questions to one endpoint."""

    def __init__(self, network: Network, endpoint: RpcEndpoint) -> None:
        self._network = network
        self._endpoint = endpoint

    def facts(self, question: ChainQuestion, at: Heads) -> ChainFacts:
        """Return what it says of one credential at two blocks; ChainUnavailableError if that makes no sense."""
        finalized, latest = at.final, at.head
        account, leaf = question.issuer, question.leaf_hash
        anchor = ("anchorOf", account, question.root, question.tree_size)
        reads: list[tuple[Any, ...]] = [(finalized, *anchor), (latest, *anchor)]
        reads += [(finalized, "statusOf", account, leaf), (latest, "statusOf", account, leaf)]
        reads += [(latest, "issuerOf", account)]
        if question.key_hash is not None:
            reads += [(latest, "signingKeyOf", account, question.key_hash)]
        answers = self._read(reads)
        anchors = _anchor(answers[0]), _anchor(answers[1])
        standing = anchors[0] or anchors[1]
        return ChainFacts(
            network=self._network.ref(),
            issuer_account=account,
            finalized=ChainView(finalized, anchors[0], _status(answers[2])),
            latest=ChainView(latest, anchors[1], _status(answers[3])),
            issuer=_issuer(answers[4]),
            key=_key(answers[5]) if question.key_hash is not None else None,
            accreditations=self._accreditations(latest, account, standing) if standing else (),
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

    def _read(self, reads: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        calls = [
            Call("eth_call", ({"to": self._network.contract, "data": call_data(name, *arguments)}, hex(block)))
            for block, name, *arguments in reads
        ]
        results = self._endpoint.batch(calls)
        return [self._decoded(read[1], result) for read, result in zip(reads, results, strict=True)]

    def _decoded(self, function: str, result: object) -> tuple[Any, ...]:
        try:
            data = bytes.fromhex(str(result).removeprefix("0x"))
            # A string as its bytes: the contract does not check that a name is UTF-8.
            return decode(["bytes" if one == "string" else one for one in READS[function][1]], data)
        except (ValueError, DecodingError, OverflowError) as error:
            where = f"chain {self._network.chain_id} at {self._network.contract.checksummed()}"
            raise self._unusable(f"gave no answer of the registry contract for {function} ({where})") from error

    def _accreditations(self, block: int, issuer: Address, anchor: AnchorRecord) -> tuple[Accreditation, ...]:
        accreditors = self._network.accreditors
        if not accreditors:
            return ()
        at = int(anchor.anchored_at.timestamp())
        answers = self._read([(block, "accreditationAt", one.address, issuer, at) for one in accreditors])
        return tuple(_accreditation(one, answer) for one, answer in zip(accreditors, answers, strict=True))

    def _unusable(self, what: str) -> ChainUnavailableError:
        return ChainUnavailableError(f"{self._endpoint.name} {what}")


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


def _anchor(answer: tuple[int, int, int]) -> AnchorRecord | None:
    anchored_at, block_number, revoked_at = answer
    return AnchorRecord(_known(anchored_at), block_number, _time(revoked_at)) if anchored_at else None


def _status(answer: tuple[int, int, int, int]) -> StatusRecord:
    status, revoked_at, suspended_at, reason = answer
    try:
        return StatusRecord(Status(status), _time(revoked_at), _time(suspended_at), reason)
    except ValueError as error:
        raise ChainUnavailableError(f"the endpoint answered with status {status}, which does not exist") from error


def _issuer(answer: tuple[bytes, str, str, int]) -> IssuerRecord | None:
    did_hash, admin, _, registered_at = answer
    return IssuerRecord(did_hash, Address(admin), _known(registered_at)) if registered_at else None


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
