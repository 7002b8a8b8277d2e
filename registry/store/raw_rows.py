"""Every table as it is stored (ports.RawStore): for looking for damage, which parsing would stumble over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select, text

from registry.store.snapshot import STREAMED_ROWS, all_tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Column, Connection, Table


class RawRows:
    """Reads raw rows on one connection, so that all of them are of one moment."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._tables = {table.name: table for table in all_tables()}

    def rows(self, table: str, order: Sequence[str] = ("id",), **equal: object) -> Iterator[Mapping[str, Any]]:
        """Yield the rows of a table, streamed; `equal` names columns and the values they must have."""
        source = self._tables[table]
        query = select(source).where(*(source.c[name] == value for name, value in equal.items()))
        query = query.order_by(*(source.c[name] for name in order)).execution_options(yield_per=STREAMED_ROWS)
        with self._connection.execute(query) as found:  # whoever takes only the first row leaves no cursor open
            for row in found:
                yield row._asdict()

    def broken_references(self) -> Iterator[tuple[str, str, str]]:
        """Yield table, row and column of every reference to a row that is not there."""
        for table in all_tables():
            for key in table.foreign_keys:
                yield from self._broken(table, key.parent.name, key.column)

    def file_damage(self) -> list[str]:
        """Return what SQLite finds wrong with its file, indices and unique columns; PostgreSQL checks its own pages."""
        if self._connection.dialect.name != "sqlite":
            return []
        found = self._connection.execute(text("PRAGMA integrity_check(20)")).scalars()
        return [str(line) for line in found if line != "ok"]

    def _broken(self, table: Table, column: str, target: Column[Any]) -> Iterator[tuple[str, str, str]]:
        query = select(*table.primary_key.columns).outerjoin(target.table, target == table.c[column])
        missing = query.where(table.c[column].is_not(None), target.is_(None))
        for row in self._connection.execute(missing):
            yield table.name, "/".join(str(part) for part in row), column
