"""One issuer's signing key, opened: the only thing in the services that can sign."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from registry.credentials.keys import PublicKey
from registry.credentials.rsa_keys import RsaPublicKey
from registry.credentials.signing import ProofOptions, secure, sign, signing_input
from registry.credentials.vc_jwt import JwtOptions

if TYPE_CHECKING:
    from datetime import datetime

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class Securing(Protocol):
    """A way to secure a credential, all but the signature itself; it knows no key."""

    def message(self, unsigned: dict[str, Any]) -> bytes:
        """Return the bytes to be signed; CredentialFormatError if the credential cannot be signed as it is."""
        ...

    def entry(self, unsigned: dict[str, Any], message: bytes, signature: bytes) -> bytes:
        """Return the signed credential as the bytes that are anchored."""
        ...


class CredentialSigner(Protocol):
    """A key that signs credentials in one way."""

    def options(self, now: datetime) -> Securing:
        """Return how credentials are secured now."""
        ...

    def signature(self, message: bytes) -> bytes:
        """Return the key's signature of `message`."""
        ...


@dataclass(frozen=True, slots=True)
class Signer:
    """One issuer's signing key, opened: it signs with Data Integrity."""

    private_key: Ed25519PrivateKey = field(repr=False)
    """The key; never printed."""
    verification_method: str
    """`<issuer DID>#<multibase key>`."""

    def options(self, now: datetime) -> ProofOptions:
        """Return what a proof made now says beside its signature."""
        return ProofOptions(now, self.verification_method)

    def signature(self, message: bytes) -> bytes:
        """Return the 64-byte signature of `message`."""
        return sign(self.private_key, message)

    def signed(self, unsigned: dict[str, Any], now: datetime) -> dict[str, Any]:
        """Return a single document with its proof."""
        options = self.options(now)
        return secure(unsigned, options, self.signature(signing_input(unsigned, options)))


@dataclass(frozen=True, slots=True)
class JwtSigner:
    """One issuer's signing key, opened: it signs VC-JWTs, with EdDSA or RS256 as its type has it."""

    private_key: Ed25519PrivateKey | RSAPrivateKey = field(repr=False)
    """The key; never printed."""
    issuer_did: str
    """Whose key it is."""

    def options(self, now: datetime) -> JwtOptions:
        """Return what the token's header says; the token has no time of its own."""
        del now
        key = self.private_key
        public = RsaPublicKey.of(key) if isinstance(key, RSAPrivateKey) else PublicKey.of(key)
        return JwtOptions.for_key(public, self.issuer_did)

    def signature(self, message: bytes) -> bytes:
        """Return the signature of `message`."""
        if isinstance(self.private_key, RSAPrivateKey):
            return self.private_key.sign(message, PKCS1v15(), SHA256())
        return sign(self.private_key, message)
