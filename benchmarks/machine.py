"""What a run was made on, and whether anything else kept it busy."""

from __future__ import annotations

import os
import platform
import subprocess
from dataclasses import dataclass
from pathlib import Path

BUSY_SHARE = 0.2
"""Load average, as a share of the cores, above which a run says that other work disturbed it."""


@dataclass(frozen=True, slots=True)
class Machine:
    """The machine and the languages' versions."""

    cpu: str
    """Model of the processor."""
    cores: int
    """Cores that this process may use."""
    python: str
    """Version of Python."""
    node: str
    """Version of Node, empty if there is none."""


def this_machine() -> Machine:
    """Return what this machine is."""
    return Machine(_cpu(), len(os.sched_getaffinity(0)), platform.python_version(), _node())


def load() -> float:
    """Return the load average of the last minute."""
    return os.getloadavg()[0]


def is_busy(load_before: float, cores: int) -> bool:
    """Return whether other work kept the machine busy when a run began."""
    return load_before > BUSY_SHARE * cores


def _cpu() -> str:
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _node() -> str:
    try:
        said = subprocess.run(("node", "--version"), capture_output=True, text=True, check=True)  # noqa: S607  on the PATH
    except (OSError, subprocess.CalledProcessError):
        return ""
    return said.stdout.strip().removeprefix("v")
