"""`credanchor anchor watch` put together: rounds, signals, log."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from anchoring.logs import open_log
from anchoring.rounds import round_of_ripe, tell_what_is_left, telling
from anchoring.watch import Stop, watch

if TYPE_CHECKING:
    from collections.abc import Callable

    from anchoring.admin_desk import Home
    from anchoring.drive import Desk, Progress
    from anchoring.job import Outlook, RunReport
    from registry.core.errors import RegistryError


def run_watch(
    home: Home,
    desk: Desk,
    every_seconds: int,
    announce: Callable[[Outlook], None],
    show: Callable[[RunReport], None],
) -> None:
    """Run rounds until a signal; the log goes to standard error, `show` is given what changed since the last round."""
    stop = Stop()
    stop.listen()
    log = open_log(home.allowed.log or "text", sys.stderr)
    told = replace(telling(desk, log), pause=stop.pause, stopping=stop.asked)
    (account,) = desk.signers
    news = News()

    def one_round() -> None:
        fresh = news.of(round_of_ripe(home, told, log, announce))
        tell_what_is_left(fresh, log)
        show(fresh)

    def failed(error: RegistryError, pause: int) -> None:
        log("warning", "round.failed", code=error.code, why=str(error), next_try_in_seconds=pause)

    log("info", "watch.started", network=desk.chain.network.name, account=account, every_seconds=every_seconds)
    watch(one_round, every_seconds, stop, failed)
    log("info", "watch.ended")


class News:
    """Tells what a round changed, so that a long wait is told once."""

    def __init__(self) -> None:
        self._last: dict[int, Progress] = {}
        self._skipped: tuple[str, ...] = ()

    def of(self, report: RunReport) -> RunReport:
        """Return the report without what the last one said already."""
        fresh = tuple(one for one in report.progress if not self._known(one))
        skipped = tuple(one for one in report.skipped if one not in self._skipped)
        self._last = {one.submission.id: one for one in report.progress}
        self._skipped = report.skipped
        return replace(report, progress=fresh, skipped=skipped)

    def _known(self, one: Progress) -> bool:
        before = self._last.get(one.submission.id)
        return before is not None and (before.submission.state, before.step) == (one.submission.state, one.step)
