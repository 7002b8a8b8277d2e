"""Reports on what `verify` is given: each by itself, or many together, in whatever processes do the work."""

from __future__ import annotations

from collections import deque
from concurrent.futures import BrokenExecutor
from itertools import islice
from typing import TYPE_CHECKING, Any

from registry.checks.report import refusal_json, report_json
from registry.cli.inputs import content_of
from registry.cli.judge import Judge
from registry.core.errors import InputError, LinkUnreachableError, ProfileUnavailableError
from registry.services.workers import WorkerDiedError
from registry.settings import load_accepted
from registry.system import SystemClock

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from concurrent.futures import Future

    from registry.services.verify import Verifier
    from registry.services.verify_offline import OfflineVerifier
    from registry.services.workers import Workers

TOGETHER = 96
"""How many credentials chains are asked about at once: two batches of calls, with eight about what they share."""
MOST_BYTES = 4 * 1024 * 1024
"""A group with this much is full, however few it holds: this process has read all groups that are under way."""
Unjudged = (InputError, ProfileUnavailableError, LinkUnreachableError)
"""What keeps one source from being judged, and says nothing of the others."""
AHEAD = 2
"""How many groups a worker has before it, so that none waits for the next."""


_Read = tuple[str, "bytes | dict[str, Any]"]
"""A source and what it holds, or the report on one that cannot be read."""


def judged_alone(verifier: Verifier | OfflineVerifier, source: str, recipient: str | None) -> dict[str, Any]:
    """Return the report on one source as JSON; what is no credential, or cannot be had, is told in it."""
    try:
        return report_json(verifier.verify(content_of(source), recipient).report, source)
    except Unjudged as error:
        return refusal_json(source, error)


def judged_together(sources: Iterable[str], workers: Workers) -> Iterator[dict[str, Any]]:
    """Yield a report on each source, in their order, judged in groups.

    This process reads what the sources hold, because a worker need not share a disk with it.

    Raises:
        WorkerDiedError: a worker died with its work.

    """
    judge = Judge(load_accepted(), SystemClock().now())
    begun = ((group, workers.executor.submit(judge.reports, _readable(group))) for group in _groups(sources))
    done = 0
    try:
        for report in _in_order(begun, AHEAD * workers.number):
            done += 1
            yield report
    except BrokenExecutor as error:
        raise WorkerDiedError(error, f"{done:,} credentials were judged; nothing is wrong with the rest") from error
    finally:
        judge.put_away()


def _groups(sources: Iterable[str]) -> Iterator[list[_Read]]:
    rest = iter(sources)
    while group := list(_group(rest)):
        yield group


def _group(rest: Iterator[str]) -> Iterator[_Read]:
    size = 0
    for source in islice(rest, TOGETHER):
        content = _content(source)
        yield source, content
        size += len(content) if isinstance(content, bytes) else 0
        if size >= MOST_BYTES:
            return


def _readable(group: list[_Read]) -> list[tuple[str, bytes]]:
    return [(source, content) for source, content in group if isinstance(content, bytes)]


def _in_order(
    begun: Iterator[tuple[list[_Read], Future[list[dict[str, Any]]]]], ahead: int
) -> Iterator[dict[str, Any]]:
    waiting = deque(islice(begun, ahead))
    while waiting:
        group, found = waiting.popleft()
        reports = iter(found.result())
        waiting.extend(islice(begun, 1))
        yield from (next(reports) if isinstance(content, bytes) else content for _, content in group)


def _content(source: str) -> bytes | dict[str, Any]:
    try:
        return content_of(source)
    except Unjudged as error:
        return refusal_json(source, error)
