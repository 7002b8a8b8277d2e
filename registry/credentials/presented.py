"""A document somebody shows us, parsed and screened, with what follows from its own bytes alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.credentials.findings import FormatProblem, SignatureFinding

if TYPE_CHECKING:
    from datetime import datetime

    from registry.core.digest import Digest

__all__ = ["FormatProblem", "Presented", "SignatureFinding"]


@dataclass(frozen=True, slots=True)
class Presented:
    """The shown document, parsed and screened, with what was computed from its own bytes."""

    document: dict[str, Any]
    """The JSON that is displayed (for a VC-JWT, its payload)."""
    credential_id: str
    """Its `id`."""
    issuer_did: str
    """`issuer` or `issuer.id`."""
    leaf_hash: Digest | None
    """Leaf hash of its entry; None if it has no issuer's proof to reduce to."""
    format_problems: tuple[FormatProblem, ...]
    """What keeps it from being an Open Badges 3.0 credential we can judge; empty if nothing."""
    signature: SignatureFinding
    """What its proof said."""
    valid_from: datetime | None
    """`validFrom`, UTC."""
    valid_until: datetime | None
    """`validUntil`, UTC."""
