"""Metrics of a watch for Prometheus: the store's are counted when asked for, the others are the last round's."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from anchoring.steps import AlertKind, Waiting
from registry.core.errors import RegistryError
from registry.store.counts import count_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from prometheus_client.metrics_core import Metric
    from sqlalchemy import Engine

    from anchoring.observed import Observed, Observer
    from registry.ports import Clock
    from registry.store.counts import Counts

Label = TypeVar("Label", bound=str)


class WatchCollector(Collector):
    """Answers one scrape."""

    def __init__(self, engine: Engine, observer: Observer, clock: Clock) -> None:
        self._engine = engine
        self._observer = observer
        self._clock = clock

    def collect(self) -> Iterable[Metric]:
        """Yield every metric; those of the store are missing while it does not answer."""
        now, observed = self._clock.now(), self._observer.newest
        yield from _rounds(observed)
        yield from _last_round(observed, now)
        yield from _endpoints(observed)
        try:
            counts = count_all(self._engine)
        except RegistryError:
            yield _gauge("store_reachable", "Whether the database answers.", 0)
            return
        yield _gauge("store_reachable", "Whether the database answers.", 1)
        yield from _kept(counts, now)


def _rounds(observed: Observed) -> Iterator[Metric]:
    rounds = CounterMetricFamily("credanchor_rounds", "Rounds of the watch.", labels=["outcome"])
    rounds.add_metric(["done"], observed.rounds_done)
    rounds.add_metric(["failed"], sum(observed.errors.values()))
    yield rounds
    errors = CounterMetricFamily("credanchor_round_errors", "Rounds that failed, by error code.", labels=["code"])
    for code, count in sorted(observed.errors.items()):
        errors.add_metric([code], count)
    yield errors
    at = observed.last_done_at.timestamp() if observed.last_done_at else 0
    yield _gauge("last_successful_round_timestamp_seconds", "When a round last went through; 0 for never.", at)


def _last_round(observed: Observed, now: datetime) -> Iterator[Metric]:
    waits = {what: _age(observed.waits[what], now) if what in observed.waits else 0 for what in Waiting}
    text = "Longest that a submission waits, by what it waits for, as of the last round."
    yield _by("waiting_seconds", text, "what", waits)
    alerts = {kind: observed.alerts.get(kind, 0) for kind in AlertKind}
    yield _by("alerts", "Submissions that wait for a person, by alarm, as of the last round.", "kind", alerts)
    yield _gauge("skipped_issuers", "Issuers whose batches the account may not anchor.", observed.skipped)
    if observed.account is not None and observed.balance_wei is not None:
        text = "What the paying account holds, as of the last round."
        yield _by("sender_balance_wei", text, "account", {observed.account.checksummed(): observed.balance_wei})


def _endpoints(observed: Observed) -> Iterator[Metric]:
    labels = ["number", "endpoint"]  # two of one provider may have the same host
    reachable = _empty("endpoint_reachable", "Whether the endpoint answered soon, as of the last round.", labels)
    head = _empty("endpoint_head_block", "The endpoint's newest block.", labels)
    final = _empty("endpoint_final_block", "The endpoint's newest final block.", labels)
    lag = _empty("endpoint_final_lag_blocks", "How far its newest final block is behind the best endpoint's.", labels)
    best = max((heads.final for _, heads in observed.endpoints if heads), default=0)
    for number, (name, heads) in enumerate(observed.endpoints, 1):
        values = [str(number), name]
        reachable.add_metric(values, heads is not None)
        if heads is not None:
            head.add_metric(values, heads.head)
            final.add_metric(values, heads.final)
            lag.add_metric(values, best - heads.final)
    yield from (reachable, head, final, lag)


def _kept(counts: Counts, now: datetime) -> Iterator[Metric]:
    yield _by("batches", "Batches by state.", "state", counts.batches)
    ages = {state: _age(at, now) for state, at in counts.oldest.items()}
    yield _by("oldest_batch_age_seconds", "Age of the oldest open and the oldest sealed batch.", "state", ages)
    yield _by("submissions", "Submissions by state.", "state", counts.submissions)
    yield _counter("attempts", "Transactions that were signed.", counts.attempts)
    yield _counter("fee_bumps", "Transactions that were signed again with higher fees.", counts.fee_bumps)
    yield _counter("gas_used", "Units of gas of all mined transactions.", counts.gas_used)
    yield _counter("spent_wei", "What all mined transactions cost.", counts.spent_wei)


def _empty(name: str, text: str, labels: list[str]) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"credanchor_{name}", text, labels=labels)


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"credanchor_{name}", text, value=value)


def _counter(name: str, text: str, value: float) -> CounterMetricFamily:
    return CounterMetricFamily(f"credanchor_{name}", text, value=value)


def _by(name: str, text: str, label: str, values: Mapping[Label, float]) -> GaugeMetricFamily:
    family = _empty(name, text, [label])
    for value, number in values.items():
        family.add_metric([str(value)], number)
    return family


def _age(since: datetime, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds())
