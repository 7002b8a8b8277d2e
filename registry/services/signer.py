"""One issuer's signing key, opened: the only thing in the services that can sign."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from registry.credentials.signing import ProofOptions, secure, sign, signing_input

if TYPE_CHECKING:
    from datetime import datetime

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class Signer:
    """One issuer's signing key, opened."""

    private_key: Ed25519PrivateKey = field(repr=False)
    """The key; never printed."""
    verification_method: str
    """`<issuer DID>#<multibase key>`."""

    def options(self, now: datetime) -> ProofOptions:
        """Return what a proof made now says beside its signature."""
        return ProofOptions(now, self.verification_method)

    def signed(self, unsigned: dict[str, Any], now: datetime) -> dict[str, Any]:
        """Return a single document with its proof."""
        options = self.options(now)
        return secure(unsigned, options, sign(self.private_key, signing_input(unsigned, options)))
