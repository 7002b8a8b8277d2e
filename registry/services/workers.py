"""Where work is done that needs no key: in this process, in worker processes beside it, or in a Dask cluster."""

from __future__ import annotations

import atexit
import gc
import multiprocessing
import os
import signal
import threading
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from registry.core.errors import InputError, SettingsError, UnavailableError
from registry.services.processes import Processes

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
def open_workers(number: int | None, dask: str | None = None, *, usual: int = 1) -> Iterator[Workers]:
    """Give `number` processes, or this one if that is less than two; or the cluster whose scheduler is at `dask`.

    `usual` is the number where neither is given. Nothing is sent to a process or a cluster but what is submitted.

    Raises:
        InputError: both are given.
        SettingsError: Dask is not installed, or `dask` is no address.
        ClusterUnavailableError: the cluster does not answer, or cannot do the work.

    """
    if dask is not None:
        if number is not None:
            raise InputError("--workers are processes of this machine, --dask has its own; leave one of them out.")
        with _open_cluster(dask) as workers:
            yield workers
        return
    processes = usual if number is None else number
    if processes < 2:  # noqa: PLR2004  one process is this one
        yield Workers(SameProcess(), 1)
        return
    with Processes(processes, partial(_begin, gc.get_threshold())) as pool:
        try:
            yield Workers(pool, processes)
        except BaseException:
            pool.shutdown(cancel_futures=True)  # nobody wants what was begun
            raise


@contextmanager
def _open_cluster(address: str) -> Iterator[Workers]:
    try:
        from registry.services.cluster import open_cluster  # noqa: PLC0415  only who has a cluster has Dask
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"--dask needs Dask, which is not installed here ({error}): pip install 'credanchor[dask]'."
        ) from error

    with open_cluster(address) as cluster:
        yield Workers(cluster, cluster.threads)


def _begin(threshold: tuple[int, int, int]) -> None:
    """Leave Ctrl-C to the parent, and end with it: the pool's own queue never breaks, even if the parent is killed.

    Cycles are looked for as seldom as in the parent, whose `gc` has this `threshold`, and not at the end. All wait for
    the parent, which signs and stores, so it goes before its workers where processors are few. What it was told by its
    environment, passphrases among it, is none of a worker's business.
    """
    gc.set_threshold(*threshold)
    atexit.register(gc.freeze)  # what is left at the end goes with the process
    for name in [name for name in os.environ if name.startswith("CREDANCHOR_")]:
        del os.environ[name]
    os.nice(5)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _load() -> None:
    import_module("registry.services.prepare")


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)
