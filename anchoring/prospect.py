"""What a submission waits for, since when, and what happens next by whom: in words, from the store alone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from anchoring.fees import in_eth
from registry.core.submission import Purpose, SubmissionState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from anchoring.steps import Policy
    from registry.core.submission import Attempt, Submission

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


class By(StrEnum):
    """Who does what comes next."""

    CHAIN = "chain"
    """The chain, by itself; a round notes it."""
    JOB = "job"
    """The next round of `anchor run` or `anchor watch`."""
    PERSON = "person"
    """Somebody; no round does it."""
    NOBODY = "nobody"
    """Nothing is left to do."""


@dataclass(frozen=True, slots=True)
class Prospect:
    """What lies before a submission."""

    since: datetime
    """Since when it stands as it does, UTC."""
    next: str
    """What happens next; a finished sentence."""
    by: By
    """By whom."""


def prospect(submission: Submission, attempts: Sequence[Attempt], policy: Policy) -> Prospect:
    """Return what lies before a submission; `attempts` are all of its attempts, oldest first."""
    live = [one for one in attempts if one.nonce == submission.nonce]
    match submission.state:
        case SubmissionState.PLANNED:
            return Prospect(submission.updated_at, *_planned(submission))
        case SubmissionState.SIGNED:
            return Prospect(submission.updated_at, "The next round sends it.", By.JOB)
        case SubmissionState.BROADCAST if live:
            return Prospect(live[0].signed_at, _in_flight(live, policy), By.CHAIN)
        case SubmissionState.BROADCAST:
            return Prospect(submission.updated_at, "The chain takes it into a block.", By.CHAIN)
        case SubmissionState.MINED | SubmissionState.ALREADY_ANCHORED:
            return Prospect(submission.updated_at, "The block becomes final, and the next round notes it.", By.CHAIN)
        case SubmissionState.STUCK:
            return Prospect(submission.updated_at, "See to it; the next round then goes on by itself.", By.PERSON)
        case SubmissionState.FINALIZED:
            return Prospect(submission.updated_at, "Nothing is left to do.", By.NOBODY)
    return Prospect(submission.updated_at, *_ended_otherwise(submission))


def ago(since: datetime, now: datetime) -> str:
    """Return how long something lasts, roughly: `3 minutes`."""
    seconds = max(0, int((now - since).total_seconds()))
    for unit, name in ((_DAY, "day"), (_HOUR, "hour"), (_MINUTE, "minute")):
        if seconds >= unit:
            return _count(seconds // unit, name)
    return _count(seconds, "second")


def _planned(submission: Submission) -> tuple[str, By]:
    if submission.what.purpose is Purpose.ANCHOR:
        return "The next round signs and sends it.", By.JOB
    return "Repeat the command it came from: that one has the key.", By.PERSON


def _in_flight(live: Sequence[Attempt], policy: Policy) -> str:
    last = live[-1]
    patience = policy.bump_after_seconds[min(len(live), len(policy.bump_after_seconds)) - 1]
    by = f"{_count(patience, 'second')} after it was last signed, at {last.signed_at:%d %B %Y, %H:%M} UTC"
    return (
        f"The chain takes it into a block. It offers up to {in_eth(last.fees.cap_wei)} a unit of gas; {by}, a round "
        f"offers more, {in_eth(policy.max_fee_wei)} at most."
    )


def _ended_otherwise(submission: Submission) -> tuple[str, By]:
    if submission.what.purpose is Purpose.CALL:
        return "Repeat the command it came from, if what it does is still wanted.", By.PERSON
    if submission.what.batches:
        return "Remove the reason, then run `credanchor anchor run --retry`.", By.PERSON
    return "Its batches were given free; the next round takes them up anew.", By.JOB


def _count(number: int, name: str) -> str:
    return f"{number:,} {name}{'' if number == 1 else 's'}"
