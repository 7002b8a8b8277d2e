"""Which column of a roster holds what: the three dialects, and a mapping that can be shown and overridden.

Source: the column names that Canvas Credentials and Credly give for their own bulk imports, and the usual names in
exports of student information systems.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, get_args

from registry.core.errors import RosterError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Field = Literal[
    "achievement",
    "identifier",
    "student_id",
    "given_name",
    "family_name",
    "name",
    "narrative",
    "evidence_narrative",
    "evidence_url",
    "awarded_on",
    "expires_on",
    "credits_earned",
    "grade",
    "locale",
]
"""What a roster may say about one recipient; `identifier` is an e-mail address or a DID."""
FIELDS: tuple[Field, ...] = get_args(Field)
"""Every field, in the order in which a mapping is shown."""

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
MAX_COLUMNS = 256
"""Most columns of a roster."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """What each column of one roster is read as."""

    file: str
    """Name of the roster, for messages."""
    dialect: str
    """The dialect that knows most of the columns."""
    rows: tuple[tuple[str, Field | None], ...]
    """Column name and field, in the order of the file; None where the column is not read."""

    @property
    def unmapped(self) -> tuple[str, ...]:
        """Return the columns that are not read."""
        return tuple(column for column, field in self.rows if field is None)

    def column_of(self, field: Field) -> str | None:
        """Return the column that is read as `field`, or None if there is none."""
        return next((column for column, mapped in self.rows if mapped == field), None)

    def overridden(self, overrides: Iterable[str]) -> Mapping:
        """Return the mapping with `Column=field` applied; `Column=` leaves a column out.

        A column that was read as the same field before gives way.

        Raises:
            RosterError: there is no such column or field, or the text has no equals sign.

        """
        rows = dict(self.rows)
        for text in overrides:
            column, field = self._override(text)
            rows = {other: None if mapped == field else mapped for other, mapped in rows.items()}
            rows[column] = field
        return replace(self, rows=tuple(rows.items()))

    def require_complete(self) -> None:
        """Raise RosterError unless some column identifies the recipient, one dates the award, and no field has two."""
        self._require_one_column_a_field()
        if self.column_of("identifier") is None and self.column_of("student_id") is None:
            raise self._missing("identifies the recipient (e-mail address, DID or student number)", "identifier")
        if self.column_of("awarded_on") is None:
            raise self._missing("holds the award date", "awarded_on")

    def _require_one_column_a_field(self) -> None:
        for field in FIELDS:
            columns = [column for column, mapped in self.rows if mapped == field]
            if len(columns) > 1:
                message = (
                    f"the columns {_listed(columns)} would both be read as {field}; "
                    f'leave one out with --map "{columns[1]}="'
                )
                raise RosterError(message, file=self.file, row=1, column=columns[1])

    def _override(self, text: str) -> tuple[str, Field | None]:
        name, equals, wanted = text.rpartition("=")
        if not equals:
            raise RosterError(f'the override {text!r} is not of the form "Column=field"', file=self.file)
        column = next((column for column, _ in self.rows if _plain(column) == _plain(name)), None)
        if column is None:
            known = _listed([column for column, _ in self.rows])
            raise RosterError(f"there is no column {name.strip()!r}; the columns are {known}", file=self.file, row=1)
        field = next((field for field in FIELDS if field == wanted.strip()), None)
        if field is None and wanted.strip():
            message = f"there is no field {wanted.strip()!r}; the fields are {', '.join(FIELDS)}"
            raise RosterError(message, file=self.file, column=column)
        return column, field

    def _missing(self, what: str, field: Field) -> RosterError:
        columns = [column for column, _ in self.rows]
        message = f'no column {what}; the columns are {_listed(columns)}. Name it with --map "Column={field}"'
        return RosterError(message, file=self.file, row=1)


def mapping_of(header: Sequence[str], *, file: str) -> Mapping:
    """Return how the columns of a header are read; names match in any letter case, with spaces, `_` or `-`.

    Raises:
        RosterError: a column has no name, a name stands twice, or there are too many columns.

    """
    _require_names(header, file)
    names = [_plain(column) for column in header]
    dialect = max(DIALECTS, key=lambda one: sum(name in DIALECTS[one] for name in names))
    return Mapping(file, dialect, tuple((column, _WORDS.get(_plain(column))) for column in header))


def is_known(column: str) -> bool:
    """Return whether some dialect knows a column of this name."""
    return _plain(column) in _WORDS


def _require_names(header: Sequence[str], file: str) -> None:
    if len(header) > MAX_COLUMNS:
        message = f"the header has {len(header)} columns; at most {MAX_COLUMNS} are read"
        raise RosterError(message, file=file, row=1)
    seen: set[str] = set()
    for position, column in enumerate(header, start=1):
        name = _plain(column)
        if not name:
            raise RosterError(f"column {position} of the header has no name; name it or delete it", file=file, row=1)
        if name in seen:
            message = "the header has this column twice; rename or delete one"
            raise RosterError(message, file=file, row=1, column=column)
        seen.add(name)


def _plain(column: str) -> str:
    return " ".join(re.sub(r"[_\-\s]+", " ", column).casefold().split())


def _listed(columns: Sequence[str]) -> str:
    shown = ", ".join(f'"{column[:60]}"' for column in columns[:20])
    return shown + (f" and {len(columns) - 20} more" if len(columns) > 20 else "")  # noqa: PLR2004  what fits a message
