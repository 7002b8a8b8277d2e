from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from registry.core.errors import RosterError
from registry.credentials.failed_rows import failed_line, guarded, header_line, unguarded
from registry.credentials.roster import RosterRow, read_roster

MARKS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
cells = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
hostile = st.builds(
    lambda quotes, mark, rest: "'" * quotes + mark + rest, st.integers(0, 3), st.sampled_from(MARKS), cells
)


def table_of(text: str, *, delimiter: str = ",") -> str:
    """Return the failed rows of a roster as they are written."""
    roster = read_roster([text.encode()], file="class.csv")
    header = tuple(column for column, _ in roster.mapping.rows)
    lines = (
        failed_line(outcome.record, outcome.result, header, delimiter)
        for outcome in roster.outcomes
        if isinstance(outcome.result, RosterError) and outcome.record
    )
    return header_line(header, delimiter) + "".join(lines)


@given(cell=cells | hostile)
def test_no_cell_is_a_formula_and_every_cell_comes_back(cell: str) -> None:
    safe = guarded(cell)
    assert not safe.startswith(MARKS)
    assert unguarded(safe) == cell


def test_a_failed_row_keeps_its_cells_and_says_where_and_why() -> None:
    table = table_of("email;award_date;name\na@s.example;2026-02-30;=Ada\nb@s.example;2026-06-30;B\n", delimiter=";")
    head, row = table.splitlines()
    assert head == '"email";"award_date";"name";"roster row";"reason"'
    assert row.startswith('"a@s.example";"2026-02-30";"\'=Ada";"2";"column ""award_date"": 2026-02-30 is not a day')


def test_a_corrected_table_is_read_like_the_roster_it_came_from() -> None:
    table = table_of("email,award_date,name\n+a@s.example,2026-02-30,=Ada\n")
    (row,) = read_roster([table.replace("2026-02-30", "2026-06-30", 1).encode()], file="class.failed.csv").results
    assert isinstance(row, RosterRow)
    assert (row.recipient.email, row.recipient.name) == ("+a@s.example", "=Ada")


def test_a_table_that_fails_again_gets_no_further_columns() -> None:
    table = table_of("email,award_date,name\na@s.example,2026-02-30,'=Ada\n")
    again = table_of(table)
    assert again.splitlines()[0] == table.splitlines()[0]
    assert again.splitlines()[1].startswith('"a@s.example","2026-02-30","\'\'=Ada","2","column')


def test_a_row_with_too_many_or_too_few_cells_is_fitted_and_nothing_is_lost() -> None:
    table = table_of("email,award_date\na@s.example\nb@s.example,2026-06-30,Bo,more\n")
    _, few, many = table.splitlines()
    assert few.startswith('"a@s.example","","2","the row has 1 cells')
    assert many.startswith('"b@s.example","2026-06-30","3",')
    assert "(beyond the last column: Bo, more)" in many
