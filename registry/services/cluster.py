"""A Dask cluster as an executor; the one place that knows Dask's errors.

What is submitted, and what it returns, goes over the network as pickles: who holds the scheduler or a worker can run
code in the other workers and in this process (docs/operations.md, "More than one machine").
"""

from __future__ import annotations

from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from contextlib import closing, contextmanager
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from dask import config
from distributed import Client
from distributed.client import ClosedClientError
from distributed.scheduler import KilledWorker, NoWorkerError

from registry.core.errors import ClusterUnavailableError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_P = ParamSpec("_P")
_T = TypeVar("_T")

PACKAGE = "credanchor"
"""What scheduler and workers need, in the same version as this process."""
CONNECT_SECONDS = 5.0
"""Longest wait for a scheduler, and then for its first worker."""
PATIENCE_SECONDS = 900.0
"""Longest wait for one result: a chunk or group takes seconds, minutes where many web sites do not answer."""
SILENT = "Nothing came back from the Dask cluster for a quarter of an hour; its dashboard says what it does."
"""What is told of a result that does not come."""
LOST = "The connection to the Dask scheduler was lost."
"""What is told of a scheduler that went away, and of a cluster that was left."""
MOST_SENT = "64MiB"
"""Dask warns of more than this in one task; the largest input of `verify` has 16 MiB."""


class _Told(Future[_T]):
    """A future that is not waited for without end: a result can be lost together with the worker that had it."""

    def result(self, timeout: float | None = None) -> _T:
        """Return or raise what the work did; BrokenExecutor if nothing comes in time."""
        try:
            return super().result(PATIENCE_SECONDS if timeout is None else timeout)
        except TimeoutError as error:
            if self.done():  # it is the work's own
                raise
            raise BrokenExecutor(SILENT) from error


class Cluster(Executor):
    """The workers of a cluster. Dask gives the work of one that dies to another, some times."""

    def __init__(self, client: Client) -> None:
        self._client = client
        # Not pure: prepared twice, a credential has two ids, so equal work is not the same work.
        self._executor = client.get_executor(pure=False)

    @property
    def threads(self) -> int:
        """Return how much all workers do at a time."""
        return sum(self._client.nthreads().values())

    def submit(self, fn: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        """Return a future that ends with what `fn` returned or raised in some worker.

        It ends with BrokenExecutor if every worker died that tried, if all are gone for longer than the scheduler
        waits, or if the scheduler is lost; with ClusterUnavailableError if a worker lacks a module.
        """
        told = _Told[_T]()
        try:
            done = self._executor.submit(fn, *args, **kwargs)
        except ClosedClientError as error:  # some seconds after the scheduler was lost
            raise BrokenExecutor(LOST) from error
        done.add_done_callback(partial(_tell, told))
        return told


@contextmanager
def open_cluster(address: str) -> Iterator[Cluster]:
    """Give the cluster whose scheduler is at `address`; what it has not done when this ends, it drops.

    Certificates for `tls://` are those of Dask's own configuration.

    Raises:
        SettingsError: the address is none, or asks for a TLS that Dask is not configured for.
        ClusterUnavailableError: nobody answers, there are no workers, or one has another version of Credanchor.

    """
    with (
        config.set({"distributed.admin.large-graph-warning-threshold": MOST_SENT}),
        closing(_client(address)) as client,
    ):
        _require_workers(client, address)
        _require_same_version(client, address)
        yield Cluster(client)


class _PromptClient(Client):
    """A client that also gives up on who takes the connection and then says nothing; Dask itself waits for ever."""

    def start(self, **kwargs: Any) -> None:  # noqa: ANN401  Dask's own
        try:
            super().start(callback_timeout=2 * CONNECT_SECONDS, **kwargs)
        except BaseException:
            self.close()
            raise


def _client(address: str) -> Client:
    try:
        return _PromptClient(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except OSError as error:
        reason = str(error) or "it took the connection and said nothing"
        raise ClusterUnavailableError(
            f"No Dask scheduler answers at {address} ({reason}). Start it there, or let this machine reach it."
        ) from error
    except (ValueError, TypeError, RuntimeError) as error:
        raise SettingsError(
            f"--dask {address} cannot be used ({error}). Give the scheduler's address, as tcp://HOST:8786, or as "
            "tls://HOST:8786 with the certificates in Dask's configuration."
        ) from error


def _require_workers(client: Client, address: str) -> None:
    try:
        client.wait_for_workers(1, timeout=CONNECT_SECONDS)
    except TimeoutError as error:
        raise ClusterUnavailableError(
            f"The Dask scheduler at {address} has no workers. Start some: dask worker {address} --nthreads 1."
        ) from error


def _require_same_version(client: Client, address: str) -> None:
    """Ask Dask, not a task of ours: who lacks Credanchor could not even read the task."""
    told: Any = client.get_versions(packages=[PACKAGE])
    ours = version(PACKAGE)
    for name, one in (("its scheduler", told["scheduler"]), *told["workers"].items()):
        theirs = one["packages"][PACKAGE]
        if theirs != ours:
            has = f"has Credanchor {theirs}" if theirs else "has no Credanchor"
            raise ClusterUnavailableError(
                f"The Dask cluster at {address} cannot do this work: {name} {has}, this machine has {ours}. Install "
                "the same version everywhere, and start the cluster again."
            )


def _tell(told: Future[_T], done: Future[_T]) -> None:
    try:
        told.set_result(done.result())
    except CancelledError:
        told.set_exception(BrokenExecutor(LOST))
    except (KilledWorker, NoWorkerError) as error:
        told.set_exception(BrokenExecutor(str(error)))
    except Exception as error:  # noqa: BLE001  it is raised where the result is asked for
        told.set_exception(_lacking(error) or error)


def _lacking(error: Exception) -> ClusterUnavailableError | None:
    """Return what to do about a worker that came later and lacks a module; Dask tells it as is, or as a cause."""
    lack = next((one for one in (error, error.__cause__) if isinstance(one, ImportError)), None)
    if lack is None:
        return None
    return ClusterUnavailableError(
        f"A machine of the Dask cluster cannot do this work: {lack}. Install the same version of Credanchor "
        "everywhere, and start the cluster again."
    )
