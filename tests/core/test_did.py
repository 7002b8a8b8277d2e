"""The contract's hash of a DID; a stranger's long ones are not kept in memory."""

from __future__ import annotations

import pytest
from eth_hash.auto import keccak

from registry.core import did


@pytest.mark.parametrize("name", ["did:web:uni.example", "did:web:" + "é" * 200, "", "did:web:\ud800"])
def test_a_did_is_hashed_as_its_utf_8_text(name: str) -> None:
    expected = bytes(keccak(name.encode("utf-8", "surrogatepass")))
    assert did.did_hash(name) == did.did_hash(name) == expected


def test_only_the_hashes_of_short_names_are_kept() -> None:
    kept = did._remembered.cache_info
    did.did_hash("x" * did.MAX_REMEMBERED)
    before = kept().currsize
    did.did_hash("x" * (did.MAX_REMEMBERED + 1))
    did.did_hash("é" * did.MAX_REMEMBERED)
    assert kept().currsize == before > 0
