"""The small tree: what it draws is what the proof computes."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.core.batch import proof_from_tiles, seal, tiles_of
from registry.core.digest import Digest
from registry.core.proof import InclusionProof
from verifier_web.path_tree import path_tree

if TYPE_CHECKING:
    from verifier_web.path_tree import TreeStep


def _hashed(step: TreeStep) -> str:
    left, right = (bytes.fromhex(one.digest[2:]) for one in (step.left, step.right))
    return "0x" + hashlib.sha256(b"\x01" + left + right).hexdigest()


@given(st.integers(1, 70), st.data())
def test_hashing_what_is_drawn_left_first_leads_to_the_drawn_root(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    batch = seal([Digest(hashlib.sha256(bytes([number])).digest()) for number in range(size)])
    tiles = {(tile.level, tile.index): tile.data for tile in tiles_of(batch.leaves)}

    tree = path_tree(batch.leaves[index], proof_from_tiles(index, size, lambda level, at: tiles[level, at]))

    assert tree is not None
    reached = tree.leaf.digest
    for number, step in enumerate((*tree.near, *tree.folded, *tree.far), 1):
        ours, sibling = (step.left, step.right) if step.left.is_ours else (step.right, step.left)
        assert (step.number, ours.digest, ours.is_ours, sibling.is_ours) == (number, reached, True, False)
        reached = _hashed(step)
    assert reached == tree.root.digest == batch.root.to_hex()


@pytest.mark.parametrize(("depth", "folded"), [(0, 0), (1, 0), (5, 0), (6, 2), (20, 16)])
def test_a_long_path_is_folded_in_its_middle(depth: int, folded: int) -> None:
    path = tuple(Digest(secrets.token_bytes(32)) for _ in range(depth))

    tree = path_tree(Digest(b"\x01" * 32), InclusionProof(0, 2**depth, path))

    assert tree is not None
    assert (len(tree.folded), len(tree.near) + len(tree.folded) + len(tree.far)) == (folded, depth)


def test_a_path_of_no_legal_length_is_not_drawn() -> None:
    assert path_tree(Digest(b"\x01" * 32), InclusionProof(0, 2, ())) is None


def test_a_digest_is_shown_short_and_kept_in_full() -> None:
    tree = path_tree(Digest(b"\xab" * 32), InclusionProof(0, 1, ()))

    assert tree is not None
    assert (tree.leaf.short, tree.leaf.digest) == ("0xababab…ababab", "0x" + "ab" * 32)
