"""Opening the database: SQLite by default, PostgreSQL by URL; tables brought up to date."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from registry.core.errors import HomeVersionError, SettingsError, StoreUnavailableError
from registry.store.session import CACHE_KIB, LOG_PAGES, ONLY_READS

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Engine, PoolProxiedConnection

HEAD = "0010"
"""Newest migration; the tables of this version of Credanchor."""
PAGE_BYTES = 32 * 1024
"""Page size of a new SQLite database; one that is there keeps its own."""
_BUSY_SECONDS = 30
_KEPT_LOG_BYTES = 4 * 1024 * 1024


def open_engine(url: str) -> Engine:
    """Return an engine whose tables are at HEAD, migrating them if they are older.

    SQLite: WAL, 32 KiB pages (documents of 3 to 5 kB waste least), foreign keys on, what is erased is overwritten, and
    every transaction that will write takes the write lock at once (BEGIN IMMEDIATE).

    Raises:
        SettingsError: the URL is none, or names a database without a driver here.
        StoreUnavailableError: the database cannot be opened.
        HomeVersionError: a newer version of Credanchor wrote it.

    """
    try:
        engine = create_engine(url)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise SettingsError(f"CREDANCHOR_DATABASE_URL names no database that can be opened: {error}.") from error
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    try:
        _bring_up_to_date(engine)
    except HomeVersionError:
        engine.dispose()
        raise
    except DBAPIError as error:
        engine.dispose()
        place = make_url(url).render_as_string(hide_password=True)
        raise StoreUnavailableError(f"The database {place} cannot be opened: {error.orig}.") from error
    return engine


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: object) -> None:  # noqa: ANN401  a driver's connection
        connection.isolation_level = None  # our BEGIN below, not the driver's
        for pragma in (
            f"page_size = {PAGE_BYTES}",
            f"cache_size = -{CACHE_KIB}",
            "journal_mode = WAL",
            f"wal_autocheckpoint = {LOG_PAGES}",
            f"journal_size_limit = {_KEPT_LOG_BYTES}",
            "synchronous = FULL",
            "foreign_keys = ON",
            "secure_delete = ON",
            f"busy_timeout = {_BUSY_SECONDS * 1000}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    # Not the "begin" event, which SQLAlchemy documents for this: with a listener each connection takes as long to set
    # up as a statement to run.
    engine.dialect.do_begin = _begin  # type: ignore[assignment, method-assign]


def _begin(connection: PoolProxiedConnection) -> None:
    connection.cursor().execute("BEGIN" if connection.info.pop(ONLY_READS, False) else "BEGIN IMMEDIATE")


def _bring_up_to_date(engine: Engine) -> None:
    found = _revision(engine)
    if found == HEAD:
        return
    from alembic import command  # noqa: PLC0415  only needed when tables change
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = _alembic_config()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise HomeVersionError(
            f"The database was written by a newer version of Credanchor (schema {found}, this one knows up to {HEAD}); "
            "upgrade Credanchor. Nothing was changed."
        )
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, HEAD)


def _revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


@cache
def _alembic_config() -> Config:
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
