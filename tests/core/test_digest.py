import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.core.digest import Digest, leaf_hash, node_hash
from registry.core.errors import ReceiptFormatError


@given(st.binary(min_size=32, max_size=32))
def test_a_digest_survives_its_wire_form(raw: bytes) -> None:
    assert Digest.from_hex(Digest(raw).to_hex()) == raw


@pytest.mark.parametrize("text", ["", "0x", "ab" * 32, "0x" + "AB" * 32, "0x" + "ab" * 31, "0x" + "ab" * 33, "0xzz"])
def test_any_other_spelling_of_a_digest_is_refused(text: str) -> None:
    with pytest.raises(ReceiptFormatError):
        Digest.from_hex(text)


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_digest_of_another_length_is_refused(size: int) -> None:
    with pytest.raises(ReceiptFormatError):
        Digest(b"\x00" * size)


def test_leaves_and_nodes_are_hashed_apart() -> None:
    left, right = b"\x01" * 32, b"\x02" * 32
    assert leaf_hash(b"entry") == hashlib.sha256(b"\x00entry").digest()
    assert node_hash(left, right) == hashlib.sha256(b"\x01" + left + right).digest()
    assert leaf_hash(left + right) != node_hash(left, right)
