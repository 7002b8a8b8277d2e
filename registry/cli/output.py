"""What commands print: lines for people, JSON lines for programs, progress on a terminal."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from registry.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.progress import Task


def say(text: str) -> None:
    """Print a line for a person."""
    sys.stdout.write(text + "\n")


def warn(text: str) -> None:
    """Print a line for a person on standard error."""
    sys.stderr.write(text + "\n")


def json_line(value: dict[str, Any]) -> None:
    """Print one JSON object on one line, at once."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n")
    sys.stdout.flush()


def confirm(question: str, *, yes: bool) -> None:
    """Return if a person agrees, or `yes` said so beforehand; InputError where there is nobody to ask."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise InputError("There is no terminal to ask at; add --yes if you mean it. Nothing was changed.")
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        raise InputError("It was not confirmed; nothing was changed.")


@contextmanager
def progress_bar(total: int, label: str) -> Iterator[Callable[[int], None]]:
    """Give a function that takes the count so far; at a terminal it draws a bar with rate and time left."""
    if not sys.stderr.isatty():
        yield lambda _done: None
        return
    from rich.console import Console  # noqa: PLC0415  only at a terminal
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    class RateColumn(ProgressColumn):
        def render(self, task: Task) -> str:
            return f"{task.speed:,.0f}/s" if task.speed else ""

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        RateColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(label, total=total)
        yield lambda done: progress.update(task, completed=done)
