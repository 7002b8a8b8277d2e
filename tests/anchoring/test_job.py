"""The job on a real chain: it anchors each batch once, whatever dies at whatever moment."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from eth_hash.auto import keccak

from anchoring import contract_calls
from anchoring.drive import LEASE_SECONDS, drive
from anchoring.job import outlook, retry_refused, run
from anchoring.steps import GWEI, Alert, AlertKind, Policy, Rest, Wait, Waiting
from registry.core.errors import (
    ChainUnavailableError,
    FundsError,
    PassphraseError,
    WrongChainError,
)
from registry.core.submission import SubmissionState
from registry.records import BatchState

if TYPE_CHECKING:
    from anchoring.job import RunReport
    from tests.bench import Bench

pytestmark = pytest.mark.chain

on_both_databases = sys.modules["tests_bench"].on_both_databases  # loaded by tests/conftest.py
NO_TRANSACTIONS = False
ON, OFF = (True,), (False,)


def run_job(bench: Bench, *, wait_seconds: float = 10, **changes: object) -> RunReport:
    return run(bench.desk(**changes), bench.sender.address, bench.seal, wait_seconds)


def test_a_run_seals_anchors_and_finalizes_an_open_batch(bench: Bench) -> None:
    issuer = bench.new_issuer()
    bench.issue(issuer, 5)

    report = run_job(bench)

    assert [type(one.step) for one in report.progress] == [Rest]
    assert not report.needs_person
    assert not report.waits
    assert [batch.state for batch in bench.store.batches()] == [BatchState.FINAL]
    assert len(bench.anchored_events(issuer)) == 1


def test_batches_of_two_issuers_share_one_transaction(bench: Bench) -> None:
    one, other = bench.sealed_batch(2), bench.sealed_batch(3)

    report = run_job(bench)

    (progress,) = report.progress
    assert progress.submission.what.label == "anchor 2 batches of 2 issuers"
    assert progress.submission.credentials == 5
    assert bench.spent_nonces() == 1
    assert len(bench.anchored_events(one) + bench.anchored_events(other)) == 2


def test_the_anchor_row_says_what_the_chain_says(bench: Bench) -> None:
    issuer = bench.sealed_batch()
    (batch,) = bench.store.batches()

    run_job(bench)

    (hint,) = bench.rows.anchors(batch.id)
    (event,) = bench.anchored_events(issuer)
    block = bench.local.call("eth_getBlockByNumber", event["blockNumber"], NO_TRANSACTIONS)
    assert hint.transaction.to_hex() == event["transactionHash"]
    assert hint.block_number == int(event["blockNumber"], 16)
    assert hint.block_hash.to_hex() == block["hash"]
    assert int(hint.anchored_at.timestamp()) == int(block["timestamp"], 16)
    assert (hint.issuer, hint.contract, hint.chain_id) == (issuer.account, bench.local.contract, 31337)


def test_a_second_run_finds_nothing_to_do(bench: Bench) -> None:
    bench.sealed_batch()
    run_job(bench)

    report = run_job(bench)

    assert report.progress == ()
    assert bench.spent_nonces() == 1


COMMITS = ["plan", "claim", "signed", "sent", "mined", "finalized"]


@on_both_databases
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("commit", COMMITS)
def test_a_crash_at_any_commit_still_ends_in_exactly_one_anchor(bench: Bench, commit: str, moment: str) -> None:
    issuer = bench.sealed_batch()
    with pytest.raises(bench.killed):
        run_job(bench, rows=bench.dying(commit, moment))
    bench.clock.pause(LEASE_SECONDS)

    run_job(bench, owner="the next process")

    assert [batch.state for batch in bench.store.batches()] == [BatchState.FINAL]
    assert len(bench.anchored_events(issuer)) == 1
    assert bench.spent_nonces() == 1


@on_both_databases
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_crash_around_the_send_still_ends_in_exactly_one_anchor(bench: Bench, moment: str) -> None:
    issuer = bench.sealed_batch()
    bench.kill("eth_sendRawTransaction", moment)
    with pytest.raises(bench.killed):
        run_job(bench)
    bench.rpc.before.clear()
    bench.rpc.after.clear()

    run_job(bench, owner="the next process")

    assert [batch.state for batch in bench.store.batches()] == [BatchState.FINAL]
    assert len(bench.anchored_events(issuer)) == 1
    assert bench.spent_nonces() == 1


def test_the_signed_bytes_are_stored_before_they_are_sent(bench: Bench) -> None:
    bench.sealed_batch()
    bench.kill("eth_sendRawTransaction", "before")

    with pytest.raises(bench.killed):
        run_job(bench)

    (submission,) = bench.rows.submissions()
    (attempt,) = bench.rows.attempts(submission.id)
    assert (submission.state, submission.nonce) == (SubmissionState.SIGNED, 0)
    assert attempt.sent_at is None
    assert attempt.tx_hash == keccak(attempt.raw)


def test_an_answer_lost_after_the_send_is_found_again_by_hash(bench: Bench) -> None:
    bench.sealed_batch()
    bench.rpc.after["eth_sendRawTransaction"] = ChainUnavailableError("the connection was reset")

    report = run_job(bench)

    assert [type(one.step) for one in report.progress] == [Rest]
    assert bench.rpc.calls.count("eth_sendRawTransaction") == 1
    assert "may have left" in bench.rows.attempts(report.progress[0].submission.id)[0].answer


def test_a_send_that_never_left_is_sent_again_as_the_same_bytes(bench: Bench) -> None:
    bench.sealed_batch()
    bench.rpc.before["eth_sendRawTransaction"] = ChainUnavailableError("the connection was refused")
    bench.rpc.lift_after(2)

    report = run_job(bench, policy=Policy(resend_after_seconds=1))

    assert [type(one.step) for one in report.progress] == [Rest]
    assert len(bench.rows.attempts(report.progress[0].submission.id)) == 1
    assert bench.spent_nonces() == 1


def test_a_batch_that_somebody_anchored_meanwhile_is_adopted_for_nothing(bench: Bench) -> None:
    issuer = bench.sealed_batch()
    batches = bench.rows.unclaimed_batches()
    what = bench.anchoring(batches)
    bench.rows.plan(what, bench.clock.now())
    bench.local.transact(issuer.account, what.call_data)

    report = run_job(bench)

    assert [type(one.step) for one in report.progress] == [Rest]
    assert bench.spent_nonces() == 0
    (hint,) = bench.rows.anchors(batches[0].batch_id)
    assert hint.transaction is None
    assert hint.block_number is not None


def test_two_workers_do_not_claim_one_batch(bench: Bench) -> None:
    bench.sealed_batch()
    batches = bench.rows.unclaimed_batches()
    bench.rows.plan(bench.anchoring(batches), bench.clock.now())

    assert bench.rows.unclaimed_batches() == []


def test_a_submission_under_another_workers_lease_is_left_alone(bench: Bench) -> None:
    bench.sealed_batch()
    submission = bench.rows.plan(bench.anchoring(bench.rows.unclaimed_batches()), bench.clock.now())
    bench.rows.claim(submission.id, "other", bench.clock.now(), LEASE_SECONDS)

    progress = drive(bench.desk(), submission.id, wait_seconds=5)

    assert isinstance(progress.step, Wait)
    assert progress.step.what is Waiting.WORKER
    assert bench.spent_nonces() == 0


def test_an_issuer_that_gave_no_role_is_skipped_and_the_other_is_anchored(bench: Bench) -> None:
    allowed, other = bench.sealed_batch(), bench.new_issuer(delegate=False)
    bench.issue(other)

    report = run_job(bench)

    assert len(bench.anchored_events(allowed)) == 1
    assert bench.anchored_events(other) == []
    assert report.needs_person
    assert "anchor role" in report.skipped[0]


def test_an_unfunded_account_is_told_what_it_needs_and_nothing_is_begun(bench: Bench) -> None:
    bench.sealed_batch()
    bench.local.call("anvil_setBalance", bench.sender.address, "0x0")

    with pytest.raises(FundsError) as caught:
        run_job(bench)

    text = str(caught.value)
    assert bench.sender.address.checksummed() in text
    assert "a local test chain" in text
    assert " 0 ETH" in text
    assert bench.rows.submissions() == []
    assert [batch.state for batch in bench.store.batches()] == [BatchState.SEALED]


def test_an_account_emptied_after_planning_leaves_it_stuck_and_goes_on_once_funded(bench: Bench) -> None:
    issuer = bench.sealed_batch()
    bench.rows.plan(bench.anchoring(bench.rows.unclaimed_batches()), bench.clock.now())
    bench.local.call("anvil_setBalance", bench.sender.address, "0x0")
    stuck = run_job(bench).progress[0]
    bench.local.fund(bench.sender.address)

    report = run_job(bench)

    assert isinstance(stuck.step, Alert)
    assert stuck.submission.state is SubmissionState.STUCK
    assert [one.submission.state for one in report.progress] == [SubmissionState.FINALIZED]
    assert len(bench.anchored_events(issuer)) == 1


def test_above_the_fee_ceiling_it_waits_and_below_it_goes_on(bench: Bench) -> None:
    bench.sealed_batch()

    held = run_job(bench, policy=Policy(max_fee_wei=1)).progress[0]
    report = run_job(bench)

    assert isinstance(held.step, Alert)
    assert held.step.kind is AlertKind.FEE_CEILING
    assert [one.submission.state for one in report.progress] == [SubmissionState.FINALIZED]


def test_a_chain_with_another_id_is_refused_before_anything_is_sent(bench: Bench) -> None:
    bench.sealed_batch()

    with pytest.raises(WrongChainError, match="answers for chain 31337"):
        run_job(bench, chain=bench.chain_of(chain_id=11155111))

    assert bench.spent_nonces() == 0


def test_no_chain_is_told_with_what_to_do_and_the_batches_stay_sealed(bench: Bench) -> None:
    bench.sealed_batch()

    with pytest.raises(ChainUnavailableError, match="credanchor devnet up"):
        run_job(bench, chain=bench.chain_of(rpc_urls=("http://127.0.0.1:9",)))

    assert [batch.state for batch in bench.store.batches()] == [BatchState.SEALED]


def test_a_wrong_passphrase_signs_nothing_and_the_right_one_goes_on(bench: Bench) -> None:
    issuer = bench.sealed_batch()
    with pytest.raises(PassphraseError, match="does not open"):
        run_job(bench, signers={bench.sender.address: bench.sender_with("wrong")})

    run_job(bench)

    assert len(bench.anchored_events(issuer)) == 1


def test_looking_at_the_cost_writes_nothing(bench: Bench) -> None:
    bench.sealed_batch()

    plans, skipped = outlook(bench.desk(), bench.sender.address, bench.rows.unclaimed_batches())

    assert skipped == []
    assert 30_000 < plans[0].quote.gas < 100_000
    assert plans[0].quote.balance_wei == 10 * 10**18
    assert bench.rows.submissions() == []
    assert bench.spent_nonces() == 0


def test_what_the_contract_reverts_stops_until_somebody_says_to_retry(bench: Bench) -> None:
    issuer = bench.sealed_batch()
    bench.rows.plan(bench.anchoring(bench.rows.unclaimed_batches()), bench.clock.now())
    bench.kill("eth_sendRawTransaction", "before")
    with pytest.raises(bench.killed):
        run_job(bench)
    bench.rpc.before.clear()
    bench.local.transact(issuer.account, contract_calls.set_delegate(issuer.account, bench.sender.address, 0))
    reverted = run_job(bench, owner="worker").progress[0]
    again = run_job(bench)
    bench.local.transact(issuer.account, contract_calls.set_delegate(issuer.account, bench.sender.address, 1))

    retry_refused(bench.desk())
    run_job(bench)

    assert reverted.submission.state is SubmissionState.REVERTED
    assert again.progress == ()
    assert len(bench.anchored_events(issuer)) == 1


def test_a_transaction_lost_in_a_reorganisation_is_sent_again_as_it_is(bench: Bench) -> None:
    issuer = bench.sealed_batch()
    mined = run_job(bench, chain=bench.chain_of(kind="test")).progress[0]
    assert mined.submission.state is SubmissionState.MINED
    bench.local.call("anvil_reorg", 1, [])

    bench.clock.pause(60)
    report = run_job(bench)

    assert [one.submission.state for one in report.progress] == [SubmissionState.FINALIZED]
    assert len(bench.rows.attempts(mined.submission.id)) == 1
    assert len(bench.anchored_events(issuer)) == 1


def test_a_nonce_left_unused_below_ours_is_spent_by_an_empty_transaction(bench: Bench) -> None:
    issuer = bench.sealed_batch()
    foreign = {"from": bench.sender.address, "to": bench.sender.address, "gas": hex(21_000)}
    bench.local.call("anvil_impersonateAccount", bench.sender.address)
    bench.local.call("eth_sendTransaction", foreign)
    bench.until(bench.spent_nonces)
    # On a network without a block of its own for every transaction ours waits under nonce 1, the stranger's gone.
    bench.local.call("anvil_setAutomine", NO_TRANSACTIONS)
    try:
        run_job(bench, wait_seconds=0)
        bench.local.call("anvil_reorg", 1, [])
        bench.clock.pause(301)
        waiting = run_job(bench, wait_seconds=0).progress[0]
    finally:
        bench.local.call("anvil_setAutomine", not NO_TRANSACTIONS)
    assert isinstance(waiting.step, Wait)
    assert "waits for" in waiting.step.why

    report = run_job(bench)

    assert {one.submission.state for one in report.progress} <= {SubmissionState.FINALIZED}
    assert [one.state for one in bench.rows.submissions()] == [SubmissionState.FINALIZED] * 2
    assert len(bench.anchored_events(issuer)) == 1
    assert bench.spent_nonces() == 2


def test_a_stranger_who_spends_the_nonce_costs_a_new_nonce_and_not_a_second_anchor(bench: Bench) -> None:
    issuer = bench.sealed_batch()
    bench.rows.plan(bench.anchoring(bench.rows.unclaimed_batches()), bench.clock.now())
    bench.kill("eth_sendRawTransaction", "before")
    with pytest.raises(bench.killed):
        run_job(bench)
    bench.rpc.before.clear()
    bench.local.transact(bench.sender.address, contract_calls.register_issuer("did:web:stranger.example"))

    run_job(bench)

    (submission,) = bench.rows.submissions()
    assert (submission.state, submission.nonce) == (SubmissionState.FINALIZED, 1)
    assert len(bench.anchored_events(issuer)) == 1


def test_fees_above_the_first_attempt_replace_it_under_the_same_nonce(bench: Bench) -> None:
    issuer = bench.sealed_batch()
    bench.local.call("evm_setAutomine", *OFF)
    try:
        waiting = run_job(bench, wait_seconds=0).progress[0]
        bench.clock.pause(400)
        run_job(bench, wait_seconds=0)
    finally:
        bench.local.call("evm_setAutomine", *ON)
        bench.local.call("anvil_mine", "0x1", "0x0")

    report = run_job(bench)

    attempts = bench.rows.attempts(waiting.submission.id)
    assert isinstance(waiting.step, Wait)
    assert len(attempts) > 1
    assert {one.nonce for one in attempts} == {0}
    assert attempts[-1].fees.cap_wei < 500 * GWEI
    assert [one.submission.state for one in report.progress] == [SubmissionState.FINALIZED]
    assert len(bench.anchored_events(issuer)) == 1
