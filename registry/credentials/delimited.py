"""Delimited text as it arrives: chunks of bytes in, records with their line numbers out, in constant memory."""

from __future__ import annotations

import codecs
import csv
import io
import re
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from registry.core.errors import RosterError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
"""The separators that are recognised, with their names."""
MAX_RECORD_CHARACTERS = 100_000
"""Longest record, quoted line breaks included; below the csv module's own limit for one cell."""
# What no signer takes, and the characters U+0080 to U+009F that a wrong encoding leaves behind.
_UNUSABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")
_BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a delimited text."""

    row: int
    """Line of the file on which the record begins, from 1."""
    cells: tuple[str, ...]
    """The cells without quotes and surrounding white space; quoted line breaks are line feeds."""

    @property
    def blank(self) -> bool:
        """Return whether no cell holds anything, as in the empty rows that spreadsheets leave behind."""
        return not any(self.cells)


def records_of(
    chunks: Iterable[bytes],
    *,
    file: str,
    is_known: Callable[[str], bool],
    delimiter: str | None = None,
    encoding: str = "utf-8",
) -> tuple[str, Iterator[Record]]:
    """Return the delimiter of a text, with or without byte order mark, and its records as they are read.

    The first record is the header; unless it is given, the delimiter is the one that splits it into most columns that
    `is_known`, or else into most columns. Line breaks may be LF, CR LF or CR; cells are quoted as in RFC 4180.
    `encoding` is UTF-8 or one that gives every character a byte.

    Raises:
        RosterError: there is no text, its first line does not split, or (while the records are read) it is not
            in its encoding, holds a control character, breaks the rules of quoting, or a record is too long.

    """
    lines = _lines(chunks, file, encoding)
    first = next(lines, None)
    if first is None:
        raise RosterError("the file is empty; it needs a header row and one row for each recipient", file=file)
    mark = delimiter or _delimiter(first, file, is_known)
    return mark, _records(chain([first], lines), mark, file)


def _delimiter(header: str, file: str, is_known: Callable[[str], bool]) -> str:
    splits = {mark: next(csv.reader([header], delimiter=mark), []) for mark in DELIMITERS}
    best = max(splits, key=lambda mark: (sum(map(is_known, splits[mark])), len(splits[mark])))
    if len(splits[best]) > 1:
        return best
    message = (
        f"the header does not split at commas, semicolons or tabs; it reads {header.strip()[:120]!r}. "
        "Save the table as CSV with one of these separators, the column names in the first row"
    )
    raise RosterError(message, file=file, row=1)


def _records(lines: Iterator[str], delimiter: str, file: str) -> Iterator[Record]:
    feed = _Feed(lines, file)
    reader = csv.reader(feed, delimiter=delimiter, strict=True)
    while True:
        feed.begin_record()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            message = f"the quotes do not pair up ({error}); put a quote inside a quoted cell twice"
            raise RosterError(message, file=file, row=feed.record_row) from error
        yield Record(feed.record_row, tuple(cell.strip() for cell in cells))


class _Feed:
    """Hands lines to the csv reader and keeps where the record under way began and how long it is."""

    def __init__(self, lines: Iterator[str], file: str) -> None:
        self._lines = lines
        self._file = file
        self._characters = 0
        self._delivered = 0
        self.record_row = 1

    def begin_record(self) -> None:
        self._characters = 0
        self.record_row = self._delivered + 1

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self._delivered += 1
        self._characters += len(line)
        if self._characters > MAX_RECORD_CHARACTERS:
            raise _too_long(self._file, self.record_row)
        return line


def _lines(chunks: Iterable[bytes], file: str, encoding: str) -> Iterator[str]:
    row, rest = 1, ""
    try:
        for text in _decoded(chunks, encoding):
            *lines, rest = (rest + text).split("\n")
            for line in lines:
                yield _checked(line, file, row) + "\n"
                row += 1
            if len(rest) > MAX_RECORD_CHARACTERS:
                raise _too_long(file, row)
    except _WrongByteError as error:
        message = f'{error}; save the table as "CSV UTF-8" and import it again'
        raise RosterError(message, file=file, row=row) from error
    if rest:
        yield _checked(rest, file, row)


def _checked(line: str, file: str, row: int) -> str:
    text = line.removeprefix(_BYTE_ORDER_MARK) if row == 1 else line
    found = _UNUSABLE.search(text)
    if found is None:
        return text
    message = (
        f"the character U+{ord(found.group()):04X} stands at position {found.start() + 1} of the line; "
        'delete it, or save the table as "CSV UTF-8"'
    )
    raise RosterError(message, file=file, row=row)


class _WrongByteError(Exception):
    """A byte that no text in this encoding has at its place."""


def _decoded(chunks: Iterable[bytes], encoding: str) -> Iterator[str]:
    """Yield the text of the chunks with line breaks as LF; what precedes a wrong byte is still yielded."""
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)(), translate=True)
    total = 0
    try:
        for chunk in chunks:
            total += len(chunk)
            yield decoder.decode(chunk)
        yield decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        yield error.object[: error.start].decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
        offset = total - len(error.object) + error.start
        wrong = error.object[error.start]
        raise _WrongByteError(
            f"the file is not {encoding.upper()}: byte 0x{wrong:02X} at offset {offset} (from 0)"
        ) from error


def _too_long(file: str, row: int) -> RosterError:
    message = (
        f"the row is longer than {MAX_RECORD_CHARACTERS:,} characters; shorten it, or look for a quote "
        "that is opened and never closed"
    )
    return RosterError(message, file=file, row=row)
