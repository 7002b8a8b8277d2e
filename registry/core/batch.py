"""A sealed batch: leaf order, tiles of leaf hashes, and proofs derived from tiles.

A tile holds up to 256 digests of one level. Level 0 are the leaf hashes; an entry of
level k + 1 is the top digest of a tile of level k. Because 256 is 2^8 and a lone node is
promoted, eight pairing rounds inside a tile give exactly that part of the tree.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from struct import Struct
from typing import TYPE_CHECKING

from registry.core.digest import DIGEST_BYTES, NODE_PREFIX, Digest, Root
from registry.core.errors import ReceiptFormatError
from registry.core.proof import InclusionProof
from registry.core.tree import sealed_root

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

TILE_WIDTH = 256
MAX_GUESSES = 4
"""How often the tile of a leaf is guessed before all are looked through."""
MAX_LEAVES = 2**20
"""Most leaves in one batch; a larger roster makes several batches."""
_PAIR = Struct(f"{2 * DIGEST_BYTES}s")


@dataclass(frozen=True, slots=True)
class SealedBatch:
    """Leaves in fixed order, closed for more."""

    leaves: tuple[Digest, ...]
    """Leaf hashes in sealing order, which is ascending, so that a path tells nothing of roster order."""
    root: Root
    """RFC 9162 root over `leaves`."""

    @property
    def tree_size(self) -> int:
        """Return the number of leaves."""
        return len(self.leaves)


@dataclass(frozen=True, slots=True)
class Tile:
    """Up to 256 neighbouring digests of one level."""

    level: int
    """0 for leaf hashes; each level above stands for 256 times as many leaves."""
    index: int
    """Position among the tiles of this level, from 0."""
    data: bytes
    """The digests, one after another, 32 bytes each."""


def seal(leaves: Iterable[Digest]) -> SealedBatch:
    """Order the leaves and compute their root twice; ReceiptFormatError if a leaf stands twice or none is given."""
    ordered = tuple(sorted(leaves))
    if not 1 <= len(ordered) <= MAX_LEAVES:
        raise ReceiptFormatError(f"a batch has 1 to {MAX_LEAVES:,} leaves, not {len(ordered):,}")
    if any(one == other for one, other in itertools.pairwise(ordered)):
        raise ReceiptFormatError("a leaf stands twice in the batch")
    return SealedBatch(ordered, sealed_root(ordered))


def tiles_of(leaves: Sequence[Digest]) -> Iterator[Tile]:
    """Yield every tile of a batch, leaf level first."""
    nodes: Sequence[bytes] = leaves
    level = 0
    while True:
        slices = [b"".join(nodes[at : at + TILE_WIDTH]) for at in range(0, len(nodes), TILE_WIDTH)]
        yield from (Tile(level, index, data) for index, data in enumerate(slices))
        if len(slices) == 1:
            return
        nodes = [_rows(data)[-1] for data in slices]
        level += 1


def proof_from_tiles(index: int, tree_size: int, read_tile: Callable[[int, int], bytes]) -> InclusionProof:
    """Return the proof for the leaf at `index`, reading one tile a level.

    `read_tile(level, tile_index)` returns that tile's digests. The caller checks the
    proof against the root: a damaged tile shows there.

    Raises:
        ReceiptFormatError: a tile was cut within a digest.

    """
    path: list[Digest] = []
    position, width, level = index, tree_size, 0
    while width > 1:
        path += _siblings(read_tile(level, position // TILE_WIDTH), position % TILE_WIDTH)
        position //= TILE_WIDTH
        width = -(-width // TILE_WIDTH)
        level += 1
    return InclusionProof(index, tree_size, tuple(path))


def leaf_index_of(leaf: Digest, tree_size: int, read_tile: Callable[[int, int], bytes]) -> int:
    """Return the position of a leaf in a sealed batch; ReceiptFormatError if no tile holds it.

    Leaves are sorted and, being digests, spread evenly: a guess or two finds the tile. Only where tiles are damaged
    are all of them looked through, so that one bad tile does not hide the leaves of another.
    """
    tiles = -(-tree_size // TILE_WIDTH)
    for position in itertools.chain(_guesses(leaf, tree_size, read_tile), range(tiles)):
        data = read_tile(0, position)
        at = data.find(leaf)
        if at >= 0 and at % DIGEST_BYTES == 0:
            return position * TILE_WIDTH + at // DIGEST_BYTES
    raise ReceiptFormatError(f"no tile of the batch holds the leaf {leaf.to_hex()}")


def digests_of(data: bytes) -> list[Digest]:
    """Split a tile's bytes into its digests."""
    return [Digest(data[at : at + DIGEST_BYTES]) for at in range(0, len(data), DIGEST_BYTES)]


def _guesses(leaf: Digest, tree_size: int, read_tile: Callable[[int, int], bytes]) -> Iterator[int]:
    position = _tiles_between(b"", leaf, tree_size)
    for _ in range(MAX_GUESSES):
        position = min(max(position, 0), (tree_size - 1) // TILE_WIDTH)
        yield position
        first = read_tile(0, position)[:DIGEST_BYTES]
        position += _tiles_between(first, leaf, tree_size) or 1


def _tiles_between(one: bytes, other: bytes, tree_size: int) -> int:
    """Return how many tiles lie between two leaves of a batch if all are spread evenly."""
    head = 8
    distance = int.from_bytes(other[:head], "big") - int.from_bytes(one[:head], "big")
    return distance * tree_size // (TILE_WIDTH << 8 * head)


def _siblings(data: bytes, position: int) -> Iterator[Digest]:
    if len(data) % DIGEST_BYTES:
        raise ReceiptFormatError(f"a tile has {len(data)} bytes, which is no number of whole digests")
    for row in _rows(data):
        at = (position ^ 1) * DIGEST_BYTES
        if at < len(row):
            yield Digest(row[at : at + DIGEST_BYTES])
        position >>= 1


@lru_cache(maxsize=64)  # the proofs of a batch share the tiles above the leaves': at most 17, 16 KiB each with its rows
def _rows(data: bytes) -> list[bytes]:
    """Return a tile's digests and, row by row, the nodes above them; the last row is the tile's top digest.

    What `node_hash` does pair by pair, on digests that lie side by side: making a value of each takes twice the time.
    """
    rows = [data]
    while len(rows[-1]) > DIGEST_BYTES:
        row = rows[-1]
        paired = len(row) - len(row) % _PAIR.size
        above = [sha256(NODE_PREFIX + pair).digest() for (pair,) in _PAIR.iter_unpack(row[:paired])]
        rows.append(b"".join((*above, row[paired:])))
    return rows
