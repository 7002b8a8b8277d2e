from __future__ import annotations

import base64
import gzip
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openbadgeslib.ob3 import decode_encoded_list, set_indices
from openbadgeslib.ob3.contexts import document_loader
from pyld import jsonld

from registry.core.errors import CredentialFormatError, InputError
from registry.credentials.status_list import (
    MAX_ENTRIES,
    MIN_ENTRIES,
    entry_problems,
    is_revoked,
    status_entry,
    status_list_credential,
)

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
URL = "https://uni.example/status/1"


def the_list(*revoked: int, entries: int = MIN_ENTRIES) -> dict[str, Any]:
    return status_list_credential("did:web:uni.example", URL, revoked, now=NOW, entries=entries)


def with_bits(compressed: bytes) -> dict[str, Any]:
    return with_subject(encodedList="u" + base64.urlsafe_b64encode(compressed).decode().rstrip("="))


def with_subject(**changes: Any) -> dict[str, Any]:
    credential = the_list(3)
    credential["credentialSubject"] |= changes
    return credential


def test_our_own_entries_are_as_the_standard_asks() -> None:
    assert not [*entry_problems(status_entry(URL, 0))]


@pytest.mark.parametrize(
    "changes",
    [
        {"statusPurpose": ["revocation"]},
        {"statusPurpose": None},
        {"statusListIndex": 3},
        {"statusListIndex": "-3"},
        {"statusListIndex": "03"},
        {"statusListCredential": True},
        {"statusListCredential": "no-url"},
        {"id": URL},
    ],
)
def test_an_entry_that_the_standard_forbids_is_named(changes: dict[str, Any]) -> None:
    assert len([*entry_problems({**status_entry(URL, 3), **changes})]) == 1


@settings(deadline=None, max_examples=30)
@given(revoked=st.sets(st.integers(0, MIN_ENTRIES - 1), max_size=20), other=st.integers(0, MIN_ENTRIES - 1))
def test_exactly_the_revoked_indexes_are_revoked(revoked: set[int], other: int) -> None:
    credential = the_list(*revoked)
    assert all(is_revoked(credential, index) for index in revoked)
    assert is_revoked(credential, other) == (other in revoked)


@settings(deadline=None, max_examples=15)
@given(revoked=st.sets(st.integers(0, MIN_ENTRIES - 1), max_size=20))
def test_another_implementation_reads_the_same_indexes(revoked: set[int]) -> None:
    encoded = the_list(*revoked)["credentialSubject"]["encodedList"]
    assert set(set_indices(decode_encoded_list(encoded))) == revoked


def test_the_same_revocations_in_any_order_give_the_same_bytes() -> None:
    assert json.dumps(the_list(5, 9)) == json.dumps(the_list(9, 5, 5))


def test_the_time_of_compressing_is_not_in_the_list() -> None:
    encoded = the_list(5)["credentialSubject"]["encodedList"][1:]
    assert base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))[4:8] == bytes(4)


def test_a_list_is_a_credential_of_the_issuer_under_its_own_url() -> None:
    credential = the_list(7)
    del credential["credentialSubject"]["encodedList"]
    assert credential == {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": URL,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": "did:web:uni.example",
        "validFrom": "2026-11-21T12:00:00Z",
        "credentialSubject": {"id": URL + "#list", "type": "BitstringStatusList", "statusPurpose": "revocation"},
    }


def test_no_term_of_a_list_is_undefined() -> None:
    dropped: list[str] = []
    jsonld.expand(the_list(1), {"documentLoader": document_loader()}, on_property_dropped=dropped.append)
    assert dropped == []


def test_the_id_of_an_entry_is_not_the_url_of_its_list() -> None:
    entry = status_entry(URL, 41)
    assert entry["id"] != entry["statusListCredential"] == URL


def test_a_larger_list_has_room_for_a_larger_index() -> None:
    assert is_revoked(the_list(200_000, entries=2 * MIN_ENTRIES), 200_000)


@pytest.mark.parametrize("index", [-1, MIN_ENTRIES])
def test_an_index_outside_the_list_is_refused_in_writing_and_in_reading(index: int) -> None:
    with pytest.raises(InputError, match="no room for index"):
        the_list(index)
    with pytest.raises(CredentialFormatError, match="none at index"):
        is_revoked(the_list(), index)


@pytest.mark.parametrize("entries", [0, 8, MIN_ENTRIES - 8, MIN_ENTRIES + 1, MAX_ENTRIES + 8])
def test_a_list_of_a_size_that_readers_refuse_is_not_written(entries: int) -> None:
    with pytest.raises(InputError, match="multiple of 8"):
        the_list(entries=entries)


@pytest.mark.parametrize(
    ("bits", "says"),
    [
        (b"not gzip", "cannot be decompressed"),
        (gzip.compress(bytes(MIN_ENTRIES // 8))[:-9], "cut off"),
        (gzip.compress(bytes(MIN_ENTRIES // 8)) + b"x", "followed by something else"),
        (gzip.compress(bytes(MIN_ENTRIES // 8 - 1)), "fewer than 131,072"),
        (gzip.compress(bytes(MAX_ENTRIES // 8 + 1)), "more than 33,554,432"),
    ],
    ids=["no gzip", "cut off", "more after it", "too few", "too many"],  # the bytes carry the time
)
def test_bits_that_cannot_be_decoded_within_bounds_are_refused(bits: bytes, says: str) -> None:
    with pytest.raises(CredentialFormatError, match=says):
        is_revoked(with_bits(bits), 0)


def test_a_changed_bit_does_not_pass_the_checksum() -> None:
    bits = bytearray(gzip.compress(bytes(range(256)) * 64, compresslevel=0))
    bits[500] ^= 1
    with pytest.raises(CredentialFormatError, match="cannot be decompressed"):
        is_revoked(with_bits(bytes(bits)), 0)


@pytest.mark.parametrize("encoded", [None, 7, "", "u", "H4sI", "u!!!!", "uA", "u" + "A" * 9_000_000])
def test_an_encoded_list_that_is_no_multibase_text_is_refused(encoded: object) -> None:
    with pytest.raises(CredentialFormatError):
        is_revoked(with_subject(encodedList=encoded), 0)


@pytest.mark.parametrize(
    "changes", [{"type": "Profile"}, {"statusPurpose": "suspension"}, {"statusPurpose": None}, {"statusSize": 2}]
)
def test_a_list_of_another_kind_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(CredentialFormatError, match=r"list|List"):
        is_revoked(with_subject(**changes), 0)


@pytest.mark.parametrize("subject", [None, "x", [], [{}, {}]])
def test_a_document_without_a_list_is_refused(subject: object) -> None:
    with pytest.raises(CredentialFormatError, match="not a BitstringStatusListCredential"):
        is_revoked(the_list() | {"credentialSubject": subject}, 0)


def test_a_list_whose_subject_stands_in_an_array_is_read() -> None:
    credential = the_list(3)
    assert is_revoked(credential | {"credentialSubject": [credential["credentialSubject"]]}, 3)
