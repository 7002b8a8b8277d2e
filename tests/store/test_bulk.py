"""Rows that go in by COPY are the rows that INSERT writes, and fail as its do: with a mapped error, all or none."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, insert, select

from registry.core.errors import StoreConflictError, StoreUnavailableError
from registry.store.bulk import put_rows
from registry.store.engine import open_engine
from registry.store.session import reading, writing
from registry.store.submission_tables import SUBMISSION
from registry.store.table_objects import ISSUER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Connection, Engine, Table

databases = sys.modules["tests_databases"]  # loaded by tests/conftest.py

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")) | st.sampled_from(
    ["", "\\N", "NULL", '"', "'; --", "a\tb\nc\r\\.", "\\.\n", "\u202e\ufeff", "\U0010ffff"]
)
BYTES = st.binary() | st.sampled_from([b"", b"\0", b"\\N", b"PGCOPY\n\xff\r\n\0", b"\xff\xff"])
SMALL = st.integers(-(2**31), 2**31 - 1)
LARGE = st.integers(-(2**63), 2**63 - 1)
# Every type there is in the store, with and without NULL.
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "version": SMALL,
            "purpose": TEXTS,
            "label": TEXTS,
            "chain_id": LARGE,
            "contract": TEXTS,
            "sender": TEXTS,
            "call_data": BYTES,
            "state": TEXTS,
            "nonce": st.none(),
            "note": TEXTS,
            "created_at": LARGE,
            "updated_at": LARGE,
            "lease_owner": TEXTS,
            "lease_until": LARGE,
            "tx_hash": st.none() | BYTES,
            "block_number": st.none() | LARGE,
            "succeeded": st.none() | st.booleans(),
        }
    ),
    min_size=1,
    max_size=4,
)


@pytest.fixture(scope="module")
def postgres(postgres_url: str) -> Iterator[Engine]:
    engine = open_engine(databases.new_database(postgres_url))
    yield engine
    engine.dispose()


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    opened = open_engine(database_url)
    yield opened
    opened.dispose()


def inserted(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    connection.execute(insert(table), rows)


def stored_by(way: Any, engine: Engine, rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Return what a way of writing leaves in the table, and leave nothing there."""
    with engine.connect() as connection:
        way(connection, SUBMISSION, rows)
        found = connection.execute(select(SUBMISSION).order_by(SUBMISSION.c.id)).mappings().all()
        connection.rollback()
    return [{name: value for name, value in row.items() if name != "id"} for row in found]


@given(rows=ROWS)
def test_copy_and_insert_store_the_same_rows(postgres: Engine, rows: list[dict[str, object]]) -> None:
    copied = stored_by(put_rows, postgres, rows)

    assert copied == stored_by(inserted, postgres, rows)
    assert [{name: row[name] for name in rows[0]} for row in copied] == rows


def issuer(number: int) -> dict[str, object]:
    return {"slug": f"uni-{number}", "did": f"did:web:{number}", "account": f"0x{number}", "profile": "{}"}


def slugs(engine: Engine) -> list[str]:
    with reading(engine) as connection:
        return list(connection.execute(select(ISSUER.c.slug).order_by(ISSUER.c.id)).scalars())


def test_rows_are_numbered_on_in_their_order(engine: Engine) -> None:
    put(engine, [issuer(2), issuer(1)], [issuer(3)])

    assert slugs(engine) == ["uni-2", "uni-1", "uni-3"]


def test_a_row_that_is_there_is_a_conflict_and_nothing_of_the_transaction_is_kept(engine: Engine) -> None:
    put(engine, [issuer(1)])

    with pytest.raises(StoreConflictError, match="same row"):
        put(engine, [issuer(2), issuer(3)], [issuer(4), issuer(1) | {"slug": "other"}, issuer(5)])

    assert slugs(engine) == ["uni-1"]


def test_a_value_that_the_column_does_not_take_is_an_error_in_words(postgres: Engine) -> None:
    with pytest.raises(StoreUnavailableError, match="database"):
        put(postgres, [issuer(1), issuer(2) | {"profile": "a\0b"}])

    assert slugs(postgres) == []


class Fatal(dict[str, object]):
    """A row in the middle of which the connection is lost."""

    def __init__(self, values: dict[str, object], other: Engine) -> None:
        super().__init__(values)
        self._other = other

    def __getitem__(self, name: str) -> object:
        databases.end_other_sessions(self._other)
        return super().__getitem__(name)


def put(engine: Engine, *parts: list[dict[str, object]]) -> None:
    with writing(engine) as connection:
        for rows in parts:
            put_rows(connection, ISSUER, rows)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_connection_lost_in_the_middle_is_unavailable_and_nothing_is_kept(postgres: Engine, place: int) -> None:
    other = create_engine(postgres.url)
    rows = [issuer(number) for number in range(3)]

    rows[place] = Fatal(rows[place], other)
    with pytest.raises(StoreUnavailableError, match="database"):
        put(postgres, [issuer(8)], rows)

    other.dispose()
    assert slugs(postgres) == []
