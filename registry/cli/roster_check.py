"""Going through a roster before anything is issued: what can be, what cannot and why, what is not to be."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from registry.cli.failed_file import FailedFile
from registry.cli.output import warn
from registry.core.errors import RosterError
from registry.credentials.kept_rows import KeptRows
from registry.credentials.roster import RosterRow

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator
    from pathlib import Path

    from registry.cli.roster_source import RosterSource
    from registry.credentials.roster import Outcome, Roster
    from registry.services.issue import Issuance

MAX_REPORTED = 20
MAX_KEPT_BYTES = 64 * 1024 * 1024
"""Most memory for rows between the check and their issue, packed; a roster that needs more is read once more."""


@dataclass(slots=True)
class Checked:
    """What was found in a roster that may be issued, or the part of it that may."""

    left_out: Counter[str]
    """Rows that are not to be issued, by the column that says so."""
    good: int = 0
    """Rows that can be issued."""
    failed: int = 0
    """Rows that cannot."""
    failed_path: Path | None = None
    """Where those are written, with their reasons."""


class RosterCheck:
    """One way through a roster: its good rows may be looked at on the way, and are issued once all were checked."""

    def __init__(self, source: RosterSource, issuance: Issuance, *, skip_bad: bool) -> None:
        self._source, self._issuance, self._skip_bad = source, issuance, skip_bad
        self._roster = source.opened()
        self._found = Checked(self._roster.left_out)
        self._errors: list[RosterError] = []
        self._wrong = 0
        self._good = self._checked()
        self._given = 0
        self._kept = KeptRows(self._roster.mapping)
        self._is_finished = False

    def rows(self) -> Iterator[RosterRow]:
        """Yield the rows that can be issued: as they are checked, and after `finish` what that went through."""
        while not self._is_finished:
            row = next(self._good, None)
            if row is None:
                return
            self._given += 1
            yield row
        yield from self._kept.drain() if self._has_kept_all() else self._read_anew()

    def finish(self) -> Checked:
        """Check what is left, and return what was found.

        Raises:
            RosterError: the last of the errors reported, where nothing may be issued: because a row fails and
                `skip_bad` does not allow for that, every row fails, or the roster as a whole is wrong.

        """
        for row in self._good:
            if self._kept.size < MAX_KEPT_BYTES:
                self._kept.add(row)
        self._is_finished = True
        if not self._has_kept_all():
            self._kept.clear()
        if self._wrong or (self._found.failed and not (self._skip_bad and self._found.good)):
            _refuse(self._found, self._errors)
        _report(self._found, self._errors)
        return self._found

    def _checked(self) -> Iterator[RosterRow]:
        """Yield each good row, and write those that fail to a table beside the roster."""
        found = self._found
        with FailedFile(self._source, self._roster) as table:
            for outcome in self._roster.outcomes:
                result = outcome.result
                error = result if isinstance(result, RosterError) else self._issuance.problem(result)
                if isinstance(result, RosterRow) and error is None:
                    found.good += 1
                    yield result
                elif error is not None:
                    self._note(outcome, error, table)
            if self._wrong:
                table.discard()
            found.failed_path = table.path

    def _note(self, outcome: Outcome, error: RosterError, table: FailedFile) -> None:
        # What is wrong with the roster as a whole is said, however many rows failed before.
        if outcome.record is None:
            self._errors = [*self._errors[: MAX_REPORTED - 1], error]
            self._wrong += 1
            return
        self._errors = [*self._errors, error][:MAX_REPORTED]
        self._found.failed += 1
        table.add(outcome.record, error)

    def _has_kept_all(self) -> bool:
        return self._given + self._kept.count == self._found.good

    def _read_anew(self) -> Iterator[RosterRow]:
        good = (row for row in self._source.opened().results if isinstance(row, RosterRow) and self._is_good(row))
        return islice(good, self._given, None)

    def _is_good(self, row: RosterRow) -> bool:
        return not self._found.failed or self._issuance.problem(row) is None


def reading(roster: Roster) -> str:
    """Return how a roster is read, in lines for a person."""
    mapping, rules = roster.mapping, roster.mapping.rules
    lines = [] if mapping.is_roster else [f"This is read as: {mapping.dialect}."]
    lines.append("Columns are read as follows (change one with --map):")
    lines += [f"  {column} -> {field or '(not used)'}" for column, field in mapping.rows]
    lines += [f"  (rows that say nothing themselves) {text} -> {field}" for field, text in rules.constants.items()]
    for field, values in rules.values.items():
        lines.append(f"Values of {field}: " + ", ".join(f"{text} -> {meant}" for text, meant in values.items()))
    if rules.date_format:
        lines.append(f"Dates are read as {rules.date_format}.")
    if rules.only:
        lines.append("Only rows count where " + ", and ".join(map(str, rules.only)) + ".")
    return "\n".join(lines)


def not_completed(left_out: Counter[str]) -> str:
    """Return how many rows are not to be issued, in a sentence."""
    by = ", ".join(f'{number:,} by "{column}"' for column, number in left_out.items())
    return f"{left_out.total():,} rows do not count as completed and are passed over: {by}."


def _report(checked: Checked, errors: list[RosterError]) -> None:
    for error in errors:
        warn(f"credanchor: {error}")
    if checked.failed:
        warn(f"{checked.failed:,} of {checked.failed + checked.good:,} rows cannot be issued: {checked.failed_path}")


def _refuse(checked: Checked, errors: list[RosterError]) -> None:
    _report(checked, errors[:-1])
    hint = ", or issue the others with --skip-bad" if checked.failed_path and checked.good else ""
    warn(f"Nothing was issued. Correct the roster and run the command again{hint}.")
    raise errors[-1]
