"""Worker processes as an executor whose results come through files.

The standard pool's results come through a pipe that all workers share. One that is killed half-way through a long
result leaves the pool waiting for the other half for ever, since the pipe stays open for the rest. Here only a result's
name goes through the pipe, at once or not at all.
"""

from __future__ import annotations

import multiprocessing
import pickle
import secrets
import tempfile
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_P = ParamSpec("_P")
_T = TypeVar("_T")


class Processes(Executor):
    """Some processes, started anew, not forked: they share no memory with this one, so they hold no key of its."""

    def __init__(self, number: int, begin: Callable[[], None]) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="credanchor-", ignore_cleanup_errors=True)
        self._pool = ProcessPoolExecutor(number, multiprocessing.get_context("spawn"), begin)

    def submit(self, fn: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        """Return a future that ends with what `fn` returned or raised, or with BrokenProcessPool if a worker dies."""
        told: Future[_T] = Future()
        done = self._pool.submit(_into_file, self._folder.name, fn, args, kwargs)
        done.add_done_callback(partial(_tell, told))
        return told

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002  Executor's
        """End the processes, and remove what nobody asked for."""
        self._pool.shutdown(wait, cancel_futures=cancel_futures)
        self._folder.cleanup()


def _into_file(folder: str, work: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Path:
    result = work(*args, **kwargs)
    path = Path(folder) / secrets.token_hex(16)
    with path.open("xb") as file:
        pickle.dump(result, file, pickle.HIGHEST_PROTOCOL)
    # A worker that dies here leaves a file that nobody reads; it goes with the folder.
    return path


def _tell(told: Future[_T], done: Future[Path]) -> None:
    try:
        with done.result().open("rb") as file:
            result = pickle.load(file)  # noqa: S301  our own worker's, in a folder of our own
        done.result().unlink()
    except BaseException as error:  # noqa: BLE001  it is raised where the result is asked for
        told.set_exception(error)
    else:
        told.set_result(result)
