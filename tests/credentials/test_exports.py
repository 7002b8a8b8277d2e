from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from registry.core.errors import RosterError
from registry.credentials.exports import EXPORTS
from registry.credentials.mapping import mapping_of
from registry.credentials.mapping_file import MappingFile, parse_mapping_file
from registry.credentials.roster import RosterRow, read_roster

EXAMPLES = Path(__file__).parents[2] / "docs" / "example" / "mappings"


def header(example: str) -> tuple[str, ...]:
    return tuple((EXAMPLES / f"{example}.csv").read_text("utf-8").splitlines()[0].split(","))


@pytest.mark.parametrize(
    ("example", "name"),
    [
        ("openedx", "Open edX grade report"),
        ("moodle", "Moodle course completion"),
        ("canvas", "Canvas LMS gradebook"),
    ],
)
def test_an_export_is_recognised_by_its_header(example: str, name: str) -> None:
    told = parse_mapping_file(b'[only]\n"Final Grade" = ["A"]', file="map.toml") if example == "canvas" else None
    assert mapping_of(header(example), file="export.csv", told=told).dialect == name


def test_the_badge_recipients_of_moodle_are_recognised() -> None:
    text = 'Name,Full name,Email address,Date issued\nData,Ada,ada@s.example,"Friday, 12 June 2026, 3:10 PM"\n'
    told = parse_mapping_file(b'date_format = "%A, %d %B %Y, %I:%M %p"', file="map.toml")
    roster = read_roster([text.encode()], file="export.csv", told=told)
    (row,) = roster.results
    assert isinstance(row, RosterRow)
    assert (roster.mapping.dialect, row.recipient.name) == ("Moodle badge recipients", "Ada")
    assert row.awarded_on == date(2026, 6, 12)


def test_nothing_but_its_own_columns_is_read_of_an_export() -> None:
    found = mapping_of(header("openedx"), file="export.csv")
    assert {column for column, field in found.rows if field} == {"Email"}


def test_of_an_open_edx_report_those_with_a_certificate_are_issued() -> None:
    told = MappingFile().with_constants({"awarded_on": "2026-06-30"})
    roster = read_roster([(EXAMPLES / "openedx.csv").read_bytes()], file="openedx.csv", told=told)
    assert len(list(roster.results)) == 2
    assert roster.left_out == {"Certificate Delivered": 1}


def test_a_gradebook_is_refused_until_somebody_says_who_passed() -> None:
    with pytest.raises(RosterError, match="lists everybody"):
        mapping_of(header("canvas"), file="gradebook.csv")


def test_two_pieces_of_work_of_one_name_are_no_obstacle_in_an_export() -> None:
    found = mapping_of(("ID", "Name", "Email address", "Quiz", "Quiz", "Course complete"), file="export.csv")
    assert found.column_of("awarded_on") == "Course complete"


@pytest.mark.parametrize("name", ["Email address", "Course complete"])
def test_a_column_that_is_read_may_not_stand_twice(name: str) -> None:
    with pytest.raises(RosterError, match="twice"):
        mapping_of(("ID", "Name", "Email address", "Course complete", name), file="export.csv")


def test_a_date_of_moodle_that_may_be_read_two_ways_is_refused() -> None:
    text = 'ID,Name,Email address,Course complete\n1,Ada,ada@s.example,"03/04/26, 12:00"\n'
    (error,) = read_roster([text.encode()], file="export.csv").results
    assert isinstance(error, RosterError)
    assert "date_format" in str(error)


def test_no_header_is_that_of_two_exports() -> None:
    for one in EXPORTS:
        assert not [other for other in EXPORTS if other is not one and other.signature <= one.signature]
