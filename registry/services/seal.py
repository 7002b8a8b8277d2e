"""Seal batches: fix the order of the leaves, compute the root twice, keep the tiles."""

from __future__ import annotations

import hashlib
from contextlib import closing
from typing import TYPE_CHECKING

from registry.core.batch import SealedBatch, proof_from_tiles, seal, tiles_of
from registry.core.digest import Digest
from registry.core.errors import BatchBusyError, BatchSealedError, RootMismatchError
from registry.core.proof import require_inclusion
from registry.records import BatchState
from registry.services.own_leaf import DocumentDamagedError, own_leaf

if TYPE_CHECKING:
    from datetime import datetime

    from registry.core.batch import Tile
    from registry.ports import CredentialStore, Sealing


def seal_open_batches(store: CredentialStore, now: datetime) -> list[int]:
    """Seal every open batch that has leaves; return their row numbers.

    Each is sealed in a transaction of its own: after a crash the batch is either open or sealed, never between.
    One that somebody else seals or adds to at this moment is passed over; if it stays open, the next run seals it.

    Raises:
        RootMismatchError: the root's two computations disagree; that batch stays open.
        DocumentDamagedError: a stored document does not have its leaf hash; its batch stays open.

    """
    sealed, unsound = [], []
    for batch in store.batches(BatchState.OPEN):
        try:
            seal_batch(store, batch.id, now)
        except (BatchBusyError, BatchSealedError):  # another process is at it, or was quicker
            continue
        except (DocumentDamagedError, RootMismatchError) as error:
            unsound.append(error)
            continue
        sealed.append(batch.id)
    for first in unsound:  # told once the others are sealed
        raise first
    return sealed


def seal_batch(store: CredentialStore, batch_id: int, now: datetime) -> SealedBatch:
    """Seal one open batch.

    Raises:
        BatchSealedError: it is not open any more.
        BatchBusyError: somebody else seals it or adds to it.
        DocumentDamagedError: a stored document does not have its leaf hash; nothing is sealed.

    """
    with store.sealing(batch_id) as sealing:
        batch = seal(_own_leaves(sealing))
        tiles = list(tiles_of(batch.leaves))
        _require_sound_tiles(batch, tiles)
        sealing.finish(batch, order_digest(batch), iter(tiles), now)
        # A crash here leaves the batch open and whole; the next run seals it.
    # A crash here leaves it sealed and carried by no submission; the next run gathers it.
    return batch


def _own_leaves(sealing: Sealing) -> list[Digest]:
    with closing(sealing.documents()) as documents:
        return [own_leaf(document) for document in documents]


def order_digest(batch: SealedBatch) -> Digest:
    """Return SHA-256 over the leaf hashes in sealing order."""
    return Digest(hashlib.sha256(b"".join(batch.leaves)).digest())


def _require_sound_tiles(batch: SealedBatch, tiles: list[Tile]) -> None:
    # First and last leaf touch every level's edge: tiles that give these proofs were cut where the tree is cut.
    by_place = {(tile.level, tile.index): tile.data for tile in tiles}
    for index in {0, batch.tree_size - 1}:
        proof = proof_from_tiles(index, batch.tree_size, lambda level, at: by_place[level, at])
        require_inclusion(batch.leaves[index], proof, batch.root)
