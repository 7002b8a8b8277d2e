"""Many rows into one table, within the caller's transaction: by COPY on PostgreSQL, by INSERT on SQLite."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection, Table

ROWS_A_STATEMENT = 50
"""Rows of one INSERT: each statement lets other threads go first, which with a row apiece takes longer than storing it.
A row of twelve columns leaves room below the 32,766 values that SQLite takes."""


def put_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Write rows, at least one, into a table; all name the same columns, which are all but the id.

    One that cannot be written ends the transaction: nothing of it is kept.

    What the database refuses is raised as SQLAlchemy does for any statement, so that `session.mapped_errors` maps it.
    """
    if connection.dialect.name == "postgresql":
        _copy(connection, table, rows)
    else:
        _insert(connection, table, rows)


def _insert(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    names = tuple(rows[0])
    for at in range(0, len(rows), ROWS_A_STATEMENT):
        part = rows[at : at + ROWS_A_STATEMENT]
        values = tuple(row[name] for row in part for name in names)
        connection.exec_driver_sql(_statement(table.name, names, len(part)), values)


@lru_cache(maxsize=64)
def _statement(table: str, names: tuple[str, ...], rows: int) -> str:
    row = f"({', '.join('?' * len(names))})"
    # With ROLLBACK there is nothing to go back to within the transaction, and SQLite copies no page for that.
    return f"INSERT OR ROLLBACK INTO {table} ({', '.join(names)}) VALUES {', '.join([row] * rows)}"  # noqa: S608  names of ours


def _copy(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    dialect, driver = connection.dialect, connection.connection.driver_connection
    names = tuple(rows[0])
    types = [table.c[name].type.compile(dialect).lower() for name in names]
    statement = f"COPY {table.name} ({', '.join(names)}) FROM STDIN (FORMAT BINARY)"
    try:
        _send(driver, statement, types, (tuple(row[name] for name in names) for row in rows))
    except dialect.loaded_dbapi.Error as error:
        raise DBAPIError.instance(statement, None, error, dialect.loaded_dbapi.Error, dialect=dialect) from error


def _send(driver: Any, statement: str, types: list[str], rows: Iterable[tuple[object, ...]]) -> None:  # noqa: ANN401  a driver's connection
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        copy.set_types(types)  # the binary form is exactly the column's: nothing is converted on the way in
        for row in rows:
            copy.write_row(row)
