"""Credentials and their status in the store."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, insert, select, update

from registry.core.digest import Digest
from registry.core.errors import StoreConflictError
from registry.records import BatchState, NewCredential, StatusChange, StoredCredential
from registry.store.bulk import put_rows
from registry.store.session import (
    fit_log,
    in_bulk,
    mapped_errors,
    moment,
    reading,
    seconds,
    without_foreign_keys,
    writing,
)
from registry.store.table_objects import ACHIEVEMENT, BATCH, CREDENTIAL, ISSUER, STATUS_EVENT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Engine, Row

STREAMED_ROWS = 500
"""Rows fetched at once where many are read."""
# Built once: putting a statement together takes as long as its answer.
_BY = {
    name: select(CREDENTIAL).where(CREDENTIAL.c[name] == bindparam("value"))
    for name in ("uuid", "recipient_token", "row_key")
}


@dataclass(frozen=True, slots=True)
class Importing:
    """Stores many credentials, transaction by transaction, on a connection of its own."""

    _connection: Connection

    def add_credentials(self, credentials: Sequence[NewCredential], now: datetime, max_leaves: int) -> None:
        """Store signed credentials of one issuer as `CredentialRows.add_credentials` does."""
        with mapped_errors(), self._connection.begin():
            _require_parents(self._connection, credentials)
            insert_credentials(self._connection, credentials, now, max_leaves)
            # A crash before the commit leaves nothing of this chunk; the import, run again, issues it anew.
            fit_log(self._connection, CREDENTIAL.c.id)


class CredentialRows:
    """Reads and writes credentials and the changes of their status."""

    engine: Engine

    def known_row_keys(self, keys: Sequence[Digest]) -> set[Digest]:
        """Return which of these roster rows were issued already."""
        query = select(CREDENTIAL.c.row_key).where(CREDENTIAL.c.row_key.in_(keys))
        with reading(self.engine) as connection:
            return {Digest(row.row_key) for row in connection.execute(query)}

    def credential_count(self, issuer_id: int) -> int:
        """Return how many credentials an issuer ever issued."""
        query = select(func.count()).select_from(CREDENTIAL).where(CREDENTIAL.c.issuer_id == issuer_id)
        with reading(self.engine) as connection:
            return int(connection.execute(query).scalar_one())

    def status_indices(self, issuer_id: int, first: int, after: int) -> set[int]:
        """Return the taken status indices from `first` to just before `after`."""
        column = CREDENTIAL.c.status_index
        query = select(column).where(CREDENTIAL.c.issuer_id == issuer_id, column >= first, column < after)
        with reading(self.engine) as connection:
            return set(connection.execute(query).scalars())

    def add_credentials(self, credentials: Sequence[NewCredential], now: datetime, max_leaves: int) -> None:
        """Store signed credentials of one issuer in its open batch, all or none.

        A batch takes at most `max_leaves`; the rest opens another one.

        Raises:
            StoreConflictError: a row key or status index was taken meanwhile.

        """
        with writing(self.engine) as connection:
            insert_credentials(connection, credentials, now, max_leaves)
        # A crash before the commit leaves nothing of this chunk; the import, run again, issues it anew.

    @contextmanager
    def importing(self) -> Iterator[Importing]:
        """Give what stores many credentials; nothing is open between two transactions of it."""
        with (
            mapped_errors(),
            self.engine.connect() as connection,
            in_bulk(connection),
            without_foreign_keys(connection),
        ):
            yield Importing(connection)

    def credential(self, uuid: str) -> StoredCredential | None:
        """Return one credential by the UUID of its id."""
        return self._one("uuid", uuid)

    def credential_by_token(self, recipient_token: str) -> StoredCredential | None:
        """Return one credential by the secret part of its recipient's link."""
        return self._one("recipient_token", recipient_token)

    def credential_by_row_key(self, row_key: Digest) -> StoredCredential | None:
        """Return one credential by the identity of what it was issued for."""
        return self._one("row_key", row_key)

    def credentials(self, batch_id: int | None = None) -> Iterator[StoredCredential]:
        """Yield the credentials of one batch, or all, in order of issue, streamed."""
        query = select(CREDENTIAL).order_by(CREDENTIAL.c.id)
        if batch_id is not None:
            query = query.where(CREDENTIAL.c.batch_id == batch_id)
        streamed = {"yield_per": STREAMED_ROWS}
        with reading(self.engine) as connection, connection.execute(query, execution_options=streamed) as rows:
            for row in rows:
                yield stored_credential(row)

    def record_status(self, changes: Sequence[StatusChange]) -> None:
        """Append status changes; the newest of a leaf counts."""
        with writing(self.engine) as connection:
            connection.execute(insert(STATUS_EVENT), [_event(change) for change in changes])

    def revoked_indices(self, issuer_id: int, first: int, after: int) -> list[int]:
        """Return the status indices of an issuer's revoked credentials from `first` to just before `after`."""
        query = (
            select(CREDENTIAL.c.status_index)
            .join(STATUS_EVENT, STATUS_EVENT.c.leaf_hash == CREDENTIAL.c.leaf_hash)
            .where(CREDENTIAL.c.issuer_id == issuer_id, STATUS_EVENT.c.kind == "revoked")
            .where(CREDENTIAL.c.status_index >= first, CREDENTIAL.c.status_index < after)
            .distinct()
        )
        with reading(self.engine) as connection:
            return list(connection.execute(query).scalars())

    def _one(self, column: str, value: object) -> StoredCredential | None:
        with reading(self.engine) as connection:
            row = connection.execute(_BY[column], {"value": value}).one_or_none()
        return stored_credential(row) if row is not None else None


def insert_credentials(
    connection: Connection, credentials: Sequence[NewCredential], now: datetime, max_leaves: int
) -> None:
    """Put credentials of one issuer into its open batch, and what has no room there into another.

    Imports of one issuer take turns, a transaction each, by a lock on its row: two that award the same rows in
    different orders would otherwise wait for each other, and each begin a batch. References to the row do not wait.
    """
    rest = list(credentials)
    _lock_issuer(connection, rest[0].issuer_id)
    while rest:
        batch_id, room = _open_batch(connection, rest[0].issuer_id, now, max_leaves)
        part, rest = rest[:room], rest[room:]
        put_rows(connection, CREDENTIAL, [_values(one, batch_id) for one in part])
        mine = BATCH.c.id == batch_id
        connection.execute(update(BATCH).where(mine).values(tree_size=BATCH.c.tree_size + len(part)))


def _require_parents(connection: Connection, credentials: Sequence[NewCredential]) -> None:
    """Raise StoreConflictError unless what the credentials name is there; an import has no foreign keys to see to it.

    Their batch is there: it was found or made in the same transaction.
    """
    for table, name in ((ISSUER, "issuer_id"), (ACHIEVEMENT, "achievement_id")):
        named = {getattr(one, name) for one in credentials} - {None}
        there = set(connection.execute(select(table.c.id).where(table.c.id.in_(named))).scalars())
        if named - there:
            raise StoreConflictError(
                f"The {table.name} in row {min(named - there)} of the database is not there any more; nothing was kept "
                "of this write. See what else is missing with `credanchor fsck`."
            )


def _lock_issuer(connection: Connection, issuer_id: int) -> None:
    connection.execute(select(ISSUER.c.id).where(ISSUER.c.id == issuer_id).with_for_update(key_share=True))


def _open_batch(connection: Connection, issuer_id: int, now: datetime, max_leaves: int) -> tuple[int, int]:
    """Return the newest open batch with room, and the room; the row stays locked until the commit.

    PostgreSQL passes over a batch that is being sealed, rather than let an import wait until that is done.
    """
    mine = (BATCH.c.issuer_id == issuer_id) & (BATCH.c.state == BatchState.OPEN) & (BATCH.c.tree_size < max_leaves)
    newest = select(BATCH).where(mine).order_by(BATCH.c.id.desc()).limit(1)
    found = connection.execute(newest.with_for_update(skip_locked=True)).first()
    if found is not None:
        return int(found.id), max_leaves - int(found.tree_size)
    values = {"issuer_id": issuer_id, "state": BatchState.OPEN, "tree_size": 0, "created_at": seconds(now)}
    key: Any = connection.execute(insert(BATCH).values(values)).inserted_primary_key
    return int(key[0]), max_leaves


def _values(one: NewCredential, batch_id: int) -> dict[str, object]:
    return {
        "uuid": one.uuid,
        "issuer_id": one.issuer_id,
        "achievement_id": one.achievement_id,
        "batch_id": batch_id,
        "row_key": one.row_key,
        "entry": one.entry,
        "leaf_hash": one.leaf_hash,
        "recipient_token": one.recipient_token,
        "status_index": one.status_index,
        "recipient": one.recipient,
        "issued_at": seconds(one.issued_at),
    }


def stored_credential(row: Row[Any]) -> StoredCredential:
    """Return a row of the table as a credential."""
    return StoredCredential(
        uuid=row.uuid,
        issuer_id=row.issuer_id,
        achievement_id=row.achievement_id,
        batch_id=row.batch_id,
        entry=row.entry,
        leaf_hash=Digest(row.leaf_hash),
        recipient_token=row.recipient_token,
        status_index=row.status_index,
        recipient=row.recipient,
        issued_at=moment(row.issued_at),
    )


def _event(change: StatusChange) -> dict[str, object]:
    return {
        "issuer_id": change.issuer_id,
        "leaf_hash": change.leaf_hash,
        "kind": change.kind,
        "reason": change.reason,
        "note": change.note,
        "recorded_at": seconds(change.recorded_at),
    }
