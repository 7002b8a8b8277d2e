"""What one endpoint said of its newest final block, which does not change: kept until another block is final."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from cachetools import LRUCache

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MAX_KEPT = 8192
"""Most answers that are kept of one endpoint, two for each credential whose batch no other has."""

Read = tuple[Any, ...]
"""Block number, function, arguments."""
Said = dict[Read, tuple[Any, ...]]


class FinalAnswers:
    """Answers of one endpoint as of its newest final block; several threads may ask.

    They are not shared with other endpoints: each is believed only as part of a quorum, in its own words.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._block = -1
        self._said: LRUCache[Read, tuple[Any, ...]] = LRUCache(MAX_KEPT)

    def known(self, final: int, reads: Iterable[Read]) -> Said:
        """Return what is known of these reads as of a final block; what was known of another is forgotten."""
        with self._lock:
            if final != self._block:
                self._block = final
                self._said.clear()
            return {read: self._said[read] for read in reads if read in self._said}

    def keep(self, final: int, said: Mapping[Read, tuple[Any, ...]]) -> None:
        """Keep what was said as of a final block, unless another was asked about in between."""
        with self._lock:
            if final == self._block:
                self._said.update({read: answer for read, answer in said.items() if read[0] == final})
