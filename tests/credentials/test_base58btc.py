"""Base58btc is what the `base58` library writes, and leads back to the same bytes."""

from __future__ import annotations

import base58
import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.credentials.base58btc import base58btc

ANY = st.binary(max_size=200) | st.builds(lambda zeros, rest: bytes(zeros) + rest, st.integers(0, 9), st.binary())


@given(data=ANY)
def test_any_bytes_are_written_as_the_library_writes_them(data: bytes) -> None:
    assert base58btc(data) == base58.b58encode(data).decode()
    assert base58.b58decode(base58btc(data)) == data


@pytest.mark.parametrize("power", range(13))
@pytest.mark.parametrize("beside", [-1, 0, 1])
def test_the_digits_around_a_division_are_right(power: int, beside: int) -> None:
    number = 58**power + beside
    data = number.to_bytes((number.bit_length() + 7) // 8, "big")

    assert base58btc(data) == base58.b58encode(data).decode()


@pytest.mark.parametrize(
    ("written", "data"),
    [
        ("2NEpo7TZRRrLZSi2U", b"Hello World!"),
        (
            "USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z",
            b"The quick brown fox jumps over the lazy dog.",
        ),
        ("11233QC4", bytes.fromhex("0000287fb4cd")),
    ],
)
def test_the_test_vectors_of_the_draft_hold(written: str, data: bytes) -> None:
    assert base58btc(data) == written
