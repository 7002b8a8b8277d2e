from __future__ import annotations

import tracemalloc
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from registry.core.errors import RosterError
from registry.credentials.mapping_file import MappingFile, parse_mapping_file
from registry.credentials.oneroster import read_oneroster
from registry.credentials.roster import Roster, RosterRow

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLES = Path(__file__).parents[2] / "docs" / "example"
FINAL = parse_mapping_file(b'line_item = "Final grade"', file="map.toml")
DATED = MappingFile().with_constants({"awarded_on": "2026-06-30"})


@dataclass
class Export:
    """The example's files, some of them changed."""

    changed: dict[str, str] = field(default_factory=dict)
    place: str = "export"

    def chunks(self, name: str) -> Iterator[bytes]:
        yield self.text(name).encode()

    def text(self, name: str) -> str:
        return self.changed.get(name) or (EXAMPLES / "oneroster" / name).read_text("utf-8")

    def but(self, name: str, old: str, new: str) -> Export:
        assert old in self.text(name)
        return Export({**self.changed, name: self.text(name).replace(old, new)})


def ungraded() -> Export:
    return Export().but("manifest.csv", "file.results,bulk", "file.results,absent")


def rows(roster: Roster) -> list[RosterRow]:
    found = list(roster.results)
    assert not [error for error in found if isinstance(error, RosterError)], found
    return [row for row in found if isinstance(row, RosterRow)]


def errors(roster: Roster) -> list[RosterError]:
    return [outcome.result for outcome in roster.outcomes if isinstance(outcome.result, RosterError)]


def test_students_with_a_final_result_are_issued_on_the_day_of_the_result() -> None:
    roster = read_oneroster(Export(), told=FINAL)
    assert [(row.recipient.name, row.recipient.identifier, row.awarded_on.isoformat()) for row in rows(roster)] == [
        ("Ada Okafor", "mailto:ada.okafor@learners.example", "2026-06-25"),
        ("Wei Li", "student:20453", "2026-06-26"),
    ]
    assert roster.left_out == {"result.scoreStatus": 1, "enrollment.role": 1}


def test_the_example_mapping_says_which_course_is_which_achievement() -> None:
    told = parse_mapping_file((EXAMPLES / "mappings" / "oneroster.toml").read_bytes(), file="oneroster.toml")
    roster = read_oneroster(Export(), told=told)
    assert [(row.achievement, row.grade) for row in rows(roster)] == [
        ("data-foundations", "A"),
        ("data-foundations", "C"),
    ]
    assert roster.left_out.total() == 2


def test_without_a_gradebook_every_student_who_is_enrolled_is_issued() -> None:
    roster = read_oneroster(ungraded(), told=DATED)
    assert [row.row_number for row in rows(roster)] == [2, 3, 4]
    assert roster.left_out == {"enrollment.role": 1}


def test_without_a_gradebook_a_date_has_to_be_given() -> None:
    with pytest.raises(RosterError, match="--awarded-on"):
        read_oneroster(ungraded())


def test_an_enrolment_that_was_deleted_is_left_out_whatever_it_refers_to() -> None:
    export = ungraded().but("enrollments.csv", "e-1,,,cl-1,org-1,u-1", "e-1,tobedeleted,,cl-9,org-1,u-9")
    roster = read_oneroster(export, told=DATED)
    assert len(rows(roster)) == 2
    assert roster.left_out == {"enrollment.status": 1, "enrollment.role": 1}


@pytest.mark.parametrize(
    ("name", "old", "new", "row", "column", "missing"),
    [
        ("enrollments.csv", "cl-1,org-1,u-1", "cl-1,org-1,u-9", 2, "userSourcedId", "'u-9' is not in users.csv"),
        ("enrollments.csv", "cl-2,org-1,u-3", "cl-9,org-1,u-3", 4, "classSourcedId", "'cl-9' is not in classes.csv"),
        ("enrollments.csv", "cl-1,org-1,u-4", "cl-1,org-1,u-9", 5, "userSourcedId", "'u-9' is not in users.csv"),
        ("results.csv", "li-2,u-2", "li-2,u-9", 4, "studentSourcedId", "'u-9' is not in users.csv"),
        ("classes.csv", "co-1,DATA-101-B", "co-9,DATA-101-B", 3, "courseSourcedId", "'co-9' is not in courses.csv"),
        ("lineItems.csv", "cl-2,ca-1", "cl-9,ca-1", 4, "classSourcedId", "'cl-9' is not in classes.csv"),
        ("results.csv", "li-3,u-3", "li-9,u-3", 5, "lineItemSourcedId", "'li-9' is not in lineItems.csv"),
        ("results.csv", "li-1,u-1", "li-1,u-9", 2, "studentSourcedId", "'u-9' is not in users.csv"),
    ],
)
def test_a_reference_that_leads_nowhere_is_refused_by_name(
    name: str, old: str, new: str, row: int, column: str, missing: str
) -> None:
    found = errors(read_oneroster(Export().but(name, old, new), told=FINAL))
    error = next(one for one in found if missing in str(one))
    assert error.column == column
    assert (error.file, error.row) == (f"export/{name}", row)


def test_a_user_that_was_deleted_is_one_that_is_not_there() -> None:
    export = Export().but("users.csv", "u-2,,", "u-2,tobedeleted,")
    (error,) = errors(read_oneroster(export, told=FINAL))
    assert (error.file, error.row, error.column) == ("export/results.csv", 4, "studentSourcedId")


def test_every_reference_of_an_enrolment_that_leads_nowhere_is_named() -> None:
    export = Export().but("enrollments.csv", "cl-1,org-1", "cl-9,org-1")
    assert [error.row for error in errors(read_oneroster(export, told=FINAL))] == [2, 3, 5]


def test_a_reference_that_leads_nowhere_is_no_row_to_be_skipped() -> None:
    outcomes = list(read_oneroster(ungraded().but("enrollments.csv", "u-1", "u-9"), told=DATED).outcomes)
    assert [outcome.record for outcome in outcomes if isinstance(outcome.result, RosterError)] == [None]
    assert len(outcomes) == 3


def test_a_class_with_several_line_items_is_refused_until_one_is_named() -> None:
    (error,) = errors(read_oneroster(Export(), told=DATED))
    assert "class 'cl-1' has more than one line item ('Project', 'Final grade')" in str(error)
    assert "line_item" in str(error)


def test_a_line_item_that_is_not_there_is_refused_with_those_that_are() -> None:
    told = parse_mapping_file(b'line_item = "Exam"', file="map.toml")
    (error,) = errors(read_oneroster(Export(), told=told))
    assert "there are Final grade, Project" in str(error)


def test_two_results_of_one_student_for_one_line_item_are_refused() -> None:
    export = Export().but("results.csv", "r-3,,,li-2,u-2", "r-3,,,li-2,u-1")
    (error,) = errors(read_oneroster(export, told=FINAL))
    assert (error.row, "two records of 'u-1' and 'cl-1'" in str(error)) == (4, True)


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        ("manifest.csv", "oneroster.version,1.2", "oneroster.version,2.0", "OneRoster 2.0"),
        ("manifest.csv", "oneroster.version,1.2\n", "", "OneRoster nothing"),
        ("manifest.csv", "file.users,bulk", "file.users,delta", "users.csv holds changes only"),
        ("manifest.csv", "file.users,bulk", "file.users,absent", "users.csv is absent"),
        ("manifest.csv", "file.lineItems,bulk", "file.lineItems,absent", "lineItems.csv is absent"),
        ("manifest.csv", "propertyName", "property", "column propertyName is missing"),
    ],
)
def test_an_export_that_is_not_whole_is_refused(name: str, old: str, new: str, says: str) -> None:
    with pytest.raises(RosterError, match=says):
        read_oneroster(Export().but(name, old, new), told=FINAL)


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        ("users.csv", "u-2,,", "u-1,,", "two records of 'u-1'"),
        ("users.csv", "u-2,,", ",,", "the record has no id"),
        ("classes.csv", "courseSourcedId", "course", "the column courseSourcedId is missing"),
        ("results.csv", "91,2026-06-25,,A,cl-1,,,,", "91,2026-06-25,,A", "cells and the header"),
    ],
)
def test_a_table_that_is_damaged_is_refused_with_its_place(name: str, old: str, new: str, says: str) -> None:
    found = errors(read_oneroster(Export().but(name, old, new), told=FINAL))
    assert str(found[0]).startswith(f"export/{name}, row ")
    assert says in str(found[0])


def test_more_records_than_can_be_held_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry.credentials.oneroster_tables.MAX_INDEXED", 3)
    (error,) = errors(read_oneroster(Export(), told=FINAL))
    assert str(error).startswith("export/users.csv: there are more than 3 records")


class Chunked(Export):
    """The same, with many more enrolments."""

    def chunks(self, name: str) -> Iterator[bytes]:
        yield self.text(name).encode()
        for number in range(20_000 if name == "enrollments.csv" else 0):
            yield f"f-{number},,,cl-1,org-1,u-1,teacher,true,,{'2026-06-30' * 20}\n".encode()


def test_enrolments_are_not_held() -> None:
    roster = read_oneroster(Chunked(ungraded().changed), told=DATED)
    tracemalloc.start()
    count = sum(isinstance(result, RosterRow) for result in roster.results)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 3
    assert roster.left_out == {"enrollment.role": 20_001}
    assert peak < 1_000_000
