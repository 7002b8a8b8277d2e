"""Fault 34: the clock jumps back or forward, or the process is held still for two hours.

Expected: timers hold, nothing is sent under a second nonce, one anchor.
"""

from __future__ import annotations

import os
import signal
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from anchoring.job import run
from registry.core.submission import SubmissionState
from registry.records import BatchState

if TYPE_CHECKING:
    from tests.bench import Bench
    from tests.faults.stage import Stage

pytestmark = pytest.mark.chain

ON, OFF = (True,), (False,)
TWO_HOURS = 7200
LONG = os.environ.get("CREDANCHOR_TEST_PROFILE") == "long"
JUMPS = {"a year back": -365 * 86400, "a day forward": 86400}
COMMITS = ["claim", "sent"]
if LONG:
    JUMPS |= {"an hour back": -3600, "ten years forward": 3650 * 86400}
    COMMITS += ["plan", "signed", "mined"]
MAY_STOP_AT = {
    "before the estimate": ("eth_estimateGas", "before"),
    "before the send": ("eth_sendRawTransaction", "before"),
    "after the send": ("eth_sendRawTransaction", "after"),
}
if LONG:
    MAY_STOP_AT |= {
        "before the look": ("eth_getBlockByNumber", "before"),
        "before the receipt": ("eth_getTransactionReceipt", "before"),
    }


@pytest.mark.parametrize("jump", JUMPS)
@pytest.mark.parametrize("commit", COMMITS)
def test_34_a_clock_that_jumps_while_a_worker_is_dead_delays_nobody(bench: Bench, commit: str, jump: str) -> None:
    issuer = bench.sealed_batch()
    with pytest.raises(bench.killed):
        run(bench.desk(rows=bench.dying(commit, "after")), bench.sender.address, bench.seal, 10)
    bench.clock.at += timedelta(seconds=JUMPS[jump])

    run(bench.desk(owner="next"), bench.sender.address, bench.seal, 40)

    assert [batch.state for batch in bench.store.batches()] == [BatchState.FINAL]
    assert len(bench.anchored_events(issuer)) == 1
    assert bench.spent_nonces() == 1


@pytest.mark.parametrize("jump", JUMPS)
def test_34_a_clock_that_jumps_while_a_transaction_waits_raises_its_fee_once_at_most(bench: Bench, jump: str) -> None:
    issuer = bench.sealed_batch()
    bench.local.call("evm_setAutomine", *OFF)
    try:
        run(bench.desk(), bench.sender.address, bench.seal, 0)
        bench.clock.at += timedelta(seconds=JUMPS[jump])
        for _ in range(3):
            run(bench.desk(), bench.sender.address, bench.seal, 0.2)
        attempts = bench.rows.attempts(1)
    finally:
        bench.local.call("evm_setAutomine", *ON)
        bench.local.call("anvil_mine", "0x1", "0x0")
    run(bench.desk(), bench.sender.address, bench.seal, 10)

    assert len(attempts) <= 2
    assert {one.nonce for one in attempts} == {0}
    assert bench.rows.submission(1).state is SubmissionState.FINALIZED
    assert len(bench.anchored_events(issuer)) == 1
    assert bench.spent_nonces() == 1


@pytest.mark.parametrize("place", MAY_STOP_AT)
def test_34_a_process_held_still_for_two_hours_does_no_harm_when_it_wakes(stage: Stage, place: str) -> None:
    method, moment = MAY_STOP_AT[place]
    held = []

    def hold(*given: Any) -> Any:
        os.kill(job.pid, signal.SIGSTOP)
        held.append(job.pid)
        return given[-1] if moment == "after" else None

    stage.proxy._rule(method, moment, hold, {})
    job = stage.start("anchor", "run", hurried=False)
    try:
        while not held:
            os.sched_yield()
        other = stage.anchor(later_seconds=TWO_HOURS)
    finally:
        os.kill(job.pid, signal.SIGCONT)
    woken = job.wait()

    assert other.code == 0, other
    assert woken.code in {0, 3, 4}, woken
    assert "Traceback" not in woken.err
    stage.recover(later_seconds=TWO_HOURS)
    assert stage.judge(final=True).problems == []
