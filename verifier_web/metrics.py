"""What a verifier counts for Prometheus: verdicts, times, refusals and endpoints; nothing about any person."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Literal

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from prometheus_client.metrics_core import Metric

    from registry.core.errors import RegistryError
    from verifier_web.desk import Judged
    from verifier_web.readiness import Watched

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
"""Upper ends of the histogram's intervals; a check may take 60 seconds."""
_ENDPOINT = ("network", "number", "endpoint")


class Metrics:
    """Counts of one application; several threads may count."""

    def __init__(self, watched: Sequence[Watched] = ()) -> None:
        self.registry = CollectorRegistry()
        self.registry.register(EndpointCollector(watched))
        self._verdicts = Counter(
            "credanchor_verifier_verifications", "Credentials that were judged.", ["verdict"], registry=self.registry
        )
        self._refused = Counter(
            "credanchor_verifier_refused", "Requests and inputs without a verdict.", ["code"], registry=self.registry
        )
        self._seconds = Histogram(
            "credanchor_verifier_check_seconds",
            "Time from taking a check up to its end.",
            ["kind"],
            buckets=SECONDS,
            registry=self.registry,
        )

    def judged(self, judged: Judged) -> None:
        """Count a verdict."""
        self._verdicts.labels(judged.report.verdict.value).inc()

    def refused(self, error: RegistryError) -> None:
        """Count what got no verdict, by its code."""
        self._refused.labels(error.code).inc()

    def took(self, kind: Literal["single", "several", "lookup"], seconds: float) -> None:
        """Count how long a check of one, or of some together, took."""
        self._seconds.labels(kind).observe(seconds)


class EndpointCollector(Collector):
    """Answers one scrape with how the chains' endpoints answered."""

    def __init__(self, watched: Sequence[Watched]) -> None:
        self._watched = watched

    def collect(self) -> Iterable[Metric]:
        """Yield every metric."""
        told = _family("endpoint_answers", "Questions that an endpoint answered.")
        failed = _family("endpoint_failures", "Questions that it did not answer in time, or with something unusable.")
        contradicted = _family("endpoint_contradictions", "Answers that a quorum contradicted.")
        age = GaugeMetricFamily(
            "credanchor_verifier_network_answered_seconds",
            "How long ago a quorum last agreed on the newest blocks; missing if never.",
            labels=["network"],
        )
        for one in self._watched:
            pulse, name = one.pulse(), one.network.name
            for number, endpoint in enumerate(pulse.endpoints, 1):
                values = [name, str(number), endpoint.name]
                told.add_metric(values, endpoint.answered)
                failed.add_metric(values, endpoint.failed)
                contradicted.add_metric(values, endpoint.contradicted)
            if pulse.answered_at is not None:
                age.add_metric([name], time.monotonic() - pulse.answered_at)
        yield from (told, failed, contradicted, age)


def _family(name: str, text: str) -> CounterMetricFamily:
    return CounterMetricFamily(f"credanchor_verifier_{name}", text, labels=_ENDPOINT)
