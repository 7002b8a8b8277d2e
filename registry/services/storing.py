"""Storing what an import signed, in a thread of its own, so that the next credentials are signed meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from registry.core.errors import StoreConflictError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Executor, Future

    from registry.core.digest import Digest
    from registry.credentials.roster import RosterRow
    from registry.records import NewCredential
    from registry.services.catalogue import Offer

MAX_SETTLED = 20
"""How often another import may be quicker with something of one transaction."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is."""

    issued: int = 0
    """New credentials so far."""
    skipped: int = 0
    """Rows that were issued before."""
    defects: tuple[str, ...] = ()
    """Where bulk signing went wrong and was not used; each is worth a report."""

    def with_stored(self, signed: Signed) -> Progress:
        """Return how far it is with one more transaction."""
        issued = signed.stored + len(signed.made)
        skipped = self.skipped + signed.rows - issued
        return Progress(self.issued + issued, skipped, self.defects + tuple(signed.defects))


@dataclass(frozen=True, slots=True)
class SignedRow:
    """One credential and what it was made of."""

    offer: Offer
    """What is awarded."""
    row: RosterRow
    """To whom."""
    credential: NewCredential
    """What is to be stored."""


@dataclass(slots=True)
class Signed:
    """What was signed for one transaction."""

    rows: int = 0
    """Rows that were gone through for it, those included that were issued before."""
    made: list[SignedRow] = field(default_factory=list)
    """What is to be stored."""
    stored: int = 0
    """How much of it was stored before another import was quicker with the rest."""
    defects: list[str] = field(default_factory=list)
    """Where bulk signing went wrong."""


class Storing:
    """One transaction at a time."""

    def __init__(
        self,
        thread: Executor,
        store: Callable[[Sequence[NewCredential]], None],
        settled: Callable[[Signed], Signed],
        underway: set[Digest],
    ) -> None:
        self._thread, self._store, self._settled, self._underway = thread, store, settled, underway
        self._signed = Signed()
        self._begun: Future[None] | None = None
        self._progress = Progress()

    @property
    def is_begun(self) -> bool:
        """Whether something is being stored."""
        return self._begun is not None

    def begin(self, signed: Signed) -> None:
        """Begin to store; what was begun before is done."""
        credentials = [one.credential for one in signed.made]
        self._signed, self._begun = signed, self._thread.submit(self._store, credentials)

    def done(self) -> Progress:
        """Wait until what was begun is stored, and return how far the import is; raise what storing raised.

        Where another import was quicker with a row or a status index, what is left of it is stored.
        """
        if self._begun is not None:
            keys = [one.credential.row_key for one in self._signed.made]
            self._wait(self._begun)
            # Not in the thread: whoever looks for a key in the store and then here has to find it in one of them.
            self._underway.difference_update(keys)
            self._progress = self._progress.with_stored(self._signed)
            self._signed, self._begun = Signed(), None
        return self._progress

    def _wait(self, begun: Future[None]) -> None:
        for _ in range(MAX_SETTLED):
            if not isinstance(begun.exception(), StoreConflictError):
                break
            self._signed = self._settled(self._signed)
            begun = self._thread.submit(self._store, [one.credential for one in self._signed.made])
        begun.result()
