"""Faults 11 to 18: sends whose fate is unknown, lost transactions, fees."""

from __future__ import annotations

import itertools
import os
import sys
from typing import TYPE_CHECKING, Any

import pytest

from registry.core.submission import SubmissionState

if TYPE_CHECKING:
    from tests.faults.stage import Stage

pytestmark = pytest.mark.chain

Fault = sys.modules["tests_faults_job_process"].Fault  # loaded by conftest.py
SEND = "eth_sendRawTransaction"
KILLED, WAITS, NEEDS_PERSON, UNREACHABLE = -9, 3, 2, 3
GWEI = 10**9
in_the_long_form = pytest.mark.skipif(
    os.environ.get("CREDANCHOR_TEST_PROFILE") != "long", reason="much like others; `make faults` runs it"
)
LAST_LOOK = 200
"""Seconds after which a run that waited has ended, and what it sent last may be sent again."""
IMPATIENT = {"anchoring.rpc:TIMEOUT_SECONDS": 0.3}
BUMPS_AFTER = (0, 400, 1100, 2400)
"""Seconds on the job's clock: each later than the patience that the attempts before have used up."""


def send_and_die(stage: Stage, later_seconds: float = 0) -> None:
    """Let a job send its transaction into a pool from which nothing is mined, and die."""
    stage.automine(on=False)
    ended = stage.anchor(fault=Fault("kill", "commit:sent", moment="after"), later_seconds=later_seconds)
    assert ended.code == KILLED, ended


def free(stage: Stage) -> None:
    """Mine what waits in the pool, and let blocks be made again."""
    stage.automine(on=True)
    stage.tick()


def assert_recovered(stage: Stage, paid: int = 1, **recovery: Any) -> None:
    stage.recover(**recovery)
    assert stage.judge(final=True, paid=paid).problems == []


def test_11_a_send_that_was_taken_and_then_cut_off_is_found_by_its_hash(stage: Stage) -> None:
    stage.proxy.drop(SEND, "after")

    ended = stage.anchor()

    assert ended.code == 0, ended
    assert stage.proxy.calls.count(SEND) == 1
    assert [attempt.nonce for attempt in stage.attempts()] == [0]
    assert stage.judge(final=True).problems == []


def test_12_a_send_that_is_answered_after_the_timeout_is_not_sent_anew(stage: Stage) -> None:
    stage.proxy.delay(SEND, 1.0)

    ended = stage.anchor(constants=IMPATIENT)

    assert ended.code == 0, ended
    assert len(set(stage.proxy.raws)) == 1
    assert stage.judge(final=True).problems == []


def test_12_an_answer_that_it_is_imported_already_is_success(stage: Stage) -> None:
    stage.proxy.duplicate(SEND)

    send_and_die(stage)

    assert "already" in stage.attempts()[0].answer
    free(stage)
    assert_recovered(stage)
    assert len(stage.attempts()) == 1


@pytest.mark.parametrize("commit", ["sent", "mined", "finalized"])
def test_13_a_store_that_fails_after_the_chain_did_its_part_is_repaired_from_the_chain(
    stage: Stage, commit: str
) -> None:
    if not sys.modules["tests_faults_broken_disk"].available():
        pytest.skip("needs Linux on x86_64 or aarch64")
    ended = stage.anchor(fault=Fault("enospc", f"commit:{commit}"))
    assert ended.code == UNREACHABLE
    assert "database or disk is full" in ended.err

    assert_recovered(stage)


def test_14_a_transaction_that_the_pool_dropped_is_sent_again_as_the_same_bytes(stage: Stage) -> None:
    send_and_die(stage)
    stage.chain.call("anvil_dropAllTransactions")
    free(stage)

    assert_recovered(stage)

    assert len(stage.proxy.raws) == 2
    assert len(set(stage.proxy.raws)) == 1


@pytest.mark.parametrize(
    "way",
    [
        "drop",
        "refuse",
        pytest.param("status", marks=in_the_long_form),
        pytest.param("truncate", marks=in_the_long_form),
    ],
)
def test_15_sends_that_all_fail_change_nothing_and_are_few(stage: Stage, way: str) -> None:
    stage.set_network(kind="test")
    if way == "truncate":
        stage.automine(on=False)
    words = {"refuse": {"message": "server is busy"}}.get(way, {})
    getattr(stage.proxy, way)(SEND, times=None, **words)

    ended = stage.anchor()

    assert ended.code == WAITS
    assert 1 <= stage.proxy.calls.count(SEND) <= 5  # 120 seconds, a repetition after each 30
    assert len(set(stage.proxy.raws)) == len(stage.attempts()) == 1
    assert stage.judge(paid=0).problems == []
    stage.set_network()
    free(stage)
    assert_recovered(stage, later_seconds=LAST_LOOK)


def test_15_a_node_that_cannot_be_reached_at_all_changes_nothing(stage: Stage) -> None:
    stage.proxy.stop_listening()

    ended = stage.anchor()

    assert ended.code == UNREACHABLE
    assert "Traceback" not in ended.err
    assert stage.submissions() == []
    assert_recovered(stage)


def test_15_a_node_that_never_answers_is_waited_for_within_bounds(stage: Stage) -> None:
    stage.proxy.hang("eth_getBlockByNumber", times=None)

    ended = stage.anchor(constants=IMPATIENT)

    assert ended.code == UNREACHABLE
    assert_recovered(stage)


def test_16_every_replacement_is_taken_by_a_node_that_asks_for_ten_percent_on_both_fees(stage: Stage) -> None:
    for later in BUMPS_AFTER:
        send_and_die(stage, later)

    attempts = stage.attempts()
    assert len(attempts) == len(BUMPS_AFTER)
    assert not any("underpriced" in attempt.answer for attempt in attempts)
    for older, newer in itertools.pairwise(attempts):
        assert newer.nonce == older.nonce
        assert 100 * newer.fees.cap_wei >= 110 * older.fees.cap_wei
        assert 100 * newer.fees.tip_wei >= 110 * older.fees.tip_wei
    free(stage)
    assert_recovered(stage, later_seconds=BUMPS_AFTER[-1] + LAST_LOOK)


@pytest.mark.parametrize("signed", [False, True], ids=["before-it-was-signed", "after-it-was-sent"])
def test_17_above_the_fee_ceiling_it_waits_and_goes_on_once_fees_fell(stage: Stage, *, signed: bool) -> None:
    if signed:
        send_and_die(stage)
        stage.chain.call("anvil_dropAllTransactions")  # or the dear block below would mine it
    stage.chain.call("anvil_setNextBlockBaseFeePerGas", hex(300 * GWEI))
    stage.tick()

    ended = stage.anchor(later_seconds=400)

    assert ended.code == NEEDS_PERSON, ended
    assert "ceiling" in ended.out
    assert [one.state for one in stage.submissions()] == [SubmissionState.STUCK]
    assert len(stage.attempts()) == int(signed)
    stage.chain.call("anvil_setNextBlockBaseFeePerGas", hex(GWEI))
    free(stage)
    assert_recovered(stage, later_seconds=800)


def test_18_an_older_attempt_that_is_mined_after_bumps_is_adopted(stage: Stage) -> None:
    for later in BUMPS_AFTER[:3]:
        send_and_die(stage, later)
    first, *others = stage.attempts()
    assert len(others) == 2
    stage.chain.call("anvil_dropAllTransactions")
    stage.chain.call(SEND, "0x" + first.raw.hex())
    free(stage)

    assert_recovered(stage, later_seconds=BUMPS_AFTER[2] + LAST_LOOK)

    (submission,) = stage.submissions()
    assert submission.mined is not None
    assert submission.mined.tx_hash == first.tx_hash
