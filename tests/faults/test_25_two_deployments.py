"""Fault 25: two deployments with one key, because somebody copied a home and both run.

Expected: each batch is anchored once; whoever comes second adopts what stands, or gives its nonce up and says so;
and the two do not outbid each other for ever.
"""

from __future__ import annotations

import shutil
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from anchoring.drive import LEASE_SECONDS
from anchoring.job import run
from anchoring.steps import Rest
from registry.core.submission import SubmissionState
from registry.records import BatchState
from registry.services.seal import seal_open_batches
from registry.store.engine import open_engine
from registry.store.repository import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from anchoring.job import RunReport
    from tests.bench import Bench
    from tests.faults.stage import Stage

pytestmark = pytest.mark.chain

ON, OFF = (True,), (False,)


@dataclass
class Deployment:
    """One of two stores that share a key."""

    bench: Bench
    store: Store
    name: str

    def run(self, wait_seconds: float = 20) -> RunReport:
        desk = self.bench.desk(rows=self.store.submissions, owner=self.name)
        return run(desk, self.bench.sender.address, self.seal, wait_seconds)

    def seal(self) -> None:
        seal_open_batches(self.store, self.bench.clock.now())

    def attempts(self) -> int:
        return sum(len(self.store.submissions.attempts(one.id)) for one in self.store.submissions.submissions())

    @property
    def done(self) -> bool:
        return {batch.state for batch in self.store.batches()} == {BatchState.FINAL}


@pytest.fixture
def copied(bench: Bench) -> Iterator[Callable[[], tuple[Deployment, Deployment]]]:
    """Give a function that copies the bench's database as it stands, and returns the original and the copy."""
    opened = []

    def copy() -> tuple[Deployment, Deployment]:
        path = bench.folder / "copy.db"
        snapshot(bench.folder / "store.db", path)
        opened.append(open_engine(f"sqlite:///{path}"))
        return Deployment(bench, bench.store, "the original"), Deployment(bench, Store(opened[0]), "the copy")

    yield copy
    for engine in opened:
        engine.dispose()


def snapshot(path: Path, target: Path) -> None:
    with sqlite3.connect(path) as source, sqlite3.connect(target) as copy:
        source.backup(copy)
    source.close()
    copy.close()


@pytest.mark.parametrize("commit", ["seal", "plan", "signed", "sent", "mined"])
def test_25_a_home_that_was_copied_at_any_moment_anchors_each_batch_once(
    bench: Bench, copied: Callable[[], tuple[Deployment, Deployment]], commit: str
) -> None:
    issuer = bench.sealed_batch()
    if commit != "seal":
        with pytest.raises(bench.killed):
            run(bench.desk(rows=bench.dying(commit, "after")), bench.sender.address, bench.seal, 20)
        bench.clock.pause(LEASE_SECONDS)
    original, copy = copied()

    reports = [one.run() for one in (copy, original, copy)]

    assert not any(report.needs_person or report.waits for report in reports)
    assert reports[2].progress == ()
    assert original.done
    assert copy.done
    assert len(bench.anchored_events(issuer)) == 1
    assert bench.spent_nonces() == 1


def test_25_two_deployments_that_outbid_each_other_stop_at_one_anchor_and_one_payment(
    bench: Bench, copied: Callable[[], tuple[Deployment, Deployment]]
) -> None:
    issuer = bench.sealed_batch()
    original, copy = copied()
    bench.local.call("evm_setAutomine", *OFF)
    try:
        for _ in range(4):
            original.run(0)
            copy.run(0)
            bench.clock.pause(400)
    finally:
        bench.local.call("evm_setAutomine", *ON)
        bench.local.call("anvil_mine", "0x1", "0x0")

    for one in (original, copy):
        one.run()

    assert (original.done, copy.done) == (True, True)
    assert min(original.attempts(), copy.attempts()) > 1  # they did outbid each other
    assert len(bench.anchored_events(issuer)) == 1
    assert bench.spent_nonces() == 1


def test_25_batches_that_only_one_of_two_deployments_knows_are_each_anchored_once(
    bench: Bench, copied: Callable[[], tuple[Deployment, Deployment]]
) -> None:
    issuers = [bench.new_issuer() for _ in range(2)]
    original, copy = copied()
    for deployment, issuer in zip((original, copy), issuers, strict=True):
        bench.issue(issuer, store=deployment.store)
    bench.local.call("evm_setAutomine", *OFF)
    try:
        original.run(0)
        copy.run(0)  # signs another call under the very nonce that the original's waits under
    finally:
        bench.local.call("evm_setAutomine", *ON)
        bench.local.call("anvil_mine", "0x1", "0x0")
    assert [{attempt.nonce for attempt in one.store.submissions.attempts(1)} for one in (original, copy)] == [{0}, {0}]

    ended = [one.run().progress[-1] for one in (original, copy)]

    assert [type(one.step) for one in ended] == [Rest, Rest]
    assert sorted(one.submission.nonce or 0 for one in ended) == [0, 1]
    assert [len(bench.anchored_events(issuer)) for issuer in issuers] == [1, 1]
    assert bench.spent_nonces() == 2


def test_25_who_comes_second_says_that_it_adopts(
    bench: Bench, copied: Callable[[], tuple[Deployment, Deployment]]
) -> None:
    bench.sealed_batch()
    original, copy = copied()
    original.run()

    (adopted,) = copy.run().progress

    assert adopted.submission.what.label.startswith("adopt")
    assert (adopted.submission.state, adopted.submission.nonce) == (SubmissionState.FINALIZED, None)
    assert copy.attempts() == 0


def test_25_two_processes_in_two_copies_of_a_home_anchor_once(stage: Stage) -> None:
    twin = stage.folder.with_name(f"{stage.folder.name}-twin")
    shutil.copytree(stage.folder, twin)
    there = {"CREDANCHOR_HOME": str(twin), "CREDANCHOR_DATABASE_URL": f"sqlite:///{twin / 'credanchor.db'}"}

    jobs = [stage.start("anchor", "run"), stage.start("anchor", "run", environment=there)]
    ended = [job.wait() for job in jobs]

    assert [one.code for one in ended] == [0, 0], ended
    verdict = stage.judge(final=True)
    assert (verdict.anchors, verdict.paid, verdict.double_anchors) == (1, 1, 0)
