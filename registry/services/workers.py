"""Where work is done that needs no key: in this process, or in worker processes beside it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from registry.core.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import BrokenExecutor

_P = ParamSpec("_P")
_T = TypeVar("_T")


class WorkerDiedError(UnavailableError):
    """A worker ended without a result, and no other took its work; what was done before stays."""

    code = "worker-died"

    def __init__(self, broken: BrokenExecutor, done: str) -> None:
        """Compose the sentence; `done` says what was done before, `broken` what the executor knows of the end."""
        super().__init__(
            f"A worker died after {done}. Run the same command again for the rest, with fewer workers where a machine "
            f"ran out of memory. ({broken})"
        )


@dataclass(frozen=True, slots=True)
class Workers:
    """Workers that are open."""

    executor: Executor
    """Takes the work; it raises BrokenExecutor if a worker is lost with its work."""
    number: int
    """How much they do at a time, at least 1."""

    def warm_up(self) -> None:
        """Have them start, and load what prepares credentials, while the caller has other things to do."""
        for _ in range(self.number):
            self.executor.submit(_load)


class SameProcess(Executor):
    """Does everything at once and in this process."""

    def submit(self, fn: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        """Return a future that is done already, with what `fn` returned or raised."""
        future: Future[_T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001  it is raised where the result is asked for
            future.set_exception(error)
        return future


@contextmanager
def open_workers(number: int | None, *, usual: int = 1) -> Iterator[Workers]:
    """Give `number` processes, or this one if that is less than two; `usual` is the number where none is given.

    Processes are started anew, not forked: they share no memory with this one, so they hold no key that it opened.
    """
    processes = usual if number is None else number
    if processes < 2:  # noqa: PLR2004  one process is this one
        yield Workers(SameProcess(), 1)
        return
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), _begin) as pool:
        yield Workers(pool, processes)


def _begin() -> None:
    """Leave Ctrl-C to the parent, and end with it: the pool's own queue never breaks, even if the parent is killed.

    What the parent was told by its environment, passphrases among it, is none of a worker's business.
    """
    for name in [name for name in os.environ if name.startswith("CREDANCHOR_")]:
        del os.environ[name]
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _load() -> None:
    import_module("registry.services.prepare")


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)
