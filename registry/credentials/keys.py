"""Public signing keys as values, and the multibase text they and signatures are written in.

Source: W3C Controlled Identifiers 1.0, 2.2.2 (Multikey) and 2.4 (Multibase).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Self

import base58
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from registry.core.digest import Digest
from registry.core.errors import CredentialFormatError, SignatureError
from registry.credentials.base58btc import base58btc

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KEY_BYTES = 32
ED25519_PREFIX = b"\xed\x01"
"""Multicodec prefix of an Ed25519 public key."""

_BASE58_PREFIX = "z"
_MAX_MULTIBASE = 1024


@dataclass(frozen=True, slots=True)
class PublicKey:
    """An Ed25519 public key."""

    raw: bytes
    """The 32 bytes of RFC 8032."""

    def __post_init__(self) -> None:
        if len(self.raw) != KEY_BYTES:
            raise CredentialFormatError(f"An Ed25519 public key has {KEY_BYTES} bytes, not {len(self.raw)}.")

    @classmethod
    def of(cls, private_key: Ed25519PrivateKey) -> Self:
        """Return the public half of a private key."""
        return cls(private_key.public_key().public_bytes_raw())

    @classmethod
    def from_multibase(cls, text: str) -> Self:
        """Read `z6Mk…`; CredentialFormatError if it is no multibase key, or of another type than Ed25519."""
        data = multibase_bytes(text)
        if not data.startswith(ED25519_PREFIX):
            raise CredentialFormatError(f"The key {text[:60]} is not an Ed25519 key.")
        return cls(data.removeprefix(ED25519_PREFIX))

    @property
    def multikey(self) -> bytes:
        """Return the multicodec-prefixed key, 34 bytes."""
        return ED25519_PREFIX + self.raw

    @property
    def multibase(self) -> str:
        """Return `z6Mk…`, the multibase form of the prefixed key."""
        return multibase(self.multikey)

    @property
    def key_hash(self) -> Digest:
        """Return SHA-256 of the prefixed key, the contract's `keyHash`."""
        return Digest(hashlib.sha256(self.multikey).digest())

    def verify(self, signature: bytes, message: bytes) -> None:
        """Raise SignatureError unless `signature` is this key's signature of `message`."""
        try:
            _verifier(self.raw).verify(signature, message)
        except InvalidSignature as error:
            raise SignatureError("The signature is not the named key's signature of this content.") from error


@lru_cache(maxsize=64)  # the credentials of a batch are signed with the same key
def _verifier(raw: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(raw)


def multibase(data: bytes) -> str:
    """Return base58btc multibase text, which begins with `z`."""
    return _BASE58_PREFIX + base58btc(data)


@lru_cache(maxsize=1024)  # the credentials of a batch name the same key
def multibase_bytes(text: str) -> bytes:
    """Read base58btc multibase text; CredentialFormatError if it is anything else."""
    if not text.startswith(_BASE58_PREFIX) or len(text) > _MAX_MULTIBASE:
        raise CredentialFormatError(f"{text[:60]!r} is not base58btc multibase text, which begins with z.")
    try:
        data: bytes = base58.b58decode(text[1:].encode("ascii"))
    except ValueError as error:
        raise CredentialFormatError(f"{text[:60]!r} is not base58btc multibase text.") from error
    if multibase(data) != text:  # the decoder strips white space
        raise CredentialFormatError(f"{text[:60]!r} is not base58btc multibase text as it is written.")
    return data
