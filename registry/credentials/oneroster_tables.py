"""The tables of a OneRoster export, read line by line; what others refer to is held, within a limit.

Source: 1EdTech, OneRoster 1.2 CSV binding: one file a table, comma separated, UTF-8, each record with a `sourcedId`.
Column names were compared with published programs that read and write the format, as the binding's own tables were
not to be had.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from registry.core.errors import RosterError
from registry.credentials.delimited import records_of
from registry.credentials.fields import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_INDEXED = 1_000_000
"""Most records of one table that are held; about 550 bytes each."""
_Key = TypeVar("_Key", str, tuple[str, str])
LIVE = frozenset({"", "active"})
"""What `status` says of a record that counts; in a bulk export it says nothing."""


class OneRosterFiles(Protocol):
    """The files of one export, in a folder or in an archive."""

    @property
    def place(self) -> str:
        """Return where they are, for messages."""
        ...

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield the bytes of a file; RosterError if there is none of this name."""
        ...


@dataclass(frozen=True, slots=True)
class Line:
    """One record of a table."""

    file: str
    """The table's file, for messages."""
    row: int
    """Line of the file on which the record begins, from 1."""
    cells: Mapping[str, str]
    """Its cells by column name, as `plain` gives it."""

    def __getitem__(self, column: str) -> str:
        """Return a cell, empty if the table lacks the column."""
        return self.cells.get(plain(column), "")

    def error(self, column: str, message: str) -> RosterError:
        """Return an error about one cell of this record."""
        return RosterError(message, file=self.file, row=self.row, column=column)

    def dangling(self, column: str, target: str) -> RosterError:
        """Return the error that a reference leads nowhere."""
        return self.error(
            column, f"{self[column][:80]!r} is not in {target}; export the whole set again, or delete what refers to it"
        )


def lines_of(files: OneRosterFiles, name: str, needed: tuple[str, ...]) -> Iterator[Line]:
    """Yield the records of a table, those that were deleted too; RosterError if it lacks a column or cannot be read."""
    file = f"{files.place}/{name}"
    _, records = records_of(files.chunks(name), file=file, is_known=lambda _: True, delimiter=",")
    header = next(records).cells
    columns = [plain(column) for column in header]
    missing = [column for column in needed if plain(column) not in columns]
    if missing:
        message = f"the column {missing[0]} is missing; the columns are {', '.join(header[:40])}"
        raise RosterError(message, file=file, row=1)
    for record in records:
        if record.blank:
            continue
        if len(record.cells) != len(columns):
            message = f"the row has {len(record.cells)} cells and the header {len(columns)}; correct the export"
            raise RosterError(message, file=file, row=record.row)
        yield Line(file, record.row, dict(zip(columns, record.cells, strict=True)))


def live_lines(files: OneRosterFiles, name: str, needed: tuple[str, ...]) -> Iterator[Line]:
    """Yield the records of a table that count."""
    return (line for line in lines_of(files, name, needed) if line["status"].casefold() in LIVE)


class Index(dict[_Key, tuple[str, ...]]):
    """What the records of one table say, by what others call them; at most `MAX_INDEXED`, none twice."""

    def add(self, key: _Key, line: Line, columns: tuple[str, ...]) -> None:
        """Keep some cells of a record; RosterError if its key is empty or known, or there are too many."""
        if not key or key in self:
            column = "sourcedId" if isinstance(key, str) else "lineItemSourcedId"
            message = "the record has no id" if not key else f"there are two records of {_shown(key)}; keep one of them"
            raise line.error(column, message)
        if len(self) == MAX_INDEXED:
            raise RosterError(f"there are more than {MAX_INDEXED:,} records; export fewer at a time", file=line.file)
        self[key] = tuple(line[column] for column in columns)


def index_of(lines: Iterator[Line], columns: tuple[str, ...]) -> Index[str]:
    """Return cells of all records by `sourcedId`."""
    index: Index[str] = Index()
    for line in lines:
        index.add(line["sourcedId"], line, columns)
    return index


def _shown(key: object) -> str:
    return " and ".join(map(repr, key)) if isinstance(key, tuple) else repr(key)
