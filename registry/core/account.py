"""Ethereum account and contract addresses as values."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Self

from eth_hash.auto import keccak

from registry.core.errors import InputError

_WIRE = re.compile(r"0x[0-9a-fA-F]{40}")


class Address(str):
    """A 20-byte address, kept as `0x` and 40 lower-case hex digits so that equal means equal."""

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        """Take any letter case; InputError if it is not an address or its EIP-55 checksum is wrong."""
        if not _WIRE.fullmatch(text):
            raise InputError(f"an address is written as 0x and 40 hex digits, not {text[:60]!r}")
        address = super().__new__(cls, text.lower())
        digits = text[2:]
        mixed = digits != digits.lower() and digits != digits.upper()
        if mixed and text != address.checksummed():
            raise InputError(f"the letters of {text} do not match its checksum (EIP-55); a digit may be mistyped")
        return address

    def to_bytes(self) -> bytes:
        """Return the 20 raw bytes."""
        return bytes.fromhex(self[2:])

    def checksummed(self) -> str:
        """Return the mixed-case form that block explorers show (EIP-55)."""
        return _checksummed(self[2:])


@lru_cache(maxsize=1024)  # the receipts of a batch name the same few
def _checksummed(digits: str) -> str:
    weights = keccak(digits.encode("ascii")).hex()
    return "0x" + "".join(
        digit.upper() if int(weight, 16) >= 8 else digit  # noqa: PLR2004  EIP-55's threshold
        for digit, weight in zip(digits, weights, strict=False)
    )
