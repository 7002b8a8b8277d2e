"""The small tree: how a leaf and its siblings lead to the root, as a drawing of rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.core.digest import node_hash
from registry.core.errors import ProofLengthError
from registry.core.proof import root_from_proof, sided_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry.core.digest import Digest
    from registry.core.proof import InclusionProof

SHOWN_AT_ENDS = 2
"""Steps that are always drawn next to the leaf, and next to the root; those between them are folded."""
_SHORT = 6


@dataclass(frozen=True, slots=True)
class TreeNode:
    """One digest of the drawing."""

    digest: str
    """`0x` and 64 hex digits, for copying."""
    short: str
    """Its first and last digits."""
    is_ours: bool
    """Whether it was computed from the leaf; else it is a sibling, which the receipt names."""


@dataclass(frozen=True, slots=True)
class TreeStep:
    """Two digests and what they are hashed to."""

    number: int
    """From 1, nearest the leaf first."""
    left: TreeNode
    """What is hashed first."""
    right: TreeNode
    """What is hashed second."""


@dataclass(frozen=True, slots=True)
class PathTree:
    """The way from a leaf to the root."""

    leaf: TreeNode
    """The leaf hash of what is shown."""
    near: tuple[TreeStep, ...]
    """The steps next to the leaf."""
    folded: tuple[TreeStep, ...]
    """Those in the middle, drawn on demand; empty for a short path."""
    far: tuple[TreeStep, ...]
    """Those next to the root."""
    root: TreeNode
    """What the steps lead to."""


def path_tree(leaf: Digest, proof: InclusionProof) -> PathTree | None:
    """Return the drawing of a proof; None if its path has no legal length, so that it leads nowhere.

    Left and right follow from index and size, never from what the receipt says.
    """
    try:
        root = root_from_proof(leaf, proof)
    except ProofLengthError:
        return None
    steps = tuple(_steps(leaf, proof))
    # Folding a single step would save nothing.
    first, last = (
        (SHOWN_AT_ENDS, len(steps) - SHOWN_AT_ENDS) if len(steps) > 2 * SHOWN_AT_ENDS + 1 else (len(steps),) * 2
    )
    return PathTree(
        _node(leaf, is_ours=True), steps[:first], steps[first:last], steps[last:], _node(root, is_ours=True)
    )


def _steps(leaf: Digest, proof: InclusionProof) -> Iterator[TreeStep]:
    node: Digest = leaf
    for number, (sibling, is_left) in enumerate(sided_path(proof), 1):
        ours, other = _node(node, is_ours=True), _node(sibling, is_ours=False)
        yield TreeStep(number, *((other, ours) if is_left else (ours, other)))
        node = node_hash(sibling, node) if is_left else node_hash(node, sibling)


def _node(digest: Digest, *, is_ours: bool) -> TreeNode:
    text = digest.to_hex()
    return TreeNode(text, f"{text[: 2 + _SHORT]}…{text[-_SHORT:]}", is_ours)
