"""What is said of a roster beside the fields of its columns: constants, values, which rows count, the form of dates."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from registry.credentials.fields import Field


@dataclass(frozen=True, slots=True)
class Only:
    """A column that tells whether a row is to be issued, as learners' lists tell who completed."""

    column: str
    """Name of the column."""
    accepted: frozenset[str] | None
    """Texts that count, in lower case; None if any text does."""

    def takes(self, cell: str) -> bool:
        """Return whether a row with this cell is issued; letter case makes no difference."""
        return bool(cell) if self.accepted is None else cell.casefold() in self.accepted

    def __str__(self) -> str:
        if self.accepted is None:
            return f'"{self.column}" holds something'
        return f'"{self.column}" is ' + " or ".join(sorted(text or "empty" for text in self.accepted))


@dataclass(frozen=True, slots=True)
class Rules:
    """How the rows of a roster are read, beside which column is which field."""

    constants: Mapping[Field, str] = field(default_factory=dict)
    """What is said of every row whose own cell is empty or missing."""
    values: Mapping[Field, Mapping[str, str]] = field(default_factory=dict)
    """What a cell of a field stands for; with an entry for a field, no other cell is taken."""
    only: tuple[Only, ...] = ()
    """What must hold of a row to be issued; all of it."""
    date_format: str | None = None
    """How dates are written, in the letters of `strptime`; None for the usual ways."""
