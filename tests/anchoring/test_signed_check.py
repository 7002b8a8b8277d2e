"""What a signer returns is believed only if it is, byte for byte, what it was asked to sign."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import rlp
from eth_account import Account
from eth_hash.auto import keccak
from hypothesis import given
from hypothesis import strategies as st

from anchoring.sender import Signed, TypedData, UnsignedTransaction
from anchoring.signed_check import SignedOtherwiseError, require_as_asked, require_signed_by
from registry.core.account import Address
from registry.core.digest import Digest
from registry.core.submission import Fees

if TYPE_CHECKING:
    from collections.abc import Callable

KEY, OTHER_KEY = "0x" + "11" * 32, "0x" + "22" * 32
ACCOUNT = Address(Account.from_key(KEY).address)
ASKED = UnsignedTransaction(31337, Address("0x" + "2" * 40), b"\x01\x02", 5, 80_000, Fees(10**10, 10**9))
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


def signed(transaction: UnsignedTransaction, key: str = KEY, **fields: object) -> Signed:
    usual = {
        "type": 2,
        "chainId": transaction.chain_id,
        "to": transaction.to.checksummed(),
        "value": 0,
        "data": transaction.data,
        "nonce": transaction.nonce,
        "gas": transaction.gas_limit,
        "maxFeePerGas": transaction.fees.cap_wei,
        "maxPriorityFeePerGas": transaction.fees.tip_wei,
    }
    made = Account.sign_transaction(usual | fields, key)
    return Signed(bytes(made.raw_transaction), Digest(bytes(made.hash)))


def hashed(raw: bytes) -> Signed:
    return Signed(raw, Digest(keccak(raw)))


def altered(change: Callable[[list[bytes]], object]) -> Signed:
    """Return the right transaction with some of its twelve parts changed after it was signed."""
    parts = rlp.decode(signed(ASKED).raw[1:])
    change(parts)
    return hashed(b"\x02" + rlp.encode(parts))


AMOUNTS = st.integers(1, 2**128 - 1)


@given(
    chain_id=st.integers(1, 2**63),
    nonce=st.integers(0, 2**63),
    gas_limit=AMOUNTS,
    fees=st.tuples(AMOUNTS, AMOUNTS).map(lambda pair: Fees(max(pair), min(pair))),
    data=st.binary(max_size=3000),
)
def test_what_was_asked_passes(chain_id: int, nonce: int, gas_limit: int, fees: Fees, data: bytes) -> None:
    asked = UnsignedTransaction(chain_id, ASKED.to, data, nonce, gas_limit, fees)

    require_as_asked(signed(asked), asked, ACCOUNT)


@pytest.mark.parametrize(
    ("fields", "differs"),
    [
        ({"chainId": 1}, "chain id"),
        ({"nonce": 6}, "nonce"),
        ({"nonce": 0}, "nonce"),
        ({"maxPriorityFeePerGas": 10**9 + 1}, "tip"),
        ({"maxFeePerGas": 10**11}, "fee cap"),
        ({"gas": 80_001}, "gas limit"),
        ({"to": "0x" + "3" * 40}, "recipient"),
        ({"to": ""}, "recipient"),
        ({"value": 1}, "value"),
        ({"data": b""}, "call data"),
        ({"data": b"\x01\x02\x00"}, "call data"),
        ({"accessList": [{"address": "0x" + "3" * 40, "storageKeys": []}]}, "access list"),
    ],
)
def test_a_field_that_differs_is_named(fields: dict[str, object], differs: str) -> None:
    with pytest.raises(SignedOtherwiseError, match=f"its {differs} is .*, not ") as caught:
        require_as_asked(signed(ASKED, **fields), ASKED, ACCOUNT)

    assert caught.value.differs == differs


def test_another_account_is_named() -> None:
    other = Address(Account.from_key(OTHER_KEY).address)

    with pytest.raises(SignedOtherwiseError, match=other.checksummed()) as caught:
        require_as_asked(signed(ASKED, OTHER_KEY), ASKED, ACCOUNT)

    assert caught.value.differs == "account"


def test_another_hash_is_refused() -> None:
    with pytest.raises(SignedOtherwiseError) as caught:
        require_as_asked(replace(signed(ASKED), tx_hash=Digest(b"\x01" * 32)), ASKED, ACCOUNT)

    assert caught.value.differs == "hash"


def test_no_byte_with_a_flipped_bit_passes() -> None:
    raw = signed(ASKED).raw

    for at in range(len(raw)):
        changed = bytearray(raw)
        changed[at] ^= 1 << at % 8
        with pytest.raises(SignedOtherwiseError):
            require_as_asked(hashed(bytes(changed)), ASKED, ACCOUNT)


def high_s(parts: list[bytes]) -> None:
    parts[11] = (ORDER - int.from_bytes(parts[11])).to_bytes(32)
    parts[9] = b"" if parts[9] else b"\x01"


@pytest.mark.parametrize(
    "change",
    [
        high_s,
        lambda parts: parts.__setitem__(9, b"\x02"),
        lambda parts: parts.__setitem__(10, b""),
        lambda parts: parts.__setitem__(10, b"\xff" * 32),
        lambda parts: parts.__setitem__(10, b"\xff" * 90),
        lambda parts: parts.__setitem__(10, []),
        lambda parts: parts.__setitem__(11, b""),
        lambda parts: parts.__setitem__(11, b"\x00" + parts[11]),
        lambda parts: parts.__setitem__(1, b"\x00\x05"),
        lambda parts: parts.__setitem__(5, [b"\x22" * 20]),
        lambda parts: parts.append(b""),
        lambda parts: parts.pop(),
    ],
    ids=lambda change: "high_s" if change is high_s else None,
)
def test_a_form_that_a_node_would_refuse_is_refused(change: Callable[[list[bytes]], object]) -> None:
    with pytest.raises(SignedOtherwiseError):
        require_as_asked(altered(change), ASKED, ACCOUNT)


@given(st.tuples(*[st.one_of(st.binary(max_size=33), st.lists(st.binary(max_size=2), max_size=2))] * 3))
def test_no_made_up_signature_passes_or_raises_anything_else(signature: tuple[object, ...]) -> None:
    with pytest.raises(SignedOtherwiseError):
        require_as_asked(altered(lambda parts: parts.__setitem__(slice(9, 12), signature)), ASKED, ACCOUNT)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x02",
        b"\x02\x80",
        b"\x02\xc0",
        b"\x01" + signed(ASKED).raw[1:],
        signed(ASKED).raw[1:],
        signed(ASKED).raw + b"\x00",
        signed(ASKED).raw[:-1],
        b"\x02" + b"\xf9" * 200,
        b"\x02" + b"\xc1" * 250,
        b"\x02" + b"\xff" * 10_000_000,
    ],
    ids=range(11),
)
def test_what_is_no_such_transaction_is_refused(raw: bytes) -> None:
    with pytest.raises(SignedOtherwiseError) as caught:
        require_as_asked(hashed(raw), ASKED, ACCOUNT)

    assert caught.value.differs == "form"


def test_a_legacy_transaction_is_refused() -> None:
    fields = {"nonce": 5, "gasPrice": 10**10, "gas": 80_000, "to": ASKED.to.checksummed(), "value": 0, "data": b"\1\2"}
    made = Account.sign_transaction(fields | {"chainId": 31337}, KEY)

    with pytest.raises(SignedOtherwiseError):
        require_as_asked(hashed(bytes(made.raw_transaction)), ASKED, ACCOUNT)


def test_structured_data_must_be_signed_by_the_account_and_over_the_same_values() -> None:
    typed = TypedData({"name": "x"}, {"One": [{"name": "value", "type": "uint256"}]}, {"value": 1})
    signature = bytes(Account.sign_typed_data(KEY, typed.domain, typed.types, typed.message).signature)

    require_signed_by(signature, typed, ACCOUNT)
    for wrong, what in ((signature, replace(typed, message={"value": 2})), (signature[:-1], typed), (b"", typed)):
        with pytest.raises(SignedOtherwiseError):
            require_signed_by(wrong, what, ACCOUNT)
