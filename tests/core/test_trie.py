"""A proof leads from a root to exactly what the trie holds, and to nothing once anything in it was changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import rlp
from eth_hash.auto import keccak
from hypothesis import given
from hypothesis import strategies as st

from registry.core.digest import Digest
from registry.core.state_proof_errors import StateProofError
from registry.core.trie import EMPTY_ROOT, MAX_NODE_BYTES, MAX_NODES, proven_value

if TYPE_CHECKING:
    from collections.abc import Mapping

keys = st.binary(min_size=1, max_size=4)
tries = st.dictionaries(keys, st.binary(min_size=1, max_size=60), min_size=1, max_size=24)


class SlowTrie:
    """The trie as the yellow paper defines it: built anew from all pairs, every node kept."""

    def __init__(self, pairs: Mapping[bytes, bytes]) -> None:
        self.nodes: dict[bytes, bytes] = {}
        hashed = {keccak(key).hex(): value for key, value in pairs.items()}
        top = rlp.encode(self._node(hashed))
        self.root = Digest(keccak(top))
        self.nodes[self.root] = top

    def _node(self, pairs: dict[str, bytes]) -> Any:
        if not pairs:
            return b""
        first, *others = pairs
        if not others:
            return [_hex_prefix(first, 2), pairs[first]]
        shared = _shared(list(pairs))
        if shared:
            return [_hex_prefix(shared, 0), self._reference({k[len(shared) :]: v for k, v in pairs.items()})]
        children = [{k[1:]: v for k, v in pairs.items() if k[0] == nibble} for nibble in "0123456789abcdef"]
        return [*(self._reference(child) for child in children), b""]

    def _reference(self, pairs: dict[str, bytes]) -> Any:
        node = self._node(pairs)
        encoded = rlp.encode(node)
        if len(encoded) < 32:
            return node
        self.nodes[keccak(encoded)] = encoded
        return keccak(encoded)

    def proof(self, key: bytes) -> list[bytes]:
        """Return the nodes on the way to a key, found by what each refers to."""
        path, digest, found = keccak(key).hex(), bytes(self.root), []
        while digest in self.nodes:
            found.append(self.nodes[digest])
            digest, path = _next(rlp.decode(self.nodes[digest]), path)
        return found


def _next(node: Any, path: str) -> tuple[bytes, str]:
    while isinstance(node, list):
        if len(node) == 17:
            node, path = node[int(path[0], 16)], path[1:]
            continue
        digits = node[0].hex()
        nibbles = digits[1:] if int(digits[0], 16) & 1 else digits[2:]
        if int(digits[0], 16) & 2 or not path.startswith(nibbles):
            return b"", path
        node, path = node[1], path[len(nibbles) :]
    return node, path


def _hex_prefix(nibbles: str, flag: int) -> bytes:
    return bytes.fromhex(f"{flag + 1:x}{nibbles}" if len(nibbles) % 2 else f"{flag:x}0{nibbles}")


def _shared(paths: list[str]) -> str:
    length = 0
    while len({path[: length + 1] for path in paths}) == 1:
        length += 1
    return paths[0][:length]


def flipped(data: bytes, bit: int) -> bytes:
    place = bit % (len(data) * 8)
    return data[: place // 8] + bytes([data[place // 8] ^ 1 << place % 8]) + data[place // 8 + 1 :]


@given(pairs=tries, key=keys)
def test_a_proof_shows_what_the_trie_holds_for_a_key_and_that_it_holds_nothing(
    pairs: dict[bytes, bytes], key: bytes
) -> None:
    trie = SlowTrie(pairs)
    assert proven_value(trie.root, key, trie.proof(key)) == pairs.get(key)


@given(pairs=tries, data=st.data())
def test_any_changed_bit_of_any_node_is_refused(pairs: dict[bytes, bytes], data: st.DataObject) -> None:
    trie, key = SlowTrie(pairs), data.draw(st.sampled_from(sorted(pairs)))
    nodes = trie.proof(key)
    place = data.draw(st.integers(0, len(nodes) - 1))
    nodes[place] = flipped(nodes[place], data.draw(st.integers(0, 8000)))
    with pytest.raises(StateProofError, match="no node with the hash"):
        proven_value(trie.root, key, nodes)


@given(pairs=tries, key=keys, data=st.data())
def test_a_proof_with_a_node_left_out_proves_neither_value_nor_absence(
    pairs: dict[bytes, bytes], key: bytes, data: st.DataObject
) -> None:
    trie = SlowTrie(pairs)
    nodes = trie.proof(key)
    del nodes[data.draw(st.integers(0, len(nodes) - 1))]
    with pytest.raises(StateProofError):
        proven_value(trie.root, key, nodes)


@given(pairs=tries, data=st.data())
def test_order_and_additions_change_nothing(pairs: dict[bytes, bytes], data: st.DataObject) -> None:
    trie, key = SlowTrie(pairs), data.draw(st.sampled_from(sorted(pairs)))
    nodes = data.draw(st.permutations([*trie.proof(key), b"\x01", b"\xc0"]))
    assert proven_value(trie.root, key, nodes) == pairs[key]


def test_an_empty_trie_holds_nothing_and_needs_no_node() -> None:
    assert SlowTrie({}).root == EMPTY_ROOT
    assert proven_value(EMPTY_ROOT, b"key", []) is None


def rooted(*items: Any) -> tuple[Digest, list[bytes]]:
    nodes = [rlp.encode(item) for item in items]
    return Digest(keccak(nodes[0])), nodes


LEAF_OF_NOTHING = [_hex_prefix("", 2), b"value"]


@pytest.mark.parametrize(
    "node",
    [
        pytest.param(b"text", id="a text is no node"),
        pytest.param([], id="no item"),
        pytest.param([b"\x20"], id="one item"),
        pytest.param([b"a"] * 3, id="three items"),
        pytest.param([b"a"] * 16, id="a branch without value"),
        pytest.param([b"", b"value"], id="no path"),
        pytest.param([[b"\x20"], b"value"], id="a list for a path"),
        pytest.param([b"\x60" + keccak(b"key"), b"value"], id="an unknown flag"),
        pytest.param([b"\x25" + keccak(b"key"), b"value"], id="padding that is not zero"),
        pytest.param([b"\x00", LEAF_OF_NOTHING], id="an extension of no nibbles"),
        pytest.param([_hex_prefix(keccak(b"key").hex()[:2], 0), b""], id="an extension to nothing"),
        pytest.param([_hex_prefix(keccak(b"key").hex(), 2), b""], id="a leaf of nothing"),
        pytest.param([_hex_prefix(keccak(b"key").hex(), 2), [b"value"]], id="a leaf of a list"),
        pytest.param([_hex_prefix(keccak(b"key").hex(), 0), [b"a"] * 17], id="deeper than the key"),
        pytest.param([_hex_prefix(keccak(b"key").hex()[:2], 0), b"short"], id="a reference that is no hash"),
    ],
)
def test_a_node_that_no_trie_has_is_refused(node: Any) -> None:
    root, nodes = rooted(node)
    with pytest.raises(StateProofError):
        proven_value(root, b"key", nodes)


def test_a_node_that_is_no_rlp_is_refused() -> None:
    with pytest.raises(StateProofError, match="not RLP"):
        proven_value(Digest(keccak(b"\xc1")), b"key", [b"\xc1"])


def test_a_node_of_nothing_but_brackets_is_refused() -> None:
    nested = b"\xc0"
    while len(nested) < MAX_NODE_BYTES - 3:
        length = len(nested)
        short = bytes([0xC0 + length]) if length < 56 else b""
        nested = (short or rlp.codec.length_prefix(length, 192)) + nested
    with pytest.raises(StateProofError):
        proven_value(Digest(keccak(nested)), b"key", [nested])


@pytest.mark.parametrize("nodes", [[b"\x01"] * (MAX_NODES + 1), [b"\x01" * (MAX_NODE_BYTES + 1)]])
def test_a_proof_beyond_the_bounds_is_refused_before_it_is_hashed(nodes: list[bytes]) -> None:
    with pytest.raises(StateProofError, match="at most"):
        proven_value(Digest(bytes(32)), b"key", nodes)


def test_a_key_that_leaves_the_way_inside_an_extension_is_absent() -> None:
    numbered = [number.to_bytes(2, "big") for number in range(200)]
    together = [key for key in numbered if keccak(key).hex()[0] == "0"][:2]
    apart = next(key for key in numbered if keccak(key).hex()[0] != "0")
    trie = SlowTrie(dict.fromkeys(together, b"value"))

    assert proven_value(trie.root, apart, trie.proof(together[0])) is None
