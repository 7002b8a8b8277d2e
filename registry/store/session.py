"""Connections to the store, with the database's exceptions mapped in this one place."""

from __future__ import annotations

import resource
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from registry.core.errors import StoreConflictError, StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Column, Connection, Engine


ONLY_READS = "only_reads"
"""Said of a connection before its next transaction begins."""
CACHE_KIB = 16 * 1024
"""Most memory that a connection to SQLite keeps pages in."""
LARGE_CACHE_KIB = 256 * 1024
"""The same while many rows are written: the indices of a million credentials."""
LOG_PAGES = 4 * 1024
"""Pages after which SQLite empties its log into the database: 128 MiB."""
LARGE_LOG_PAGES = 16 * 1024
"""The same at most, 512 MiB, while many rows are written."""
SMALL_LOG_PAGES = 512
"""The same at least, 16 MiB."""
ROWS_A_LOG_PAGE = 25
"""Emptying the log writes each page of the indices once, 266 bytes a row in a store of 100,000 credentials; a page of
the log for every so many rows makes that a fifth of what is written then."""


@contextmanager
def mapped_errors() -> Iterator[None]:
    """Turn what the database raises into StoreConflictError or StoreUnavailableError."""
    try:
        yield
    except IntegrityError as error:
        raise StoreConflictError(
            f"Another process wrote the same row at the same time ({error.orig}); nothing was kept of this write. "
            "Run the command again."
        ) from error
    except DBAPIError as error:
        raise StoreUnavailableError(f"The database did not do as asked: {error.orig}.") from error
    except SQLAlchemyError as error:
        raise StoreUnavailableError(f"The database did not do as asked: {error}.") from error


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Give one transaction that may write: committed at the end, rolled back on any exception."""
    with mapped_errors(), engine.begin() as connection:
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give one consistent snapshot to read from; it takes no write lock."""
    with mapped_errors(), engine.connect() as connection:
        begin_reading(connection)
        yield connection


@contextmanager
def in_bulk(connection: Connection) -> Iterator[None]:
    """Let SQLite keep more in memory and in its log, for rows whose keys are random; the others know best themselves.

    What one transaction after another changes in the same page of an index then goes into the database file once.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection  # past SQLAlchemy, which would begin a transaction
    _set(driver, LARGE_CACHE_KIB, LARGE_LOG_PAGES)
    try:
        yield
    finally:
        _set(driver, CACHE_KIB, LOG_PAGES)
        _give_back()


def fit_log(connection: Connection, key: Column[int]) -> None:
    """Let SQLite's log grow with the number of rows that a table has, which its highest key tells.

    A short one is emptied while others still sign, and not at the end when all wait for it; a long one spares the
    indices.
    """
    if connection.dialect.name == "sqlite":
        rows = connection.execute(select(func.max(key))).scalar() or 0
        pages = min(max(SMALL_LOG_PAGES, rows // ROWS_A_LOG_PAGE), LARGE_LOG_PAGES)
        driver: Any = connection.connection.driver_connection
        driver.execute(f"PRAGMA wal_autocheckpoint = {pages}")


@contextmanager
def without_foreign_keys(connection: Connection) -> Iterator[None]:
    """Let SQLite not look whether rows that others name are there, for a caller who does that for all at once.

    Looking itself, it copies each page that a statement of several rows changes, to go back to if the last row fails.
    It takes no notice of this within a transaction.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys = ON")


def _set(driver: Any, cache_kib: int, log_pages: int) -> None:  # noqa: ANN401  a driver's connection
    driver.execute(f"PRAGMA cache_size = -{cache_kib}")
    driver.execute(f"PRAGMA wal_autocheckpoint = {log_pages}")


def _give_back() -> None:
    """Give freed memory back to the system, where the C library can: what one thread freed, no other would use."""
    if resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < LARGE_CACHE_KIB:
        return
    import ctypes  # noqa: PLC0415  takes 4 ms

    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def begin_reading(connection: Connection) -> None:
    """Begin a transaction that will write nothing."""
    connection.info[ONLY_READS] = True
    connection.begin()


def seconds(at: datetime) -> int:
    """Return a time as whole seconds since 1970, as it is stored."""
    return int(at.timestamp())


def moment(at: int) -> datetime:
    """Return a stored time as an aware UTC one."""
    return datetime.fromtimestamp(at, UTC)
