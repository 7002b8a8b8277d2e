"""Where credentials are prepared: in this process, or in worker processes beside it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from importlib import import_module
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_P = ParamSpec("_P")
_T = TypeVar("_T")


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


def open_workers(number: int) -> Executor:
    """Return an executor of `number` processes, or of this one if that is less than two.

    Workers are started anew, not forked: they share no memory with this process, so they hold no key that it opened.
    """
    if number < 2:  # noqa: PLR2004  one process is this one
        return SameProcess()
    pool = ProcessPoolExecutor(number, multiprocessing.get_context("spawn"), _begin)
    for _ in range(number):
        pool.submit(_warm_up)  # they start now, while the caller has other things to do
    return pool


def _begin() -> None:
    """Leave Ctrl-C to the parent, and end with it: the pool's own queue never breaks, even if the parent is killed.

    What the parent was told by its environment, passphrases among it, is none of a worker's business.
    """
    for name in [name for name in os.environ if name.startswith("CREDANCHOR_")]:
        del os.environ[name]
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _warm_up() -> None:
    import_module("registry.services.prepare")


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)
