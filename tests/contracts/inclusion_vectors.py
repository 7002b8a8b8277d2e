"""Vectors of inclusion proofs, run through the contract and through `registry.core`.

    python tests/contracts/inclusion_vectors.py        write tests/contracts/inclusion_vectors.json

Good proofs and broken ones. What each should give is computed here, by the recursions of RFC 9162 (2.1.1 and 2.1.3.1)
and with nothing but hashlib, so that neither side is checked against itself.
"""

from __future__ import annotations

import hashlib
import json
import random
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

TARGET = Path(__file__).with_name("inclusion_vectors.json")
MAX_SIZE = 2**64 - 1
SMALL_SIZES = (1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 16, 17)
LARGE_SIZES = (2**20, 2**32 + 1, MAX_SIZE)


@dataclass(frozen=True, slots=True)
class Vector:
    """One call; members in alphabetical order, which is how Solidity's JSON reader hands them over."""

    index: int
    leaf: str
    path: list[str]
    root: str
    size: int
    wellFormed: bool  # noqa: N815 - a name on the wire


def main() -> None:
    """Write the file."""
    TARGET.write_text(render(), encoding="utf-8")


def render() -> str:
    """Return the file's text: one vector a line."""
    lines = ",\n".join(json.dumps(asdict(vector)) for vector in vectors())
    return f'{{"vectors": [\n{lines}\n]}}\n'


def vectors() -> Iterator[Vector]:
    """Yield every vector, always the same."""
    rng = random.Random(9162)  # noqa: S311 - the same vectors each time
    for size in SMALL_SIZES:
        leaves = [rng.randbytes(32) for _ in range(size)]
        for index in sorted({0, size // 2, size - 1, rng.randrange(size)}):
            yield from family(rng, leaves[index], index, size, path_of(index, leaves))
    for size in LARGE_SIZES:
        for index in (size - 1, rng.randrange(size)):
            path = [rng.randbytes(32) for _ in range(depth(index, size))]
            yield from family(rng, rng.randbytes(32), index, size, path)


def family(rng: random.Random, leaf: bytes, index: int, size: int, path: list[bytes]) -> Iterator[Vector]:
    """Yield a good proof and what can be made of it."""
    yield judged(leaf, index, size, path)
    for other_index, other_size in ((index + 1, size), (index - 1, size), (index, size + 1), (index, size - 1)):
        yield from inside(leaf, other_index, other_size, path)
    yield from inside(leaf, index, 2 * size, path)
    yield from inside(leaf, 2 * index + 1, 2 * size, path)
    yield judged(leaf, index, size, [*path, rng.randbytes(32)])
    if path:
        yield judged(leaf, index, size, path[:-1])
        yield judged(leaf, index, size, path[1:])
        yield judged(leaf, index, size, path[::-1])
        yield judged(node(leaf, path[0]), index // 2, (size + 1) // 2, path[1:])
        yield judged(leaf, index, size, flipped(rng, path))


def inside(leaf: bytes, index: int, size: int, path: list[bytes]) -> Iterator[Vector]:
    """Yield the vector if its numbers can be written as uint64."""
    if 0 <= index <= MAX_SIZE and 0 <= size <= MAX_SIZE:
        yield judged(leaf, index, size, path)


def flipped(rng: random.Random, path: list[bytes]) -> list[bytes]:
    """Return `path` with one bit changed."""
    level, bit = rng.randrange(len(path)), rng.randrange(256)
    changed = int.from_bytes(path[level]) ^ (1 << bit)
    return [*path[:level], changed.to_bytes(32), *path[level + 1 :]]


def judged(leaf: bytes, index: int, size: int, path: list[bytes]) -> Vector:
    """Return the vector with what it should give."""
    root = root_from(leaf, index, size, path) if index < size else None
    vector = Vector(index, hexed(leaf), [hexed(sibling) for sibling in path], hexed(bytes(32)), size, wellFormed=False)
    return vector if root is None else replace(vector, root=hexed(root), wellFormed=True)


def root_from(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes | None:
    """Descend from the root: the last sibling is the root of the other half. None for a path of a wrong length."""
    if size == 1:
        return None if path else leaf
    if not path:
        return None
    k = split(size)
    if index < k:
        half = root_from(leaf, index, k, path[:-1])
        return None if half is None else node(half, path[-1])
    half = root_from(leaf, index - k, size - k, path[:-1])
    return None if half is None else node(path[-1], half)


def path_of(index: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of RFC 9162, 2.1.3.1."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if index < k:
        return [*path_of(index, leaves[:k]), root_of(leaves[k:])]
    return [*path_of(index - k, leaves[k:]), root_of(leaves[:k])]


def root_of(leaves: list[bytes]) -> bytes:
    """MTH of RFC 9162, 2.1.1, over leaf hashes."""
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return node(root_of(leaves[:k]), root_of(leaves[k:]))


def depth(index: int, size: int) -> int:
    """Return how many siblings the path of leaf `index` has."""
    if size == 1:
        return 0
    k = split(size)
    return 1 + (depth(index, k) if index < k else depth(index - k, size - k))


def split(size: int) -> int:
    """Return the largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1


def node(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def hexed(digest: bytes) -> str:
    """Return a digest as it stands on the wire."""
    return "0x" + digest.hex()


if __name__ == "__main__":
    main()
