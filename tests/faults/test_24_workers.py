"""Fault 24: four workers on one queue; a lease that ends in mid-send; a hand-over.

Expected: each batch is anchored once, one nonce a submission, and no worker ends with an error.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import pytest

from anchoring.drive import LEASE_SECONDS, drive
from anchoring.job import run
from anchoring.steps import Rest, Wait, Waiting
from registry.core.submission import SubmissionState
from registry.records import BatchState

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from anchoring.chain import Chain
    from anchoring.drive import Desk
    from anchoring.sender import Signed, UnsignedTransaction
    from registry.records import IssuerRow
    from tests.bench import Bench
    from tests.faults.job_process import Ended
    from tests.faults.stage import Theatre

pytestmark = pytest.mark.chain

on_both_databases = sys.modules["tests_bench"].on_both_databases  # loaded by tests/conftest.py


WORKERS = 4
QUEUE = 12 if os.environ.get("CREDANCHOR_TEST_PROFILE") == "long" else 4
"""Submissions that wait when the processes start."""


def require_each_anchored_once(bench: Bench, issuers: Sequence[IssuerRow]) -> None:
    """Every batch is final by one event, and the account spent one nonce for each submission, in a row."""
    submissions = bench.rows.submissions()
    assert {one.state for one in submissions} == {SubmissionState.FINALIZED}
    assert {batch.state for batch in bench.store.batches()} == {BatchState.FINAL}
    assert [len(bench.anchored_events(issuer)) for issuer in issuers] == [1] * len(issuers)
    assert sorted(one.nonce for one in submissions if one.nonce is not None) == list(range(bench.spent_nonces()))
    for one in submissions:
        assert len({attempt.tx_hash for attempt in bench.rows.attempts(one.id)}) <= 1


class Interrupted:
    """The real chain, to a worker that is interrupted, once, just before or just after it sends."""

    def __init__(self, chain: Chain, moment: str, interrupt: Callable[[], object]) -> None:
        self._chain, self._moment, self._rest = chain, moment, [interrupt]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._chain, name)

    def send(self, raw: bytes) -> str:
        if self._moment == "before":
            self._strike()
        answer = self._chain.send(raw)
        self._strike()
        return answer

    def _strike(self) -> None:
        if self._rest:
            self._rest.pop()()


def while_signing(bench: Bench, interrupt: Callable[[], object], owner: str) -> Desk:
    """Return the desk of a worker that is interrupted, once, between its look at the chain and its commit."""
    key, rest = bench.sender, [interrupt]

    class Slow:
        address = key.address

        def sign(self, transaction: UnsignedTransaction) -> Signed:
            if rest:
                rest.pop()()
            return key.sign(transaction)

    return bench.desk(signers={key.address: Slow()}, owner=owner)


def test_24_a_worker_whose_look_at_the_nonce_is_overtaken_looks_again(bench: Bench) -> None:
    issuers = [bench.sealed_batch() for _ in range(2)]
    one, other = bench.plan_each()

    slow = while_signing(bench, lambda: drive(bench.desk(owner="quick"), other, 10), "slow")
    progress = drive(slow, one, 10)

    assert isinstance(progress.step, Rest)
    require_each_anchored_once(bench, issuers)


@on_both_databases
@pytest.mark.parametrize("moment", ["before", "after"])
def test_24_a_lease_that_ends_in_mid_send_is_handed_over_and_the_late_sender_does_no_harm(
    bench: Bench, moment: str
) -> None:
    issuer = bench.sealed_batch()
    taken_over = []

    def pass_over() -> None:
        bench.clock.pause(LEASE_SECONDS)
        taken_over.append(run(bench.desk(owner="next"), bench.sender.address, bench.seal, 60))

    chain = Interrupted(bench.desk().chain, moment, pass_over)
    late = run(bench.desk(chain=chain, owner="late"), bench.sender.address, bench.seal, 60)

    assert [one.submission.state for one in taken_over[0].progress] == [SubmissionState.FINALIZED]
    assert [type(one.step) for one in late.progress] == [Rest]
    require_each_anchored_once(bench, [issuer])


@on_both_databases
def test_24_before_a_lease_ends_nobody_else_takes_over(bench: Bench) -> None:
    issuer = bench.sealed_batch()
    others = []

    def come_early() -> None:
        bench.clock.pause(LEASE_SECONDS - 1)
        others.append(run(bench.desk(owner="early"), bench.sender.address, bench.seal, 0))

    run(bench.desk(chain=Interrupted(bench.desk().chain, "before", come_early)), bench.sender.address, bench.seal, 60)

    (kept_away,) = others[0].progress
    assert isinstance(kept_away.step, Wait)
    assert kept_away.step.what is Waiting.WORKER
    require_each_anchored_once(bench, [issuer])


def bystanders(ended: Sequence[Ended]) -> list[Ended]:
    """Return the processes that ended in another way than done, nothing to do, or still waiting, or said too much."""
    return [one for one in ended if one.code not in {0, 3, 4} or "Traceback" in one.err or "locked" in one.err]


@on_both_databases
@pytest.mark.parametrize("hurried", [False, True], ids=["leases-hold", "leases-end-at-once"])
def test_24_four_processes_on_one_queue_anchor_each_batch_once(
    bench: Bench, theatre: Theatre, *, hurried: bool
) -> None:
    issuers = [bench.sealed_batch(2) for _ in range(QUEUE)]
    bench.plan_each()
    issuers += [bench.new_issuer() for _ in range(2)]
    for issuer in issuers[QUEUE:]:
        bench.issue(issuer)  # in open batches, which all four want to seal

    jobs = [theatre.processes.start("anchor", "run", environment=bench.home(), hurried=hurried) for _ in range(WORKERS)]
    ended = [job.wait() for job in jobs]
    rest = theatre.processes.start("anchor", "run", environment=bench.home(), later_seconds=LEASE_SECONDS + 1).wait()

    assert bystanders([*ended, rest]) == []
    require_each_anchored_once(bench, issuers)
