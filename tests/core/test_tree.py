"""RFC 9162 trees: two computations of the root, tiles, and the slow obvious definition beside them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.core.batch import MAX_LEAVES, TILE_WIDTH, leaf_index_of, proof_from_tiles, seal, tiles_of
from registry.core.digest import Digest, leaf_hash, node_hash
from registry.core.errors import ReceiptFormatError, RootMismatchError
from registry.core.proof import root_from_proof
from registry.core.tree import merkletools_root, recursive_root, sealed_root


def leaves_of(count: int) -> list[Digest]:
    return [leaf_hash(number.to_bytes(4, "big")) for number in range(count)]


def definition(leaves: list[Digest]) -> Digest:
    """MTH of RFC 9162, 2.1.1, as it is written."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return node_hash(definition(leaves[:split]), definition(leaves[split:]))


# The CT log reference tree: eight inputs and their root (RFC 6962 test data, SHA-256).
CT_INPUTS = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
CT_ROOT = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def test_the_reference_tree_of_certificate_transparency_has_its_root() -> None:
    leaves = [leaf_hash(bytes.fromhex(text)) for text in CT_INPUTS]
    assert sealed_root(leaves).hex() == CT_ROOT


@pytest.mark.parametrize("count", [*range(1, 70), 255, 256, 257, 511, 513, 1000])
def test_every_way_to_the_root_agrees_with_the_definition(count: int) -> None:
    leaves = leaves_of(count)
    assert merkletools_root(leaves) == recursive_root(leaves) == definition(leaves)


def test_a_last_leaf_that_stands_twice_changes_the_root() -> None:
    three = leaves_of(3)
    assert recursive_root(three) != recursive_root([*three, three[-1]])


def test_no_leaves_have_no_root() -> None:
    with pytest.raises(RootMismatchError):
        recursive_root([])


def test_nothing_is_sealed_when_the_two_computations_disagree(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry.core.tree.recursive_root", lambda _leaves: leaves_of(1)[0])
    with pytest.raises(RootMismatchError, match="disagree"):
        sealed_root(leaves_of(2))


def test_leaves_are_sealed_in_ascending_order() -> None:
    leaves = leaves_of(10)
    assert seal(leaves).leaves == tuple(sorted(leaves))
    assert seal(reversed(leaves)) == seal(leaves)


@pytest.mark.parametrize("leaves", [[], [*leaves_of(2), leaves_of(1)[0]]])
def test_a_batch_without_leaves_or_with_one_twice_is_refused(leaves: list[Digest]) -> None:
    with pytest.raises(ReceiptFormatError):
        seal(leaves)


def test_a_batch_has_a_largest_size() -> None:
    one = leaves_of(1)[0]
    with pytest.raises(ReceiptFormatError, match=f"{MAX_LEAVES:,}"):
        seal([one] * (MAX_LEAVES + 1))


@pytest.mark.parametrize("count", [1, 2, 3, 255, 256, 257, 600, TILE_WIDTH**2 + 3])
def test_proofs_from_tiles_lead_to_the_root(count: int) -> None:
    batch = seal(leaves_of(count))
    tiles = {(tile.level, tile.index): tile.data for tile in tiles_of(batch.leaves)}
    for index in {0, 1, count // 2, count - 2, count - 1} & set(range(count)):
        proof = proof_from_tiles(index, count, lambda level, at: tiles[level, at])
        assert root_from_proof(batch.leaves[index], proof) == batch.root


def test_tiles_cost_little_more_than_their_leaves() -> None:
    count = 5 * TILE_WIDTH
    data = b"".join(tile.data for tile in tiles_of(leaves_of(count)))
    assert len(data) == 32 * (count + 5)


@given(st.integers(1, 700), st.data())
def test_a_damaged_tile_never_gives_a_proof_that_leads_to_the_root(count: int, data: st.DataObject) -> None:
    batch = seal(leaves_of(count))
    tiles = {(tile.level, tile.index): tile.data for tile in tiles_of(batch.leaves)}
    index = data.draw(st.integers(0, count - 1))
    good = proof_from_tiles(index, count, lambda level, at: tiles[level, at])
    place = data.draw(st.sampled_from(sorted(tiles)))
    at = data.draw(st.integers(0, len(tiles[place]) - 1))
    tiles[place] = tiles[place][:at] + bytes([tiles[place][at] ^ 1]) + tiles[place][at + 1 :]

    bad = proof_from_tiles(index, count, lambda level, at: tiles[level, at])

    assert bad == good or root_from_proof(batch.leaves[index], bad) != batch.root


def tiles_by_place(leaves: list[Digest]) -> dict[tuple[int, int], bytes]:
    return {(tile.level, tile.index): tile.data for tile in tiles_of(leaves)}


@given(st.lists(st.binary(min_size=32, max_size=32).map(Digest), min_size=1, max_size=700, unique=True))
def test_every_leaf_is_found_in_its_tile_however_leaves_are_spread(leaves: list[Digest]) -> None:
    ordered = sorted(leaves)
    tiles = tiles_by_place(ordered)
    for index, leaf in enumerate(ordered):
        assert leaf_index_of(leaf, len(ordered), lambda level, at: tiles[level, at]) == index


def test_a_leaf_of_a_hundred_thousand_is_found_in_a_few_reads() -> None:
    ordered = sorted(leaves_of(100_000))
    tiles = tiles_by_place(ordered)
    asked: list[int] = []

    def read_tile(level: int, at: int) -> bytes:
        asked.append(at)
        return tiles[level, at]

    for index in range(0, len(ordered), 997):
        assert leaf_index_of(ordered[index], len(ordered), read_tile) == index
    assert len(asked) / len(range(0, len(ordered), 997)) < 6


def test_a_damaged_tile_hides_no_leaf_of_another() -> None:
    ordered = sorted(leaves_of(1500))
    for broken in range(6):
        for damage in (b"", b"\xff" * 8192, bytes(8192), b"short"):
            tiles = {**tiles_by_place(ordered), (0, broken): damage}
            for index in (0, 255, 256, 700, 1023, 1024, 1499):
                if index // TILE_WIDTH != broken:
                    assert leaf_index_of(ordered[index], 1500, lambda level, at: tiles[level, at]) == index  # noqa: B023


def test_a_leaf_that_is_in_no_tile_is_an_error() -> None:
    tiles = tiles_by_place(sorted(leaves_of(300)))
    with pytest.raises(ReceiptFormatError, match="no tile of the batch holds the leaf 0x"):
        leaf_index_of(leaf_hash(b"stranger"), 300, lambda level, at: tiles[level, at])


def test_a_leaf_is_found_at_a_digests_place_only() -> None:
    leaf = leaf_hash(b"x")
    shifted = bytes(16) + leaf + bytes(16)
    with pytest.raises(ReceiptFormatError):
        leaf_index_of(leaf, 2, lambda _level, _at: shifted)
