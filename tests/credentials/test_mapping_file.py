from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from registry.core.errors import InputError, RosterError
from registry.credentials.mapping_file import MappingFile, parse_mapping_file
from registry.credentials.roster import Roster, RosterRow, read_roster

EXAMPLES = Path(__file__).parents[2] / "docs" / "example" / "mappings"


def told(text: str) -> MappingFile:
    return parse_mapping_file(text.encode(), file="map.toml")


def opened(mapping: str, roster: str | bytes, *overrides: str) -> Roster:
    data = roster.encode() if isinstance(roster, str) else roster
    return read_roster([data], file="class.csv", told=told(mapping), overrides=overrides)


def rows(roster: Roster) -> list[RosterRow]:
    found = list(roster.results)
    assert not [error for error in found if isinstance(error, RosterError)], found
    return [row for row in found if isinstance(row, RosterRow)]


def the_error(roster: Roster) -> RosterError:
    (found,) = [error for error in roster.results if isinstance(error, RosterError)]
    return found


COLUMNS = '[columns]\n"Mail" = "identifier"\n"When" = "awarded_on"\n'


def test_only_the_columns_that_a_mapping_file_names_are_read() -> None:
    roster = opened(COLUMNS, "Mail,When,Name,Grade\na@s.example,2026-06-30,Ada,A\n")
    assert roster.mapping.unmapped == ("Name", "Grade")
    assert [row.recipient.name for row in rows(roster)] == [None]


def test_without_columns_a_mapping_file_adds_to_what_the_header_says() -> None:
    roster = opened('[constants]\nachievement = "x"\n', "email,award date\na@s.example,2026-06-30\n")
    assert [row.achievement for row in rows(roster)] == ["x"]


def test_an_override_wins_over_the_mapping_file() -> None:
    roster = opened(COLUMNS, "Mail,When,Other\na@s.example,2026-06-30,b@s.example\n", "Other=identifier")
    assert [row.recipient.email for row in rows(roster)] == ["b@s.example"]


def test_a_constant_is_for_the_rows_that_say_nothing_themselves() -> None:
    mapping = COLUMNS + '"Course" = "achievement"\n[constants]\nachievement = "x"\nexpires_on = 2031-06-30\n'
    found = rows(opened(mapping, "Mail,When,Course\na@s.example,2026-06-30,y\nb@s.example,2026-06-30,\n"))
    assert [row.achievement for row in found] == ["y", "x"]
    assert found[0].expires_at == datetime(2031, 6, 30, 23, 59, 59, tzinfo=UTC)


def test_a_constant_of_the_command_wins_over_the_files_own() -> None:
    both = told('[constants]\nawarded_on = 2026-06-30\ngrade = "A"').with_constants({"awarded_on": "2026-07-01"})
    assert both.rules.constants == {"awarded_on": "2026-07-01", "grade": "A"}


def test_a_constant_that_cannot_be_meant_is_refused_when_it_is_given() -> None:
    with pytest.raises(InputError, match="not a day"):
        MappingFile().with_constants({"awarded_on": "2026-02-30"})


def test_rows_that_are_not_completed_are_counted_and_are_no_errors() -> None:
    mapping = COLUMNS + '[only]\n"Done" = ["Yes", "Passed"]\n"When" = true\n'
    text = "Mail,When,Done\na@s.example,2026-06-30,yes\nb@s.example,,No\nc@s.example,,passed\nd@s.example,,Yes\n"
    roster = opened(mapping, text)
    assert [row.recipient.email for row in rows(roster)] == ["a@s.example"]
    assert roster.left_out == {"Done": 1, "When": 2}


def test_a_row_that_is_left_out_is_no_duplicate_of_one_that_counts() -> None:
    text = "Mail,When,Done\na@s.example,2026-06-30,No\na@s.example,2026-06-30,Yes\n"
    assert len(rows(opened(COLUMNS + '[only]\n"Done" = ["Yes"]\n', text))) == 1


def test_a_cell_stands_for_what_the_values_say() -> None:
    mapping = COLUMNS + '"Mark" = "grade"\n[values.grade]\nDistinction = "A"\nPass = "C"\n'
    found = rows(opened(mapping, "Mail,When,Mark\na@s.example,2026-06-30,Distinction\nb@s.example,2026-06-30,\n"))
    assert [row.grade for row in found] == ["A", None]


def test_a_cell_that_stands_for_nothing_is_refused_with_what_is_known() -> None:
    mapping = COLUMNS + '"Mark" = "grade"\n[values.grade]\nPass = "C"\n'
    error = the_error(opened(mapping, "Mail,When,Mark\na@s.example,2026-06-30,Fail\n"))
    assert (error.row, error.column, "'Fail' is none of the values.grade" in str(error)) == (2, "Mark", True)


@pytest.mark.parametrize(
    ("written", "cell", "day"),
    [
        ("%d/%m/%Y", "03/04/2026", date(2026, 4, 3)),
        ("%m/%d/%y, %H:%M", "03/04/26, 23:59", date(2026, 3, 4)),
        ("%d %B %Y", "3 April 2026", date(2026, 4, 3)),
        ("%Y-%m-%dT%H:%M:%S%z", "2026-04-03T00:30:00+0200", date(2026, 4, 2)),
    ],
)
def test_dates_are_read_as_the_mapping_file_says(written: str, cell: str, day: date) -> None:
    roster = opened(f'date_format = "{written}"\n{COLUMNS}', f'Mail,When\na@s.example,"{cell}"\n')
    assert [row.awarded_on for row in rows(roster)] == [day]


def test_a_date_in_another_form_than_the_mapping_file_says_is_refused() -> None:
    error = the_error(opened(f'date_format = "%d/%m/%Y"\n{COLUMNS}', "Mail,When\na@s.example,2026-06-30\n"))
    assert (error.row, error.column) == (2, "When")


def test_a_roster_in_another_encoding_is_read_as_the_mapping_file_says() -> None:
    mapping = f'encoding = "windows-1252"\ndelimiter = ";"\n{COLUMNS}"Wer" = "name"\n'
    data = "Mail;When;Wer\na@s.example;2026-06-30;Zoë “Z” O\u2019Neill\n".encode("windows-1252")
    assert [row.recipient.name for row in rows(opened(mapping, data))] == ["Zoë “Z” O\u2019Neill"]


def test_a_byte_that_the_encoding_does_not_have_is_refused_with_its_place() -> None:
    error = the_error(opened(f'encoding = "windows-1252"\n{COLUMNS}', b"Mail,When\na@s.example,2026-06-30\n\x81,x\n"))
    assert (error.row, "not WINDOWS-1252: byte 0x81" in str(error)) == (3, True)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("\nname = =", "(at line 2"),
        ("nme = 'x'", "nme: "),
        ("[columns]\nMail = 'mail'", "columns.Mail: "),
        ("[columns]\nMail = 3", "columns.Mail: "),
        ("[constants]\nidentifier = 'a@s.example'", "constants.identifier"),
        ("[constants]\nawarded_on = '2026-02-30'", "constants.awarded_on: 2026-02-30 is not a day"),
        ("[constants]\nachievement = ''", "constants.achievement: "),
        ("[only]\nDone = 'Yes'", "only.Done"),
        ("[only]\nDone = false", "only.Done"),
        ("[values.grade]\nA = 1", "values.grade.A: "),
        ("[values.name]\nA = 'B'", "values.name"),
        ("encoding = 'utf-7'", "encoding: "),
        ("delimiter = '|'", "delimiter: "),
        ("date_format = '%d/%m'", "date_format: "),
        ("date_format = 'today'", "date_format: "),
        ("date_format = '%Q'", "date_format: "),
        ("date_format = '%d/%d/%m/%Y'", "date_format: "),
        ("name = " + "[" * 10_000, "not TOML"),
        ("name = '\udcff'", "not UTF-8"),
    ],
)
def test_a_mapping_file_that_means_nothing_is_refused_with_file_and_key(text: str, says: str) -> None:
    with pytest.raises(RosterError) as caught:
        parse_mapping_file(text.encode("utf-8", "surrogateescape"), file="map.toml")
    assert str(caught.value).startswith("map.toml: ")
    assert says in str(caught.value)


@pytest.mark.parametrize("mapping", ['[columns]\n"Nowhere" = "name"\n', '[only]\n"Nowhere" = true\n'])
def test_a_mapping_file_that_names_a_column_the_roster_lacks_is_refused_by_its_name(mapping: str) -> None:
    with pytest.raises(RosterError, match=r"map\.toml: there is no column 'Nowhere'; the columns are \"email\""):
        opened(mapping, "email,award date\na@s.example,2026-06-30\n")


def test_a_roster_without_dates_says_how_to_give_one() -> None:
    with pytest.raises(RosterError, match="--awarded-on"):
        opened("", "email,name\na@s.example,Ada\n")


@pytest.mark.parametrize(
    ("example", "issued", "left_out"),
    [
        (
            "coursera",
            [("mailto:ada.okafor@learners.example", "2026-06-12"), ("mailto:li.wei@learners.example", "2026-06-29")],
            {"Completed": 1},
        ),
        (
            "futurelearn",
            [
                ("student:6d1c2f0e-5f0b-4a62-9d0e-7b8f6a1c2d31", "2026-06-12"),
                ("student:c92d7e48-70b1-4c5a-9e36-5f1b8a0d4e25", "2026-06-29"),
            ],
            {"fully_participated_at": 1, "role": 1},
        ),
        (
            "udacity",
            [("mailto:ada.okafor@learners.example", "2026-06-12"), ("mailto:li.wei@learners.example", "2026-06-29")],
            {"Status": 1},
        ),
        (
            "moodle",
            [("mailto:ada.okafor@learners.example", "2026-06-12"), ("mailto:li.wei@learners.example", "2026-06-29")],
            {"Course complete": 1},
        ),
        ("canvas", [("student:20451", "2026-06-30"), ("student:20453", "2026-06-30")], {"ID": 2, "Final Grade": 2}),
    ],
)
def test_the_examples_are_read_through_their_mapping_files(
    example: str, issued: list[tuple[str, str]], left_out: dict[str, int]
) -> None:
    mapping = parse_mapping_file((EXAMPLES / f"{example}.toml").read_bytes(), file=f"{example}.toml")
    roster = read_roster([(EXAMPLES / f"{example}.csv").read_bytes()], file=f"{example}.csv", told=mapping)
    found = rows(roster)
    assert [(row.recipient.identifier, row.awarded_on.isoformat()) for row in found] == issued
    assert {row.achievement for row in found} == {"data-foundations"}
    assert roster.left_out == left_out
