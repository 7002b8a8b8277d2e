"""A whole database as one SQLite file, and back: table by table in the order of its rows, streamed.

Both ways go through SQLAlchemy's types, so that a snapshot of PostgreSQL loads into SQLite and the other way round.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, func, insert, inspect, select, text
from sqlmodel import SQLModel

from registry.core.errors import BackupFormatError, StateError, StoreConflictError
from registry.store import submission_tables, tables
from registry.store.engine import open_engine
from registry.store.session import begin_reading, in_bulk, mapped_errors, writing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from sqlalchemy import Connection, Engine, Table

STREAMED_ROWS = 200
"""Rows that are in memory at once."""
MAX_CELL_BYTES = 64 * 1024 * 1024
"""Longest value that is read from a file of unknown origin."""
_DEFINED_BY = (tables, submission_tables)  # importing them fills the list of tables
_KINDS = frozenset({"table", "index"})


def all_tables() -> list[Table]:
    """Return every table of the store, those that others point to first."""
    return SQLModel.metadata.sorted_tables


@contextmanager
def consistent(engine: Engine) -> Iterator[Connection]:
    """Give one transaction that sees the database as it is at one moment, whatever others write meanwhile."""
    options = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    with mapped_errors(), engine.connect().execution_options(**options) as connection:
        begin_reading(connection)
        yield connection


def row_counts(connection: Connection) -> dict[str, int]:
    """Return the number of rows of every table."""
    return {
        table.name: int(connection.execute(select(func.count()).select_from(table)).scalar_one())
        for table in all_tables()
    }


def take_snapshot(connection: Connection, target: Path, advance: Callable[[int], None]) -> None:
    """Write what `connection` sees into a new SQLite file; `advance` is told the rows so far.

    Raises:
        StateError: a row points to one that is not there, so that the snapshot could not be loaded again.

    """
    copy = open_engine(f"sqlite:///{target}")
    try:
        with writing(copy) as writer, in_bulk(writer):
            _copy_rows(connection, writer, advance)
    except StoreConflictError as error:
        raise StateError(
            "A row of the database points to one that is not there, so a copy could not be restored and none was kept; "
            "`credanchor fsck` says where."
        ) from error
    finally:
        copy.dispose()
    # One file: what the write-ahead log still holds goes into it.
    with closing(sqlite3.connect(target)) as database:
        database.execute("PRAGMA journal_mode = DELETE")


def load_snapshot(source: Path, engine: Engine, expected: Mapping[str, int], advance: Callable[[int], None]) -> None:
    """Copy a snapshot into an empty database, all or nothing; `expected` are its numbers of rows by table.

    A snapshot of an older version is brought up to date in its own file first.

    Raises:
        BackupFormatError: the file is no snapshot, or holds what no snapshot holds, or contradicts itself.
        HomeVersionError: a newer version of Credanchor wrote it.
        StateError: the database is not empty.

    """
    require_plain(source)
    snapshot = open_engine(f"sqlite:///{source}")
    try:
        with consistent(snapshot) as reader, writing(engine) as writer, in_bulk(writer):
            if any(row_counts(writer).values()):
                raise StateError("The database holds rows already; restore into an empty one. Nothing was changed.")
            _copy_rows(reader, writer, advance)
            if engine.dialect.name == "postgresql":
                _continue_numbering(writer)
            loaded = row_counts(writer)
            if any(loaded.get(name) != number for name, number in expected.items()):
                raise BackupFormatError("The database in the backup has other rows than its manifest says.")
    except StoreConflictError as error:
        raise BackupFormatError("The database in the backup contradicts itself.") from error
    finally:
        snapshot.dispose()


def holds_rows(url: str) -> bool:
    """Tell whether a database holds any row of ours; nothing in it is changed, nor brought up to date."""
    engine = create_engine(url)
    try:
        with mapped_errors(), engine.connect() as connection:
            known = set(inspect(connection).get_table_names())
            mine = (table for table in all_tables() if table.name in known)
            return any(connection.execute(text(f"SELECT 1 FROM {table.name} LIMIT 1")).first() for table in mine)  # noqa: S608  our own tables' names
    finally:
        engine.dispose()


def require_plain(source: Path) -> None:
    """Raise BackupFormatError unless a file is a sound SQLite database of tables and indices alone.

    Triggers and views would run when it is read or brought up to date; no snapshot has any.
    """
    known = {table.name for table in all_tables()} | {"alembic_version"}
    try:
        with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as database:
            database.execute("PRAGMA trusted_schema = OFF")
            database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_CELL_BYTES)
            found = database.execute("SELECT type, tbl_name FROM sqlite_master").fetchall()
            if any(kind not in _KINDS or table not in known for kind, table in found):
                raise BackupFormatError("The database in the backup holds more than the tables of a home.")
            answer = [row[0] for row in database.execute("PRAGMA quick_check(1)")]
    except sqlite3.Error as error:
        raise BackupFormatError(f"The database in the backup cannot be read ({error}).") from error
    if answer != ["ok"]:
        raise BackupFormatError(f"The database in the backup is damaged ({answer[0]}).")


def _copy_rows(reader: Connection, writer: Connection, advance: Callable[[int], None]) -> None:
    copied = 0
    for table in all_tables():
        query = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=STREAMED_ROWS)
        with reader.execute(query) as rows:
            for part in rows.partitions():
                writer.execute(insert(table), [row._asdict() for row in part])
                copied += len(part)
                advance(copied)


def _continue_numbering(writer: Connection) -> None:
    """Let PostgreSQL number the next row of each table after the newest that was copied."""
    for table in all_tables():
        if [column.name for column in table.primary_key.columns] == ["id"]:
            sequence = f"pg_get_serial_sequence('{table.name}', 'id')"
            newest = f"SELECT max(id) AS newest FROM {table.name}"  # noqa: S608  our own tables' names
            writer.execute(text(f"SELECT setval({sequence}, newest) FROM ({newest}) AS n WHERE newest > 0"))  # noqa: S608
