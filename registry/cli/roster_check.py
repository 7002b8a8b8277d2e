"""Going through a roster before anything is issued: what can be, what cannot and why, what is not to be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.cli.failed_file import FailedFile
from registry.cli.output import warn
from registry.core.errors import RosterError
from registry.credentials.roster import RosterRow

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator
    from pathlib import Path

    from registry.cli.roster_source import RosterSource
    from registry.credentials.roster import Roster
    from registry.services.issue import Issuance

MAX_REPORTED = 20
MAX_KEPT = 50_000
"""Rows that are kept from the check until they are issued, about 1 kB each; a larger roster is read once more."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found in a roster that may be issued, or the part of it that may."""

    good: int
    """Rows that can be issued."""
    failed: int
    """Rows that cannot."""
    failed_path: Path | None
    """Where those are written, with their reasons."""
    left_out: Counter[str]
    """Rows that are not to be issued, by the column that says so."""
    kept: list[RosterRow]
    """The rows that can be issued, or the first of them if they are too many to keep."""


def check_roster(source: RosterSource, issuance: Issuance, *, skip_bad: bool) -> Checked:
    """Go through the whole roster once, writing the rows that fail to a table beside it.

    Raises:
        RosterError: the last of the errors reported, where nothing may be issued: because a row fails and `skip_bad`
            does not allow for that, every row fails, or the roster as a whole is wrong.

    """
    roster = source.opened()
    errors: list[RosterError] = []
    kept: list[RosterRow] = []
    good = failed = wrong = 0
    with FailedFile(source, roster) as table:
        for outcome in roster.outcomes:
            result = outcome.result
            error = result if isinstance(result, RosterError) else issuance.problem(result)
            good += error is None
            if error is None:
                if isinstance(result, RosterRow) and good <= MAX_KEPT:
                    kept.append(result)
                continue
            # What is wrong with the roster as a whole is said, however many rows failed before.
            errors = [*errors[: MAX_REPORTED - 1], error] if outcome.record is None else [*errors, error][:MAX_REPORTED]
            wrong += outcome.record is None
            failed += outcome.record is not None
            if outcome.record is not None:
                table.add(outcome.record, error)
        if wrong:
            table.discard()
    checked = Checked(good, failed, table.path, roster.left_out, kept)
    if wrong or (failed and not (skip_bad and good)):
        _refuse(checked, errors)
    _report(checked, errors)
    return checked


def good_rows(source: RosterSource, issuance: Issuance, checked: Checked) -> Iterator[RosterRow]:
    """Yield the rows that can be issued: those kept, or else by reading the roster anew."""
    if len(checked.kept) == checked.good:
        yield from checked.kept
        return
    for row in source.opened().results:
        if isinstance(row, RosterError) or (checked.failed and issuance.problem(row) is not None):
            continue
        yield row


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
