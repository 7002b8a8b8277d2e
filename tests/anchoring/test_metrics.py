"""Metrics: scraped from a real watch, and counted right."""

from __future__ import annotations

import re
import signal
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import httpx
import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from anchoring.drive import Progress
from anchoring.job import RunReport, run
from anchoring.metrics import WatchCollector
from anchoring.observed import GRACE_SECONDS, Observer
from anchoring.steps import Alert, AlertKind, Policy, Wait, Waiting
from registry.cli.metrics_server import serving_metrics
from registry.core.errors import ChainUnavailableError, SettingsError
from registry.core.quorum import Heads
from registry.core.submission import SubmissionState
from registry.records import BatchState
from registry.store.counts import count_all

if TYPE_CHECKING:
    from collections.abc import Iterable

    from prometheus_client.metrics_core import Metric

    from tests.anchoring.conftest import JobHome
    from tests.bench import Bench

pytestmark = pytest.mark.chain

free_port = sys.modules["tests_devnet"].free_port  # loaded by tests/conftest.py


def values(families: Iterable[Metric]) -> dict[str, float]:
    """Return every sample as `name{label=value}` without the common prefix."""
    found = {}
    for family in families:
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
            found[sample.name.removeprefix("credanchor_") + (f"{{{labels}}}" if labels else "")] = sample.value
    return found


def collected(bench: Bench, observer: Observer | None = None) -> dict[str, float]:
    return values(WatchCollector(bench.store.engine, observer or Observer(), bench.clock).collect())


def test_a_watch_is_scraped_while_it_runs(home: JobHome) -> None:
    home.bench.issue(home.bench.new_issuer(), 4)
    port = free_port()
    home.allow(f'log = "json"\nmetrics_port = {port}\n')

    with home.running("watch", "--every", "1") as running:
        running.await_event("submission.final")
        running.until(lambda: scraped(port)["rounds_total{outcome=done}"] > 1, "no round went through")
        found, health = scraped(port), httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False)
        elsewhere = httpx.get(f"http://127.0.0.1:{port}/", trust_env=False)
        running.tell(signal.SIGTERM)
        assert running.ended() == 0

    (submission,) = home.bench.rows.submissions()
    account = home.bench.sender.address.checksummed()
    assert found["batches{state=final}"] == 1
    assert found["submissions{state=finalized}"] == 1
    assert (found["attempts_total"], found["fee_bumps_total"]) == (1, 0)
    assert found["gas_used_total"] == submission.mined.gas_used
    assert found["spent_wei_total"] == submission.mined.fee_wei
    assert found[f"sender_balance_wei{{account={account}}}"] == float(10 * 10**18 - submission.mined.fee_wei)
    assert found["store_reachable"] == 1
    age = datetime.now(UTC).timestamp() - found["last_successful_round_timestamp_seconds"]
    assert 0 <= age < 60
    assert found[f"endpoint_reachable{{endpoint={home.bench.local.rpc},number=1}}"] == 1
    assert found[f"endpoint_final_lag_blocks{{endpoint={home.bench.local.rpc},number=1}}"] == 0
    assert (health.status_code, health.text, elsewhere.status_code) == (200, "ok\n", 404)


def scraped(port: int) -> dict[str, float]:
    answer = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False)
    assert answer.status_code == 200
    return values(text_string_to_metric_families(answer.text))


def test_failed_rounds_are_counted_by_code(home: JobHome) -> None:
    port = free_port()
    home.use_network(rpc_urls=["http://127.0.0.1:9"])

    with home.running("watch", "--every", "1", "--metrics-port", str(port)) as running:
        running.await_line("round.failed", 2)
        found = scraped(port)
        running.tell(signal.SIGTERM)
        assert running.ended() == 0

    assert found["round_errors_total{code=chain-unavailable}"] >= 1
    assert found["endpoint_reachable{endpoint=http://127.0.0.1:9,number=1}"] == 0
    assert found["rounds_total{outcome=failed}"] >= 1
    assert found["last_successful_round_timestamp_seconds"] == 0


def test_what_waits_is_counted_with_its_age(bench: Bench) -> None:
    issuer = bench.sealed_batch()
    bench.clock.pause(100)
    bench.issue(issuer, 2)
    bench.clock.pause(20)

    found = collected(bench)

    assert (found["batches{state=open}"], found["batches{state=sealed}"]) == (1, 1)
    assert found["oldest_batch_age_seconds{state=open}"] == 20
    assert found["oldest_batch_age_seconds{state=sealed}"] == 120
    assert found["submissions{state=planned}"] == 0


def test_every_bumped_fee_is_counted(bench: Bench) -> None:
    bench.policy = Policy(bump_after_seconds=(60,), resend_after_seconds=3600)
    bench.sealed_batch()
    bench.local.call("evm_setAutomine", False)  # noqa: FBT003  JSON-RPC
    try:
        run(bench.desk(chain=bench.chain_of(kind="test")), bench.sender.address, bench.seal, wait_seconds=128)
        counts = count_all(bench.store.engine)
    finally:
        bench.local.call("evm_setAutomine", True)  # noqa: FBT003  JSON-RPC
        bench.local.call("anvil_mine", "0x3", "0x0")

    assert (counts.attempts, counts.fee_bumps) == (3, 2)
    assert (counts.gas_used, counts.spent_wei) == (0, 0)
    assert counts.submissions[SubmissionState.BROADCAST] == 1


def test_the_last_round_tells_what_waits_and_who_is_needed(bench: Bench) -> None:
    bench.sealed_batch()
    (batch,) = bench.rows.unclaimed_batches()
    submission = bench.rows.plan(bench.anchoring([batch]), bench.clock.now())
    bench.clock.pause(30)
    waits = Progress(submission, Wait(Waiting.BLOCK, "It waits."))
    alert = Progress(submission, Alert(AlertKind.FUNDS, "Send it more."))
    observer = Observer()

    observer.done(RunReport((waits, alert, alert), ("Not permitted.",)), bench.clock.now())
    found = collected(bench, observer)

    assert found["waiting_seconds{what=block}"] == 30
    assert found["waiting_seconds{what=finality}"] == 0
    assert (found["alerts{kind=funds}"], found["alerts{kind=reverted}"], found["skipped_issuers"]) == (2, 0, 1)


def test_every_endpoint_is_told_with_its_lag(bench: Bench) -> None:
    observer = Observer()
    observer.heard([("https://a", Heads(100, 90)), ("https://b", None), ("https://b", Heads(99, 60))])

    found = collected(bench, observer)

    assert found["endpoint_reachable{endpoint=https://b,number=2}"] == 0
    assert found["endpoint_reachable{endpoint=https://b,number=3}"] == 1
    assert found["endpoint_head_block{endpoint=https://b,number=3}"] == 99
    assert found["endpoint_final_lag_blocks{endpoint=https://a,number=1}"] == 0
    assert found["endpoint_final_lag_blocks{endpoint=https://b,number=3}"] == 30
    assert "endpoint_head_block{endpoint=https://b,number=2}" not in found


def test_what_a_round_told_stands_while_the_next_ones_fail(bench: Bench) -> None:
    observer = Observer()
    observer.done(RunReport((), ()), bench.clock.now())
    observer.failed(ChainUnavailableError("No answer."))
    observer.failed(ChainUnavailableError("No answer."))

    found = collected(bench, observer)

    assert found["last_successful_round_timestamp_seconds"] == bench.clock.now().timestamp()
    assert found["round_errors_total{code=chain-unavailable}"] == 2
    assert not any(name.startswith("sender_balance") for name in found)


def test_the_rest_is_told_while_the_store_does_not_answer(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy.exc import OperationalError  # noqa: PLC0415

    def broken() -> None:
        raise OperationalError("SELECT", {}, Exception("disk I/O error"))

    monkeypatch.setattr(bench.store.engine, "connect", broken)
    found = collected(bench)

    assert found["store_reachable"] == 0
    assert "alerts{kind=funds}" in found
    assert not any(name.startswith("batches") for name in found)


def test_a_watch_without_a_sign_of_life_is_not_healthy() -> None:
    observer = Observer()
    with serving_metrics("127.0.0.1", free_port(), CollectorRegistry(), observer.alive) as url:
        health = url.replace("/metrics", "/healthz")
        before = httpx.get(health, trust_env=False).status_code
        observer.beat(-2 * GRACE_SECONDS)

        assert (before, httpx.get(health, trust_env=False).status_code) == (200, 503)


def test_a_taken_port_is_said() -> None:
    port = free_port()
    with (
        serving_metrics("127.0.0.1", port, CollectorRegistry(), Observer().alive),
        pytest.raises(SettingsError, match=f"Port {port} of 127.0.0.1"),
        serving_metrics("127.0.0.1", port, CollectorRegistry(), Observer().alive),
    ):
        pass


def test_names_keep_to_the_conventions_of_prometheus(bench: Bench) -> None:
    for family in WatchCollector(bench.store.engine, Observer(), bench.clock).collect():
        assert re.fullmatch(r"credanchor_[a-z_]+", family.name)
        assert family.documentation.endswith(".")
        assert not family.name.endswith("_total")
        if family.type == "counter":
            assert all(sample.name.endswith("_total") for sample in family.samples)


def test_ages_do_not_go_below_zero_when_the_clock_is_set_back(bench: Bench) -> None:
    bench.sealed_batch()
    bench.clock.at -= timedelta(days=1)

    assert collected(bench)["oldest_batch_age_seconds{state=sealed}"] == 0
    assert bench.store.batches(BatchState.SEALED)
