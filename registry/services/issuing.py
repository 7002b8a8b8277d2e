"""Rows on their way: some chunks being prepared, the one before them signed, and the one before that stored."""

from __future__ import annotations

from collections import deque
from concurrent.futures import BrokenExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from registry.services.storing import Signed, Storing
from registry.services.workers import WorkerDiedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future

    from registry.core.digest import Digest
    from registry.services.catalogue import Offer
    from registry.services.issue import Issuance
    from registry.services.prepare import Chunk, Prepared
    from registry.services.storing import Progress

AHEAD = 8
"""How many chunks are being prepared while others are signed and stored."""


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one award in a chunk, under way to a worker and back."""

    offer: Offer
    """What is awarded."""
    chunk: Chunk
    """The rows, as a worker takes them."""
    keys: list[Digest]
    """The key of each row."""
    prepared: Future[list[Prepared]]
    """What the worker makes of them."""


@dataclass(frozen=True, slots=True)
class Issuing:
    """Rows that are being issued."""

    issuance: Issuance
    begun: Iterator[tuple[int, list[Part]]]
    """Chunks, each sent to be prepared when it is asked for."""
    waiting: deque[tuple[int, list[Part]]] = field(default_factory=deque)
    """Those that were sent."""

    def prepare_ahead(self) -> None:
        """Send as many chunks as may wait."""
        self.waiting.extend(islice(self.begun, AHEAD - len(self.waiting)))

    def finish(self) -> Iterator[Progress]:
        """Sign and store all rows, as `Issuance.run` says."""
        issuance = self.issuance
        with issuance.store.importing() as importing, ThreadPoolExecutor(1) as thread:
            store = partial(issuance.store_signed, importing)
            storing = Storing(thread, store, issuance.settled, issuance.underway)
            try:
                for signed in self._signed():
                    if storing.is_begun:
                        yield storing.done()
                    storing.begin(signed)
            except BrokenExecutor as error:
                stay = f"{storing.done().issued:,} credentials were issued, which stay"
                raise WorkerDiedError(error, stay) from error
            if storing.is_begun:
                yield storing.done()

    def _signed(self) -> Iterator[Signed]:
        """Yield what is signed, as much at a time as goes into a transaction."""
        signed = Signed()
        self.prepare_ahead()
        while self.waiting:
            count, parts = self.waiting.popleft()
            self.prepare_ahead()
            signed.rows += count
            for part in parts:
                self.issuance.sign(part, signed)
            if len(signed.made) >= self.issuance.fewest_stored() or not self.waiting:
                yield signed
                signed = Signed()
