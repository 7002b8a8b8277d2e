"""Safe mode: what verifiers would refuse of an achievement or a profile is told before anything is signed.

Achievement and profile are put into a credential made up around them, which is screened as a received one is.
"""

from __future__ import annotations

from typing import Any

from registry.core.errors import CredentialFormatError
from registry.credentials.arrays import with_arrays
from registry.credentials.contexts import CONTEXTS
from registry.credentials.screen import screen
from registry.credentials.signing import require_signable

_ACHIEVEMENT: dict[str, Any] = {
    "id": "urn:uuid:00000000-0000-4000-8000-000000000001",
    "type": ["Achievement"],
    "name": "An achievement",
    "description": "It stands for any.",
    "criteria": {"narrative": "None."},
}
_PROFILE: dict[str, Any] = {"id": "did:web:issuer.example", "type": ["Profile"], "name": "An issuer"}


def require_safe_achievement(achievement: dict[str, Any]) -> None:
    """Raise CredentialFormatError, naming each member, if no credential of this achievement could be verified."""
    _require_safe(_credential(with_arrays(achievement), _PROFILE), "/credentialSubject/achievement")


def require_safe_profile(profile: dict[str, Any]) -> None:
    """Raise CredentialFormatError, naming each member, if no credential of this issuer could be verified."""
    _require_safe(_credential(_ACHIEVEMENT, with_arrays(profile)), "/issuer")


def _credential(achievement: dict[str, Any], profile: dict[str, Any]) -> dict[str, Any]:
    return {
        "@context": list(CONTEXTS),
        "id": "urn:uuid:00000000-0000-4000-8000-000000000002",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": profile,
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": "did:example:anybody", "type": ["AchievementSubject"], "achievement": achievement},
    }


def _require_safe(credential: dict[str, Any], place: str) -> None:
    problems = [problem.detail for problem in screen(credential)]
    if not problems:
        try:
            require_signable(credential)
        except CredentialFormatError as error:
            problems = [str(error)]
    if problems:
        said = " ".join(problems).replace(f"{place}/", "/")
        raise CredentialFormatError(f"No credential of it could be verified. {said}")
