"""Asking several endpoints side by side: one that hangs costs a bounded wait and keeps no other from being heard."""

from __future__ import annotations

import queue
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from registry.core.errors import ChainUnavailableError, WrongChainError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from registry.core.errors import RegistryError

T = TypeVar("T")
V = TypeVar("V")

MOST_QUESTIONS = 32
"""Most questions under way at one endpoint; one that answers none of them is not asked more."""


@dataclass(slots=True)
class Voice(Generic[V]):
    """One endpoint of several."""

    name: str
    """What may be shown of it."""
    endpoint: V
    """What is asked."""
    free: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(MOST_QUESTIONS))
    """How many more questions it may be asked before it has answered one."""
    lock: threading.Lock = field(default_factory=threading.Lock)
    """Held to count what nobody waits for."""
    given_up: int = 0
    """Questions under way that nobody waits for any more; while there are such, no grace is given."""
    answered: int = 0
    """Questions that it answered."""
    failed: int = 0
    """Questions that it did not answer, whether or not anybody waited for that."""
    contradicted: int = 0
    """Answers that others of its panel contradicted."""


@dataclass(slots=True)
class _Asked:
    """One question to one voice."""

    over: bool = False
    given_up: bool = False


@dataclass(frozen=True, slots=True)
class Patience:
    """How long answers are waited for."""

    seconds: float
    """At most, in all."""
    grace_seconds: float = 0.0
    """After what was heard is enough, for those that are a little slower."""


@dataclass(frozen=True, slots=True)
class Heard(Generic[T]):
    """What came of asking."""

    answers: dict[int, T]
    """By the endpoint's position."""
    failures: dict[int, RegistryError]
    """Why an endpoint gave no usable answer, by its position."""

    def reasons(self) -> str:
        """Return every failure in one sentence's worth of words."""
        return "; ".join(str(self.failures[at]).removesuffix(".") for at in sorted(self.failures))


def ask_all(
    voices: Sequence[Voice[V]],
    question: Callable[[V], T],
    patience: Patience,
    enough: Callable[[list[T]], bool] = lambda _: False,
    plenty: Callable[[list[T]], bool] = lambda _: False,
) -> Heard[T]:
    """Ask every voice at once and return what was heard; one voice alone is asked without a thread.

    It returns when all have answered or failed, or when the time is over, or once `enough` holds of the answers:
    `patience.grace_seconds` later, or at once if `plenty` holds too or only such are missing as have hung since an
    earlier question. A question that is still under way then goes on unheard, in a thread that keeps nobody.
    """
    heard: Heard[T] = Heard({}, {})
    if len(voices) == 1:
        _hear(heard, 0, _answer(voices[0], question))
        return heard
    outcomes: queue.SimpleQueue[tuple[int, T | BaseException]] = queue.SimpleQueue()
    waiting = {at: asked for at, voice in enumerate(voices) if (asked := _begin(at, voice, question, outcomes))}
    until = time.monotonic() + patience.seconds
    while waiting:
        try:
            at, outcome = outcomes.get(timeout=max(0.0, until - time.monotonic()))
        except queue.Empty:
            break
        del waiting[at]
        _hear(heard, at, outcome)
        answers = list(heard.answers.values())
        if enough(answers):
            at_once = plenty(answers) or all(voices[other].given_up for other in waiting)
            grace = 0 if at_once else patience.grace_seconds
            until = min(until, time.monotonic() + grace)
    for at, asked in waiting.items():
        _give_up(voices[at], asked)
    for at, voice in enumerate(voices):
        if at not in heard.answers and at not in heard.failures:
            heard.failures[at] = ChainUnavailableError(f"{voice.name} did not answer in time")
    return heard


def _begin(
    at: int, voice: Voice[V], question: Callable[[V], T], outcomes: queue.SimpleQueue[tuple[int, T | BaseException]]
) -> _Asked | None:
    if not voice.free.acquire(blocking=False):
        return None
    asked = _Asked()

    def run() -> None:
        outcomes.put((at, _answer(voice, question)))
        voice.free.release()
        with voice.lock:
            asked.over = True
            voice.given_up -= asked.given_up

    # Daemons, because a program that has its answer does not stay for an endpoint that hangs.
    threading.Thread(target=run, name=f"asking {voice.name}", daemon=True).start()
    return asked


def _give_up(voice: Voice[V], asked: _Asked) -> None:
    with voice.lock:
        asked.given_up = not asked.over
        voice.given_up += asked.given_up


def _answer(voice: Voice[V], question: Callable[[V], T]) -> T | BaseException:
    outcome: T | BaseException
    try:
        outcome = question(voice.endpoint)
    except BaseException as error:  # noqa: BLE001  raised again in the thread that asked
        outcome = error
    with voice.lock:
        voice.failed += isinstance(outcome, BaseException)
        voice.answered += not isinstance(outcome, BaseException)
    return outcome


def _hear(heard: Heard[T], at: int, outcome: T | BaseException) -> None:
    if isinstance(outcome, (ChainUnavailableError, WrongChainError)):
        heard.failures[at] = outcome
    elif isinstance(outcome, BaseException):
        raise outcome
    else:
        heard.answers[at] = outcome
