"""Digests and the two hash functions of the tree.

Source: RFC 9162, 2.1.1 (domain separation by a leading 0x00 for leaves and 0x01 for nodes).
"""

from __future__ import annotations

import hashlib
import re
from typing import NewType, Self

from registry.core.errors import ReceiptFormatError

DIGEST_BYTES = 32
LEAF_PREFIX = b"\x00"
NODE_PREFIX = b"\x01"
_WIRE = re.compile(r"0x[0-9a-f]{64}")


class Digest(bytes):
    """A SHA-256 digest: exactly 32 raw bytes inside, `0x` and 64 lower-case hex digits on the wire."""

    __slots__ = ()

    def __new__(cls, value: bytes) -> Self:
        """Take 32 raw bytes; ReceiptFormatError for any other length."""
        if len(value) != DIGEST_BYTES:
            raise ReceiptFormatError(f"a digest has {DIGEST_BYTES} bytes, not {len(value)}")
        return super().__new__(cls, value)

    @classmethod
    def from_hex(cls, text: str) -> Self:
        """Read the wire form; ReceiptFormatError if it is anything else."""
        if not _WIRE.fullmatch(text):
            raise ReceiptFormatError(f"a digest is written as 0x and 64 lower-case hex digits, not {text[:80]!r}")
        return cls(bytes.fromhex(text[2:]))

    def to_hex(self) -> str:
        """Return the wire form."""
        return "0x" + self.hex()


Root = NewType("Root", Digest)
"""The top digest of a batch's tree."""


def leaf_hash(entry: bytes) -> Digest:
    """Return SHA-256(0x00 || entry) for the exact entry bytes of a credential."""
    return Digest(hashlib.sha256(LEAF_PREFIX + entry).digest())


def node_hash(left: bytes, right: bytes) -> Digest:
    """Return SHA-256(0x01 || left || right) for two 32-byte digests."""
    return Digest(hashlib.sha256(NODE_PREFIX + left + right).digest())
