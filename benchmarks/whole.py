"""Run a command as a process of its own and write what it took: `whole.py OUT COMMAND ...`.

A small process in between, since a child counts the memory of the process it was forked from as its own peak.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path


def main() -> int:
    """Run the command, write wall, processor seconds and peak memory as JSON, and return its exit code."""
    out, *command = sys.argv[1:]
    began = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603  the harness names it
    _, status, used = os.wait4(child.pid, 0)
    wall = time.perf_counter() - began
    figures = {"wall": wall, "cpu": used.ru_utime + used.ru_stime, "peak_mib": used.ru_maxrss / 1024}
    Path(out).write_text(json.dumps(figures), "utf-8")
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main())
