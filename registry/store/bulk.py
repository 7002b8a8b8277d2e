"""Many rows into one table, within the caller's transaction: by COPY on PostgreSQL, by INSERT on SQLite."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection, Table


def put_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Write rows, at least one, into a table; all name the same columns, which are all but the id.

    What the database refuses is raised as SQLAlchemy does for any statement, so that `session.mapped_errors` maps it.
    """
    if connection.dialect.name == "postgresql":
        _copy(connection, table, rows)
    else:
        connection.execute(insert(table), rows)


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
