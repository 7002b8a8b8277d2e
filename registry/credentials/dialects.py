"""Column names that are recognised: vocabularies for rosters, and the exports of learning platforms.

Source of the vocabularies: the column names that Canvas Credentials and Credly give for their own bulk imports, and the
usual names in exports of student information systems. The platforms' names are in `exports`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.credentials.exports import EXPORTS, Export
from registry.credentials.fields import Field, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

_CANVAS: dict[str, Field] = {
    "badge class id": "achievement",
    "identifier": "identifier",
    "first name": "given_name",
    "last name": "family_name",
    "narrative": "narrative",
    "evidence narrative": "evidence_narrative",
    "evidence url": "evidence_url",
    "issue date": "awarded_on",
    "expiration date": "expires_on",
}
_CREDLY: dict[str, Field] = {
    "badge template id": "achievement",
    "recipient email": "identifier",
    "first name": "given_name",
    "last name": "family_name",
    "issued at": "awarded_on",
    "expires at": "expires_on",
    "issuer earner id": "student_id",
    "locale": "locale",
}
_STUDENT_SYSTEM: dict[str, Field] = {
    "achievement": "achievement",
    "achievement id": "achievement",
    "course": "achievement",
    "course code": "achievement",
    "email": "identifier",
    "e mail": "identifier",
    "email address": "identifier",
    "did": "identifier",
    "student id": "student_id",
    "student number": "student_id",
    "matriculation number": "student_id",
    "name": "name",
    "full name": "name",
    "given name": "given_name",
    "family name": "family_name",
    "surname": "family_name",
    "award date": "awarded_on",
    "awarded on": "awarded_on",
    "expiry date": "expires_on",
    "expires on": "expires_on",
    "ects": "credits_earned",
    "credits": "credits_earned",
    "credits earned": "credits_earned",
    "grade": "grade",
    "result": "grade",
    "language": "locale",
}
DIALECTS = {
    "Canvas Credentials": _CANVAS,
    "Credly": _CREDLY,
    "student information system": _STUDENT_SYSTEM,
}
"""Column names of each dialect in lower case, with their fields; no name means two things in two dialects."""
_WORDS = {name: field for words in DIALECTS.values() for name, field in words.items()}


def is_known(column: str) -> bool:
    """Return whether some dialect or export knows a column of this name."""
    name = plain(column)
    return name in _WORDS or any(name in export.names for export in EXPORTS)


def export_of(header: Sequence[str]) -> Export | None:
    """Return the export that a header belongs to, or None if it is that of a roster."""
    names = frozenset(map(plain, header))
    return next((export for export in EXPORTS if export.signature <= names), None)


def dialect_of(header: Sequence[str]) -> str:
    """Return the name of the vocabulary that knows most columns of a header."""
    names = [plain(column) for column in header]
    return max(DIALECTS, key=lambda one: sum(name in DIALECTS[one] for name in names))


def field_of(column: str) -> Field | None:
    """Return what any of the vocabularies takes a column for."""
    return _WORDS.get(plain(column))
