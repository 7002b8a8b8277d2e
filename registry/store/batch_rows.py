"""Batches and their tiles in the store."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, bindparam, select, union_all, update

from registry.core.batch import TILE_WIDTH
from registry.core.digest import Digest, Root
from registry.core.errors import BatchBusyError, BatchSealedError
from registry.records import BatchRow, BatchState, StoredDocument
from registry.store.bulk import put_rows
from registry.store.credential_rows import STREAMED_ROWS
from registry.store.session import moment, reading, seconds, writing
from registry.store.table_objects import BATCH, CREDENTIAL, TILE

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from datetime import datetime

    from sqlalchemy import Connection, Engine, Row, Select

    from registry.core.batch import SealedBatch, Tile


NEIGHBOURS = 4
"""How many tiles before and after one are read with it: of a million random leaves, nine in ten stand within these
around the first guess (within one tile, one in four), and reading them takes less than asking again."""
_LEVEL = bindparam("level", type_=Integer)
_ABOVE = (1, 2)
"""A batch has at most 2^20 leaves, so three levels of tiles."""


def _tile_at(up: int) -> Select[tuple[int, int, bytes]]:
    wanted = select(TILE.c.level, TILE.c.position, TILE.c.data)
    return wanted.where(TILE.c.batch_id == bindparam("batch"), TILE.c.level == _LEVEL + up)


# Built once: putting a statement together takes as long as its answer.
_TILES_NEAR = union_all(
    _tile_at(0).where(TILE.c.position.between(bindparam("first"), bindparam("last"))),
    *(_tile_at(up).where(TILE.c.position == bindparam(f"above_{up}")) for up in _ABOVE),
)
"""Parts that each follow the primary key: alternatives in one part make SQLite look through all tiles of the batch."""


@dataclass(frozen=True, slots=True)
class Sealing:
    """A batch being sealed: its row is locked, so nobody can add to it or seal it."""

    _connection: Connection
    _batch_id: int

    def documents(self) -> Generator[StoredDocument]:
        """Yield its documents in order of issue, streamed; close it if you stop before the end."""
        wanted = select(CREDENTIAL.c.uuid, CREDENTIAL.c.entry, CREDENTIAL.c.leaf_hash)
        query = wanted.where(CREDENTIAL.c.batch_id == self._batch_id).order_by(CREDENTIAL.c.id)
        with self._connection.execute(query, execution_options={"yield_per": STREAMED_ROWS}) as rows:
            for uuid, entry, leaf in rows:
                yield StoredDocument(uuid, entry, Digest(leaf))

    def finish(self, sealed: SealedBatch, order_digest: Digest, tiles: Iterator[Tile], now: datetime) -> None:
        """Write tiles and root; they take effect together when the sealing ends."""
        while part := [self._tile(tile) for tile in islice(tiles, STREAMED_ROWS)]:
            put_rows(self._connection, TILE, part)
        self._connection.execute(
            update(BATCH)
            .where(BATCH.c.id == self._batch_id)
            .values(
                state=BatchState.SEALED,
                root=sealed.root,
                tree_size=sealed.tree_size,
                order_digest=order_digest,
                sealed_at=seconds(now),
            )
        )

    def _tile(self, tile: Tile) -> dict[str, object]:
        return {"batch_id": self._batch_id, "level": tile.level, "position": tile.index, "data": tile.data}


class BatchRows:
    """Reads and writes batches and tiles."""

    engine: Engine

    def batches(self, state: BatchState | None = None) -> list[BatchRow]:
        """Return all batches, or those in one state, oldest first."""
        query = select(BATCH).order_by(BATCH.c.id)
        if state is not None:
            query = query.where(BATCH.c.state == state)
        with reading(self.engine) as connection:
            return [batch_of(row) for row in connection.execute(query)]

    def batch(self, batch_id: int) -> BatchRow | None:
        """Return one batch."""
        with reading(self.engine) as connection:
            row = connection.execute(select(BATCH).where(BATCH.c.id == batch_id)).one_or_none()
        return batch_of(row) if row is not None else None

    @contextmanager
    def sealing(self, batch_id: int) -> Iterator[Sealing]:
        """Lock an open batch to read and seal it; what is finished inside is committed at the end.

        Raises:
            BatchSealedError: it is closed already.
            BatchBusyError: somebody else seals it or adds to it.

        """
        with writing(self.engine) as connection:
            _lock_open(connection, batch_id)
            yield Sealing(connection, batch_id)
        # A crash before the commit leaves the batch open and whole, and the lock ends with the connection; the next
        # run seals it.

    def tiles_near(self, batch_id: int, level: int, position: int) -> dict[tuple[int, int], bytes]:
        """Return a tile, its next neighbours and those above it, by level and position; what is missing is left out."""
        wanted = {f"above_{up}": position // TILE_WIDTH**up for up in _ABOVE}
        wanted |= {"batch": batch_id, "level": level}
        wanted |= {"first": position - NEIGHBOURS, "last": position + NEIGHBOURS}
        with reading(self.engine) as connection:
            rows = connection.execute(_TILES_NEAR, wanted).all()
        return {(row.level, row.position): bytes(row.data) for row in rows}


def _lock_open(connection: Connection, batch_id: int) -> None:
    # PostgreSQL passes over a row that is locked: sealing takes minutes, and waiting for it would gain nothing. SQLite
    # knows no locked rows; its one writer, who has the whole database, is waited for before this.
    mine = select(BATCH.c.state).where(BATCH.c.id == batch_id)
    locked = connection.execute(mine.with_for_update(skip_locked=True)).scalar_one_or_none()
    state = locked or connection.execute(mine).scalar_one_or_none()
    if state != BatchState.OPEN:
        raise BatchSealedError(f"Batch {batch_id} is not open any more.")
    if locked is None:
        raise BatchBusyError(f"Somebody else adds to batch {batch_id} or seals it; the next run seals it.")


def batch_of(row: Row[Any]) -> BatchRow:
    """Return the batch of a row with the columns of BATCH."""
    return BatchRow(
        id=row.id,
        issuer_id=row.issuer_id,
        state=BatchState(row.state),
        root=Root(Digest(row.root)) if row.root is not None else None,
        tree_size=row.tree_size,
        created_at=moment(row.created_at),
        sealed_at=moment(row.sealed_at) if row.sealed_at is not None else None,
    )
