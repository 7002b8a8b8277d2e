"""A header is read by its fork's row of the table, hashed again, and refused when anything about it is unknown."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import rlp
from eth_hash.auto import keccak

from registry.core.block_header import FORKS, HEADER_FIELDS, MAX_HEADER_BYTES, Kind, encode_header, read_header
from registry.core.digest import Digest
from registry.core.state_proof_errors import StateProofError

# Block 0 of Ethereum, by its published members; the hash is the one everybody knows.
MAINNET_GENESIS = {
    "parentHash": "0x" + "00" * 32,
    "sha3Uncles": "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347",
    "miner": "0x" + "00" * 20,
    "stateRoot": "0xd7f8974fb5ac78d9ac099b9ad5018bedc2ce0a72dad1827a1709da30580f0544",
    "transactionsRoot": "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421",
    "receiptsRoot": "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421",
    "logsBloom": "0x" + "00" * 256,
    "difficulty": "0x400000000",
    "number": "0x0",
    "gasLimit": "0x1388",
    "gasUsed": "0x0",
    "timestamp": "0x0",
    "extraData": "0x11bbe8db4e347b4e8c937c1c8370e4b5ed33adb3db69cbdb7a38e1e50b1b82fa",
    "mixHash": "0x" + "00" * 32,
    "nonce": "0x0000000000000042",
}
GENESIS_HASH = "0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3"


def fields(count: int) -> list[bytes]:
    sizes = {Kind.HASH: 32, Kind.ADDRESS: 20, Kind.BLOOM: 256, Kind.NONCE: 8, Kind.TEXT: 5, Kind.NUMBER: 2}
    return [bytes([place + 1]) * sizes[kind] for place, (_, kind) in enumerate(HEADER_FIELDS[:count])]


def place_of(name: str) -> int:
    return [one for one, _ in HEADER_FIELDS].index(name)


def test_the_first_block_of_ethereum_has_the_hash_that_everybody_knows() -> None:
    header = read_header(encode_header(MAINNET_GENESIS))
    assert header.block_hash.to_hex() == GENESIS_HASH
    assert header.state_root.to_hex() == MAINNET_GENESIS["stateRoot"]


@pytest.mark.parametrize("count", sorted(FORKS))
def test_each_known_fork_is_read(count: int) -> None:
    encoded = rlp.encode(fields(count))
    header = read_header(encoded)
    assert header.block_hash == Digest(keccak(encoded))
    assert header.state_root == Digest(b"\x04" * 32)
    assert (header.number, header.at) == (0x0909, datetime.fromtimestamp(0x0C0C, UTC))


@pytest.mark.parametrize("count", [0, 1, 14, 18, 19, 22, 23])
def test_a_fork_that_is_not_in_the_table_is_refused(count: int) -> None:
    listed = (fields(21) + [b"\x16" * 32] * 2)[:count]
    with pytest.raises(StateProofError, match=f"has {count} fields"):
        read_header(rlp.encode(listed))


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("stateRoot", b"\x04" * 31),
        ("stateRoot", b"\x04" * 33),
        ("miner", b"\x03" * 32),
        ("logsBloom", b""),
        ("nonce", b""),
        ("number", b"\x00\x01"),
        ("number", b"\x01" * 33),
        ("extraData", b"\x01" * 33),
        ("requestsHash", b""),
        ("number", b"\x01" * 9),
        ("timestamp", b"\x01" * 9),
        ("timestamp", b"\x01" * 8),
    ],
)
def test_a_field_of_another_shape_is_refused(name: str, field: bytes) -> None:
    listed = fields(21)
    listed[place_of(name)] = field
    with pytest.raises(StateProofError, match=name):
        read_header(rlp.encode(listed))


@pytest.mark.parametrize(
    "encoded",
    [
        b"",
        b"\xc1",
        rlp.encode(b"text"),
        rlp.encode([*fields(20), [b"list"]]),
        rlp.encode(fields(21)) + b"\x00",
        b"\xf9\x08\x01" + b"\x01" * MAX_HEADER_BYTES,
    ],
)
def test_what_is_no_header_is_refused(encoded: bytes) -> None:
    with pytest.raises(StateProofError, match="block header"):
        read_header(encoded)


@pytest.mark.parametrize(
    "change",
    [
        {"parentHash": None},
        {"baseFeePerGas": None, "withdrawalsRoot": "0x" + "00" * 32},
        {"blobGasUsed": "0x0"},
        {"number": 7},
        {"miner": "nobody"},
    ],
)
def test_members_of_no_known_fork_are_not_encoded(change: dict[str, Any]) -> None:
    with pytest.raises(StateProofError):
        encode_header({**MAINNET_GENESIS, **change})
