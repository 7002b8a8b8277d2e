"""`credanchor anchor watch` put together: rounds, signals, log, metrics."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from anchoring.logs import open_log
from anchoring.observed import Observer
from anchoring.rounds import round_of_ripe, tell_what_is_left, telling
from anchoring.watch import Stop, watch
from registry.core.errors import ChainUnavailableError, RegistryError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from anchoring.admin_desk import Home
    from anchoring.drive import Desk, Progress
    from anchoring.job import Outlook, RunReport
    from anchoring.logs import Log
    from registry.core.account import Address


@dataclass(frozen=True, slots=True)
class Orders:
    """How a watch was asked to run."""

    every_seconds: int
    """Pause between two rounds."""
    metrics_port: int | None
    """Where metrics are served; None for nowhere."""
    announce: Callable[[Outlook], None]
    """Called with each new submission's cost."""
    show: Callable[[RunReport], None]
    """Called with what a round changed."""


def run_watch(home: Home, desk: Desk, orders: Orders) -> None:
    """Run rounds until a signal; the log goes to standard error. Errors that do not pass by themselves end it."""
    stop, observer = Stop(), Observer()
    stop.listen()
    log = open_log(home.allowed.log or "text", sys.stderr)
    (account,) = desk.signers
    told = replace(telling(desk, log), pause=_beating(stop, observer), stopping=stop.asked)
    one_round = _rounds(home, told, orders, observer, log)

    def failed(error: RegistryError, pause: int) -> None:
        observer.failed(error)
        log("warning", "round.failed", code=error.code, why=str(error), next_try_in_seconds=pause)

    with _metrics(home, desk, orders, observer, log):
        network = desk.chain.network.name
        log("info", "watch.started", network=network, account=account, every_seconds=orders.every_seconds)
        try:
            watch(one_round, orders.every_seconds, _beating(stop, observer), stop.asked, failed)
        except RegistryError as error:
            log("error", "watch.failed", code=error.code, why=str(error))
            raise
        log("info", "watch.ended")


def _rounds(home: Home, desk: Desk, orders: Orders, observer: Observer, log: Log) -> Callable[[], None]:
    news = News()
    (account,) = desk.signers

    def one_round() -> None:
        if orders.metrics_port is not None:
            observer.heard(desk.chain.heads_of_each())
            if desk.stopping():  # endpoints that hang took a while
                return
        report = round_of_ripe(home, desk, log, orders.announce)
        observer.done(report, desk.clock.now())
        observer.holds(account, _balance(desk, account))
        fresh = news.of(report)
        tell_what_is_left(fresh, log)
        orders.show(fresh)

    return one_round


def _balance(desk: Desk, account: Address) -> int | None:
    try:
        return desk.chain.balance(account)
    except ChainUnavailableError:
        return None


def _beating(stop: Stop, observer: Observer) -> Callable[[float], None]:
    def pause(seconds: float) -> None:
        observer.beat(seconds)
        stop.pause(seconds)

    return pause


@contextmanager
def _metrics(home: Home, desk: Desk, orders: Orders, observer: Observer, log: Log) -> Iterator[None]:
    if orders.metrics_port is None:
        yield
        return
    from prometheus_client import CollectorRegistry  # noqa: PLC0415  takes 0.2 s to import

    from anchoring.metrics import WatchCollector  # noqa: PLC0415
    from registry.cli.metrics_server import serving_metrics  # noqa: PLC0415

    metrics = CollectorRegistry()
    metrics.register(WatchCollector(home.store.engine, observer, desk.clock))
    with serving_metrics(home.allowed.metrics_host, orders.metrics_port, metrics, observer.alive) as url:
        log("info", "metrics.served", url=url)
        yield


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
