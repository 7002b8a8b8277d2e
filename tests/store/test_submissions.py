"""Submissions in the store: one writer wins, one nonce lives, and no half of a step is ever kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from registry.core.account import Address
from registry.core.digest import Digest, leaf_hash
from registry.core.errors import StateError
from registry.core.submission import (
    Attempt,
    Fees,
    Mined,
    NewSubmission,
    Purpose,
    Standing,
    Submission,
    SubmissionState,
)
from registry.records import AchievementRow, BatchState, IssuerRow, NewCredential
from registry.services.seal import seal_open_batches
from registry.store.anchor_rows import ClaimLostError
from registry.store.engine import open_engine
from registry.store.repository import Store
from registry.store.submissions import SubmissionRows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ISSUER, SENDER, OTHER, CONTRACT = (Address("0x" + digit * 40) for digit in "1234")
BLOCK = Digest(b"\x0b" * 32)
STANDING = Standing(NOW, 90, BLOCK)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Give a store with one sealed batch of two credentials."""
    made = Store(open_engine(f"sqlite:///{tmp_path / 'store.db'}"))
    issuer = made.add_issuer(IssuerRow("uni", "did:web:uni.example", ISSUER, {}))
    made.put_achievement(AchievementRow(issuer.id, "course", {}))
    achievement = made.achievements()[0].id
    made.add_credentials([credential(issuer.id, achievement, index) for index in range(2)], NOW, 100)
    seal_open_batches(made, NOW)
    yield made
    made.engine.dispose()


@pytest.fixture
def rows(store: Store) -> SubmissionRows:
    return SubmissionRows(store.engine)


def credential(issuer: int, achievement: int, index: int) -> NewCredential:
    entry = bytes([index])
    leaf = leaf_hash(entry)
    return NewCredential(issuer, achievement, str(index), leaf, entry, leaf, str(index), index, "somebody", NOW)


def planned(rows: SubmissionRows, sender: Address = SENDER, purpose: Purpose = Purpose.ANCHOR) -> Submission:
    batches = tuple(rows.unclaimed_batches()) if purpose is Purpose.ANCHOR else ()
    return rows.plan(NewSubmission(purpose, "anchor", 31337, CONTRACT, sender, b"\x01", batches), NOW)


def attempt_of(submission: Submission, nonce: int = 0, number: int = 1) -> Attempt:
    tx_hash = Digest(bytes([submission.id, number]) * 16)
    return Attempt(submission.id, nonce, b"raw", tx_hash, 80_000, Fees(10, 1), NOW)


def mined_as(attempt: Attempt) -> Mined:
    return Mined(attempt.tx_hash, 90, BLOCK, succeeded=True, gas_used=50_000, gas_price_wei=7)


def in_state(rows: SubmissionRows, state: SubmissionState) -> Submission:
    """Return a submission that went the usual way up to `state`."""
    now = planned(rows)
    attempt = attempt_of(now)
    if state is not SubmissionState.PLANNED:
        now = rows.signed(now, attempt, NOW)
    if state in {SubmissionState.BROADCAST, SubmissionState.MINED, SubmissionState.FINALIZED}:
        now = rows.sent(now, attempt.tx_hash, "accepted", NOW)
    if state in {SubmissionState.MINED, SubmissionState.FINALIZED}:
        now = rows.mined(now, mined_as(attempt), [STANDING], NOW)
    if state is SubmissionState.FINALIZED:
        now = rows.finalized(now, [STANDING], NOW, keep_nonce=True)
    return now


def test_planning_claims_the_batches(rows: SubmissionRows, store: Store) -> None:
    (sealed,) = rows.unclaimed_batches()

    submission = planned(rows)

    assert submission.state is SubmissionState.PLANNED
    assert submission.what.batches == (sealed,)
    assert (sealed.issuer, sealed.tree_size) == (ISSUER, 2)
    assert rows.unclaimed_batches() == []
    assert [batch.state for batch in store.batches()] == [BatchState.SEALED]


def test_a_batch_is_claimed_once_and_the_loser_leaves_nothing_behind(rows: SubmissionRows) -> None:
    batches = tuple(rows.unclaimed_batches())
    what = NewSubmission(Purpose.ANCHOR, "anchor", 31337, CONTRACT, SENDER, b"\x01", batches)
    rows.plan(what, NOW)

    with pytest.raises(ClaimLostError, match="carries batch"):
        rows.plan(what, NOW)

    assert len(rows.submissions()) == 1


def test_a_submission_reads_back_as_it_was_written(rows: SubmissionRows) -> None:
    written = in_state(rows, SubmissionState.MINED)

    assert rows.submission(written.id) == written
    assert written.mined == mined_as(attempt_of(written))
    assert written.mined.fee_wei == 350_000
    assert rows.attempts(written.id) == [replace(attempt_of(written), sent_at=NOW, answer="accepted")]


def test_an_unknown_number_is_told(rows: SubmissionRows) -> None:
    with pytest.raises(StateError, match="no submission 9"):
        rows.submission(9)


@pytest.mark.parametrize(
    ("state", "batch_state"),
    [
        (SubmissionState.SIGNED, BatchState.SEALED),
        (SubmissionState.BROADCAST, BatchState.SEALED),
        (SubmissionState.MINED, BatchState.ANCHORED),
        (SubmissionState.FINALIZED, BatchState.FINAL),
    ],
)
def test_batches_follow_their_submission(
    rows: SubmissionRows, store: Store, state: SubmissionState, batch_state: BatchState
) -> None:
    in_state(rows, state)

    assert [batch.state for batch in store.batches()] == [batch_state]


def test_who_decided_from_an_older_version_writes_nothing(rows: SubmissionRows) -> None:
    read = planned(rows)
    rows.signed(read, attempt_of(read), NOW)

    with pytest.raises(ClaimLostError, match="moved submission"):
        rows.signed(read, attempt_of(read, number=2), NOW)

    assert len(rows.attempts(read.id)) == 1


def test_a_lease_keeps_others_away_until_it_ends(rows: SubmissionRows) -> None:
    submission = planned(rows)
    rows.claim(submission.id, "one", NOW, 30)

    with pytest.raises(ClaimLostError, match="Another worker"):
        rows.claim(submission.id, "other", NOW + timedelta(seconds=29), 30)

    assert rows.claim(submission.id, "one", NOW + timedelta(seconds=29), 30).id == submission.id
    assert rows.claim(submission.id, "other", NOW + timedelta(seconds=59), 30).id == submission.id


def test_a_lease_from_before_the_clock_was_set_back_counts_as_ended(rows: SubmissionRows) -> None:
    submission = planned(rows)
    rows.claim(submission.id, "dead", NOW, 30)

    with pytest.raises(ClaimLostError):
        rows.claim(submission.id, "next", NOW, 30)
    assert rows.claim(submission.id, "next", NOW - timedelta(days=1), 30).id == submission.id


def test_a_worker_whose_lease_was_taken_over_can_write_nothing_any_more(rows: SubmissionRows) -> None:
    slow = rows.claim(planned(rows).id, "slow", NOW, 30)
    rows.claim(slow.id, "next", NOW + timedelta(seconds=30), 30)

    with pytest.raises(ClaimLostError):
        rows.signed(slow, attempt_of(slow), NOW)


def test_only_the_holder_ends_a_lease(rows: SubmissionRows) -> None:
    submission = planned(rows)
    rows.claim(submission.id, "one", NOW, 30)

    rows.unclaim(submission.id, "other")
    with pytest.raises(ClaimLostError):
        rows.claim(submission.id, "other", NOW, 30)
    rows.unclaim(submission.id, "one")

    assert rows.claim(submission.id, "other", NOW, 30).id == submission.id


@pytest.mark.parametrize("state", [SubmissionState.SIGNED, SubmissionState.BROADCAST])
def test_a_second_nonce_of_an_account_waits_for_the_first(rows: SubmissionRows, state: SubmissionState) -> None:
    in_state(rows, state)
    second = planned(rows, purpose=Purpose.CALL)

    with pytest.raises(ClaimLostError, match="still waits"):
        rows.signed(second, attempt_of(second, nonce=1), NOW)

    assert rows.attempts(second.id) == []


def test_a_nonce_below_a_live_one_may_be_signed_for_the_later_one_waits_for_it(rows: SubmissionRows) -> None:
    later = planned(rows)
    rows.signed(later, attempt_of(later, nonce=5), NOW)
    filler = planned(rows, purpose=Purpose.CALL)

    assert rows.signed(filler, attempt_of(filler, nonce=4), NOW).nonce == 4


def test_the_nonces_of_others_are_those_of_unfinished_submissions_of_the_account(rows: SubmissionRows) -> None:
    first = in_state(rows, SubmissionState.MINED)
    second, foreign = planned(rows, purpose=Purpose.CALL), planned(rows, OTHER, Purpose.CALL)
    second = rows.signed(second, attempt_of(second, nonce=3), NOW)
    rows.signed(foreign, attempt_of(foreign, nonce=9), NOW)

    assert (rows.nonces_of_others(first), rows.nonces_of_others(second)) == ([3], [0])
    rows.finalized(first, [STANDING], NOW, keep_nonce=True)
    assert rows.nonces_of_others(second) == []


def test_another_account_does_not_wait(rows: SubmissionRows) -> None:
    in_state(rows, SubmissionState.BROADCAST)
    second = planned(rows, OTHER, Purpose.CALL)

    assert rows.signed(second, attempt_of(second), NOW).state is SubmissionState.SIGNED


def test_a_mined_submission_lets_the_next_nonce_be_signed(rows: SubmissionRows) -> None:
    in_state(rows, SubmissionState.MINED)
    second = planned(rows, purpose=Purpose.CALL)

    assert rows.signed(second, attempt_of(second, nonce=1), NOW).nonce == 1


def test_a_chain_that_forgot_a_spent_nonce_is_not_signed_for(rows: SubmissionRows) -> None:
    in_state(rows, SubmissionState.FINALIZED)
    second = planned(rows, purpose=Purpose.CALL)

    with pytest.raises(StateError, match="started anew"):
        rows.signed(second, attempt_of(second, nonce=0), NOW)


def test_a_nonce_of_a_mined_submission_is_not_given_twice(rows: SubmissionRows) -> None:
    in_state(rows, SubmissionState.MINED)
    second = planned(rows, purpose=Purpose.CALL)

    with pytest.raises(ClaimLostError):
        rows.signed(second, attempt_of(second, nonce=0), NOW)


def test_an_anchor_names_the_transaction_that_wrote_it(rows: SubmissionRows) -> None:
    submission = in_state(rows, SubmissionState.MINED)

    (hint,) = rows.anchors(submission.what.batches[0].batch_id)

    assert (hint.transaction, hint.block_number, hint.block_hash) == (attempt_of(submission).tx_hash, 90, BLOCK)
    assert (hint.chain_id, hint.contract, hint.issuer, hint.anchored_at) == (31337, CONTRACT, ISSUER, NOW)


def test_an_anchor_written_in_another_block_names_no_transaction_of_ours(rows: SubmissionRows) -> None:
    submission = in_state(rows, SubmissionState.BROADCAST)
    rows.mined(submission, mined_as(attempt_of(submission)), [replace(STANDING, block_number=80)], NOW)

    (hint,) = rows.anchors(submission.what.batches[0].batch_id)

    assert (hint.transaction, hint.block_number) == (None, 80)


def test_before_it_is_mined_an_anchor_is_only_where_it_will_be(rows: SubmissionRows) -> None:
    submission = planned(rows)

    (hint,) = rows.anchors(submission.what.batches[0].batch_id)

    assert (hint.contract, hint.issuer, hint.block_number, hint.anchored_at) == (CONTRACT, ISSUER, None, None)


def test_a_reorganisation_takes_the_anchor_back_and_keeps_attempt_and_batch(rows: SubmissionRows, store: Store) -> None:
    mined = in_state(rows, SubmissionState.MINED)

    back = rows.reorganised(mined, "Block 90 was replaced.", NOW)

    assert (back.state, back.mined, back.nonce) == (SubmissionState.BROADCAST, None, 0)
    assert rows.anchors(mined.what.batches[0].batch_id)[0].block_number is None
    assert [batch.state for batch in store.batches()] == [BatchState.SEALED]
    assert rows.unclaimed_batches() == []
    assert len(rows.attempts(mined.id)) == 1


def test_released_batches_can_be_planned_again(rows: SubmissionRows) -> None:
    submission = planned(rows)

    rows.released(submission, "The contract refuses it.", NOW)

    assert rows.submission(submission.id).state is SubmissionState.REVERTED
    assert planned(rows).what.batches[0].batch_id == 1


def test_adopted_batches_give_an_unspent_nonce_back(rows: SubmissionRows, store: Store) -> None:
    adopted = rows.adopted(in_state(rows, SubmissionState.BROADCAST), [STANDING], NOW)

    ended = rows.finalized(adopted, [STANDING], NOW, keep_nonce=False)

    assert (adopted.state, adopted.mined) == (SubmissionState.ALREADY_ANCHORED, None)
    assert (ended.state, ended.nonce) == (SubmissionState.FINALIZED, None)
    assert [batch.state for batch in store.batches()] == [BatchState.FINAL]
    second = planned(rows, purpose=Purpose.CALL)
    assert rows.signed(second, attempt_of(second, nonce=0), NOW).nonce == 0


def test_unfinished_submissions_are_those_that_go_on(rows: SubmissionRows) -> None:
    ended = in_state(rows, SubmissionState.FINALIZED)
    open_one = planned(rows, purpose=Purpose.CALL)

    assert [one.id for one in rows.submissions(31337, unfinished=True)] == [open_one.id]
    assert [one.id for one in rows.submissions()] == [ended.id, open_one.id]
    assert rows.submissions(1) == []
