"""Many credentials in one request: a line each, in and out, judged in groups."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import anyio

from registry.checks.report import refusal_json
from registry.core.errors import InputError, UnavailableError
from verifier_web.about import verification_json
from verifier_web.errors import BodyTooLargeError, BusyError, TooLongError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from verifier_web.desk import Desk, Judged

MEDIA_TYPE = "application/x-ndjson"
MAX_BYTES = 16 * 1024 * 1024
"""Longest request."""
MAX_LINES = 5_000
"""Most lines in one request, blank ones included."""
SECONDS = 600
"""How long a request may take; lines that were not judged by then are `undecided`."""
TOGETHER = 32
"""Credentials that are judged in one turn; between turns others get theirs."""


def lines_of(body: bytes) -> list[tuple[int, bytes]]:
    """Return the lines that are not blank, each with its number from 1; BodyTooLargeError if there are too many."""
    if body.removesuffix(b"\n").count(b"\n") >= MAX_LINES:
        raise BodyTooLargeError(f"That is more than {MAX_LINES:,} lines, the most that are judged in one request.")
    return [(number, line) for number, line in enumerate(body.split(b"\n"), 1) if line.strip()]


async def reports(desk: Desk, lines: list[tuple[int, bytes]]) -> AsyncIterator[bytes]:
    """Yield a report for each line, as one line, in their order; a line that is no credential gets one, too.

    What could not be judged because the server is too busy by then, or the time is over, says so and is `undecided`.
    """
    many, until = desk.many(), anyio.current_time() + SECONDS
    for at in range(0, len(lines), TOGETHER):
        group = lines[at : at + TOGETHER]
        try:
            _require_time(until)
            judged: list[Judged | InputError | UnavailableError] = list(
                await desk.judge_many(many, [line for _, line in group])
            )
        except (BusyError, TooLongError) as error:
            judged = [error] * len(group)
        for (number, _), one in zip(group, judged, strict=True):
            yield json.dumps(_report(f"line {number}", one), allow_nan=False).encode("ascii") + b"\n"


def _require_time(until: float) -> None:
    if anyio.current_time() > until:
        raise TooLongError(f"The request took longer than {SECONDS} seconds; send the rest again.")


def _report(source: str, one: Judged | InputError | UnavailableError) -> dict[str, Any]:
    if isinstance(one, InputError | UnavailableError):
        return refusal_json(source, one)
    return verification_json(one, source)
