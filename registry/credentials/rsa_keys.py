"""RSA keys as values: Open Badges 3.0 asks of a VC-JWT that at least RS256 is understood.

Source: Open Badges 3.0, 8.2; RFC 7518, 3.3 and 6.3.1; multicodec `rsa-pub` over the key of RFC 8017, A.1.1.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from registry.core.digest import Digest
from registry.core.errors import CredentialFormatError, SignatureError
from registry.credentials.keys import PublicKey, multibase, multibase_bytes

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

RSA_PREFIX = b"\x85\x24"
"""Multicodec prefix of an RSA public key (0x1205 as a varint)."""
MIN_BITS = 2048
"""Shortest modulus that may sign (RFC 7518, 3.3)."""
MAX_BITS = 4096
"""Longest modulus that is read; longer ones only cost time."""
MAX_EXPONENT = 2**32 - 1
"""Largest public exponent that is read; 65537 is usual."""

_ED25519_BEGINS = "z6Mk"  # the multibase text of every key with that prefix
_NO_KEY = "The bytes are no RSA public key in DER form (PKCS#1)."


@dataclass(frozen=True, slots=True)
class RsaPublicKey:
    """An RSA public key of 2048 to 4096 bits."""

    der: bytes
    """RSAPublicKey of RFC 8017, A.1.1, in DER."""

    def __post_init__(self) -> None:
        key = self._opened()
        if not MIN_BITS <= key.key_size <= MAX_BITS or key.public_numbers().e > MAX_EXPONENT:
            raise CredentialFormatError(
                f"An RSA key of {key.key_size} bits is not read; it must have {MIN_BITS} to {MAX_BITS}."
            )
        if _der(key) != self.der:
            raise CredentialFormatError(_NO_KEY)

    @classmethod
    def of(cls, private_key: RSAPrivateKey) -> Self:
        """Return the public half of a private key."""
        return cls(_der(private_key.public_key()))

    @classmethod
    def from_numbers(cls, modulus: int, exponent: int) -> Self:
        """Return the key of a modulus and an exponent; CredentialFormatError if they make none."""
        try:
            return cls(_der(RSAPublicNumbers(exponent, modulus).public_key()))
        except (ValueError, UnsupportedAlgorithm) as error:
            raise CredentialFormatError("The modulus and exponent make no RSA key.") from error

    @property
    def numbers(self) -> tuple[int, int]:
        """Return modulus and exponent."""
        numbers = self._opened().public_numbers()
        return numbers.n, numbers.e

    @property
    def multikey(self) -> bytes:
        """Return the multicodec-prefixed key."""
        return RSA_PREFIX + self.der

    @property
    def multibase(self) -> str:
        """Return the multibase form of the prefixed key, about 370 characters for 2048 bits."""
        return multibase(self.multikey)

    @property
    def key_hash(self) -> Digest:
        """Return SHA-256 of the prefixed key, the contract's `keyHash`."""
        return Digest(hashlib.sha256(self.multikey).digest())

    def verify(self, signature: bytes, message: bytes) -> None:
        """Raise SignatureError unless `signature` is this key's RS256 signature of `message`."""
        try:
            self._opened().verify(signature, message, PKCS1v15(), SHA256())
        except InvalidSignature as error:
            raise SignatureError("The signature is not the named key's signature of this content.") from error

    def _opened(self) -> RSAPublicKey:
        try:
            key = load_der_public_key(self.der)
        except (ValueError, UnsupportedAlgorithm) as error:
            raise CredentialFormatError(_NO_KEY) from error
        if not isinstance(key, RSAPublicKey):
            raise CredentialFormatError(_NO_KEY)
        return key


def any_public_key(text: str) -> PublicKey | RsaPublicKey:
    """Read a multibase key, Ed25519 or RSA; CredentialFormatError if it is neither."""
    data = multibase_bytes(text)
    return (
        RsaPublicKey(data.removeprefix(RSA_PREFIX)) if data.startswith(RSA_PREFIX) else PublicKey.from_multibase(text)
    )


def is_rsa(text: str) -> bool:
    """Return whether a multibase key of one of the two types is an RSA key, by its first characters."""
    return not text.startswith(_ED25519_BEGINS)


def _der(key: RSAPublicKey) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.PKCS1)
