"""Storing what an import signed, in a thread of its own, so that the next credentials are signed meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Executor, Future

    from registry.core.digest import Digest
    from registry.records import NewCredential


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
        issued = len(signed.credentials)
        skipped = self.skipped + signed.rows - issued
        return Progress(self.issued + issued, skipped, self.defects + tuple(signed.defects))


@dataclass(slots=True)
class Signed:
    """What was signed for one transaction."""

    rows: int = 0
    """Rows that were gone through for it, those included that were issued before."""
    credentials: list[NewCredential] = field(default_factory=list)
    """What is to be stored."""
    defects: list[str] = field(default_factory=list)
    """Where bulk signing went wrong."""


class Storing:
    """One transaction at a time."""

    def __init__(
        self, thread: Executor, store: Callable[[Sequence[NewCredential]], None], underway: set[Digest]
    ) -> None:
        self._thread, self._store, self._underway = thread, store, underway
        self._signed = Signed()
        self._begun: Future[None] | None = None
        self._progress = Progress()

    @property
    def is_begun(self) -> bool:
        """Whether something is being stored."""
        return self._begun is not None

    def begin(self, signed: Signed) -> None:
        """Begin to store; what was begun before is done."""
        self._signed, self._begun = signed, self._thread.submit(self._store, signed.credentials)

    def done(self) -> Progress:
        """Wait until what was begun is stored, and return how far the import is; raise what storing raised."""
        if self._begun is not None:
            self._begun.result()
            # Not in the thread: whoever looks for a key in the store and then here has to find it in one of them.
            self._underway.difference_update(one.row_key for one in self._signed.credentials)
            self._progress = self._progress.with_stored(self._signed)
            self._signed, self._begun = Signed(), None
        return self._progress
