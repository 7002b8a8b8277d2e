"""Real processes of the real command line, with one thing broken from outside; production code knows nothing of it.

    processes = Processes(folder)
    job = processes.start("anchor", "run", environment={...}, fault=Fault("kill", "commit:signed", moment="after"))
    ended = job.wait()           # ended.code is -9 after a kill; ended.out, ended.err, ended.seconds, ended.trail

A fault strikes once, at the n-th time that its point is passed:

- `commit`: any commit of the store. `commit:NAME`: a commit of the store's function NAME, such as `signed` or
  `sealing`. What points a command passes is read off an undisturbed run's `trail`.
- `file`: a file below `under` is opened to be written, or renamed.

Kinds: `kill` (SIGKILL by itself, before or after), `lose` (the commit happens, then its answer is lost), `eio`,
`enospc`, `fsync` (the kernel fails every write, or every flush, from this commit on; see broken_disk.py).
Kills at an RPC call are the proxy's (proxy.py), as is everything else about the chain.

A process is `hurried` unless told otherwise: its sleeps end at once and its clock says that they passed, so that 30
seconds of a lease or 300 before a higher fee cost nothing. `later_seconds` starts its clock ahead. `constants` sets
module-level values, for example {"anchoring.rpc:TIMEOUT_SECONDS": 0.5}.

A process is forked from one that has imported everything, which saves two seconds; with `fresh=True` it is a new
interpreter, as a shell starts it.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

CHILD = Path(__file__).with_name("job_child.py")
ROOT = CHILD.parent.parent.parent
LIMIT_SECONDS = 240.0
"""A process that has not ended by then hangs."""


@dataclass(frozen=True)
class Fault:
    """What breaks, and where."""

    kind: str
    """kill, lose, eio, enospc or fsync."""
    at: str
    """commit, commit:NAME or file."""
    nth: int = 1
    """Which passing of that point, from 1."""
    moment: str = "before"
    """before or after it; `lose` is always after."""
    under: str = ""
    """For `file`: the folder that is watched."""


@dataclass(frozen=True)
class Ended:
    """What a process did."""

    code: int
    """Exit code; negative is the signal that ended it."""
    out: str
    err: str
    seconds: float
    """From its start to its end."""
    trail: tuple[str, ...]
    """The points it passed, such as `commit:plan`."""


@dataclass
class JobProcess:
    """One running process."""

    pid: int
    folder: Path
    """Holds order, out, err and trail."""
    _processes: Processes
    _started: float
    _popen: subprocess.Popen[bytes] | None = None

    def wait(self, limit_seconds: float = LIMIT_SECONDS) -> Ended:
        """Return how it ended; kill it and fail if it does not."""
        try:
            code = self._code(limit_seconds)
        except (subprocess.TimeoutExpired, TimeoutError) as error:
            self.signal(signal.SIGKILL)
            self._code(limit_seconds)
            raise AssertionError(f"The process hangs; it said {self._said()}.") from error
        seconds = time.monotonic() - self._started
        trail = self.folder / "trail"
        points = tuple(trail.read_text("utf-8").split()) if trail.exists() else ()
        return Ended(code, *self._said(), seconds, points)

    def signal(self, number: int) -> None:
        """Send it a signal, for example SIGKILL, SIGSTOP or SIGTERM."""
        os.kill(self.pid, number)

    def _code(self, limit_seconds: float) -> int:
        if self._popen is not None:
            return self._popen.wait(limit_seconds)
        return self._processes.ended(self.pid, limit_seconds)

    def _said(self) -> tuple[str, str]:
        out, err = (self.folder / "out"), (self.folder / "err")
        return tuple(one.read_text("utf-8") if one.exists() else "" for one in (out, err))  # type: ignore[return-value]


@dataclass
class Processes:
    """Starts processes; keeps each one's order and output in a folder of its own."""

    folder: Path
    _nursery: subprocess.Popen[bytes] | None = None
    _codes: dict[int, int] = field(default_factory=dict)
    _count: int = 0
    _heard: bytes = b""

    def start(
        self,
        *arguments: str,
        environment: Mapping[str, str],
        fault: Fault | None = None,
        hurried: bool = True,
        later_seconds: float = 0,
        constants: Mapping[str, object] | None = None,
        fresh: bool = False,
    ) -> JobProcess:
        """Start one command; `environment` adds to this process's own, without its CREDANCHOR_ names."""
        self._count += 1
        folder = self.folder / f"process-{self._count}"
        folder.mkdir(parents=True)
        order = folder / "order.json"
        values = {
            "arguments": arguments,
            "environment": dict(environment),
            "fault": asdict(fault) if fault else None,
            "hurried": hurried,
            "later_seconds": later_seconds,
            "constants": dict(constants or {}),
            "folder": str(folder),
        }
        order.write_text(json.dumps(values), "utf-8")
        started = time.monotonic()
        if fresh:
            popen = subprocess.Popen([sys.executable, str(CHILD), str(order)], **_surroundings())  # type: ignore[call-overload]  # noqa: S603
            return JobProcess(popen.pid, folder, self, started, popen)
        return JobProcess(self._forked(order), folder, self, started)

    def ended(self, pid: int, limit_seconds: float) -> int:
        """Return a forked process's exit code once it has ended; TimeoutError if it does not."""
        until = time.monotonic() + limit_seconds
        while pid not in self._codes:
            self._listen(until)
        return self._codes.pop(pid)

    def close(self) -> None:
        """End the nursery; what it forked has ended."""
        if self._nursery is not None:
            self._nursery.communicate()

    def _forked(self, order: Path) -> int:
        if self._nursery is None:
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, **_surroundings()}
            self._nursery = subprocess.Popen([sys.executable, str(CHILD), "--nursery"], **pipes)  # type: ignore[call-overload]  # noqa: S603
        os.write(self._nursery.stdin.fileno(), f"{order}\n".encode())  # type: ignore[union-attr]
        until = time.monotonic() + LIMIT_SECONDS
        while (words := self._listen(until))[:2] != ["started", str(order)]:
            pass
        return int(words[2])

    def _listen(self, until: float) -> list[str]:
        pipe = self._nursery.stdout.fileno()  # type: ignore[union-attr]
        while b"\n" not in self._heard:
            ready, _, _ = select.select([pipe], [], [], max(0.0, until - time.monotonic()))
            if not ready:
                raise TimeoutError
            more = os.read(pipe, 65536)
            assert more, "the nursery died"
            self._heard += more
        line, _, self._heard = self._heard.partition(b"\n")
        words = line.decode().split()
        if words[0] == "ended":
            self._codes[int(words[1])] = int(words[2])
        return words


def _surroundings() -> dict[str, object]:
    return {"cwd": ROOT, "env": {**os.environ, "PYTHONPATH": str(ROOT)}}
