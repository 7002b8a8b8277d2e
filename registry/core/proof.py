"""Inclusion proofs: what they are, and the root that one implies."""

from __future__ import annotations

from dataclasses import dataclass

from registry.core.digest import Digest, Root, node_hash
from registry.core.errors import ProofLengthError, ReceiptFormatError, RootMismatchError

MAX_TREE_SIZE = 2**64 - 1
"""Largest tree size that the contract can hold."""


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """Where a leaf stands in a tree, and the digests that lead from it to the root."""

    index: int
    """Position of the leaf in sealing order, from 0; below `tree_size`."""
    tree_size: int
    """Number of leaves under the root, 1 to 2^64 - 1."""
    path: tuple[Digest, ...]
    """Sibling digests, nearest the leaf first."""

    def __post_init__(self) -> None:
        """Refuse a position outside the tree with ReceiptFormatError."""
        if not 1 <= self.tree_size <= MAX_TREE_SIZE or not 0 <= self.index < self.tree_size:
            raise ReceiptFormatError(f"there is no leaf {self.index} in a tree of {self.tree_size} leaves")


def root_from_proof(leaf: Digest, proof: InclusionProof) -> Root:
    """Return the batch root that `proof` implies for `leaf`.

    `leaf` and every entry of `proof.path` are raw 32-byte SHA-256 digests.
    Left or right is never read from the proof: it follows from the index and
    the tree size, so each position has exactly one valid path length.

    Raises:
        ProofLengthError: the path is longer or shorter than the position needs.

    Source: RFC 9162, 2.1.3.2, with SHA-256(0x01 || left || right) as the node hash.

    """
    node = leaf
    for sibling, is_left in sided_path(proof):
        node = node_hash(sibling, node) if is_left else node_hash(node, sibling)
    return Root(node)


def sided_path(proof: InclusionProof) -> tuple[tuple[Digest, bool], ...]:
    """Return each sibling, nearest the leaf first, and whether it is the left one of its pair; ProofLengthError."""
    inner = (proof.index ^ (proof.tree_size - 1)).bit_length()
    border = (proof.index >> inner).bit_count()
    if len(proof.path) != inner + border:
        raise ProofLengthError(expected=inner + border, actual=len(proof.path))
    return tuple(
        (sibling, level >= inner or bool(proof.index >> level & 1)) for level, sibling in enumerate(proof.path)
    )


def require_inclusion(leaf: Digest, proof: InclusionProof, root: Root) -> None:
    """Return if `proof` leads from `leaf` to `root`.

    Raises:
        ProofLengthError: the path has the wrong length for its position.
        RootMismatchError: it leads to another root.

    """
    if root_from_proof(leaf, proof) != root:
        raise RootMismatchError("the inclusion proof leads to another root")
