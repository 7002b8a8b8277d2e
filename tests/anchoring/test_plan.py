"""The plan, step by step; all facts are values."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from anchoring.fees import bumped_fees, first_fees, gas_limit_for
from anchoring.plan import next_step
from anchoring.steps import (
    ALONE,
    GWEI,
    Adopt,
    Alert,
    AlertKind,
    FillGap,
    MarkFinal,
    MarkMined,
    MarkReorganised,
    Others,
    Policy,
    Rest,
    Send,
    Sight,
    Sign,
    TakeNewNonce,
    Wait,
    Waiting,
)
from registry.core.account import Address
from registry.core.digest import Digest, Root
from registry.core.submission import (
    Attempt,
    BatchRef,
    Fees,
    Mined,
    NewSubmission,
    Purpose,
    Standing,
    Submission,
    SubmissionState,
)

if TYPE_CHECKING:
    from anchoring.steps import Step

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
POLICY = Policy(max_fee_wei=100 * GWEI, resend_after_seconds=30, bump_after_seconds=(300, 600))
SENDER, CONTRACT, ISSUER = (Address("0x" + digit * 40) for digit in "123")
BLOCK, OTHER_BLOCK = Digest(b"\x0b" * 32), Digest(b"\x0c" * 32)
STANDING = Standing(NOW, 90, BLOCK)


def submission(
    state: SubmissionState = SubmissionState.BROADCAST,
    nonce: int | None = 7,
    mined: Mined | None = None,
    purpose: Purpose = Purpose.ANCHOR,
) -> Submission:
    batches = (BatchRef(1, ISSUER, Root(Digest(b"\x01" * 32)), 5), BatchRef(2, ISSUER, Root(Digest(b"\x02" * 32)), 6))
    what = NewSubmission(
        purpose, "anchor", 31337, CONTRACT, SENDER, b"\x01", batches if purpose is Purpose.ANCHOR else ()
    )
    return Submission(3, 0, what, state, nonce, mined, "", NOW, NOW)


def attempt(number: int = 1, nonce: int = 7, age: int = 0, *, sent: bool = True) -> Attempt:
    signed_at = NOW - timedelta(seconds=age)
    fees = Fees(10 * GWEI, GWEI)
    tx_hash = Digest(bytes([number]) * 32)
    return Attempt(3, nonce, b"\x02", tx_hash, 80_000, fees, signed_at, sent_at=signed_at if sent else None)


def mined_in(number: int = 90, block_hash: Digest = BLOCK, *, succeeded: bool = True) -> Mined:
    return Mined(attempt().tx_hash, number, block_hash, succeeded, 50_000, GWEI)


def sight(**changes: Any) -> Sight:
    usual = Sight(
        head=100,
        finalized=80,
        spent_nonces=7,
        final_nonces=7,
        mined=None,
        block_hash_then=None,
        known=frozenset({attempt().tx_hash}),
        standings=(None, None),
        final_standings=(None, None),
        base_fee_wei=GWEI,
        tip_wei=GWEI,
        balance_wei=10**18,
        gas_estimate=80_000,
    )
    return replace(usual, **changes)


HELD = {"standings": (STANDING, STANDING)}
UNHELD: dict[Purpose, dict[str, Any]] = {
    Purpose.ANCHOR: {},
    Purpose.CALL: {"standings": (), "final_standings": ()},
}
HELD_FINALLY = {**HELD, "final_standings": (STANDING, STANDING)}


def plan(of: Submission, attempts: list[Attempt], seen: Sight, others: Others = ALONE) -> Step:
    return next_step(of, attempts, seen, POLICY, NOW, others)


def what_of(step: Step) -> Waiting:
    assert isinstance(step, Wait)
    return step.what


def kind_of(step: Step) -> AlertKind:
    assert isinstance(step, Alert)
    return step.kind


@pytest.mark.parametrize("state", [SubmissionState.FINALIZED, SubmissionState.REVERTED, SubmissionState.NONCE_TAKEN])
def test_nothing_is_left_to_do_once_it_is_finished(state: SubmissionState) -> None:
    assert plan(submission(state), [attempt()], sight(mined=mined_in(), **HELD)) == Rest()


# --- Nothing signed


@pytest.mark.parametrize("mined", [None, mined_in()], ids=["nothing", "mined"])
def test_what_the_endpoints_do_not_agree_on_is_waited_for_whatever_else_they_show(mined: Mined | None) -> None:
    shown = sight(mined=mined, spent_nonces=9, final_nonces=9, unclear="They differ.")

    step = next_step(submission(mined=mined_in()), [attempt()], shown, POLICY, NOW)

    assert step == Wait(Waiting.ANSWER, "They differ.")


def test_a_planned_submission_is_signed_under_the_first_unspent_nonce() -> None:
    step = plan(submission(SubmissionState.PLANNED, None), [], sight(spent_nonces=7))

    assert step == Sign(7, gas_limit_for(80_000), first_fees(GWEI, GWEI))


def test_a_stuck_submission_is_signed_once_its_account_is_funded() -> None:
    assert isinstance(plan(submission(SubmissionState.STUCK, None), [], sight()), Sign)


def test_what_the_contract_would_refuse_is_never_signed() -> None:
    step = plan(submission(SubmissionState.PLANNED, None), [], sight(gas_estimate=None, refusal="MissingRole()."))

    assert kind_of(step) is AlertKind.REFUSED
    assert "MissingRole()" in step.why  # type: ignore[union-attr]


def test_an_empty_account_is_reported_before_anything_is_signed() -> None:
    assert kind_of(plan(submission(SubmissionState.PLANNED, None), [], sight(balance_wei=1))) is AlertKind.FUNDS


def test_exactly_enough_money_is_enough() -> None:
    needed = gas_limit_for(80_000) * first_fees(GWEI, GWEI).cap_wei

    assert isinstance(plan(submission(SubmissionState.PLANNED, None), [], sight(balance_wei=needed)), Sign)
    assert isinstance(plan(submission(SubmissionState.PLANNED, None), [], sight(balance_wei=needed - 1)), Alert)


def test_above_the_fee_ceiling_nothing_is_signed() -> None:
    step = plan(submission(SubmissionState.PLANNED, None), [], sight(base_fee_wei=60 * GWEI))

    assert kind_of(step) is AlertKind.FEE_CEILING


def test_attempts_of_a_nonce_given_up_do_not_count_as_live() -> None:
    assert isinstance(plan(submission(SubmissionState.PLANNED, None), [attempt(nonce=6)], sight()), Sign)


# --- In flight


def test_a_stored_attempt_that_was_never_sent_is_sent_as_it_is() -> None:
    stored = attempt(sent=False)

    assert plan(submission(SubmissionState.SIGNED), [stored], sight(known=frozenset())) == Send(stored)


def test_an_attempt_the_node_knows_is_waited_for() -> None:
    assert what_of(plan(submission(), [attempt(age=200)], sight())) is Waiting.BLOCK


def test_an_attempt_the_node_forgot_is_sent_again_after_a_while() -> None:
    assert what_of(plan(submission(), [attempt(age=29)], sight(known=frozenset()))) is Waiting.BLOCK
    assert plan(submission(), [attempt(age=30)], sight(known=frozenset())) == Send(attempt(age=30))


def test_fees_go_up_under_the_same_nonce_when_patience_ends() -> None:
    step = plan(submission(), [attempt(age=300)], sight())

    assert step == Sign(7, 80_000, bumped_fees(Fees(10 * GWEI, GWEI), GWEI, GWEI))


def test_patience_grows_with_each_attempt_and_then_stays() -> None:
    known = frozenset({attempt(2).tx_hash, attempt(3).tx_hash})

    assert isinstance(plan(submission(), [attempt(), attempt(2, age=599)], sight(known=known)), Wait)
    assert isinstance(plan(submission(), [attempt(), attempt(2, age=600)], sight(known=known)), Sign)
    assert isinstance(plan(submission(), [attempt(), attempt(2), attempt(3, age=600)], sight(known=known)), Sign)


def test_a_clock_set_back_by_a_day_sends_again_and_then_raises_fees() -> None:
    ahead = attempt(age=-86_400)
    assert plan(submission(), [ahead], sight(known=frozenset())) == Send(ahead)
    assert isinstance(plan(submission(), [ahead], sight(known=frozenset({ahead.tx_hash}))), Sign)


def test_a_clock_set_back_by_less_than_the_patience_changes_nothing() -> None:
    assert what_of(plan(submission(), [attempt(age=-200)], sight())) is Waiting.BLOCK


def test_no_fee_is_raised_while_an_earlier_nonce_is_unspent() -> None:
    waiting, seen = [attempt(age=301)], sight(spent_nonces=6)
    assert what_of(plan(submission(), waiting, seen, Others(earlier=True, later=False))) is Waiting.NONCE
    assert isinstance(plan(submission(), waiting, seen), FillGap)
    assert what_of(plan(submission(), [attempt(age=299)], seen)) is Waiting.BLOCK


def test_a_bump_above_the_ceiling_is_an_alert_and_not_a_transaction() -> None:
    assert kind_of(plan(submission(), [attempt(age=300)], sight(base_fee_wei=60 * GWEI))) is AlertKind.FEE_CEILING


def test_a_bump_the_account_cannot_pay_is_an_alert() -> None:
    assert kind_of(plan(submission(), [attempt(age=300)], sight(balance_wei=0))) is AlertKind.FUNDS


# --- Mined


def test_a_receipt_in_the_chain_makes_it_mined() -> None:
    mined = mined_in()

    assert plan(submission(), [attempt()], sight(mined=mined, **HELD)) == MarkMined(mined, (STANDING, STANDING))


def test_the_same_transaction_in_another_block_is_noted_again() -> None:
    before = submission(SubmissionState.MINED, mined=mined_in(89, OTHER_BLOCK))

    assert isinstance(plan(before, [attempt()], sight(mined=mined_in(), **HELD)), MarkMined)


def test_a_receipt_without_the_anchors_is_not_believed_yet() -> None:
    step = plan(submission(), [attempt()], sight(mined=mined_in(), standings=(STANDING, None)))

    assert what_of(step) is Waiting.ANSWER


def test_a_block_above_the_finalized_one_is_waited_for() -> None:
    before = submission(SubmissionState.MINED, mined=mined_in())

    assert what_of(plan(before, [attempt()], sight(mined=mined_in(), finalized=89, **HELD))) is Waiting.FINALITY


def test_it_is_final_when_its_block_is_and_the_contract_agrees_at_that_block() -> None:
    before = submission(SubmissionState.MINED, mined=mined_in())

    step = plan(before, [attempt()], sight(mined=mined_in(), finalized=90, **HELD_FINALLY))

    assert step == MarkFinal((STANDING, STANDING), nonce_spent=True)


def test_a_final_block_at_which_the_contract_lacks_the_anchor_is_not_believed() -> None:
    before = submission(SubmissionState.MINED, mined=mined_in())

    assert what_of(plan(before, [attempt()], sight(mined=mined_in(), finalized=90, **HELD))) is Waiting.ANSWER


def test_a_call_is_final_with_its_block_alone() -> None:
    before = submission(SubmissionState.MINED, mined=mined_in(), purpose=Purpose.CALL)
    seen = sight(mined=mined_in(), finalized=90, standings=(), final_standings=())

    assert plan(before, [attempt()], seen) == MarkFinal((), nonce_spent=True)


def test_no_receipt_for_what_was_mined_means_unknown_while_its_block_stands() -> None:
    before = submission(SubmissionState.MINED, mined=mined_in())

    assert what_of(plan(before, [attempt()], sight(block_hash_then=BLOCK))) is Waiting.ANSWER
    assert what_of(plan(before, [attempt()], sight(block_hash_then=None))) is Waiting.ANSWER


def test_another_block_in_the_place_of_its_own_is_a_reorganisation() -> None:
    before = submission(SubmissionState.MINED, mined=mined_in())

    assert isinstance(plan(before, [attempt()], sight(block_hash_then=OTHER_BLOCK)), MarkReorganised)


# --- Reverted, or held without us


def test_a_reverted_transaction_stops_for_a_person() -> None:
    seen = sight(finalized=90, mined=mined_in(succeeded=False))

    assert kind_of(plan(submission(), [attempt()], seen)) is AlertKind.REVERTED


def test_a_reverted_transaction_does_not_matter_when_the_contract_holds_the_batches() -> None:
    seen = sight(mined=mined_in(succeeded=False), **HELD)

    assert plan(submission(), [attempt()], seen) == Adopt((STANDING, STANDING))


@pytest.mark.parametrize("purpose", [Purpose.ANCHOR, Purpose.CALL])
def test_a_revert_is_not_believed_before_its_block_is_final(purpose: Purpose) -> None:
    step = plan(submission(purpose=purpose), [attempt()], sight(mined=mined_in(succeeded=False), **UNHELD[purpose]))
    assert what_of(step) is Waiting.FINALITY


def test_a_reverted_call_stops_for_a_person() -> None:
    seen = sight(finalized=90, mined=mined_in(succeeded=False), standings=(), final_standings=())

    assert kind_of(plan(submission(purpose=Purpose.CALL), [attempt()], seen)) is AlertKind.REVERTED


def test_batches_that_stand_already_are_adopted_before_anything_is_signed() -> None:
    assert plan(submission(SubmissionState.PLANNED, None), [], sight(**HELD)) == Adopt((STANDING, STANDING))


def test_one_standing_batch_of_two_is_no_reason_to_adopt() -> None:
    assert isinstance(plan(submission(SubmissionState.PLANNED, None), [], sight(standings=(STANDING, None))), Sign)


def test_adopted_batches_wait_for_finality() -> None:
    assert what_of(plan(submission(SubmissionState.ALREADY_ANCHORED, None), [], sight(**HELD))) is Waiting.FINALITY


def test_adopted_batches_end_once_final() -> None:
    step = plan(submission(SubmissionState.ALREADY_ANCHORED, None), [], sight(**HELD_FINALLY))

    assert step == MarkFinal((STANDING, STANDING), nonce_spent=True)


def test_adopted_batches_do_not_end_while_our_own_transaction_may_still_be_mined() -> None:
    step = plan(submission(SubmissionState.ALREADY_ANCHORED), [attempt()], sight(**HELD_FINALLY))

    assert what_of(step) is Waiting.BLOCK


def test_adopted_batches_end_and_give_the_nonce_back_when_nobody_knows_our_transaction() -> None:
    seen = sight(known=frozenset(), **HELD_FINALLY)

    step = plan(submission(SubmissionState.ALREADY_ANCHORED), [attempt()], seen)

    assert step == MarkFinal((STANDING, STANDING), nonce_spent=False)


def test_adopted_batches_are_sent_all_the_same_if_a_later_nonce_waits_for_theirs() -> None:
    adopted, forgotten = submission(SubmissionState.ALREADY_ANCHORED), attempt(age=60)
    seen = sight(**HELD_FINALLY, known=frozenset())
    assert plan(adopted, [forgotten], seen, Others(earlier=False, later=True)) == Send(forgotten)
    assert plan(adopted, [forgotten], seen, Others(earlier=True, later=False)) == MarkFinal(
        (STANDING, STANDING), nonce_spent=False
    )


def test_adopted_batches_that_vanish_are_sent_again() -> None:
    assert isinstance(plan(submission(SubmissionState.ALREADY_ANCHORED), [attempt()], sight()), MarkReorganised)


def test_an_adopted_submission_whose_own_receipt_appears_is_mined() -> None:
    seen = sight(mined=mined_in(), **HELD)

    assert isinstance(plan(submission(SubmissionState.ALREADY_ANCHORED), [attempt()], seen), MarkMined)


# --- The nonce is gone


def test_a_spent_nonce_without_a_receipt_decides_nothing_until_it_is_final() -> None:
    assert what_of(plan(submission(), [attempt()], sight(spent_nonces=8, final_nonces=7))) is Waiting.ANSWER


def test_a_nonce_finally_spent_by_a_stranger_is_replaced_by_a_new_one() -> None:
    assert isinstance(plan(submission(), [attempt()], sight(spent_nonces=8, final_nonces=8)), TakeNewNonce)


def test_a_call_whose_nonce_a_stranger_spent_is_left_to_a_person() -> None:
    seen = sight(spent_nonces=8, final_nonces=8, standings=(), final_standings=())

    assert kind_of(plan(submission(purpose=Purpose.CALL), [attempt()], seen)) is AlertKind.NONCE_TAKEN


# --- What each alert leaves behind


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (AlertKind.FUNDS, SubmissionState.STUCK),
        (AlertKind.FEE_CEILING, SubmissionState.STUCK),
        (AlertKind.REFUSED, SubmissionState.REVERTED),
        (AlertKind.REVERTED, SubmissionState.REVERTED),
        (AlertKind.NONCE_TAKEN, SubmissionState.NONCE_TAKEN),
    ],
)
def test_an_alert_leaves_the_submission_in_its_state(kind: AlertKind, state: SubmissionState) -> None:
    assert kind.state is state
