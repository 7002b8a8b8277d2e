from __future__ import annotations

import pytest

from registry.core.errors import RosterError
from registry.credentials.dialects import DIALECTS
from registry.credentials.mapping import Mapping, mapping_of
from registry.credentials.roster import RosterRow, read_roster


def mapping(*header: str) -> Mapping:
    return mapping_of(header, file="class.csv")


def test_columns_are_recognised_in_any_letter_case_and_with_underscores_or_spaces() -> None:
    found = mapping("STUDENT_ID", "E-mail", "Award Date")
    assert [field for _, field in found.rows] == ["student_id", "identifier", "awarded_on"]


def test_the_dialect_that_knows_most_columns_is_named() -> None:
    assert mapping("Badge Template ID", "Recipient Email", "Issued at").dialect == "Credly"


def test_columns_that_are_not_read_are_listed() -> None:
    assert mapping("email", "award date", "shoe size").unmapped == ("shoe size",)


def test_no_column_name_means_two_things_in_two_dialects() -> None:
    pairs = {pair for words in DIALECTS.values() for pair in words.items()}
    assert len(pairs) == len({name for name, _ in pairs})


def test_an_override_reads_a_column_as_another_field() -> None:
    found = mapping("Kennung", "award date").overridden(["kennung = student_id"])
    assert found.column_of("student_id") == "Kennung"


def test_an_override_takes_the_field_from_the_column_that_had_it() -> None:
    found = mapping("email", "private email", "award date").overridden(["private email=identifier"])
    assert found.unmapped == ("email",)


def test_an_override_leaves_a_column_out() -> None:
    assert mapping("email", "grade", "award date").overridden(["grade="]).unmapped == ("grade",)


@pytest.mark.parametrize(
    ("override", "says"),
    [("email", "Column=field"), ("mail=identifier", "no column 'mail'"), ("email=address", "no field 'address'")],
)
def test_an_override_that_means_nothing_is_refused(override: str, says: str) -> None:
    with pytest.raises(RosterError, match=says):
        mapping("email", "award date").overridden([override])


@pytest.mark.parametrize(
    ("header", "says"),
    [
        (("name", "award date"), "identifies the recipient"),
        (("email", "name"), "holds the award date"),
        (("email", "recipient email", "award date"), "both be read as identifier"),
    ],
)
def test_a_header_that_lacks_or_doubles_what_is_needed_is_refused(header: tuple[str, ...], says: str) -> None:
    with pytest.raises(RosterError, match=says) as caught:
        mapping(*header).require_complete()
    assert '"' + header[0] + '"' in str(caught.value)


@pytest.mark.parametrize("header", [("email", " ", "award date"), ("email", "E-MAIL", "e mail"), ("c",) * 300])
def test_a_header_with_nameless_repeated_or_too_many_columns_is_refused(header: tuple[str, ...]) -> None:
    with pytest.raises(RosterError, match="row 1"):
        mapping(*header)


def test_a_roster_is_read_through_its_overrides() -> None:
    text = b"Kennung\tDatum\n123\t2026-06-30\n"
    (row,) = read_roster([text], file="class.csv", overrides=["Kennung=student_id", "Datum=awarded_on"]).results
    assert isinstance(row, RosterRow)
    assert row.recipient.student_id == "123"


def test_a_comma_inside_a_column_name_does_not_mislead_about_the_delimiter() -> None:
    text = b"student_id;name (family, given, title);award_date\n1;x;2026-06-30\n"
    assert read_roster([text], file="class.csv").delimiter == ";"
