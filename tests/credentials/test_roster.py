from __future__ import annotations

import csv
import io
import tracemalloc
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.core.errors import RosterError
from registry.credentials.roster import RosterRow, check, read_roster, row_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROSTERS = Path(__file__).parents[2].parent / "shared" / "data" / "rosters"


def results(text: str | bytes, *, overrides: Iterable[str] = ()) -> list[RosterRow | RosterError]:
    data = text.encode() if isinstance(text, str) else text
    return list(read_roster([data], file="class.csv", overrides=overrides).results)


def rows(text: str | bytes, *, overrides: Iterable[str] = ()) -> list[RosterRow]:
    found = results(text, overrides=overrides)
    assert not [error for error in found if isinstance(error, RosterError)]
    return [row for row in found if isinstance(row, RosterRow)]


def the_error(text: str | bytes) -> RosterError:
    (found,) = [error for error in results(text) if isinstance(error, RosterError)]
    return found


def one(**cells: str) -> str:
    values = {"email": "ada@school.example", "award_date": "2026-06-30"} | cells
    out = io.StringIO()
    csv.writer(out).writerows([list(values), list(values.values())])
    return out.getvalue()


def sample(name: str) -> bytes:
    path = ROSTERS / name
    if not path.exists():
        pytest.skip("the sample rosters are not beside this repository")
    return path.read_bytes()


def test_a_canvas_credentials_roster_is_read() -> None:
    found = rows(sample("canvas_credentials.csv"))
    assert [row.recipient.name for row in found] == [
        "Ada Okafor", "José Núñez", "李伟", "Siobhán O'Brien, PhD", "Ayşe Y\u0131lmaz",
    ]  # fmt: skip
    assert found[1].recipient.email == "josé.núñez@learners.example"
    assert found[1].expires_at == datetime(2031, 6, 30, 23, 59, 59, tzinfo=UTC)
    assert found[3].recipient.email == "o'brien+cpd@learners.example"
    assert found[3].evidence_url == "https://portfolio.example/sob?x=1&y=2"
    assert {row.achievement for row in found} == {"data-foundations"}


def test_a_credly_roster_is_read_with_its_times_in_utc() -> None:
    found = rows(sample("credly.csv"))
    assert [row.awarded_at.isoformat() for row in found] == [
        "2026-05-14T09:30:00+00:00", "2026-05-14T09:30:00+00:00", "2026-05-14T07:30:00+00:00",
    ]  # fmt: skip
    assert [row.locale for row in found] == ["it", "pl", "fr"]


def test_a_student_system_roster_with_byte_order_mark_semicolons_and_decimal_commas_is_read() -> None:
    found = rows(sample("sis_semicolon_bom.csv"))
    assert [row.recipient.student_id for row in found] == ["20451", "20452", "20453"]
    assert [row.grade for row in found] == ["1.3", "2.0", "1.7"]
    assert [row.credits_earned for row in found] == [Decimal(5), Decimal(5), Decimal("2.5")]
    assert found[0].recipient.name == "Müller, Zoë"
    assert found[2].recipient.identifier == "student:20453"
    assert found[2].awarded_on == date(2026, 6, 30)


@given(size=st.integers(1, 40), newline=st.sampled_from(["\n", "\r\n", "\r"]), mark=st.sampled_from(["", "\ufeff"]))
def test_where_the_bytes_are_cut_and_how_lines_end_makes_no_difference(size: int, newline: str, mark: str) -> None:
    text = 'email;award_date;narrative\nzoë@école.example;2026-06-30;"two\nlines"\n李@school.example;30.06.2026;ok'
    data = (mark + text.replace("\n", newline)).encode()
    chunks = [data[start : start + size] for start in range(0, len(data), size)]

    found = list(read_roster(chunks, file="class.csv").results)

    assert found == results(text)
    assert [row.row_number for row in found if isinstance(row, RosterRow)] == [2, 4]


cell_text = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=40).map(
    lambda text: " ".join(text.split())
)


@given(names=st.lists(cell_text, min_size=1, max_size=8), delimiter=st.sampled_from(",;\t"))
def test_whatever_the_csv_module_writes_is_read_back(names: list[str], delimiter: str) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(["email", "award_date", "name"])
    writer.writerows([f"r{index}@school.example", "2026-06-30", name] for index, name in enumerate(names))

    found = rows(out.getvalue())

    assert [row.recipient.name or "" for row in found] == [name.strip() for name in names]


def test_the_row_number_counts_line_breaks_inside_quotes() -> None:
    text = 'email,award_date,narrative\na@s.example,2026-06-30,"x\ny\nz"\nb@s.example,2026-02-30,\n'
    assert the_error(text).row == 5


def test_a_wrong_row_is_named_by_file_row_and_column() -> None:
    error = the_error(one(award_date="2026-02-30"))
    assert (error.file, error.row, error.column) == ("class.csv", 2, "award_date")
    assert str(error) == (
        'class.csv, row 2, column "award_date": 2026-02-30 is not a day of the calendar; correct the date'
    )


@pytest.mark.parametrize(
    ("cells", "column", "says"),
    [
        ({"award_date": ""}, "award_date", "missing"),
        ({"award_date": "03/04/2026"}, "award_date", "day/month or month/day"),
        ({"award_date": "31.02.2026"}, "award_date", "not a day"),
        ({"award_date": "June 30, 2026"}, "award_date", "not a date"),
        ({"award_date": "20260630"}, "award_date", "not a date"),
        ({"award_date": "\uff12\uff10\uff12\uff16-06-30"}, "award_date", "not a date"),
        ({"award_date": "0026-06-30"}, "award_date", "outside"),
        ({"award_date": "2026-06-30T09:30:00"}, "award_date", "time zone"),
        ({"award_date": "2026-06-30T25:30:00Z"}, "award_date", "not a moment"),
        ({"expiry_date": "2026-06-29"}, "expiry_date", "before it is awarded"),
        ({"email": "ada"}, "email", "not an e-mail address"),
        ({"email": "ada@@school.example"}, "email", "not an e-mail address"),
        ({"email": "a.@school.example"}, "email", "not an e-mail address"),
        ({"email": "a..b@school.example"}, "email", "not an e-mail address"),
        ({"email": "Ada <ada@school.example>"}, "email", "not an e-mail address"),
        ({"email": "ada@school"}, "email", "not a domain"),
        ({"email": "ada@-school.example"}, "email", "not a domain"),
        ({"email": "ada\u200b@school.example"}, "email", "invisible"),
        ({"email": "a" * 65 + "@school.example"}, "email", "longer"),
        ({"email": "did:web:"}, "email", "not a DID"),
        ({"email": ""}, "email", "nothing identifies"),
        ({"ects": "five"}, "ects", "number of credits"),
        ({"ects": "1.000,5"}, "ects", "number of credits"),
        ({"ects": "-1"}, "ects", "number of credits"),
        ({"ects": "10001"}, "ects", "more than one achievement"),
        ({"evidence url": "javascript:alert(1)"}, "evidence url", "not a web address"),
        ({"evidence url": "https://a.example/<b>"}, "evidence url", "not a web address"),
        ({"evidence url": "https://a.example/" + "b" * 2000}, "evidence url", "characters"),
        ({"name": "n" * 301}, "name", "at most 300"),
        ({"narrative": "n" * 20_001}, "narrative", "at most 20,000"),
        ({"language": "the queen's"}, "language", "language tag"),
    ],
)  # fmt: skip
def test_a_cell_that_cannot_be_meant_is_refused_with_its_column(cells: dict[str, str], column: str, says: str) -> None:
    error = the_error(one(**cells))
    assert (error.row, error.column) == (2, column)
    assert says in str(error)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("ADA@School.Example", "ada@school.example"),
        ("mailto:ada@school.example", "ada@school.example"),
        ("ada+cpd@school.example", "ada+cpd@school.example"),
        ("jose\u0301@escuela.example", "josé@escuela.example"),
        ("李@例え.example", "李@例え.example"),
    ],
)
def test_an_e_mail_address_is_kept_in_lower_case_and_composed_form(written: str, kept: str) -> None:
    assert rows(one(email=written))[0].recipient.email == kept


def test_a_did_identifies_a_recipient() -> None:
    row = rows(one(email="did:key:z6MkhaXg"))[0]
    assert (row.recipient.did, row.recipient.email, row.recipient.identifier) == (
        "did:key:z6MkhaXg", None, "did:key:z6MkhaXg",
    )  # fmt: skip


def test_an_award_date_begins_and_an_expiry_date_ends_its_day() -> None:
    row = rows(one(award_date="30.6.2026", expiry_date="2026-06-30"))[0]
    assert row.awarded_at == datetime(2026, 6, 30, tzinfo=UTC)
    assert row.expires_at == datetime(2026, 6, 30, 23, 59, 59, tzinfo=UTC)


def test_a_recipient_with_the_same_achievement_and_award_date_twice_is_refused_with_both_rows() -> None:
    text = "email,award_date\na@s.example,2026-06-30\nb@s.example,2026-06-30\nA@S.example,30.06.2026\n"
    error = the_error(text)
    assert (error.row, error.column) == (4, "email")
    assert "row 2" in str(error)


def test_a_recipient_with_another_achievement_or_award_date_is_no_duplicate() -> None:
    text = (
        "email,award_date,achievement\na@s.example,2026-06-30,x\na@s.example,2026-06-30,y\na@s.example,2026-07-01,x\n"
    )
    assert len(rows(text)) == 3


def test_a_duplicate_is_found_among_thousands_of_rows() -> None:
    lines = [f"r{index}@s.example,2026-06-30" for index in range(5000)]
    error = the_error("\n".join(["email,award_date", *lines, lines[0]]))
    assert error.row == 5002
    assert "row 2;" in str(error)


@pytest.mark.parametrize(("line", "count"), [("a@s.example", 1), ("a@s.example,2026-06-30,Ada, Okafor", 4)])
def test_a_row_with_another_number_of_cells_than_the_header_is_refused(line: str, count: int) -> None:
    error = the_error(f"email,award_date,name\n{line}\n")
    assert error.row == 2
    assert f"{count} cells and the header 3" in str(error)


def test_rows_that_a_spreadsheet_left_empty_are_passed_over() -> None:
    assert len(rows("email,award_date\n\n,\na@s.example,2026-06-30\n,\n\n")) == 1


@pytest.mark.parametrize("text", [b"", b"\xef\xbb\xbf"])
def test_a_file_without_text_is_refused(text: bytes) -> None:
    with pytest.raises(RosterError, match=r"class\.csv"):
        read_roster([text], file="class.csv")


def test_a_header_without_rows_is_refused() -> None:
    assert "no row below it" in str(the_error("email,award_date\n\n,\n"))


@pytest.mark.parametrize("header", ["email|award_date|name", "email award_date", "email"])
def test_a_header_that_does_not_split_is_refused_with_what_was_found(header: str) -> None:
    with pytest.raises(RosterError, match="does not split") as caught:
        read_roster([f"{header}\n".encode()], file="class.csv")
    assert header in str(caught.value)


def test_a_file_in_another_encoding_is_refused_with_the_place_of_the_byte() -> None:
    text = "email,award_date,name\na@s.example,2026-06-30,Ada\nb@s.example,2026-06-30,Zoë\n".encode("latin-1")
    *good, error = read_roster([text[:50], text[50:]], file="class.csv").results
    assert len(good) == 1
    assert isinstance(error, RosterError)
    assert error.row == 3
    assert f"byte 0xEB at offset {text.index(0xEB)} " in str(error)
    assert "CSV UTF-8" in str(error)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le"])
def test_a_file_in_utf_16_is_refused_at_once(encoding: str) -> None:
    with pytest.raises(RosterError, match="CSV UTF-8"):
        read_roster(["email,award_date\n".encode(encoding)], file="class.csv")


def test_a_nul_byte_is_refused_with_its_row() -> None:
    error = the_error("email,award_date\na@s.example,2026-06-30\nb\0@s.example,2026-06-30\n")
    assert error.row == 3
    assert "U+0000 stands at position 2" in str(error)


@pytest.mark.parametrize("character", ["\x07", "\x7f", "\x92", "\ufffe", "\uffff"])
def test_a_character_that_no_signer_takes_is_refused_with_its_row(character: str) -> None:
    error = the_error(f"email,award_date,name\na@s.example,2026-06-30,O{character}Brien\n")
    assert (error.row, f"U+{ord(character):04X}" in str(error)) == (2, True)


@pytest.mark.parametrize("line", ['"a@s.example,2026-06-30\n', '"a"b@s.example,2026-06-30\n'])
def test_quotes_that_do_not_pair_up_are_refused_with_the_row_they_begin_on(line: str) -> None:
    error = the_error(f"email,award_date\nz@s.example,2026-06-30\n{line}")
    assert error.row == 3
    assert "quotes" in str(error)


def test_a_quote_that_is_never_closed_does_not_swallow_the_file() -> None:
    def endless() -> Iterator[bytes]:
        yield b'email,award_date\n"a@s.example,2026-06-30\n'
        while True:
            yield b"b@s.example,2026-06-30\n" * 100

    (error,) = read_roster(endless(), file="class.csv").results
    assert isinstance(error, RosterError)
    assert (error.row, "never closed" in str(error)) == (2, True)


def test_a_line_that_never_ends_is_refused() -> None:
    def endless() -> Iterator[bytes]:
        yield b"email,award_date\n"
        while True:
            yield b"a" * 1000

    (error,) = read_roster(endless(), file="class.csv").results
    assert "longer than 100,000" in str(error)


def test_check_reports_the_first_errors_of_the_whole_roster_at_once() -> None:
    text = "email,award_date\n" + "".join(f"r{index}@s.example,2026-13-01\n" for index in range(30))
    errors = check(read_roster([text.encode()], file="class.csv").results)
    assert [error.row for error in errors] == list(range(2, 22))


def test_check_passes_a_roster_that_can_be_issued() -> None:
    assert check(read_roster([one().encode()], file="class.csv").results) == ()


def test_reading_keeps_no_rows() -> None:
    def chunks() -> Iterator[bytes]:
        yield b"email,award_date,narrative\n"
        for index in range(4000):
            yield b"r%d@s.example,2026-06-30,%s\n" % (index, b"n" * 2000)

    tracemalloc.start()
    count = sum(isinstance(result, RosterRow) for result in read_roster(chunks(), file="class.csv").results)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count == 4000
    assert peak < 1_000_000


@given(
    parts=st.lists(st.text(max_size=6), min_size=3, max_size=3),
    other=st.lists(st.text(max_size=6), min_size=3, max_size=3),
)
def test_two_rows_share_a_key_only_if_they_agree_in_every_part(parts: list[str], other: list[str]) -> None:
    day = date(2026, 6, 30)
    assert (row_key(*parts, day) == row_key(*other, day)) == (parts == other)
    assert row_key(*parts, day) != row_key(*parts, date(2026, 7, 1))
