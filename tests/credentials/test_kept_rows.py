"""Rows that wait packed come out as they went in, whatever they say, and are forgotten as they come."""

from __future__ import annotations

import pickle
from dataclasses import fields
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.credentials import kept_rows
from registry.credentials.kept_rows import KeptRows, plain_row, row_of
from registry.credentials.mapping import mapping_of
from registry.credentials.mapping_file import MappingFile
from registry.credentials.recipient_id import Recipient
from registry.credentials.roster import RosterRow

MAPPING = mapping_of(("Identifier", "Issue Date"), file="roster.csv", told=MappingFile())
TEXTS = st.none() | st.text(st.characters(exclude_categories=["Cs"]))
MOMENTS = st.datetimes(timezones=st.timezones())
ROWS = st.builds(
    RosterRow,
    mapping=st.just(MAPPING),
    row_number=st.integers(1, 2**31),
    achievement=TEXTS,
    recipient=st.builds(Recipient, email=TEXTS, did=TEXTS, student_id=TEXTS, name=TEXTS),
    awarded_on=st.dates(),
    awarded_at=MOMENTS,
    expires_at=st.none() | MOMENTS,
    narrative=TEXTS,
    evidence_narrative=TEXTS,
    evidence_url=TEXTS,
    credits_earned=st.none() | st.decimals(allow_nan=False),
    grade=TEXTS,
    locale=TEXTS,
)


def kept(rows: list[RosterRow]) -> KeptRows:
    found = KeptRows(MAPPING)
    for row in rows:
        found.add(row)
    return found


@pytest.fixture(params=[1, 2, 3, 1000])
def _blocks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_rows, "BLOCK_ROWS", request.param)


@given(row=ROWS)
def test_a_row_comes_out_of_its_tuples_whole(row: RosterRow) -> None:
    again = row_of(row.mapping, pickle.loads(pickle.dumps(plain_row(row))))  # noqa: S301  ours

    assert again == row
    assert again.mapping is row.mapping
    assert [getattr(again, one.name) for one in fields(row)] == [getattr(row, one.name) for one in fields(row)]


def numbered(count: int) -> list[RosterRow]:
    """Return rows that differ in everything that tells rows apart."""
    day = datetime(2026, 6, 30, tzinfo=UTC)
    return [
        RosterRow(MAPPING, at + 2, None, Recipient(email=f"s{at}@x.example"), day.date(), day) for at in range(count)
    ]


@pytest.mark.usefixtures("_blocks")
@pytest.mark.parametrize("count", [0, 1, 2, 5, 6, 7])
def test_rows_come_out_in_order_and_once(count: int) -> None:
    rows = numbered(count)
    found = kept(rows)

    assert found.count == count
    assert list(found.drain()) == rows
    assert (found.count, found.size, list(found.drain())) == (0, 0, [])


@pytest.mark.usefixtures("_blocks")
def test_what_was_cleared_does_not_come_out() -> None:
    found = kept(numbered(7))
    found.clear()
    found.add(numbered(1)[0])

    assert list(found.drain()) == numbered(1)


def test_a_row_takes_less_memory_than_it_says() -> None:
    found = kept(numbered(2000))

    assert 0 < found.size < 2000 * len("s1000@x.example")
