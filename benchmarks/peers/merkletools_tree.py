"""Build a tree with stock merkletools, which has no prefixes, and take its root: `merkletools_tree.py LEAVES`."""

from __future__ import annotations

import hashlib
import sys

import merkletools

from benchmarks.contender import contend


def main() -> None:
    """Build it once for every go."""
    leaves = [hashlib.sha256(at.to_bytes(8)).hexdigest() for at in range(int(sys.argv[1]))]

    def work() -> int:
        tree = merkletools.MerkleTools()
        tree.add_leaf(leaves)
        tree.make_tree()
        tree.get_merkle_root()
        return len(leaves)

    contend(work)


if __name__ == "__main__":
    main()
