"""The table of failed rows beside a roster."""

from __future__ import annotations

import re
from itertools import count
from typing import IO, TYPE_CHECKING, Self

from registry.core.errors import RosterError
from registry.credentials.failed_rows import failed_line, header_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

    from registry.cli.roster_source import RosterSource
    from registry.credentials.delimited import Record
    from registry.credentials.roster import Roster


class FailedFile:
    """`ROSTER.failed.csv`, begun with the first failed row under a name that nothing has.

    It never replaces anything: the former one may have been corrected by now. Left by an error, or by `discard`, it is
    removed; a kill leaves the rows so far.
    """

    def __init__(self, source: RosterSource, roster: Roster) -> None:
        self._source = source
        self._roster = roster
        self._header = tuple(column for column, _ in roster.mapping.rows)
        self._out: IO[str] | None = None
        self.path: Path | None = None

    def add(self, record: Record, error: RosterError) -> None:
        """Write one row; RosterError if the folder cannot be written to."""
        try:
            if self._out is None:
                self.path, self._out = self._begun()
            self._out.write(failed_line(record, error, self._header, self._roster.delimiter))
        except OSError as problem:
            message = f"its failed rows cannot be written beside it ({problem.strerror}); copy it where you may write"
            raise RosterError(message, file=str(self._source.path)) from problem

    def discard(self) -> None:
        """Remove what was written."""
        self._close()
        if self.path is not None:
            self.path.unlink(missing_ok=True)
            self.path = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()
        if kind is not None:
            self.discard()

    def _close(self) -> None:
        if self._out is not None:
            self._out.close()
            self._out = None

    def _begun(self) -> tuple[Path, IO[str]]:
        encoding = self._source.told.encoding
        # With its mark, a spreadsheet knows UTF-8; in another encoding the reason may hold what that cannot write.
        written = "utf-8-sig" if encoding == "utf-8" else encoding
        for path in _names(self._source.path):
            try:
                out = path.open("x", encoding=written, errors="replace", newline="")
            except FileExistsError:
                continue
            out.write(header_line(self._header, self._roster.delimiter))
            return path, out
        raise AssertionError("the names are endless")  # pragma: no cover


def _names(path: Path) -> Iterator[Path]:
    roster = path if path.name not in {"", ".."} else path.resolve()  # `.` has no name to go beside
    stem = roster.name if roster.is_dir() else roster.stem
    own = re.sub(r"\.failed(-\d+)?$", "", stem)
    return (roster.with_name(f"{own}.failed{f'-{number}' if number > 1 else ''}.csv") for number in count(1))
