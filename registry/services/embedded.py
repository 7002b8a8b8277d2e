"""Find the credentials that stand inside a credential: endorsements, and components of a larger one.

Source: Open Badges 3.0 (`endorsement` of credential, issuer and achievement); CLR 2.0 (`verifiableCredential`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_PARTS = 100
"""Most embedded credentials of one document that are judged."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """One credential inside another."""

    kind: Literal["endorsement", "component"]
    """What it is to the outer one."""
    place: str
    """Where it stands, as a path of members."""
    document: dict[str, Any] | str
    """Its JSON, or a compact VC-JWT."""


def embedded_in(document: dict[str, Any]) -> list[Embedded]:
    """Return the embedded credentials of a document, at most MAX_PARTS."""
    subject = _object(document.get("credentialSubject"))
    achievement = _object(subject.get("achievement"))
    found = [
        *_listed(document, "endorsement", "endorsement", ""),
        *_listed(_object(document.get("issuer")), "endorsement", "endorsement", "issuer."),
        *_listed(achievement, "endorsement", "endorsement", "credentialSubject.achievement."),
        *_listed(subject, "verifiableCredential", "component", "credentialSubject."),
    ]
    return found[:MAX_PARTS]


def _listed(
    holder: dict[str, Any], member: str, kind: Literal["endorsement", "component"], prefix: str
) -> Iterator[Embedded]:
    value = holder.get(member)
    for number, one in enumerate(value if isinstance(value, list) else [value]):
        if isinstance(one, dict | str):
            yield Embedded(kind, f"{prefix}{member}[{number}]", one)


def _object(value: Any) -> dict[str, Any]:  # noqa: ANN401  any JSON value
    return value if isinstance(value, dict) else {}
