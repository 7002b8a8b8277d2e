from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.core.digest import leaf_hash
from registry.core.errors import ReceiptFormatError
from registry.core.receipt import MAX_RECEIPTS, Bundle, bundle_json, parse_bundle, parse_receipt, receipt_json

LEAF = leaf_hash(b"leaf").to_hex()
RECEIPT: dict[str, Any] = {
    "type": "AnchorReceipt",
    "version": 1,
    "state": "final",
    "credentialId": "urn:uuid:7e5c7c5e-8c1b-4c4e-9c0e-0a5f5a4a9b0c",
    "leafHash": LEAF,
    "leafIndex": 1,
    "treeSize": 3,
    "path": [LEAF, LEAF],
    "root": LEAF,
    "anchors": [
        {
            "chain": "eip155:11155111",
            "contract": "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            "issuer": "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
            "transaction": LEAF,
            "blockNumber": 123,
            "blockHash": LEAF,
            "anchoredAt": "2026-11-21T12:00:00Z",
        }
    ],
}


def test_a_receipt_is_read_and_written_the_same() -> None:
    assert receipt_json(parse_receipt(RECEIPT)) == RECEIPT


def test_hints_may_be_missing_while_the_anchor_is_not_mined() -> None:
    anchor = {name: RECEIPT["anchors"][0][name] for name in ("chain", "contract", "issuer")}
    pending = {**RECEIPT, "state": "pending", "anchors": [anchor]}
    assert receipt_json(parse_receipt(pending)) == pending


MUTATIONS = {
    "version": 2,
    "type": "Receipt",
    "state": "done",
    "credentialId": 5,
    "leafHash": LEAF.upper(),
    "leafIndex": -1,
    "treeSize": 0,
    "path": [LEAF] * 65,
    "root": "0x00",
    "anchors": [{"chain": "eip155:0", "contract": "0x", "issuer": "0x"}],
    "surprise": True,
}


@pytest.mark.parametrize("member", MUTATIONS)
def test_a_wrong_or_unknown_member_is_refused_by_name(member: str) -> None:
    with pytest.raises(ReceiptFormatError, match=member):
        parse_receipt({**RECEIPT, member: MUTATIONS[member]})


@pytest.mark.parametrize("member", RECEIPT)
def test_every_member_is_needed(member: str) -> None:
    with pytest.raises(ReceiptFormatError, match=member):
        parse_receipt({name: value for name, value in RECEIPT.items() if name != member})


@pytest.mark.parametrize("value", ["1", 1.0, True, 2**64])
def test_numbers_are_not_coerced(value: object) -> None:
    with pytest.raises(ReceiptFormatError):
        parse_receipt({**RECEIPT, "treeSize": value})


def test_true_is_no_version() -> None:
    with pytest.raises(ReceiptFormatError, match="version"):
        parse_receipt({**RECEIPT, "version": True})


def test_an_index_outside_the_tree_is_refused() -> None:
    with pytest.raises(ReceiptFormatError, match="no leaf 3"):
        parse_receipt({**RECEIPT, "leafIndex": 3})


def test_a_contract_with_a_wrong_checksum_is_refused() -> None:
    anchor = {**RECEIPT["anchors"][0], "contract": "0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"}
    with pytest.raises(ReceiptFormatError, match="checksum"):
        parse_receipt({**RECEIPT, "anchors": [anchor]})


@given(st.recursive(st.none() | st.integers() | st.text(), lambda v: st.lists(v) | st.dictionaries(st.text(), v)))
def test_anything_else_is_refused_and_nothing_else_raised(value: object) -> None:
    with pytest.raises(ReceiptFormatError):
        parse_receipt(value)


def test_a_bundle_is_read_and_written_the_same() -> None:
    value = {"credential": {"id": "urn:uuid:1"}, "receipts": [RECEIPT]}
    assert bundle_json(parse_bundle(value)) == value


def test_a_bare_credential_is_a_bundle_without_receipts() -> None:
    assert parse_bundle({"id": "urn:uuid:1"}) == Bundle({"id": "urn:uuid:1"})


def test_a_compact_token_is_a_credential() -> None:
    assert parse_bundle(" eyJh.eyJi.c2ln\n") == Bundle("eyJh.eyJi.c2ln")
    assert parse_bundle({"credential": "eyJh.eyJi.c2ln"}) == Bundle("eyJh.eyJi.c2ln")


@pytest.mark.parametrize(
    "value",
    [
        [],
        5,
        "not a token",
        {"credential": 5},
        {"credential": "x"},
        {"credential": {}, "receipts": {}},
        {"credential": {}, "receipts": [RECEIPT] * (MAX_RECEIPTS + 1)},
        {"credential": {}, "reciepts": []},
    ],
)
def test_what_is_neither_bundle_nor_credential_is_refused(value: object) -> None:
    with pytest.raises(ReceiptFormatError):
        parse_bundle(value)
