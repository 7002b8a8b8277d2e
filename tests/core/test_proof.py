"""An inclusion proof reaches the root only as it is; every mutation of a good one fails."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.core.batch import proof_from_tiles, seal, tiles_of
from registry.core.digest import Digest, Root, leaf_hash, node_hash
from registry.core.errors import ProofLengthError, ReceiptFormatError, RootMismatchError, VerificationError
from registry.core.proof import MAX_TREE_SIZE, InclusionProof, require_inclusion, root_from_proof

batches = st.lists(st.binary(max_size=8).map(leaf_hash), min_size=2, max_size=300, unique=True)


def proven(leaves: list[Digest]) -> tuple[tuple[Digest, ...], list[InclusionProof], Root]:
    batch = seal(leaves)
    tiles = {(tile.level, tile.index): tile.data for tile in tiles_of(batch.leaves)}
    size = batch.tree_size
    return (
        batch.leaves,
        [proof_from_tiles(i, size, lambda level, at: tiles[level, at]) for i in range(size)],
        batch.root,
    )


def holds(leaf: Digest, proof: InclusionProof, root: Root) -> bool:
    try:
        require_inclusion(leaf, proof, root)
    except VerificationError:
        return False
    return True


@given(leaves=batches, data=st.data())
def test_a_proof_reaches_the_root_only_from_its_own_leaf(leaves: list[Digest], data: st.DataObject) -> None:
    sealed, proofs, root = proven(leaves)
    mine, other = data.draw(st.permutations(range(len(leaves))))[:2]

    assert root_from_proof(sealed[mine], proofs[mine]) == root
    assert not holds(sealed[other], proofs[mine], root)


@given(leaves=batches, data=st.data())
def test_a_flipped_bit_anywhere_in_the_path_fails(leaves: list[Digest], data: st.DataObject) -> None:
    sealed, proofs, root = proven(leaves)
    index = data.draw(st.integers(0, len(leaves) - 1))
    at = data.draw(st.integers(0, len(proofs[index].path) - 1))
    bit = data.draw(st.integers(0, 255))
    path = list(proofs[index].path)
    path[at] = Digest((int.from_bytes(path[at]) ^ 1 << bit).to_bytes(32))

    assert not holds(sealed[index], replace(proofs[index], path=tuple(path)), root)


@given(leaves=batches, data=st.data())
def test_another_index_fails(leaves: list[Digest], data: st.DataObject) -> None:
    sealed, proofs, root = proven(leaves)
    mine, other = data.draw(st.permutations(range(len(leaves))))[:2]

    assert not holds(sealed[mine], replace(proofs[mine], index=other), root)


@given(leaves=batches, data=st.data())
def test_a_longer_shorter_or_reordered_path_fails(leaves: list[Digest], data: st.DataObject) -> None:
    sealed, proofs, root = proven(leaves)
    index = data.draw(st.integers(0, len(leaves) - 1))
    path = proofs[index].path
    extra = data.draw(st.sampled_from([*sealed]))
    mutants = {path[1:], path[:-1], (*path, extra), (extra, *path), path[::-1], ()} - {path}

    assert not any(holds(sealed[index], replace(proofs[index], path=mutant), root) for mutant in mutants)


@given(leaves=batches)
def test_an_inner_node_or_the_root_is_no_leaf(leaves: list[Digest]) -> None:
    sealed, proofs, root = proven(leaves)
    inner = node_hash(sealed[0], sealed[1])
    shorter = InclusionProof(0, (len(leaves) + 1) // 2, proofs[0].path[1:])

    assert not holds(inner, replace(proofs[0], path=proofs[0].path[1:]), root)
    assert not holds(Digest(root), replace(proofs[0], path=()), root)
    # With the size of the upper tree the node is a leaf of it: only the size on chain tells them apart.
    assert shorter.tree_size != len(leaves)


def test_a_single_leaf_is_its_own_root() -> None:
    leaf = leaf_hash(b"one")
    assert root_from_proof(leaf, InclusionProof(0, 1, ())) == leaf


def test_the_lengths_are_said_when_they_differ() -> None:
    leaf = leaf_hash(b"one")
    with pytest.raises(ProofLengthError, match="has 0 siblings, expected 1") as caught:
        root_from_proof(leaf, InclusionProof(0, 2, ()))
    assert (caught.value.expected, caught.value.actual) == (1, 0)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (-1, 5), (5, 5), (0, MAX_TREE_SIZE + 1)])
def test_a_position_outside_the_tree_is_refused(index: int, size: int) -> None:
    with pytest.raises(ReceiptFormatError):
        InclusionProof(index, size, ())


def test_the_largest_tree_needs_sixty_four_siblings_for_its_first_leaf() -> None:
    with pytest.raises(ProofLengthError) as caught:
        root_from_proof(leaf_hash(b""), InclusionProof(0, MAX_TREE_SIZE, ()))
    assert caught.value.expected == 64


def test_another_root_is_told_apart() -> None:
    leaf = leaf_hash(b"one")
    with pytest.raises(RootMismatchError):
        require_inclusion(leaf, InclusionProof(0, 1, ()), Root(leaf_hash(b"two")))
