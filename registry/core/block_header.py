"""Block headers of Ethereum's execution layer: re-hashed, and read by a table of fields.

A header is an RLP list to which forks have only ever appended. A length that is not in the table belongs to a fork
that this version does not know, and is refused: its fields could mean anything.

Source: Ethereum yellow paper 4.4; EIP-1559, EIP-4895, EIP-4844, EIP-4788, EIP-7685.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

from eth_hash.auto import keccak

from registry.core.digest import Digest
from registry.core.rlp_items import decode_item, encode_item
from registry.core.state_proof_errors import StateProofError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MAX_HEADER_BYTES = 2048
"""Longest header that is read; one of Prague has about 610 bytes."""
MAX_NUMBER = 2**64
"""Block numbers and times are below this."""
_HEX = re.compile(r"0x[0-9a-fA-F]*")


class Kind(Enum):
    """Shape of a field; a hash, address, bloom filter and nonce have exactly so many bytes, others at most 32."""

    HASH = "hash"
    ADDRESS = "address"
    BLOOM = "bloom"
    NONCE = "nonce"
    TEXT = "text"
    NUMBER = "number"


_EXACT_BYTES = {Kind.HASH: 32, Kind.ADDRESS: 20, Kind.BLOOM: 256, Kind.NONCE: 8}
_MOST_BYTES = 32


HEADER_FIELDS: tuple[tuple[str, Kind], ...] = (
    ("parentHash", Kind.HASH),
    ("sha3Uncles", Kind.HASH),
    ("miner", Kind.ADDRESS),
    ("stateRoot", Kind.HASH),
    ("transactionsRoot", Kind.HASH),
    ("receiptsRoot", Kind.HASH),
    ("logsBloom", Kind.BLOOM),
    ("difficulty", Kind.NUMBER),
    ("number", Kind.NUMBER),
    ("gasLimit", Kind.NUMBER),
    ("gasUsed", Kind.NUMBER),
    ("timestamp", Kind.NUMBER),
    ("extraData", Kind.TEXT),
    ("mixHash", Kind.HASH),
    ("nonce", Kind.NONCE),
    ("baseFeePerGas", Kind.NUMBER),
    ("withdrawalsRoot", Kind.HASH),
    ("blobGasUsed", Kind.NUMBER),
    ("excessBlobGas", Kind.NUMBER),
    ("parentBeaconBlockRoot", Kind.HASH),
    ("requestsHash", Kind.HASH),
)
"""Every field in its order, named as in JSON-RPC."""
FORKS: Mapping[int, str] = {
    15: "Frontier to Berlin",
    16: "London and Paris",
    17: "Shanghai",
    20: "Cancun",
    21: "Prague and Osaka",
}
"""How many of the fields a header of each fork has."""
_PLACES = {name: place for place, (name, _) in enumerate(HEADER_FIELDS)}


@dataclass(frozen=True, slots=True)
class BlockHeader:
    """What a state proof needs of a block."""

    block_hash: Digest
    """Keccak-256 of the header; whoever trusts it trusts everything below."""
    state_root: Digest
    """Root of the state trie after the block."""
    number: int
    """The block's number."""
    at: datetime
    """The block's time, UTC."""


def read_header(encoded: bytes) -> BlockHeader:
    """Return the header behind its RLP; the hash is computed here.

    Raises:
        StateProofError: it is no RLP list, its number of fields is in no fork's row, or a field has another shape.

    """
    fields = _fields(encoded)
    if len(fields) not in FORKS:
        known = ", ".join(str(count) for count in FORKS)
        raise StateProofError(
            f"the block header has {len(fields)} fields; known are {known}. A newer Credanchor may know this fork"
        )
    for (name, kind), field in zip(HEADER_FIELDS, fields, strict=False):
        _require_shape(name, kind, field)
    return BlockHeader(
        block_hash=Digest(keccak(encoded)),
        state_root=Digest(fields[_PLACES["stateRoot"]]),
        number=_bounded("number", fields),
        at=_time(_bounded("timestamp", fields)),
    )


def encode_header(block: Mapping[str, Any]) -> bytes:
    """Return the RLP of a block's header from the members of JSON-RPC's block.

    The caller compares the hash of what comes out with the hash it asked for: members that a newer fork added are
    not in the table, and show there.

    Raises:
        StateProofError: a member is missing or no hex text, or the members present are those of no known fork.

    """
    present = [name for name, _ in HEADER_FIELDS if block.get(name) is not None]
    if len(present) not in FORKS or present != [name for name, _ in HEADER_FIELDS[: len(present)]]:
        raise StateProofError("the block's members are those of no fork that this version knows")
    return encode_item([_raw(name, kind, block[name]) for name, kind in HEADER_FIELDS[: len(present)]])


def _fields(encoded: bytes) -> Sequence[bytes]:
    if len(encoded) > MAX_HEADER_BYTES:
        raise StateProofError(f"the block header has {len(encoded):,} bytes; at most {MAX_HEADER_BYTES:,} are read")
    item = decode_item(encoded, "the block header")
    fields = [] if isinstance(item, bytes) else [field for field in item if isinstance(field, bytes)]
    if isinstance(item, bytes) or len(fields) != len(item):
        raise StateProofError("the block header is not a list of fields")
    return fields


def _require_shape(name: str, kind: Kind, field: bytes) -> None:
    fits = len(field) == _EXACT_BYTES[kind] if kind in _EXACT_BYTES else len(field) <= _MOST_BYTES
    if not fits or (kind is Kind.NUMBER and field.startswith(b"\x00")):
        raise StateProofError(f"the block header's {name} has a shape that no {kind.value} has")


def _bounded(name: str, fields: Sequence[bytes]) -> int:
    value = int.from_bytes(fields[_PLACES[name]], "big")
    if value >= MAX_NUMBER:
        raise StateProofError(f"the block header's {name} does not fit 64 bits")
    return value


def _time(seconds: int) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError) as error:
        raise StateProofError(f"the block header's timestamp {seconds} is no time that can be") from error


def _raw(name: str, kind: Kind, value: object) -> bytes:
    if not isinstance(value, str) or not _HEX.fullmatch(value):
        raise StateProofError(f"the block's {name} is not written in hex")
    digits = value[2:]
    raw = bytes.fromhex(digits.zfill(len(digits) + len(digits) % 2))
    return raw.lstrip(b"\x00") if kind is Kind.NUMBER else raw
