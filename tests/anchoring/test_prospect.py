"""What lies before a submission: every state says since when, what comes next, and by whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from anchoring.prospect import By, ago, prospect
from anchoring.steps import Policy
from registry.core.account import Address
from registry.core.digest import Digest, Root
from registry.core.submission import (
    Attempt,
    BatchRef,
    Fees,
    NewSubmission,
    Purpose,
    Submission,
    SubmissionState,
)

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ACCOUNT = Address("0x" + "1" * 40)
BATCH = BatchRef(1, ACCOUNT, Root(Digest(b"r" * 32)), 3)


def submission(state: SubmissionState, purpose: Purpose = Purpose.ANCHOR, nonce: int | None = None) -> Submission:
    batches = (BATCH,) if purpose is Purpose.ANCHOR else ()
    what = NewSubmission(purpose, "do it", 1, ACCOUNT, ACCOUNT, b"", batches)
    return Submission(1, 1, what, state, nonce, None, "", NOW - timedelta(hours=2), NOW - timedelta(hours=1))


def attempt(nonce: int, minutes_ago: int) -> Attempt:
    at = NOW - timedelta(minutes=minutes_ago)
    return Attempt(1, nonce, b"", Digest(b"h" * 32), 21_000, Fees(10**9, 10**8), at, sent_at=NOW)


EXPECTED = {
    SubmissionState.PLANNED: (By.JOB, "signs and sends"),
    SubmissionState.SIGNED: (By.JOB, "sends it"),
    SubmissionState.BROADCAST: (By.CHAIN, "takes it into a block"),
    SubmissionState.MINED: (By.CHAIN, "becomes final"),
    SubmissionState.ALREADY_ANCHORED: (By.CHAIN, "becomes final"),
    SubmissionState.FINALIZED: (By.NOBODY, "Nothing is left"),
    SubmissionState.STUCK: (By.PERSON, "goes on by itself"),
    SubmissionState.REVERTED: (By.PERSON, "anchor run --retry"),
    SubmissionState.NONCE_TAKEN: (By.PERSON, "--retry"),
}


@pytest.mark.parametrize("state", SubmissionState)
def test_every_state_says_what_comes_next_and_by_whom(state: SubmissionState) -> None:
    ahead = prospect(submission(state), [], Policy())

    by, words = EXPECTED[state]
    assert (ahead.by, ahead.since) == (by, NOW - timedelta(hours=1))
    assert words in ahead.next
    assert ahead.next.endswith(".")


@pytest.mark.parametrize("state", [SubmissionState.PLANNED, SubmissionState.REVERTED, SubmissionState.NONCE_TAKEN])
def test_a_call_is_repeated_by_a_person(state: SubmissionState) -> None:
    ahead = prospect(submission(state, Purpose.CALL), [], Policy())

    assert ahead.by is By.PERSON
    assert "Repeat the command" in ahead.next


def test_a_refused_submission_whose_batches_are_free_needs_nobody() -> None:
    refused = submission(SubmissionState.REVERTED)

    assert prospect(replace(refused, what=replace(refused.what, batches=())), [], Policy()).by is By.JOB


def test_what_is_in_flight_waits_since_its_first_signature_and_says_when_the_fee_goes_up() -> None:
    attempts = [attempt(3, 500), attempt(4, 30), attempt(4, 10)]

    ahead = prospect(submission(SubmissionState.BROADCAST, nonce=4), attempts, Policy(2 * 10**9, 30, (60, 1200)))

    assert ahead.since == NOW - timedelta(minutes=30)
    assert "1,200 seconds after it was last signed, at 22 November 2026, 11:50 UTC" in ahead.next
    assert "up to 1 gwei a unit of gas" in ahead.next
    assert "2 gwei at most" in ahead.next


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-5, "0 seconds"), (1, "1 second"), (59, "59 seconds"), (60, "1 minute"), (7200, "2 hours"), (200_000, "2 days")],
)
def test_durations_are_told_roughly(seconds: int, words: str) -> None:
    assert ago(NOW - timedelta(seconds=seconds), NOW) == words
