"""The Merkle tree of a batch, built by merkletools and checked by a second computation.

Source: RFC 9162, 2.1: SHA-256, leaf prefix 0x00, node prefix 0x01, a lone node promoted.
"""

from __future__ import annotations

import hashlib
import warnings
from typing import TYPE_CHECKING, Any

from registry.core.digest import NODE_PREFIX, Digest, Root, node_hash
from registry.core.errors import RootMismatchError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def sealed_root(leaves: Sequence[Digest]) -> Root:
    """Return the root over `leaves` (at least one, in sealing order), computed twice by independent code.

    Raises:
        RootMismatchError: the two computations disagree, so nothing may be sealed.

    """
    first, second = merkletools_root(leaves), recursive_root(leaves)
    if first != second:
        raise RootMismatchError(f"two computations of one root disagree: {first.to_hex()} and {second.to_hex()}")
    return first


def merkletools_root(leaves: Sequence[Digest]) -> Root:
    """Return the root as merkletools builds it, with our node hash in place of its own."""
    tree = _merkle_tools()
    tree.leaves.extend(leaves)
    tree.make_tree()
    return Root(Digest(bytes.fromhex(tree.get_merkle_root())))


def recursive_root(leaves: Iterable[Digest]) -> Root:
    """Return the root straight from the definition, as a carry over the binary digits of the count.

    `pending[k]` is the digest of a complete subtree of 2^k leaves, or None; the
    remaining subtrees are joined from the right, which promotes lone nodes.
    """
    pending: list[Digest | None] = []
    for leaf in leaves:
        _carry(pending, leaf)
    node: Digest | None = None
    for subtree in pending:
        if subtree is not None:
            node = subtree if node is None else node_hash(subtree, node)
    if node is None:
        raise RootMismatchError("a batch without leaves has no root")
    return Root(node)


def _carry(pending: list[Digest | None], node: Digest) -> None:
    for level, subtree in enumerate(pending):
        if subtree is None:
            pending[level] = node
            return
        pending[level] = None
        node = node_hash(subtree, node)
    pending.append(node)


def _node_hasher(pair: bytes) -> Any:  # noqa: ANN401  hashlib's own type is private
    return hashlib.sha256(NODE_PREFIX + pair)


def _merkle_tools() -> Any:  # noqa: ANN401  merkletools has no types
    # Imported here: only issuers install merkletools (design.md, Set-up).
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="sha3 is not working")
        import merkletools  # noqa: PLC0415

    tree = merkletools.MerkleTools()
    tree.hash_function = _node_hasher
    return tree
