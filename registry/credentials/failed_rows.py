"""The table of rows that failed: as they were, with their line and the reason in two further columns.

A spreadsheet runs a cell that begins with =, +, - or @ as a formula, so such a cell gets an apostrophe in front; and
every cell is quoted, so that a spreadsheet that splits elsewhere does not make one. Reading the table again takes the
apostrophe off, so that a corrected table is imported like the roster it came from.

Source: OWASP, CSV Injection.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from registry.core.errors import RosterError
    from registry.credentials.delimited import Record

MARKS = ("roster row", "reason")
"""The columns that are added; a header that ends with them is that of such a table."""
# With their full-width forms, which some spreadsheets take for the same.
_FORMULA = re.compile(r"'*[=+\-@\uff1d\uff0b\uff0d\uff20]")
_GUARDED = re.compile(r"''*[=+\-@\uff1d\uff0b\uff0d\uff20]")


def is_failed_table(header: Sequence[str]) -> bool:
    """Return whether a header is that of a table of failed rows."""
    return tuple(header[-len(MARKS) :]) == MARKS


def guarded(cell: str) -> str:
    """Return a cell as no spreadsheet runs it."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    """Return what `guarded` was given."""
    return cell[1:] if _GUARDED.match(cell) else cell


def header_line(header: Sequence[str], delimiter: str) -> str:
    """Return the first line of the table; the header of a table of failed rows stays as it is."""
    return _line([*header[: _own(header)], *MARKS], delimiter)


def failed_line(record: Record, error: RosterError, header: Sequence[str], delimiter: str) -> str:
    """Return one failed row; one with too few or too many cells is fitted, so that the table stays one."""
    own = _own(header)
    cells = [*record.cells[:own], *[""] * (own - len(record.cells))]
    surplus = record.cells[own:] if len(record.cells) != len(header) else ()
    reason = f'column "{error.column}": {error.reason}' if error.column else error.reason
    lost = f" (beyond the last column: {', '.join(surplus)})" if surplus else ""
    return _line([*cells, str(record.row), reason + lost], delimiter)


def _own(header: Sequence[str]) -> int:
    """Return how many columns are the roster's own."""
    return len(header) - (len(MARKS) if is_failed_table(header) else 0)


def _line(cells: Sequence[str], delimiter: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerow(map(guarded, cells))
    return out.getvalue()
