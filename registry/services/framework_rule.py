"""Which frameworks an achievement must meet before it is issued, and which it is only said to lack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.core.errors import CredentialFormatError
from registry.credentials.described import Described
from registry.credentials.framework import report_on
from registry.credentials.frameworks import FRAMEWORKS, MICRO_CREDENTIAL

if TYPE_CHECKING:
    from registry.credentials.framework_keys import FrameworkKey
    from registry.services.catalogue import Offer


def require_framework(offer: Offer, required: FrameworkKey | None) -> None:
    """Raise CredentialFormatError if achievement or issuer lack something mandatory of a required framework."""
    said = _lacking(offer, required) if required else ""
    if said:
        raise CredentialFormatError(said)


def framework_warning(offer: Offer) -> str:
    """Return what a micro-credential lacks of the European list, as sentences; empty if nothing, or it is none."""
    if offer.achievement.document.get("achievementType") != MICRO_CREDENTIAL:
        return ""
    return _lacking(offer, "eu")


def _lacking(offer: Offer, framework: FrameworkKey) -> str:
    short_id = offer.achievement.short_id
    report = report_on(FRAMEWORKS[framework], Described.offer(offer.achievement.document, offer.issuer.profile))
    if not report.lacking:
        return ""
    where = f"`credanchor achievement show {short_id} --framework {framework}` says where each would stand."
    return f"{report.headline} {where}"
