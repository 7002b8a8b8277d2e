"""The desk: takes what was handed in and has it judged off the event loop, a bounded number at once."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

import anyio

from registry.core.errors import RegistryError
from registry.core.sentence import Sentence, then
from registry.services.kinds import foreign_kind
from registry.services.vc_verify import VcVerification
from verifier_web.errors import BusyError, ForeignDocumentError, TooLongError
from verifier_web.wording import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from registry.checks.facts import Facts, NotAsked, StatusListAnswer, Unreachable
    from registry.checks.report import Report
    from registry.core.receipt import Bundle
    from registry.services.vc_answers import Answer
    from registry.services.verify_many import Unjudged
    from verifier_web.metrics import Metrics

T = TypeVar("T")

AT_ONCE = 8
"""Checks under way at the same time; each may wait for a chain's endpoint."""
WAITING = 56
"""Checks that may wait for one of these places."""
SECONDS = 60
"""How long anybody is kept waiting for one check, or for some that are judged together."""


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

    def listed_status(
        self, document: dict[str, Any], known: Mapping[str, Any]
    ) -> StatusListAnswer | Unreachable | NotAsked:
        """Return what a credential's status list says, asking no chain; `known` lists are not fetched."""
        ...


class ManyVerifier(Protocol):
    """The judgement of many in one run; may block, and is called from one thread at a time."""

    def verify(self, inputs: Sequence[bytes], expected: str | None = None) -> Sequence[Judged | Unjudged]:
        """Judge some credentials, bundles or badges, in their order; an error stands for what cannot be judged."""
        ...


class Desk:
    """Hands inputs to the verifier in worker threads, so that one slow chain does not stop the others."""

    def __init__(
        self,
        verifier: Verifier,
        metrics: Metrics,
        *,
        at_once: int = AT_ONCE,
        waiting: int = WAITING,
        seconds: float = SECONDS,
    ) -> None:
        self._verifier = verifier
        self._metrics = metrics
        self._vc = VcVerification(self._vc_judged, lambda document: verifier.listed_status(document, {}), lambda _: [])
        self._threads = ThreadPoolExecutor(at_once, "checking")
        self._places = threading.Semaphore(at_once + waiting)
        self._seconds = seconds

    async def judge(self, data: bytes, expected: str | None) -> Judged:
        """Return the judgement on `data`; `expected` is whom it should belong to, if anybody asked.

        Raises:
            BusyError: too many are waiting already.
            TooLongError: it took longer than anybody is kept waiting.
            InputError: it is not a credential; ForeignDocumentError if it is another system's.
            LinkUnreachableError: it is a link that cannot be followed.

        """
        try:
            judged = await self.done(partial(self._judged, data, expected), "single")
        except RegistryError as error:
            self._metrics.refused(error)
            raise
        self._metrics.judged(judged)
        return judged

    async def vc_verified(self, body: dict[str, Any]) -> tuple[bool, Answer]:
        """Return the VC-API's answer to a body; InputError if it holds no credential; BusyError, TooLongError."""
        try:
            return await self.done(partial(self._vc.answered, body), "single")
        except RegistryError as error:
            self._metrics.refused(error)
            raise

    def _vc_judged(self, data: bytes) -> Report:
        judged = self._verifier.verify(data)
        self._metrics.judged(judged)
        return judged.report

    def many(self) -> ManyVerifier:
        """Return what judges many in one run, beginning now."""
        return self._verifier.many()

    async def judge_many(
        self, many: ManyVerifier, inputs: Sequence[bytes], expected: str | None = None
    ) -> Sequence[Judged | Unjudged]:
        """Return the judgements on some inputs in their order; BusyError and TooLongError as above."""
        try:
            found = await self.done(partial(many.verify, inputs, expected), "several")
        except RegistryError as error:
            self._metrics.refused(error)
            raise
        for one in found:
            self._count(one)
        return found

    def _count(self, one: Judged | Unjudged) -> None:
        if isinstance(one, RegistryError):
            self._metrics.refused(one)
        else:
            self._metrics.judged(one)

    async def done(self, work: Callable[[], T], kind: Literal["single", "several", "lookup"]) -> T:
        """Return what some work comes to, done in one of the same places; BusyError and TooLongError as above."""
        if not self._places.acquire(blocking=False):
            raise BusyError(Sentence("This server is doing as many checks as it can; try again in a few seconds."))
        future = self._threads.submit(self._timed, work, kind)
        # The place is taken for as long as the thread works, whether or not anybody still waits for it.
        future.add_done_callback(lambda _: self._places.release())
        try:
            with anyio.fail_after(self._seconds):
                return await asyncio.wrap_future(future)
        except TimeoutError as error:
            words = Sentence(
                "The check took longer than {seconds} seconds, because somebody else did not answer. That says nothing "
                "about the credential; try again later.",
                seconds=f"{self._seconds:.0f}",
            )
            raise TooLongError(words) from error

    def _timed(self, work: Callable[[], T], kind: Literal["single", "several", "lookup"]) -> T:
        begun = time.perf_counter()
        try:
            return work()
        finally:
            self._metrics.took(kind, time.perf_counter() - begun)

    def _judged(self, data: bytes, expected: str | None) -> Judged:
        foreign = foreign_kind(data)
        if foreign is not None:
            told = KINDS[foreign]
            raise ForeignDocumentError(then(Sentence(told.title), Sentence(told.advice)))
        return self._verifier.verify(data, expected)
