"""A real Dask cluster: a scheduler and two workers, each a process of its own that knows no home and no passphrase."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from distributed import Client

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

DASK = Path(sys.executable).parent / "dask"
PATIENCE_SECONDS = 30.0
QUIET = ("--no-dashboard", "--host", "127.0.0.1")


@dataclass(frozen=True)
class RunningCluster:
    """A scheduler with two workers of one thread, which are started again when they die."""

    address: str
    """Where the scheduler listens."""
    scheduler: subprocess.Popen[bytes]
    """Its process."""
    workers: subprocess.Popen[bytes]
    """The process that starts the workers; it leads a group of processes that they are in."""

    def asked(self, question: Callable[[], Any]) -> list[Any]:
        """Return what each worker answers."""
        with Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=PATIENCE_SECONDS)
            return list(client.run(question).values())

    def kill_a_worker(self) -> int:
        """Kill one of the workers, and return which."""
        victim: int = self.asked(os.getpid)[0]
        os.kill(victim, signal.SIGKILL)
        return victim


@contextmanager
def running_scheduler(folder: Path, **environment: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Give a scheduler's process and address; a task is given up when it has lost two workers."""
    told = folder / "scheduler.json"
    limit = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"}
    command = ("scheduler", "--port", "0", "--scheduler-file", str(told), *QUIET)
    with process(folder, command, {**limit, **environment}) as scheduler:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (told.is_file() and told.read_text()):
            assert scheduler.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.02)
        yield scheduler, json.loads(told.read_text())["address"]


@contextmanager
def running_cluster(folder: Path, **environment: str) -> Iterator[RunningCluster]:
    """Give a scheduler with two workers; `environment` is Dask's own configuration."""
    with ExitStack() as stack:
        scheduler, address = stack.enter_context(running_scheduler(folder, **environment))
        local = ("--nworkers", "2", "--nthreads", "1", "--local-directory", str(folder))
        workers = stack.enter_context(process(folder, ("worker", address, *local, *QUIET), environment))
        yield RunningCluster(address, scheduler, workers)


@contextmanager
def process(
    folder: Path, command: tuple[str, ...], environment: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """Run `dask` until this ends, with no more of our environment than it needs; HOME is an empty folder."""
    given = {"PATH": os.environ["PATH"], "HOME": str(folder), **environment}
    with (folder / "log").open("ab") as log:
        child = subprocess.Popen(  # noqa: S603
            [DASK, *command], env=given, stdout=log, stderr=log, start_new_session=True
        )
        try:
            yield child
        finally:
            with suppress(ProcessLookupError):  # a test has ended it
                os.killpg(child.pid, signal.SIGKILL)  # with the workers that it started
            child.wait()


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCluster]:
    """Give a running cluster that tests share; its workers come back when they are killed."""
    with running_cluster(tmp_path_factory.mktemp("cluster")) as running:
        running.asked(os.getpid)
        yield running
