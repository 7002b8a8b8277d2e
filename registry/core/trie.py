"""Walking a proof through a hexary Merkle-Patricia trie whose keys are hashed.

Nodes are found by their Keccak-256 hash, so a walk can only follow what the root commits to: order and additions in
the proof change nothing, a changed node is not found. A walk ends in a value, or in the place where the value of the
key would have to stand and does not: that proves absence.

Source: Ethereum yellow paper, appendix D; EIP-1186.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eth_hash.auto import keccak

from registry.core.digest import DIGEST_BYTES, Digest
from registry.core.rlp_items import decode_item
from registry.core.state_proof_errors import StateProofError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from registry.core.rlp_items import Item

MAX_NODES = 65
"""Most nodes in one proof: a key has 64 nibbles, and each node but the last uses at least one."""
MAX_NODE_BYTES = 1024
"""Longest node that is read; a full branch has 532 bytes."""
EMPTY_ROOT = Digest(keccak(b"\x80"))
"""Root of a trie that holds nothing: the hash of the empty string's RLP."""

_BRANCH, _PAIR = 17, 2
_LEAF_FLAG, _ODD_FLAG = 2, 1


def proven_value(root: Digest, key: bytes, nodes: Sequence[bytes]) -> bytes | None:
    """Return the value that a trie holds for `key`, or None if the proof shows that it holds none.

    `key` is the raw key (20 bytes of an address, 32 bytes of a slot); it is hashed here.

    Raises:
        StateProofError: a node on the way is missing, changed or malformed, or the proof is too large.

    """
    if root == EMPTY_ROOT:
        return None
    known = _by_hash(nodes)
    path = keccak(key).hex()
    node = _fetched(root, known)
    while node != b"":
        if isinstance(node, bytes):
            raise StateProofError("a node of the state proof is neither a branch, an extension nor a leaf")
        if len(node) == _BRANCH:
            node, path = _child(node, path, known)
            continue
        prefix, is_leaf = _prefix(node)
        if is_leaf:
            return _value(node[1]) if prefix == path else None
        if not path.startswith(prefix):
            return None
        node, path = _followed(node[1], known), path[len(prefix) :]
    return None


def _by_hash(nodes: Sequence[bytes]) -> Mapping[bytes, bytes]:
    if len(nodes) > MAX_NODES or any(len(node) > MAX_NODE_BYTES for node in nodes):
        raise StateProofError(f"a state proof has at most {MAX_NODES} nodes of {MAX_NODE_BYTES:,} bytes a key")
    return {keccak(node): node for node in nodes}


def _fetched(digest: bytes, known: Mapping[bytes, bytes]) -> Item:
    encoded = known.get(digest)
    if encoded is None:
        raise StateProofError(f"the state proof has no node with the hash 0x{digest.hex()}")
    return decode_item(encoded, f"the node with the hash 0x{digest.hex()}")


def _followed(reference: Item, known: Mapping[bytes, bytes]) -> Item:
    """Return the node behind a reference: its hash, or the node itself where that is shorter."""
    if isinstance(reference, bytes) and len(reference) == DIGEST_BYTES:
        return _fetched(reference, known)
    return reference


def _child(branch: Sequence[Item], path: str, known: Mapping[bytes, bytes]) -> tuple[Item, str]:
    if not path:
        raise StateProofError("the state proof goes deeper than a key is long")
    return _followed(branch[int(path[0], 16)], known), path[1:]


def _prefix(node: Sequence[Item]) -> tuple[str, bool]:
    """Return the nibbles that an extension or a leaf stands for, as hex digits, and whether it is a leaf."""
    if len(node) != _PAIR or not isinstance(node[0], bytes) or not node[0]:
        raise StateProofError("a node of the state proof is neither a branch, an extension nor a leaf")
    digits = node[0].hex()
    flag = int(digits[0], 16)
    is_leaf, is_odd = bool(flag & _LEAF_FLAG), bool(flag & _ODD_FLAG)
    nibbles = digits[1:] if is_odd else digits[2:]
    if flag > (_LEAF_FLAG | _ODD_FLAG) or not (is_odd or digits[1] == "0") or not (is_leaf or (nibbles and node[1])):
        raise StateProofError("the path in a node of the state proof is not encoded as a trie's is")
    return nibbles, is_leaf


def _value(value: Item) -> bytes:
    if not isinstance(value, bytes) or not value:
        raise StateProofError("a leaf of the state proof holds no value")
    return value
