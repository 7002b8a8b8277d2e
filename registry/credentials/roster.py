"""Rosters: the rows of recipients an issuer imports, read one by one and checked before anything is issued.

Everything but the index of duplicates (27 to 54 bytes a row) is forgotten row by row.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from registry.core.digest import Digest
from registry.core.errors import RosterError
from registry.credentials.cells import (
    credits_of,
    end_of,
    grade_of,
    locale_of,
    start_of,
    text_of,
    web_address_of,
    word_of,
)
from registry.credentials.delimited import Record, records_of
from registry.credentials.dialects import is_known
from registry.credentials.failed_rows import is_failed_table, unguarded
from registry.credentials.fields import Field, plain
from registry.credentials.mapping import Mapping, mapping_of
from registry.credentials.mapping_file import MappingFile
from registry.credentials.recipient_id import Recipient, did_of, email_of, full_name
from registry.credentials.roster_cells import Cells
from registry.credentials.seen_keys import SeenKeys

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from decimal import Decimal

MAX_REPORTED = 20
"""How many wrong rows are reported at once unless told otherwise."""


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One recipient of one achievement, as the roster gives it."""

    mapping: Mapping = field(repr=False)
    """How the roster is read: its name and columns, for messages."""
    row_number: int
    """Line of the file on which the row begins, from 1; the header is line 1."""
    achievement: str | None
    """The issuer's short id of the achievement; None if the roster does not say."""
    recipient: Recipient
    """Who earned it."""
    awarded_on: date
    """The award date as written, or the UTC day of an exact moment; part of the row's identity."""
    awarded_at: datetime
    """Start of the award date, or the exact moment if the roster gives one; UTC."""
    expires_at: datetime | None = None
    """End of the day of expiry, or the exact moment; UTC."""
    narrative: str | None = None
    """What the recipient did; may be Markdown."""
    evidence_narrative: str | None = None
    """What the evidence shows."""
    evidence_url: str | None = None
    """Where the evidence is."""
    credits_earned: Decimal | None = None
    """Number of credits, in the achievement's own unit."""
    grade: str | None = None
    """The result as it is awarded; numbers have a decimal point."""
    locale: str | None = None
    """Language tag for messages to the recipient; not part of the credential."""

    def error(self, where: Field, message: str) -> RosterError:
        """Return a RosterError about one field of this row, with file, row and column."""
        column = self.mapping.column_of(where)
        return RosterError(message, file=self.mapping.file, row=self.row_number, column=column)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one record of a roster."""

    record: Record | None
    """The record; None where it is the roster as a whole that is wrong, from here on or altogether."""
    result: RosterRow | RosterError
    """The row, or what is wrong."""


@dataclass(frozen=True, slots=True)
class Roster:
    """An opened roster: how it is read, and its rows as they are read."""

    delimiter: str
    """One of `delimited.DELIMITERS`."""
    mapping: Mapping
    """What each column is read as."""
    outcomes: Iterator[Outcome]
    """What came of each record, in the order of the file; can be gone through once."""
    left_out: Counter[str]
    """Records that are not to be issued, by the column that says so; counted as outcomes are gone through."""

    @property
    def results(self) -> Iterator[RosterRow | RosterError]:
        """Return a row or what is wrong with it, in the order of the file; can be gone through once."""
        return (outcome.result for outcome in self.outcomes)


def read_roster(
    chunks: Iterable[bytes], *, file: str, overrides: Iterable[str] = (), told: MappingFile | None = None
) -> Roster:
    """Open a roster: detect encoding, delimiter and dialect, and read its rows as `outcomes` is gone through.

    `chunks` are the bytes of the file, cut anywhere. `overrides` are `Column=field` texts; see `Mapping.overridden`.
    `told` is what a mapping file says.

    Raises:
        RosterError: the file is empty, does not split, or lacks a column; what is wrong with one row is not
            raised, but stands in its place among the outcomes.

    """
    told = told or MappingFile()
    known = {plain(column) for column in told.columns}
    delimiter, records = records_of(
        chunks,
        file=file,
        is_known=lambda column: plain(column) in known or is_known(column),
        delimiter=told.delimiter,
        encoding=told.encoding,
    )
    header = next(records)
    if is_failed_table(header.cells):
        header, records = _unguarded(header), map(_unguarded, records)
    return roster_of(header.cells, records, delimiter=delimiter, file=file, overrides=overrides, told=told)


def roster_of(
    header: tuple[str, ...],
    records: Iterator[Record | RosterError],
    *,
    delimiter: str,
    file: str,
    overrides: Iterable[str] = (),
    told: MappingFile | None = None,
) -> Roster:
    """Return a roster of records that are made or read already; an error among them is one of the whole roster.

    Raises:
        RosterError: a column is missing.

    """
    mapping = mapping_of(header, file=file, told=told).overridden(overrides)
    mapping.require_complete()
    left_out: Counter[str] = Counter()
    return Roster(delimiter, mapping, _outcomes(records, mapping, left_out), left_out)


def check(results: Iterable[RosterRow | RosterError], *, limit: int = MAX_REPORTED) -> tuple[RosterError, ...]:
    """Return the first `limit` errors; none means that every row of the roster can be issued."""
    errors = (result for result in results if isinstance(result, RosterError))
    return tuple(islice(errors, limit))


def row_key(issuer: str, achievement: str, recipient: str, awarded_on: date) -> Digest:
    """Return what makes a row the same row: SHA-256 of issuer, achievement, recipient and award date.

    `issuer` is the DID, `achievement` the id the credential will name or the roster's word for it (but always the
    same of the two), `recipient` is `Recipient.identifier`. Each part is hashed as UTF-8 after its length in four
    bytes, so that no two rows run together.

    Source: design.md, Store: "the same roster row never issues twice".
    """
    parts = [part.encode("utf-8") for part in (issuer, achievement, recipient, awarded_on.isoformat())]
    return Digest(hashlib.sha256(b"".join(len(part).to_bytes(4, "big") + part for part in parts)).digest())


def _unguarded(record: Record) -> Record:
    return replace(record, cells=tuple(map(unguarded, record.cells)))


def _outcomes(records: Iterator[Record | RosterError], mapping: Mapping, left_out: Counter[str]) -> Iterator[Outcome]:
    seen = SeenKeys()
    empty = True
    try:
        for record in records:
            if isinstance(record, RosterError):
                empty = False
                yield Outcome(None, record)
            elif not record.blank:
                empty = False
                yield from _outcome(record, mapping, seen, left_out)
    except RosterError as error:  # the text itself breaks off here: what follows cannot be told apart into rows
        yield Outcome(None, error)
        return
    if empty:
        message = "there is a header but no row below it; add one row for each recipient"
        yield Outcome(None, RosterError(message, file=mapping.file))


def _outcome(record: Record, mapping: Mapping, seen: SeenKeys, left_out: Counter[str]) -> Iterator[Outcome]:
    """Yield what came of one record, or nothing but a count if it is not to be issued."""
    try:
        _require_width(record, mapping)
        unmet = mapping.left_out_by(record.cells)
        if unmet is not None:
            left_out[unmet.column] += 1
            return
        row = _row(Cells.of(record, mapping))
        _require_new(row, seen)
    except RosterError as error:
        yield Outcome(record, error)
        return
    yield Outcome(record, row)


def _require_width(record: Record, mapping: Mapping) -> None:
    if len(record.cells) != len(mapping.rows):
        message = (
            f"the row has {len(record.cells)} cells and the header {len(mapping.rows)}; "
            "add or delete separators, and quote cells that hold one"
        )
        raise RosterError(message, file=mapping.file, row=record.row)


def _require_new(row: RosterRow, seen: SeenKeys) -> None:
    key = row_key("", row.achievement or "", row.recipient.identifier, row.awarded_on)
    first = seen.first_row(key, row.row_number)
    if first is not None:
        message = (
            f"the same recipient has the same achievement and award date on row {first}; "
            "delete one of the two, or correct the date"
        )
        raise row.error("identifier" if row.recipient.did or row.recipient.email else "student_id", message)


def _row(line: Cells) -> RosterRow:
    awarded = line.date("awarded_on")
    if awarded is None:
        raise line.error("awarded_on", "the award date is missing; write it as 2026-06-30")
    awarded_at = start_of(awarded)
    return RosterRow(
        mapping=line.mapping,
        row_number=line.row,
        achievement=line.read("achievement", word_of),
        recipient=_recipient(line),
        awarded_on=awarded.date() if isinstance(awarded, datetime) else awarded,
        awarded_at=awarded_at,
        expires_at=_expiry(line, awarded_at),
        narrative=line.read("narrative", text_of),
        evidence_narrative=line.read("evidence_narrative", text_of),
        evidence_url=line.read("evidence_url", web_address_of),
        credits_earned=line.read("credits_earned", credits_of),
        grade=line.read("grade", grade_of),
        locale=line.read("locale", locale_of),
    )


def _recipient(line: Cells) -> Recipient:
    written = line.texts.get("identifier", "")
    parts = full_name(line.read("given_name", word_of) or "", line.read("family_name", word_of) or "")
    recipient = Recipient(
        email=None if written.startswith("did:") else line.read("identifier", email_of),
        did=line.read("identifier", did_of) if written.startswith("did:") else None,
        student_id=line.read("student_id", word_of),
        name=line.read("name", word_of) or parts or None,
    )
    if not (recipient.email or recipient.did or recipient.student_id):
        where: Field = "identifier" if line.mapping.column_of("identifier") else "student_id"
        raise line.error(where, "nothing identifies the recipient; give an e-mail address, a DID or a student number")
    return recipient


def _expiry(line: Cells, awarded_at: datetime) -> datetime | None:
    expires = line.date("expires_on")
    if expires is None:
        return None
    expires_at = end_of(expires)
    if expires_at <= awarded_at:
        message = f"the credential would expire ({expires_at:%Y-%m-%d}) before it is awarded ({awarded_at:%Y-%m-%d})"
        raise line.error("expires_on", f"{message}; correct one of the dates")
    return expires_at
