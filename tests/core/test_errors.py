"""Errors that travel between processes keep what they say and where."""

from __future__ import annotations

import pickle

import pytest

from registry.core.errors import RosterError


@pytest.mark.parametrize(("row", "column"), [(3, "Issue Date"), (3, None), (None, None)])
def test_an_error_of_a_roster_comes_out_of_a_worker_as_it_went_in(row: int | None, column: str | None) -> None:
    error = RosterError("is no date", file="class.csv", row=row, column=column)

    found = pickle.loads(pickle.dumps(error))  # noqa: S301  our own bytes

    assert type(found) is RosterError
    assert (str(found), found.reason, found.file, found.row, found.column) == (
        str(error), "is no date", "class.csv", row, column,
    )  # fmt: skip
