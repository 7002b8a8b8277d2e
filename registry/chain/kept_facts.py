"""What a quorum said as of the newest blocks: kept until there is a newer one, so that no status is older than that."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from cachetools import LRUCache

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from registry.checks.facts import ChainFacts
    from registry.core.quorum import Heads
    from registry.ports import ChainQuestion

MAX_KEPT = 4096
"""Most credentials whose facts are kept, of one network."""


class KeptFacts:
    """Facts of one pair of blocks; several threads may ask."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._at: Heads | None = None
        self._facts: LRUCache[ChainQuestion, ChainFacts] = LRUCache(MAX_KEPT)

    def known(self, at: Heads, questions: Sequence[ChainQuestion]) -> dict[ChainQuestion, ChainFacts]:
        """Return what is known as of these blocks; what was known as of others is forgotten."""
        with self._lock:
            if at != self._at:
                self._at = at
                self._facts.clear()
            return {one: self._facts[one] for one in questions if one in self._facts}

    def keep(self, at: Heads, facts: Mapping[ChainQuestion, ChainFacts]) -> None:
        """Keep what was said as of these blocks, unless newer ones were asked about in between."""
        with self._lock:
            if at == self._at:
                self._facts.update(facts)
