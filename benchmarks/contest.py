"""The harness's half: contenders as processes, asked in turn, warm-ups thrown away."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self

from benchmarks.figures import Sample

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

ROOT = Path(__file__).parent.parent
WHOLE = Path(__file__).parent / "whole.py"
LOG_TAIL = 2000
"""Characters of what a failed contender said on standard error that are shown."""


class ContenderError(Exception):
    """A contender ended, or failed, instead of answering; the message carries the end of what it said."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command line and where it runs."""

    words: Sequence[str]
    """Program and arguments."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables beside those of the harness."""

    def full_environment(self) -> dict[str, str]:
        """Return all variables; numbers of threads and hashes are left as a user has them."""
        return {**os.environ, **self.environment}


class Running(Protocol):
    """A contender that can be asked."""

    def go(self) -> Sample:
        """Do the work once; ContenderError if it fails."""
        ...

    def __enter__(self) -> Self:
        """Return itself."""
        ...

    def __exit__(self, *_: object) -> None:
        """End its processes."""
        ...


@dataclass(frozen=True, slots=True)
class Warm:
    """A process that loads its documents once and speaks the line protocol."""

    name: str
    """Who it is, with its version."""
    command: Command
    """What starts it."""
    note: str = ""
    """How its work differs from ours."""

    def open(self) -> Running:
        """Start the process and wait until its documents are loaded."""
        return _WarmProcess(self)


@dataclass(frozen=True, slots=True)
class Whole:
    """A fresh process for every run, or several in a row, measured from outside."""

    name: str
    """Who it is, with its version."""
    commands: Callable[[Path], Sequence[Command]]
    """Makes an empty folder ready and returns what is measured; their times add up."""
    operations: int
    """Operations of one run."""
    note: str = ""
    """How its work differs from ours."""

    def open(self) -> Running:
        """Return what starts the processes."""
        return _WholeProcesses(self)


Contender = Warm | Whole
"""Whoever does the work of a row."""


def alternately(contenders: Sequence[Contender], rounds: int, warm_ups: int) -> list[list[Sample]]:
    """Return `rounds` samples of each contender: all are asked once a round, and the first rounds thrown away."""
    with ExitStack() as stack:
        running = [stack.enter_context(one.open()) for one in contenders]
        taken = [[one.go() for one in running] for _ in range(warm_ups + rounds)]
    return [list(samples) for samples in zip(*taken[warm_ups:], strict=True)]


class _WarmProcess:
    def __init__(self, contender: Warm) -> None:
        self._name = contender.name
        self._said = tempfile.TemporaryFile("w+")  # noqa: SIM115  closed with the process
        self._process = subprocess.Popen(  # noqa: S603  the rows name it
            contender.command.words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            text=True,
            cwd=ROOT,
            env=contender.command.full_environment(),
        )
        if self._line() != "ready":
            raise ContenderError(f"{self._name} did not say that it is ready")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()
        self._said.close()

    def go(self) -> Sample:
        if self._process.stdin is not None:
            self._process.stdin.write("go\n")
            self._process.stdin.flush()
        return Sample(**json.loads(self._line()))

    def _line(self) -> str:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if line:
            return line.strip()
        self._process.wait()
        self._said.seek(0)
        raise ContenderError(f"{self._name} ended without an answer:\n{self._said.read()[-LOG_TAIL:]}")


class _WholeProcesses:
    def __init__(self, contender: Whole) -> None:
        self._contender = contender

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing stays between two runs."""

    def go(self) -> Sample:
        with tempfile.TemporaryDirectory() as folder:
            parts = [measured(one) for one in self._contender.commands(Path(folder))]
        return Sample(
            sum(one["wall"] for one in parts),
            sum(one["cpu"] for one in parts),
            max(one["peak_mib"] for one in parts),
            self._contender.operations,
        )


def measured(command: Command) -> dict[str, float]:
    """Run a command to its end and return its wall, processor seconds and peak memory.

    Raises:
        ContenderError: it failed; the message carries the end of what it said.

    """
    with tempfile.NamedTemporaryFile("r") as out, tempfile.TemporaryFile("w+") as said:
        wrapped = [sys.executable, "-S", str(WHOLE), out.name, *command.words]
        code = subprocess.call(wrapped, cwd=ROOT, env=command.full_environment(), stderr=said)  # noqa: S603  as above
        if code:
            said.seek(0)
            raise ContenderError(f"{' '.join(command.words)[:200]} ended with {code}:\n{said.read()[-LOG_TAIL:]}")
        taken: dict[str, float] = json.load(out)
        return taken
