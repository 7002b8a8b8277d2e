"""One issuer's signing key, opened: the only thing in the services that can sign."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from registry.credentials.compact_jws import base64url
from registry.credentials.keys import PublicKey, multibase
from registry.credentials.rsa_keys import RsaPublicKey
from registry.credentials.signing import ProofOptions, secure, sign, signing_input
from registry.credentials.vc_jwt import JwtOptions

if TYPE_CHECKING:
    from datetime import datetime

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from registry.credentials.unsigned import Unsigned


class CredentialSigner(Protocol):
    """A key that signs credentials in one way."""

    def options(self, now: datetime) -> ProofOptions | JwtOptions:
        """Return how credentials are secured now, all but the signature itself; it knows no key."""
        ...

    def entry(self, unsigned: Unsigned) -> bytes:
        """Return a credential, signed, as the bytes that are anchored."""
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

    def entry(self, unsigned: Unsigned) -> bytes:
        """Return a credential, signed, as the bytes that are anchored."""
        return unsigned.entry(multibase(sign(self.private_key, unsigned.message)))

    def signed(self, unsigned: dict[str, Any], now: datetime) -> dict[str, Any]:
        """Return a single document with its proof."""
        options = self.options(now)
        return secure(unsigned, options, sign(self.private_key, signing_input(unsigned, options)))


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

    def entry(self, unsigned: Unsigned) -> bytes:
        """Return a credential, signed, as the bytes that are anchored: those of the compact JWS."""
        return unsigned.entry(base64url(self._signature(unsigned.message)))

    def _signature(self, message: bytes) -> bytes:
        if isinstance(self.private_key, RSAPrivateKey):
            return self.private_key.sign(message, PKCS1v15(), SHA256())
        return sign(self.private_key, message)
