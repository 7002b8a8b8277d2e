"""Seal batches: fix the order of the leaves, compute the root twice, keep the tiles."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from registry.core.batch import SealedBatch, proof_from_tiles, seal, tiles_of
from registry.core.digest import Digest
from registry.core.errors import BatchSealedError
from registry.core.proof import require_inclusion
from registry.records import BatchState

if TYPE_CHECKING:
    from datetime import datetime

    from registry.core.batch import Tile
    from registry.ports import CredentialStore


def seal_open_batches(store: CredentialStore, now: datetime) -> list[int]:
    """Seal every open batch that has leaves; return their row numbers.

    Each is sealed in a transaction of its own: after a crash the batch is either open or sealed, never between.

    Raises:
        RootMismatchError: the root's two computations disagree; that batch stays open.

    """
    sealed = []
    for batch in store.batches(BatchState.OPEN):
        try:
            seal_batch(store, batch.id, now)
        except BatchSealedError:  # another process was quicker
            continue
        sealed.append(batch.id)
    return sealed


def seal_batch(store: CredentialStore, batch_id: int, now: datetime) -> SealedBatch:
    """Seal one open batch; BatchSealedError if it is not open any more."""
    with store.sealing(batch_id) as sealing:
        batch = seal(sealing.leaves)
        tiles = list(tiles_of(batch.leaves))
        _require_sound_tiles(batch, tiles)
        sealing.finish(batch, order_digest(batch), iter(tiles), now)
    return batch


def order_digest(batch: SealedBatch) -> Digest:
    """Return SHA-256 over the leaf hashes in sealing order."""
    return Digest(hashlib.sha256(b"".join(batch.leaves)).digest())


def _require_sound_tiles(batch: SealedBatch, tiles: list[Tile]) -> None:
    # First and last leaf touch every level's edge: tiles that give these proofs were cut where the tree is cut.
    by_place = {(tile.level, tile.index): tile.data for tile in tiles}
    for index in {0, batch.tree_size - 1}:
        proof = proof_from_tiles(index, batch.tree_size, lambda level, at: by_place[level, at])
        require_inclusion(batch.leaves[index], proof, batch.root)
