"""Relay requests as a file: what is signed, what is written, and everything that is refused when read."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from eth_abi.abi import encode
from eth_account import Account
from eth_hash.auto import keccak
from hypothesis import given
from hypothesis import strategies as st

from anchoring.relay_request import (
    MAX_FILE_BYTES,
    MAX_REQUESTS,
    MAX_SIGNATURE_BYTES,
    RelayFormatError,
    RelayRequest,
    RelayTerms,
    parse_requests,
    requests_json,
)
from anchoring.sender import signer_of
from registry.core.account import Address
from registry.core.digest import Digest, Root
from registry.core.submission import BatchRef

KEY = "0x" + "11" * 32
SIGNER = Address(Account.from_key(KEY).address)
addresses = st.binary(min_size=20, max_size=20).map(lambda raw: Address("0x" + raw.hex()))
numbers = st.integers(0, 2**64 - 1)
batches = st.builds(
    lambda issuer, root, size: BatchRef(0, issuer, Root(Digest(root)), size),
    addresses,
    st.binary(min_size=32, max_size=32),
    st.integers(1, 2**64 - 1),
)
all_terms = st.builds(RelayTerms, st.integers(1, 2**63), addresses, batches, addresses, numbers)
all_requests = st.builds(RelayRequest, all_terms, st.binary(min_size=1, max_size=200))

ONE = RelayRequest(
    RelayTerms(31337, Address("0x" + "2" * 40), BatchRef(0, SIGNER, Root(Digest(b"r" * 32)), 7), SIGNER, 99), b"s" * 65
)


def written(requests: tuple[RelayRequest, ...] = (ONE,)) -> dict[str, Any]:
    return requests_json(requests)


def read(value: object) -> tuple[RelayRequest, ...]:
    return parse_requests(json.dumps(value).encode())


def with_member(name: str, value: object) -> dict[str, Any]:
    file = written()
    file["requests"][0][name] = value
    return file


@pytest.mark.parametrize("number", [2**53 - 1, 2**53, 2**53 + 1, 2**63, 2**64 - 2048, 2**64 - 1])
def test_a_number_is_read_again_where_fractions_are_written_like_integers(number: int) -> None:
    terms = replace(ONE.terms, deadline_seconds=number, batch=replace(ONE.terms.batch, tree_size=number))
    request = replace(ONE, terms=terms)

    assert read(written((request,))) == (request,)


@given(requests=st.lists(all_requests, min_size=1, max_size=4).map(tuple))
def test_what_is_written_is_read_again(requests: tuple[RelayRequest, ...]) -> None:
    assert read(written(requests)) == requests


def digest_by_hand(terms: RelayTerms) -> bytes:
    """EIP-712 written out: the contract's domain, its type, and the two prefix bytes."""
    domain = keccak(b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)")
    named = keccak(b"Credanchor CredentialRegistry"), keccak(b"1")
    types = ["bytes32", "bytes32", "bytes32", "uint256", "address"]
    separator = keccak(encode(types, [domain, *named, terms.chain_id, terms.contract]))
    kind = keccak(b"Anchor(address issuer,bytes32 root,uint64 treeSize,address signer,uint64 deadline)")
    values = [kind, terms.batch.issuer, terms.batch.root, terms.batch.tree_size, terms.signer, terms.deadline_seconds]
    struct = keccak(encode(["bytes32", "address", "bytes32", "uint64", "address", "uint64"], values))
    return keccak(b"\x19\x01" + separator + struct)


@given(terms=all_terms)
def test_the_signature_is_over_the_contracts_own_digest(terms: RelayTerms) -> None:
    signature = Account.unsafe_sign_hash(digest_by_hand(terms), KEY).signature
    assert signer_of(terms.typed_data(), bytes(signature)) == SIGNER


@given(terms=all_terms, other=all_terms)
def test_a_signature_is_over_its_own_terms_alone(terms: RelayTerms, other: RelayTerms) -> None:
    signature = bytes(Account.unsafe_sign_hash(digest_by_hand(terms), KEY).signature)
    assert (signer_of(other.typed_data(), signature) == SIGNER) == (terms == other)


@given(signature=st.binary(max_size=80))
def test_bytes_that_no_key_signed_name_nobody_in_particular(signature: bytes) -> None:
    assert signer_of(ONE.terms.typed_data(), signature) != SIGNER


@pytest.mark.parametrize("last", [0, 1, 26, 29, 255])
def test_a_signature_whose_v_the_contract_refuses_names_nobody(last: int) -> None:
    signature = bytes(Account.unsafe_sign_hash(digest_by_hand(ONE.terms), KEY).signature)
    assert signer_of(ONE.terms.typed_data(), signature[:64] + bytes([last])) is None


WRONG = [
    ("chain", "1"),
    ("chain", "eip155:0"),
    ("chain", 31337),
    ("contract", "0x12"),
    ("contract", "0x52908400098527886E0F7030069857D2E4169Ee7"),
    ("issuer", None),
    ("root", "0x" + "AB" * 32),
    ("root", "0x" + "ab" * 31),
    ("treeSize", 0),
    ("treeSize", 2**64),
    ("treeSize", "7"),
    ("treeSize", 7.0),
    ("treeSize", True),
    ("signer", "nobody"),
    ("deadline", -1),
    ("deadline", 2**64),
    ("deadline", "2031-12-31"),
    ("signature", "0x"),
    ("signature", "0xabc"),
    ("signature", "0x" + "ab" * (MAX_SIGNATURE_BYTES + 1)),
    ("nonce", 1),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_or_unknown_member_is_refused(name: str, value: object) -> None:
    with pytest.raises(RelayFormatError):
        read(with_member(name, value))


@pytest.mark.parametrize("name", sorted(written()["requests"][0]))
def test_a_missing_member_is_named(name: str) -> None:
    file = written()
    del file["requests"][0][name]
    with pytest.raises(RelayFormatError, match=rf"requests\.0\.{name}: "):
        read(file)


@pytest.mark.parametrize(
    "change",
    [
        {"type": "AnchorReceipt"},
        {"version": 2},
        {"version": True},
        {"requests": []},
        {"requests": {}},
        {"requests": written()["requests"] * (MAX_REQUESTS + 1)},
        {"more": 1},
    ],
    ids=lambda change: f"{next(iter(change))}",
)
def test_a_file_of_another_kind_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(RelayFormatError):
        read({**written(), **change})


@pytest.mark.parametrize("data", [b"", b"[]", b"null", b"{", b"\xff", b'{"type": 1, "type": 1}', b"[" * 100])
def test_what_is_not_strict_json_of_the_right_shape_is_refused(data: bytes) -> None:
    with pytest.raises(RelayFormatError):
        parse_requests(data)


def test_a_file_that_is_too_large_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(RelayFormatError, match="more than 2,097,152 bytes"):
        parse_requests(b"[" * (MAX_FILE_BYTES + 1))


def test_the_largest_number_of_requests_with_ordinary_signatures_fits_the_file() -> None:
    data = json.dumps(written((ONE,) * MAX_REQUESTS), indent=2).encode()
    assert len(parse_requests(data)) == MAX_REQUESTS
