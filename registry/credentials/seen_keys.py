"""Which row keys have been met, in 27 to 54 bytes a row."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from registry.core.digest import Digest

_WORDS = 2
_INITIAL_SLOTS = 1024


class SeenKeys:
    """A hash table from row key to row number that keeps 128 bits of each key and nothing else.

    A Python dict of the same rows takes several times the memory; two different SHA-256 digests that agree in
    their first 128 bits are not known.
    """

    def __init__(self) -> None:
        self._keys = array("Q", [0]) * (_WORDS * _INITIAL_SLOTS)
        self._rows = array("I", [0]) * _INITIAL_SLOTS
        self._count = 0

    def first_row(self, key: Digest, row: int) -> int | None:
        """Return the row on which `key` was met before; otherwise remember `row`, which is at least 1."""
        high, low = int.from_bytes(key[:8], "big"), int.from_bytes(key[8:16], "big")
        slot = self._slot(high, low)
        if self._rows[slot]:
            return self._rows[slot]
        self._put(slot, high, low, row)
        self._count += 1
        if self._count * 4 > len(self._rows) * 3:
            self._grow()
        return None

    def _slot(self, high: int, low: int) -> int:
        mask = len(self._rows) - 1
        slot = low & mask
        while self._rows[slot] and (self._keys[_WORDS * slot], self._keys[_WORDS * slot + 1]) != (high, low):
            slot = (slot + 1) & mask
        return slot

    def _put(self, slot: int, high: int, low: int, row: int) -> None:
        self._keys[_WORDS * slot] = high
        self._keys[_WORDS * slot + 1] = low
        self._rows[slot] = row

    def _grow(self) -> None:
        keys, rows = self._keys, self._rows
        self._keys = array("Q", [0]) * (2 * len(keys))
        self._rows = array("I", [0]) * (2 * len(rows))
        for old, row in enumerate(rows):
            if row:
                high, low = keys[_WORDS * old], keys[_WORDS * old + 1]
                self._put(self._slot(high, low), high, low, row)
