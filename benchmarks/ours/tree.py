"""Build the tree over leaf hashes: `tree.py root LEAVES` takes its root, `tree.py seal LEAVES` seals a whole batch."""

from __future__ import annotations

import hashlib
import sys

from benchmarks.contender import contend
from registry.core.batch import seal, tiles_of
from registry.core.digest import Digest
from registry.core.tree import merkletools_root


def main() -> None:
    """Build it once for every go."""
    kind, count = sys.argv[1], int(sys.argv[2])
    leaves = [Digest(hashlib.sha256(at.to_bytes(8)).digest()) for at in range(count)]

    def root() -> int:
        merkletools_root(leaves)
        return count

    def sealed() -> int:
        return sum(len(tile.data) // 32 for tile in tiles_of(seal(leaves).leaves) if tile.level == 0)

    contend(root if kind == "root" else sealed)


if __name__ == "__main__":
    main()
