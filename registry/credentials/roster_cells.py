"""The cells of one roster row by field: what they stand for, what is said of every row, where something is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from registry.core.errors import InputError, RosterError
from registry.credentials.cells import date_in, date_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from registry.credentials.delimited import Record
    from registry.credentials.fields import Field
    from registry.credentials.mapping import Mapping

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of one row by field, able to say where something is wrong."""

    mapping: Mapping
    """How they are read."""
    row: int
    """Line of the file on which the row begins, from 1."""
    texts: dict[Field, str]
    """What is written, for each field that is read and not empty."""

    @classmethod
    def of(cls, record: Record, mapping: Mapping) -> Cells:
        """Return the cells of a record that has as many as the mapping has columns."""
        pairs = zip(mapping.rows, record.cells, strict=True)
        return cls(mapping, record.row, {mapped: text for (_, mapped), text in pairs if mapped and text})

    def read(self, where: Field, parser: Callable[[str], _T]) -> _T | None:
        """Return a field as `parser` reads it, None if nothing is said; RosterError if it cannot be meant."""
        text = self.texts.get(where)
        rules = self.mapping.rules
        if text is None:
            constant = rules.constants.get(where) if rules.constants else None
            return None if constant is None else parser(constant)  # it was parsed when it was given
        try:
            return parser(self._meant(where, text) if rules.values else text)
        except InputError as error:
            raise self.error(where, str(error)) from error

    def date(self, where: Field) -> date | datetime | None:
        """Return a date in the format of this roster, None if nothing is said; RosterError if it is none."""
        written = self.mapping.rules.date_format
        if written is None or where not in self.texts:
            return self.read(where, date_of)
        return self.read(where, lambda text: date_in(text, written))

    def _meant(self, where: Field, text: str) -> str:
        """Return what a cell stands for; InputError if only some cells stand for something and it is none of them."""
        values = self.mapping.rules.values.get(where)
        if values is None:
            return text
        if text not in values:
            known = ", ".join(list(values)[:20])
            raise InputError(f"{text[:80]!r} is none of the values.{where} of the mapping file ({known}); add it there")
        return values[text]

    def error(self, where: Field, message: str) -> RosterError:
        """Return an error about one field of this row."""
        return RosterError(message, file=self.mapping.file, row=self.row, column=self.mapping.column_of(where))
