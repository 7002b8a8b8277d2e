"""A sealed batch computed again from its documents: leaves, order, tiles, order digest, both roots.

Memory is bounded by one batch: its leaf hashes and row numbers are kept until its tree was compared.
"""

from __future__ import annotations

import hashlib
from array import array
from typing import TYPE_CHECKING, Any

from registry.core.batch import digests_of, tiles_of
from registry.core.digest import DIGEST_BYTES, Digest, leaf_hash
from registry.core.errors import RegistryError
from registry.core.tree import sealed_root
from registry.services.fsck_findings import Difference, credential_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from registry.ports import RawStore


class SealedBatchCheck:
    """Takes the credentials of one sealed batch, then compares the tree."""

    def __init__(self, raw: RawStore, batch: Mapping[str, Any]) -> None:
        self._raw = raw
        self._batch = batch
        self._tiled = self._tiled_leaves()
        self._sealed = frozenset(self._tiled)
        self._leaves: list[Digest] = []
        self._row_ids = array("q")

    @staticmethod
    def is_sound(credential: Mapping[str, Any]) -> bool:
        """Tell whether entry and leaf hash belong together; an erased document cannot say otherwise."""
        entry = credential["entry"]
        return entry is None or leaf_hash(entry) == credential["leaf_hash"]

    def take(self, credential: Mapping[str, Any]) -> tuple[Difference | None, bool]:
        """Note one credential's leaf; return what is wrong with it, and whether its document is the sealed one."""
        leaf, column = _leaf_of(credential, self._sealed)
        self._leaves.append(leaf)
        self._row_ids.append(credential["id"])
        sound = credential["entry"] is not None and leaf_hash(credential["entry"]) == leaf
        if not column:
            return None, sound
        detail = "do not belong together" if " " in column else "is not what was sealed: the other of entry and leaf is"
        return Difference("credential", credential_name(credential), column, detail), sound

    def tree_differences(self) -> Iterator[Difference]:
        """Yield what of the tree does not follow from the leaves."""
        batch, ordered = self._batch, sorted(self._leaves)
        right = next((leaves for leaves in (ordered, self._tiled) if _leads_to(leaves, batch["root"])), None)
        if right is None:
            yield Difference("batch", batch["id"], "root", "is not what its documents lead to, nor what its tiles do")
        base = right or ordered
        if base != ordered:
            yield from self._strays(ordered, base)
        if len(base) != batch["tree_size"]:
            yield self._of_batch("tree_size", f"is {batch['tree_size']:,}, and its tree has {len(base):,} leaves")
        if hashlib.sha256(b"".join(base)).digest() != batch["order_digest"]:
            yield self._of_batch("order_digest", "is not SHA-256 of its leaves in order")
        yield from self._tile_differences(base)

    def _tile(self, level: int, position: int) -> bytes:
        place = {"batch_id": self._batch["id"], "level": level, "position": position}
        found = next(self._raw.rows("tile", ("position",), **place), None)
        return bytes(found["data"]) if found else b""

    def _tiled_leaves(self) -> list[Digest]:
        tiles = self._raw.rows("tile", ("position",), batch_id=self._batch["id"], level=0)
        return [leaf for tile in tiles for leaf in _digests(tile["data"])]

    def _strays(self, ordered: Sequence[Digest], base: Sequence[Digest]) -> Iterator[Difference]:
        sealed, held = set(base), set(ordered)
        for index, leaf in enumerate(base):
            if leaf not in held:
                yield self._lost(leaf, index)
        for leaf, row_id in zip(self._leaves, self._row_ids, strict=True):
            if leaf not in sealed:
                yield Difference(
                    "credential", self._name(row_id), "batch_id", "names a batch that it was not sealed in"
                )

    def _lost(self, leaf: Digest, index: int) -> Difference:
        elsewhere = next(self._raw.rows("credential", leaf_hash=leaf), None)
        if elsewhere is None:
            return self._of_batch("credentials", f"lack the one of leaf {leaf.to_hex()} at index {index:,}")
        detail = f"is {elsewhere['batch_id']}, and it was sealed in batch {self._batch['id']}"
        return Difference("credential", credential_name(elsewhere), "batch_id", detail)

    def _tile_differences(self, base: Sequence[Digest]) -> Iterator[Difference]:
        left = {
            (row["level"], row["position"]) for row in self._raw.rows("tile", ("level",), batch_id=self._batch["id"])
        }
        for tile in tiles_of(base) if base else ():
            name = f"{self._batch['id']}/{tile.level}/{tile.index}"
            if (tile.level, tile.index) not in left:
                yield Difference("tile", name, "", "is missing")
            elif self._tile(tile.level, tile.index) != tile.data:
                yield Difference("tile", name, "data", "is not what its documents lead to")
            left.discard((tile.level, tile.index))
        for level, position in sorted(left):
            yield Difference("tile", f"{self._batch['id']}/{level}/{position}", "", "belongs to no tree of this size")

    def _of_batch(self, column: str, detail: str) -> Difference:
        return Difference("batch", self._batch["id"], column, detail)

    def _name(self, row_id: int) -> str:
        return credential_name(next(self._raw.rows("credential", id=row_id)))


def _leaf_of(credential: Mapping[str, Any], sealed: frozenset[Digest]) -> tuple[Digest, str]:
    """Return the leaf that two of three agree on, and the column that the third stands in; empty if all agree."""
    stored, entry = credential["leaf_hash"], credential["entry"]
    if entry is None:
        whole = len(stored) == DIGEST_BYTES
        return (Digest(stored), "") if whole else (leaf_hash(b""), "leaf_hash")
    computed = leaf_hash(entry)
    if computed == stored:
        return computed, ""
    if stored in sealed:
        return Digest(stored), "entry"
    return computed, "leaf_hash" if computed in sealed else "entry or leaf_hash"


def _leads_to(leaves: Sequence[Digest], root: bytes) -> bool:
    try:
        return bool(leaves) and sealed_root(leaves) == root
    except RegistryError:  # the two computations disagree, so neither says anything
        return False


def _digests(data: bytes) -> list[Digest]:
    return digests_of(data[: len(data) - len(data) % DIGEST_BYTES])
