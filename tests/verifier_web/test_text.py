"""Strangers' strings, links and files: made harmless, or told for what they are."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.core.canonical import parse_json
from registry.core.errors import CanonicalFormError
from registry.services.kinds import Kind, kind_of
from verifier_web.links import link, picture
from verifier_web.text import MAX_LINE, identifier, json_text, line, number, paragraph

anything = st.text(st.characters(codec=None), max_size=400)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | anything,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(anything, inner, max_size=4),
    max_leaves=12,
)


@given(anything)
def test_a_shown_string_can_be_sent_and_neither_hides_nor_reorders(text: str) -> None:
    shown = paragraph(text)

    shown.encode("utf-8")
    hidden = {"Cc", "Cs", "Co", "Zl", "Zp"}
    assert not [one for one in shown if one != "\n" and unicodedata.category(one) in hidden]
    assert not [one for one in shown if "\u202a" <= one <= "\u202e" or "\u2066" <= one <= "\u2069"]


@given(anything)
def test_a_line_has_no_line_break(text: str) -> None:
    assert len(line(text).splitlines()) <= 1


@given(st.text(st.characters(categories=["L", "N", "P"]), max_size=200))
def test_ordinary_writing_is_left_as_it_is(text: str) -> None:
    assert line(text) == text


@given(json_values)
def test_shown_json_is_still_the_same_json(value: object) -> None:
    shown = json_text(value)

    assert json.loads(shown) == value
    shown.encode("utf-8")
    assert "\u202e" not in shown


def test_a_long_string_is_cut_and_says_so() -> None:
    assert line("x" * 1000) == "x" * MAX_LINE + "… (700 more characters)"


def test_what_would_reorder_text_is_shown_as_a_mark_and_what_hides_is_dropped() -> None:
    assert line("cv\u202efdp.exe\u2069") == "cv\ufffdfdp.exe\ufffd"
    assert line("pay\u200bpal\ufeff") == "paypal"


def test_a_letter_keeps_a_few_marks_and_no_tower() -> None:
    assert line("Z" + "\u0336" * 200 + "oe\u0308") == "Z" + "\u0336" * 6 + "oe\u0308"


@pytest.mark.parametrize(("value", "shown"), [(5, "5"), (5.0, "5"), (2.5, "2.5"), (True, ""), ("5", ""), (None, "")])
def test_numbers_are_shown_as_people_write_them(value: object, shown: str) -> None:
    assert number(value) == shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://uni.example/a/b?c=d", "uni.example/a/b"),
        ("https://UNI.example:8443/", "uni.example:8443"),
        ("https://xn--exmple-4nf.example", "xn--exmple-4nf.example"),
    ],
)
def test_a_link_shows_where_it_leads(address: str, shown: str) -> None:
    found = link(address)

    assert found is not None
    assert (found.url, found.shown) == (address, shown)


@pytest.mark.parametrize(
    "address",
    [
        "http://uni.example",
        "https://uni.example:99999/",
        "https://bank.example@evil.example/",
        "https://\u0430pple.example/",
        "https://uni.example/\u202e",
        "https://uni.example/a b",
        "https:uni.example",
        "https://uni.example\\@evil.example",
        "https://" + "a" * 3000,
        " https://uni.example",
        "javascript:alert(1)//https://uni.example",
        None,
        {"id": "https://uni.example"},
    ],
)
def test_other_addresses_are_no_links(address: object) -> None:
    assert link(address) is None


@pytest.mark.parametrize(
    "address", ["data:image/png;base64,AAAA", "data:image/png;base64,====", "data:image/gif;base64,R0"]
)
def test_a_picture_must_be_what_it_says(address: str) -> None:
    assert picture(address) is None


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("did:web:uni.example", "did:web:uni.example"),
        ("did:web:un\u0456.example:a\u202eb", "did:web:xn--un-ioc.example:xn--ab-g4t"),
        ("did:web:b\u00fccher.example#key", "did:web:xn--bcher-kva.example#key"),
        (7, ""),
    ],
)
def test_an_id_is_shown_in_letters_that_cannot_pass_for_others(value: object, shown: str) -> None:
    assert identifier(value) == shown


@given(st.text(max_size=40))
def test_any_id_is_shown_in_ascii(value: str) -> None:
    shown = identifier(value)
    assert shown.isascii()
    assert shown == identifier(shown)


@given(st.binary(max_size=200))
def test_any_bytes_are_of_some_kind(data: bytes) -> None:
    assert isinstance(kind_of(data), Kind)


@given(st.binary(max_size=60), st.sampled_from([b"{", b"[", b'"']))
def test_half_a_json_is_told_from_a_whole_one(data: bytes, start: bytes) -> None:
    kind = kind_of(start + data)

    try:
        parse_json(start + data)
    except CanonicalFormError:
        assert kind is Kind.HALF_JSON
    else:
        assert kind is not Kind.HALF_JSON


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"PK\x03\x04rest", Kind.ARCHIVE),
        (b"\xff\xd8\xff\xe0", Kind.PICTURE),
        (b"<!DOCTYPE html><html></html>", Kind.WEB_PAGE),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', Kind.DRAWING),
        (b"\x00\x01\x02", Kind.BINARY),
        (b"\xc3\x28", Kind.BINARY),
        (b'{"type": "AnchorReceipt", "version": 1}', Kind.RECEIPT_ONLY),
        (b'{"credential": {"proof": {"type": "MerkleProof2019"}}}', Kind.BLOCKCERTS),
        (b'{"proof": [{"type": "OpenAttestationMerkleProofSignature2018"}]}', Kind.OPEN_ATTESTATION),
        (b'{"credential": {"proof": {"type": "DataIntegrityProof"}}, "receipts": ["AnchorReceipt"]}', Kind.OTHER_JSON),
        (b'{"proof": [{"type": "MerkleProof2019"}, {"type": "DataIntegrityProof"}]}', Kind.OTHER_JSON),
        (b"  \n\t", Kind.EMPTY),
    ],
)
def test_each_kind_is_told_by_its_marks(data: bytes, kind: Kind) -> None:
    assert kind_of(data) is kind
