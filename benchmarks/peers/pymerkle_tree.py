"""Work with a tree of pymerkle's: `pymerkle_tree.py root|proof LEAVES` takes its root, or makes proofs from it."""

from __future__ import annotations

import random
import sys

from pymerkle import InmemoryTree

from benchmarks.contender import contend

ASKED = 100
"""Proofs made for each go."""


def _tree(count: int) -> InmemoryTree:
    tree = InmemoryTree(algorithm="sha256")
    for at in range(count):
        tree.append_entry(at.to_bytes(8))
    return tree


def main() -> None:
    """Build the tree for every go, or once and then make proofs for every go."""
    kind, count = sys.argv[1], int(sys.argv[2])
    if kind == "root":

        def root() -> int:
            _tree(count).get_state()
            return count

        contend(root)
        return
    tree, drawn = _tree(count), random.Random(count)  # noqa: S311  any leaves do

    def proofs() -> int:
        for _ in range(ASKED):
            tree.prove_inclusion(drawn.randrange(count) + 1)
        return ASKED

    contend(proofs)


if __name__ == "__main__":
    main()
