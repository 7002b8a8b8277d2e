"""Rosters of every kind through the real command: mapping files, exports, failing rows."""

from __future__ import annotations

import csv
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

homes = sys.modules["tests_homes"]  # loaded by tests/conftest.py
MAPPINGS = homes.EXAMPLE / "mappings"
HEADER = "Badge Class ID;Identifier;First Name;Issue Date\n"
GOOD = "data-foundations;good{}@learners.example;Good;2026-06-30\n"
BAD = "data-foundations;bad{}@learners.example;=Bad;2026-02-30\n"

pytestmark = [pytest.mark.chain, pytest.mark.xdist_group("home")]


@pytest.fixture
def home(issued_home: Any, tmp_path: Path) -> Any:
    return issued_home.copied(tmp_path / "home")


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    path = tmp_path / "lists" / "roster.csv"
    path.parent.mkdir()
    path.write_text(HEADER + "".join(GOOD.format(n) for n in range(3)) + "".join(BAD.format(n) for n in range(2)))
    return path


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def nothing_to_anchor(home: Any) -> bool:
    return home.run("anchor", "run").code == 4


def test_rows_that_fail_are_written_beside_the_roster_and_nothing_is_issued(home: Any, roster: Path) -> None:
    outcome = home.run("issue", str(roster))
    assert outcome.code == 2
    assert "2 of 5 rows cannot be issued" in outcome.err
    assert "--skip-bad" in outcome.err
    assert nothing_to_anchor(home)
    rows = table(roster.with_name("roster.failed.csv"))
    assert [(row["Identifier"], row["First Name"], row["roster row"]) for row in rows] == [
        ("bad0@learners.example", "'=Bad", "5"),
        ("bad1@learners.example", "'=Bad", "6"),
    ]
    assert rows[0]["reason"].startswith('column "Issue Date": 2026-02-30 is not a day')


def test_with_skip_bad_the_others_are_issued_and_the_exit_code_tells(home: Any, roster: Path) -> None:
    outcome = home.run("issue", "--skip-bad", "--json", str(roster))
    path = str(roster.with_name("roster.failed.csv"))
    assert json.loads(outcome.out) == {"issued": 3, "skipped": 0, "failed": 2, "failedRows": path}
    assert outcome.code == 1
    assert not nothing_to_anchor(home)


def test_a_row_that_only_the_achievement_refuses_is_left_out_too(home: Any, tmp_path: Path) -> None:
    roster = tmp_path / "graded.csv"
    roster.write_text("email,award date,grade\na@s.example,2026-06-30,A\nb@s.example,2026-06-30,Z\n")
    outcome = home.run("issue", "--skip-bad", "--json", str(roster))
    assert (json.loads(outcome.out)["issued"], json.loads(outcome.out)["failed"], outcome.code) == (1, 1, 1)
    assert "knows no result 'Z'" in (tmp_path / "graded.failed.csv").read_text("utf-8-sig")


def test_the_corrected_table_of_failed_rows_is_issued_in_its_turn(home: Any, roster: Path) -> None:
    home.run("issue", "--skip-bad", str(roster))
    failed = roster.with_name("roster.failed.csv")
    failed.write_text(failed.read_text("utf-8-sig").replace("2026-02-30", "2026-06-30"), "utf-8")
    assert json.loads(home.do("issue", "--json", str(failed))) == {"issued": 2, "skipped": 0}
    home.do("export", "--all", "--out", str(roster.parent / "out"))
    assert any('"=Bad"' in path.read_text("utf-8") for path in (roster.parent / "out").iterdir())


def test_a_former_table_of_failed_rows_is_never_replaced(home: Any, roster: Path) -> None:
    first = roster.with_name("roster.failed.csv")
    first.write_text("corrected by hand")
    home.run("issue", str(roster))
    home.run("issue", str(roster.with_name("roster.failed-2.csv")))
    assert first.read_text() == "corrected by hand"
    assert len(table(roster.with_name("roster.failed-3.csv"))) == 2


def test_a_table_that_cannot_be_written_is_said_and_nothing_is_issued(home: Any, roster: Path) -> None:
    long = roster.rename(roster.with_name("r" * 250 + ".csv"))
    outcome = home.run("issue", "--skip-bad", str(long))
    assert (outcome.code, "failed rows cannot be written beside it (File name too long)" in outcome.err) == (2, True)
    assert nothing_to_anchor(home)


def test_a_roster_that_breaks_off_leaves_no_table_and_is_refused_whatever_is_skipped(home: Any, roster: Path) -> None:
    with roster.open("ab") as file:
        file.write(b"data-foundations;\xff\n")
    outcome = home.run("issue", "--skip-bad", str(roster))
    assert (outcome.code, "not UTF-8" in outcome.err) == (2, True)
    assert [path.name for path in roster.parent.iterdir()] == ["roster.csv"]
    assert nothing_to_anchor(home)


def test_a_roster_without_a_good_row_is_refused_whatever_is_skipped(home: Any, roster: Path) -> None:
    roster.write_text(HEADER + BAD.format(1))
    outcome = home.run("issue", "--skip-bad", str(roster))
    assert (outcome.code, "Nothing was issued" in outcome.err) == (2, True)


@pytest.mark.parametrize("example", ["coursera", "futurelearn", "udacity", "moodle", "canvas"])
def test_an_example_of_a_learners_list_is_issued_through_its_mapping_file(home: Any, example: str) -> None:
    options = ("--mapping", str(MAPPINGS / f"{example}.toml"), "--achievement", "data-foundations")
    said = home.do("issue", str(MAPPINGS / f"{example}.csv"), *options)
    assert "Issued 2 credentials." in said
    assert "do not count as completed and are passed over" in said
    assert "Only rows count where" in said
    again = json.loads(home.do("issue", "--json", str(MAPPINGS / f"{example}.csv"), *options))
    assert (again["issued"], again["skipped"]) == (0, 2)


def test_a_list_without_dates_is_issued_with_one_for_all(home: Any) -> None:
    report = str(MAPPINGS / "openedx.csv")
    assert home.run("issue", report).code == 2
    said = home.do("issue", report, "--awarded-on", "2026-06-30")
    assert "This is read as: Open edX grade report." in said
    assert '1 rows do not count as completed and are passed over: 1 by "Certificate Delivered".' in said


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--awarded-on", "2026-02-30"), "--awarded-on: 2026-02-30 is not a day"),
        (("--mapping", "nowhere.toml"), "nowhere.toml: the file cannot be read"),
        (("--mapping", str(MAPPINGS / "openedx.csv")), "openedx.csv: the mapping file is not TOML"),
    ],
)
def test_what_is_said_of_a_roster_is_checked_before_it_is_read(home: Any, options: tuple[str, str], says: str) -> None:
    outcome = home.run("issue", str(MAPPINGS / "openedx.csv"), *options)
    assert (outcome.code, says in outcome.err) == (2, True)
