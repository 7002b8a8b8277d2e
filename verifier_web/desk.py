"""The desk: takes what was handed in and has it judged off the event loop, a bounded number at once."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

import anyio
from anyio.to_thread import run_sync

from registry.services.kinds import foreign_kind
from verifier_web.errors import BusyError, ForeignDocumentError
from verifier_web.wording import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from registry.checks.facts import Facts
    from registry.checks.report import Report
    from registry.core.receipt import Bundle
    from registry.services.verify_many import Unjudged

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
        """Judge one credential, bundle, badge or share link; InputError if it is none, LinkUnreachableError."""
        ...

    def many(self) -> ManyVerifier:
        """Return what judges many in one run, beginning now."""
        ...


class ManyVerifier(Protocol):
    """The judgement of many in one run; may block, and is called from one thread at a time."""

    def verify(self, inputs: Sequence[bytes], expected: str | None = None) -> Sequence[Judged | Unjudged]:
        """Judge some credentials, bundles or badges, in their order; an error stands for what cannot be judged."""
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
            LinkUnreachableError: it is a link that cannot be followed.

        """
        with self._place():
            return await run_sync(self._judged, data, expected, limiter=self._places)

    def many(self) -> ManyVerifier:
        """Return what judges many in one run, beginning now."""
        return self._verifier.many()

    async def judge_many(
        self, many: ManyVerifier, inputs: Sequence[bytes], expected: str | None = None
    ) -> Sequence[Judged | Unjudged]:
        """Return the judgements on some inputs in their order; BusyError if too many are waiting already."""
        with self._place():
            return await run_sync(many.verify, inputs, expected, limiter=self._places)

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
