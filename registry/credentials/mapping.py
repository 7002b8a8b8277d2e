"""What each column of one roster is read as: recognised, told by a mapping file, overridden one by one.

A later word wins over an earlier one: the header, the mapping file, `--map`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from registry.core.errors import RosterError
from registry.credentials.dialects import dialect_of, export_of, field_of
from registry.credentials.fields import FIELDS, Field, plain
from registry.credentials.mapping_file import MappingFile
from registry.credentials.rules import Only, Rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from registry.credentials.exports import Export

MAX_COLUMNS = 1000
"""Most columns of a roster; a gradebook has one for each piece of work, and several totals."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """What each column of one roster is read as."""

    file: str
    """Name of the roster, for messages."""
    dialect: str
    """The dialect that knows most of the columns, the export they belong to, or the mapping file's name for them."""
    rows: tuple[tuple[str, Field | None], ...]
    """Column name and field, in the order of the file; None where the column is not read."""
    rules: Rules = field(default_factory=Rules)
    """What is said beside; every column that it names is one of the file's."""
    is_roster: bool = True
    """Whether it is a roster of the usual vocabularies; otherwise a platform's export, or what a mapping file tells."""

    @property
    def unmapped(self) -> tuple[str, ...]:
        """Return the columns that are not read."""
        return tuple(column for column, field in self.rows if field is None)

    def column_of(self, field: Field) -> str | None:
        """Return the column that is read as `field`, or None if there is none."""
        return next((column for column, mapped in self.rows if mapped == field), None)

    def left_out_by(self, cells: Sequence[str]) -> Only | None:
        """Return the first condition that a row does not meet, or None if it is to be issued."""
        if not self.rules.only:
            return None
        by_column = {column: cell for (column, _), cell in zip(self.rows, cells, strict=True)}
        return next((only for only in self.rules.only if not only.takes(by_column[only.column])), None)

    def overridden(self, overrides: Iterable[str]) -> Mapping:
        """Return the mapping with `Column=field` applied; `Column=` leaves a column out.

        A column that was read as the same field before gives way.

        Raises:
            RosterError: there is no such column or field, it stands twice, or the text has no equals sign.

        """
        rows = self.rows
        for text in overrides:
            position, wanted = self._override(text)
            rows = tuple((column, None if mapped == wanted else mapped) for column, mapped in rows)
            rows = (*rows[:position], (rows[position][0], wanted), *rows[position + 1 :])
        return replace(self, rows=rows)

    def require_complete(self) -> None:
        """Raise RosterError unless some column identifies the recipient, one dates the award, and no field has two."""
        self._require_one_column_a_field()
        if self.column_of("identifier") is None and self.column_of("student_id") is None:
            raise self._missing("identifies the recipient (e-mail address, DID or student number)", "identifier")
        if self.column_of("awarded_on") is None and "awarded_on" not in self.rules.constants:
            message = self._missing("holds the award date", "awarded_on").reason
            raise RosterError(f"{message}, or give one for all with --awarded-on 2026-06-30", file=self.file, row=1)

    def _require_one_column_a_field(self) -> None:
        for one in FIELDS:
            columns = [column for column, mapped in self.rows if mapped == one]
            if len(columns) > 1:
                message = (
                    f"the columns {_listed(columns)} would both be read as {one}; "
                    f'leave one out with --map "{columns[1]}="'
                )
                raise RosterError(message, file=self.file, row=1, column=columns[1])

    def _override(self, text: str) -> tuple[int, Field | None]:
        name, equals, wanted = text.rpartition("=")
        if not equals:
            raise RosterError(f'the override {text!r} is not of the form "Column=field"', file=self.file)
        position = _position(name, [column for column, _ in self.rows], file=self.file)
        found = next((one for one in FIELDS if one == wanted.strip()), None)
        if found is None and wanted.strip():
            message = f"there is no field {wanted.strip()!r}; the fields are {', '.join(FIELDS)}"
            raise RosterError(message, file=self.file, column=self.rows[position][0])
        return position, found

    def _missing(self, what: str, wanted: Field) -> RosterError:
        columns = [column for column, _ in self.rows]
        message = f'no column {what}; the columns are {_listed(columns)}. Name it with --map "Column={wanted}"'
        return RosterError(message, file=self.file, row=1)


def mapping_of(header: Sequence[str], *, file: str, told: MappingFile | None = None) -> Mapping:
    """Return how the columns of a header are read; names match in any letter case, with spaces, `_` or `-`.

    `told` is what a mapping file says: with columns of its own it alone says what they are, otherwise it adds to what
    is recognised.

    Raises:
        RosterError: a column has no name, a name stands twice, there are too many columns, the mapping file names
            one that is not there, or nothing says which rows of a gradebook count.

    """
    told = told or MappingFile()
    export = export_of(header)
    _require_names(header, file, repeated=bool(told.columns or export))
    rules = replace(told.rules, only=_conditions(header, export, told, file))
    if told.columns:
        fields = {_position(name, header, file=file, told=told): one for name, one in told.columns.items()}
        rows = tuple((column, fields.get(position)) for position, column in enumerate(header))
        return Mapping(file, told.name or told.file, rows, rules, is_roster=False)
    if export is not None:
        _require_once([*export.columns, *(only.column for only in rules.only)], header, file)
        rows = tuple((column, export.columns.get(plain(column))) for column in header)
        return Mapping(file, told.name or export.name, rows, rules, is_roster=False)
    rows = tuple((column, field_of(column)) for column in header)
    return Mapping(file, told.name or dialect_of(header), rows, rules)


def _conditions(header: Sequence[str], export: Export | None, told: MappingFile, file: str) -> tuple[Only, ...]:
    """Return which rows count, with the columns as the header writes them.

    An export's own conditions hold too, unless a mapping file says both what the columns are and which rows count.
    """
    only = tuple(
        replace(one, column=header[_position(one.column, header, file=file, told=told)]) for one in told.rules.only
    )
    if export is None or (told.columns and only):
        return only
    if export.lacks_completion and not only:
        message = (
            f"this is a {export.name}, and {export.lacks_completion}; say in a mapping file which rows count, "
            'for example [only] "Final Grade" = ["A", "B"]'
        )
        raise RosterError(message, file=file, row=1)
    by_name = {plain(column): column for column in header}
    own = [replace(one, column=by_name[plain(one.column)]) for one in export.only if plain(one.column) in by_name]
    return (*own, *(one for one in only if one not in own))


def _position(name: str, header: Sequence[str], *, file: str, told: MappingFile | None = None) -> int:
    """Return where a column stands; RosterError, in the name of the mapping file if it is one that asks."""
    found = [position for position, column in enumerate(header) if plain(column) == plain(name)]
    if len(found) == 1:
        return found[0]
    where = told.file if told else file
    message = (
        f"the header of {file} has the column {name.strip()!r} {len(found)} times; rename all but one"
        if found
        else f"there is no column {name.strip()!r}; the columns are {_listed(header)}"
    )
    raise RosterError(message, file=where, row=None if told else 1)


def _require_names(header: Sequence[str], file: str, *, repeated: bool) -> None:
    if len(header) > MAX_COLUMNS:
        message = f"the header has {len(header)} columns; at most {MAX_COLUMNS} are read"
        raise RosterError(message, file=file, row=1)
    for position, column in enumerate(header, start=1):
        if not plain(column):
            raise RosterError(f"column {position} of the header has no name; name it or delete it", file=file, row=1)
    if not repeated:
        _require_once(header, header, file)


def _require_once(names: Iterable[str], header: Sequence[str], file: str) -> None:
    counted = Counter(map(plain, header))
    for name in names:
        if counted[plain(name)] > 1:
            message = "the header has this column twice; rename or delete one"
            raise RosterError(message, file=file, row=1, column=name)


def _listed(columns: Sequence[str]) -> str:
    shown = ", ".join(f'"{column[:60]}"' for column in columns[:20])
    return shown + (f" and {len(columns) - 20} more" if len(columns) > 20 else "")  # noqa: PLR2004  what fits a message
