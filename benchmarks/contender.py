"""The contender's half of the line protocol. Standard library only: it runs in the peers' environments, too.

A contender loads its documents and writes `ready`. For every line `go` it does its work once and answers with one
line of JSON: wall and processor seconds, peak memory in MiB, and how many operations that was. With the argument
`--once` it works once and ends, to be measured from outside as a whole process; with `--twice` it works
twice, so that the difference is work with everything loaded.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def contend(work: Callable[[], int], before: Callable[[], object] | None = None) -> None:
    """Do the work whenever told to; it returns its number of operations. `before` runs before each clock starts."""
    times = 1 if "--once" in sys.argv else 2 if "--twice" in sys.argv else 0
    for _ in range(times):
        work()
    if times:
        return
    _say("ready")
    for line in sys.stdin:
        if line.strip() == "go":
            _say(json.dumps(_measured(work, before)))


def _measured(work: Callable[[], int], before: Callable[[], object] | None) -> dict[str, float]:
    if before:
        before()
    wall, cpu = time.perf_counter(), time.process_time()
    operations = work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return {"wall": wall, "cpu": cpu, "peak_mib": _peak_mib(), "operations": operations}


def _peak_mib() -> float:
    # Not getrusage: that still counts the memory of the process that this one was forked from.
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
