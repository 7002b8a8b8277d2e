"""Fault 30: the balance runs out between two batches, or between signing and sending.

Expected: the submission is stuck and a person is told, no nonce is skipped, and it goes on by itself once funded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from anchoring import contract_calls
from anchoring.job import run
from anchoring.steps import Alert, AlertKind, Rest, Wait
from registry.core.submission import SubmissionState
from registry.records import BatchState

if TYPE_CHECKING:
    from anchoring.job import RunReport
    from registry.records import IssuerRow
    from tests.bench import Bench
    from tests.faults.stage import Stage

pytestmark = pytest.mark.chain


def go(bench: Bench, wait_seconds: float = 10) -> RunReport:
    return run(bench.desk(), bench.sender.address, bench.seal, wait_seconds)


def require_in_a_row(bench: Bench, issuers: list[IssuerRow]) -> None:
    submissions = bench.rows.submissions()
    assert {one.state for one in submissions} == {SubmissionState.FINALIZED}
    assert [one.nonce for one in submissions] == list(range(len(submissions)))
    assert bench.spent_nonces() == len(submissions)
    assert [len(bench.anchored_events(issuer)) for issuer in issuers] == [1] * len(issuers)


def test_30_a_balance_that_runs_out_between_batches_leaves_the_second_stuck_and_no_hole(bench: Bench) -> None:
    issuers = [bench.sealed_batch() for _ in range(3)]
    quote = bench.desk().chain.quote(bench.sender.address, contract_calls.anchor(bench.rows.unclaimed_batches()[:1]))
    bench.plan_each()
    enough_for_one = quote.max_fee_wei * 5 // 4
    bench.local.call("anvil_setBalance", bench.sender.address, hex(enough_for_one))

    first, second, third = go(bench).progress

    assert isinstance(first.step, Rest)
    for one in (second, third):
        assert isinstance(one.step, Alert)
        assert one.step.kind is AlertKind.FUNDS
        assert "send it more" in one.step.why
        assert (one.submission.state, one.submission.nonce) == (SubmissionState.STUCK, None)
    assert bench.spent_nonces() == 1

    bench.local.fund(bench.sender.address)
    go(bench)
    require_in_a_row(bench, issuers)


def test_30_a_balance_that_runs_out_after_signing_keeps_the_nonce_and_the_bytes(bench: Bench) -> None:
    issuers = [bench.sealed_batch()]
    bench.kill("eth_sendRawTransaction", "before")
    with pytest.raises(bench.killed):
        go(bench)
    bench.rpc.before.clear()
    bench.local.call("anvil_setBalance", bench.sender.address, "0x1")

    (refused,) = go(bench, wait_seconds=5).progress
    bench.clock.pause(400)
    (stuck,) = go(bench).progress

    assert isinstance(refused.step, Wait)
    assert isinstance(stuck.step, Alert)
    assert stuck.step.kind is AlertKind.FUNDS
    assert (stuck.submission.state, stuck.submission.nonce) == (SubmissionState.STUCK, 0)
    bench.local.fund(bench.sender.address)
    bench.clock.pause(60)
    go(bench)
    require_in_a_row(bench, issuers)
    assert {attempt.nonce for attempt in bench.rows.attempts(1)} == {0}


def test_30_an_account_that_cannot_pay_begins_nothing_and_the_batches_stay_sealed(stage: Stage) -> None:
    stage.chain.call("anvil_setBalance", stage.sender, "0x1")

    ended = stage.anchor()

    assert (ended.code, "Traceback" in ended.err) == (2, False)
    assert stage.sender.checksummed() in ended.err
    assert "Send it at least" in ended.err
    store = stage.open_store()
    assert [batch.state for batch in store.batches()] == [BatchState.SEALED]
    assert [one for one in store.submissions.submissions() if one.what.batches] == []
    store.engine.dispose()
