"""How many instructions a contender's work takes, where a ratio is too tight for a clock: by perf, else by callgrind.

The contender runs twice, with its work done once and done twice; the difference is the work with everything loaded.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from typing import TYPE_CHECKING

from benchmarks.contest import ROOT, Command, ContenderError

if TYPE_CHECKING:
    from collections.abc import Sequence

COUNTERS: dict[str, tuple[Sequence[str], re.Pattern[str]]] = {
    "perf": (("perf", "stat", "-x,", "-e", "instructions:u"), re.compile(r"^(\d+),,instructions", re.MULTILINE)),
    "callgrind": (
        ("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"),
        re.compile(r"Collected : (\d+)"),
    ),
}
"""The words before a command, and where the count is in what is then said on standard error."""


def counter() -> str | None:
    """Return the first counter that counts on this machine; virtual machines often refuse perf."""
    for name in COUNTERS:
        try:
            _count(name, Command(("true",)))
        except (OSError, ContenderError):
            continue
        return name
    return None


def instructions(name: str, command: Command) -> int:
    """Return the instructions of one go of a warm contender; ContenderError if it fails, or runs in Node.

    Node writes its code while it runs, which callgrind does not follow.
    """
    if command.words[0] == "node":
        raise ContenderError("the instructions of a program in Node are not counted")
    once, twice = (_count(name, Command((*command.words, flag), command.environment)) for flag in ("--once", "--twice"))
    return twice - once


def _count(name: str, command: Command) -> int:
    before, pattern = COUNTERS[name]
    with tempfile.TemporaryFile("w+") as said:
        words, environment = (*before, *command.words), command.full_environment()
        code = subprocess.call(words, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=said)  # noqa: S603
        said.seek(0)
        text = said.read()
    found = pattern.search(text)
    if code or not found:
        raise ContenderError(f"{name} counted nothing of {' '.join(command.words)[:200]}: {text[-1000:]}")
    return int(found[1])
