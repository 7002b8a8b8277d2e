"""The desk: takes what was handed in and has it judged off the event loop, a bounded number at once."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

import anyio
from anyio.to_thread import run_sync

from registry.services.kinds import foreign_kind
from verifier_web.errors import BusyError, ForeignDocumentError
from verifier_web.wording import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from registry.checks.facts import Facts
    from registry.checks.report import Report
    from registry.core.errors import InputError
    from registry.core.receipt import Bundle

T = TypeVar("T")

AT_ONCE = 8
"""Checks under way at the same time; each may wait for a chain's endpoint."""
WAITING = 24
"""Checks that may wait for one of these places."""


class Judged(Protocol):
    """What the verifier service gives back: see registry/services/verify.py."""

    @property
    def report(self) -> Report:
        """Return the findings and the verdict."""
        ...

    @property
    def bundle(self) -> Bundle:
        """Return what was read."""
        ...

    @property
    def facts(self) -> Facts:
        """Return everything that was gathered."""
        ...


class Verifier(Protocol):
    """The judgement itself; may block, and is called from several threads."""

    def verify(self, data: bytes, expected: str | None = None) -> Judged:
        """Judge one credential, bundle or badge; InputError if it is none."""
        ...

    def many(self) -> ManyVerifier:
        """Return what judges many in one run, beginning now."""
        ...


class ManyVerifier(Protocol):
    """The judgement of many in one run; may block, and is called from one thread at a time."""

    def verify(self, inputs: Sequence[bytes]) -> Sequence[Judged | InputError]:
        """Judge some credentials, bundles or badges, in their order; an InputError stands for what is none."""
        ...


class Desk:
    """Hands inputs to the verifier in worker threads, so that one slow chain does not stop the others."""

    def __init__(self, verifier: Verifier, *, at_once: int = AT_ONCE, waiting: int = WAITING) -> None:
        self._verifier = verifier
        self._places = anyio.CapacityLimiter(at_once)
        self._most = at_once + waiting
        self._present = 0

    async def judge(self, data: bytes, expected: str | None) -> Judged:
        """Return the judgement on `data`; `expected` is whom it should belong to, if anybody asked.

        Raises:
            BusyError: too many are waiting already.
            InputError: it is not a credential; ForeignDocumentError if it is another system's.

        """
        return await self.done(partial(self._judged, data, expected))

    def many(self) -> ManyVerifier:
        """Return what judges many in one run, beginning now."""
        return self._verifier.many()

    async def judge_many(self, many: ManyVerifier, inputs: Sequence[bytes]) -> Sequence[Judged | InputError]:
        """Return the judgements on some inputs in their order; BusyError if too many are waiting already."""
        return await self.done(partial(many.verify, inputs))

    async def done(self, work: Callable[[], T]) -> T:
        """Return what some work comes to, done in one of the same places; BusyError if too many are waiting already."""
        with self._place():
            return await run_sync(work, limiter=self._places)

    @contextmanager
    def _place(self) -> Iterator[None]:
        if self._present >= self._most:
            raise BusyError("This server is doing as many checks as it can; try again in a few seconds.")
        self._present += 1
        try:
            yield
        finally:
            self._present -= 1

    def _judged(self, data: bytes, expected: str | None) -> Judged:
        foreign = foreign_kind(data)
        if foreign is not None:
            told = KINDS[foreign]
            raise ForeignDocumentError(f"{told.title} {told.advice}")
        return self._verifier.verify(data, expected)
