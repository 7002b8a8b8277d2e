"""Reports on what `verify` is given: each by itself, or many together in one process or several."""

from __future__ import annotations

import itertools
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from typing import TYPE_CHECKING, Any

from registry.checks.report import Verdict, refusal_json, report_json, unjudged_json
from registry.cli.inputs import content_of
from registry.core.errors import InputError, ProfileUnavailableError, UnavailableError
from registry.settings import build_verifier

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from concurrent.futures import Future

    from registry.services.verify import Verifier
    from registry.services.verify_many import ManyVerifier
    from registry.services.verify_offline import OfflineVerifier

TOGETHER = 64
"""How many credentials chains are asked about at once."""
AHEAD = 2
"""How many groups a worker has before it, so that none waits for the next."""


def judged_alone(verifier: Verifier | OfflineVerifier, source: str, recipient: str | None) -> dict[str, Any]:
    """Return the report on one source as JSON; what is no credential, or cannot be had, is told in it."""
    try:
        return report_json(verifier.verify(content_of(source), recipient).report, source)
    except (InputError, ProfileUnavailableError) as error:
        return _unjudged(source, error)


def judged_together(sources: Sequence[str], workers: int) -> Iterator[dict[str, Any]]:
    """Yield a report on each source, in their order, judged in groups.

    Raises:
        UnavailableError: a worker process died.

    """
    groups = [sources[at : at + TOGETHER] for at in range(0, len(sources), TOGETHER)]
    if min(workers, len(groups)) == 1:
        with closing(build_verifier()) as verifier:
            many = verifier.many()
            yield from itertools.chain.from_iterable(_reports(many, group) for group in groups)
        return
    with ProcessPoolExecutor(min(workers, len(groups)), initializer=_begin) as pool:
        yield from _in_order(pool, groups, AHEAD * workers)


def _in_order(pool: ProcessPoolExecutor, groups: Iterable[Sequence[str]], ahead: int) -> Iterator[dict[str, Any]]:
    rest = iter(groups)
    waiting: deque[Future[list[dict[str, Any]]]] = deque()
    waiting.extend(pool.submit(_in_worker, group) for group in itertools.islice(rest, ahead))
    done = 0
    while waiting:
        try:
            found = waiting.popleft().result()
        except BrokenProcessPool as error:
            raise UnavailableError(
                f"A worker process died after {done:,} credentials were judged; nothing is wrong with the rest. Run it "
                "again, with fewer --workers if the machine ran out of memory."
            ) from error
        waiting.extend(pool.submit(_in_worker, group) for group in itertools.islice(rest, 1))
        done += len(found)
        yield from found


_worker: list[ManyVerifier] = []


def _begin() -> None:
    """Make a worker's own verifier, whose connections live as long as the worker."""
    _worker.append(build_verifier().many())


def _in_worker(group: Sequence[str]) -> list[dict[str, Any]]:
    return _reports(_worker[0], group)


def _reports(many: ManyVerifier, group: Sequence[str]) -> list[dict[str, Any]]:
    contents = [_content(source) for source in group]
    judged = iter(many.verify([data for data in contents if isinstance(data, bytes)]))
    outcomes = (next(judged) if isinstance(data, bytes) else data for data in contents)
    return [
        report_json(one.report, source) if not isinstance(one, Exception) else _unjudged(source, one)
        for source, one in zip(group, outcomes, strict=True)
    ]


def _content(source: str) -> bytes | InputError | ProfileUnavailableError:
    try:
        return content_of(source)
    except (InputError, ProfileUnavailableError) as error:
        return error


def _unjudged(source: str, error: InputError | ProfileUnavailableError) -> dict[str, Any]:
    if isinstance(error, InputError):
        return refusal_json(source, error)
    return unjudged_json(source, Verdict.UNDECIDED, error.code, f"Cannot tell: {error}.")
