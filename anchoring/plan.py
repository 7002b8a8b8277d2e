"""The plan: from a submission, its attempts and what the chain says, the next step. Pure.

The step follows from attempts and chain. The stored state is read only to tell what is
finished and what was already noted, so that a crash between any two writes changes nothing.

1 done, or the endpoints do not agree?  2 one of our attempts is in a block
3 it was, and is not any more
4 the contract holds the batches without us; sent all the same if a later nonce waits for ours
5 the nonce is spent, but not by us  6 nothing signed yet
7 signed and not mined; an earlier nonce that nobody uses is spent first

Source: anchoring.md, 2 (states) and 3 (fees).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from anchoring.fees import bumped_fees, first_fees, gas_limit_for, in_eth
from anchoring.steps import (
    ALONE,
    Adopt,
    Alert,
    AlertKind,
    FillGap,
    MarkFinal,
    MarkMined,
    MarkReorganised,
    Rest,
    Send,
    Sign,
    TakeNewNonce,
    Wait,
    Waiting,
)
from registry.core.submission import Purpose, SubmissionState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from anchoring.steps import Others, Policy, Sight, Step
    from registry.core.submission import Attempt, Fees, Mined, Standing, Submission


def next_step(
    submission: Submission,
    attempts: Sequence[Attempt],
    sight: Sight,
    policy: Policy,
    now: datetime,
    others: Others = ALONE,
) -> Step:
    """Return what to do next about `submission`.

    `attempts` are all of its attempts, oldest first; `now` is an aware UTC time.
    """
    if submission.finished:
        return Rest()
    if sight.unclear:
        return Wait(Waiting.ANSWER, sight.unclear)
    if sight.mined is not None:
        return _mined(submission, sight.mined, sight)
    if submission.mined is not None:
        return _not_seen_any_more(submission, submission.mined, sight)
    live = [attempt for attempt in attempts if attempt.nonce == submission.nonce]
    if _all_stand(submission, sight.standings) or submission.state is SubmissionState.ALREADY_ANCHORED:
        held = _held_without_us(submission, live, sight)
        leaves_a_gap = isinstance(held, MarkFinal) and not held.nonce_spent and others.later
        return _in_flight(live, sight, policy, now, others) if leaves_a_gap else held
    if not live:
        return _first_attempt(submission, sight, policy)
    if sight.spent_nonces > live[-1].nonce:
        return _nonce_spent(submission, live[-1].nonce, sight)
    return _in_flight(live, sight, policy, now, others)


def _mined(submission: Submission, mined: Mined, sight: Sight) -> Step:
    """2. A receipt of one of our attempts names a block of the chain."""
    if not mined.succeeded:
        return _reverted(submission, mined, sight)
    standings = _standing(sight.standings)
    if len(standings) < len(submission.what.batches):
        return Wait(Waiting.ANSWER, "A receipt says success, but the contract does not show the batches yet.")
    if mined != submission.mined or submission.state is not SubmissionState.MINED:
        return MarkMined(mined, standings)
    if mined.block_number > sight.finalized:
        return Wait(Waiting.FINALITY, f"Mined in block {mined.block_number:,}; that block is not final yet.")
    final = _standing(sight.final_standings)
    if len(final) < len(submission.what.batches):
        return Wait(Waiting.ANSWER, "Its block is final, but the contract does not show the batches at that block.")
    return MarkFinal(final, nonce_spent=True)


def _reverted(submission: Submission, mined: Mined, sight: Sight) -> Step:
    if _all_stand(submission, sight.standings):
        return _held_without_us(submission, (), sight)
    if mined.block_number > sight.finalized:
        text = f"The contract reverted it in block {mined.block_number:,}; that is believed when the block is final."
        return Wait(Waiting.FINALITY, text)
    return Alert(
        AlertKind.REVERTED,
        f"The contract reverted the transaction {mined.tx_hash.to_hex()} in block {mined.block_number:,}; "
        f"{in_eth(mined.fee_wei)} of gas was spent. Look at the issuer's delegates, then run again with --retry.",
    )


def _not_seen_any_more(submission: Submission, before: Mined, sight: Sight) -> Step:
    """3. Noted as mined, but no receipt now: an answer of nothing means unknown unless the block itself is gone."""
    if sight.block_hash_then in (None, before.block_hash):
        text = f"The endpoint shows no receipt for a transaction seen mined in block {before.block_number:,}."
        return Wait(Waiting.ANSWER, text)
    return MarkReorganised(
        f"Block {before.block_number:,} was replaced by another; submission {submission.id} is sent again as it is."
    )


def _held_without_us(submission: Submission, live: Sequence[Attempt], sight: Sight) -> Step:
    """4. The contract holds every batch, and none of our attempts is seen to have done it."""
    if submission.state is not SubmissionState.ALREADY_ANCHORED:
        return Adopt(_standing(sight.standings))
    if not _all_stand(submission, sight.standings):
        return MarkReorganised("The contract does not hold the adopted batches any more; they are sent again.")
    if not _all_stand(submission, sight.final_standings):
        return Wait(Waiting.FINALITY, "The contract holds every batch; the block is not final yet.")
    spent = submission.nonce is None or sight.spent_nonces > submission.nonce
    if not spent and any(attempt.tx_hash in sight.known for attempt in live):
        return Wait(Waiting.BLOCK, "The batches are final, but our own transaction is still on its way.")
    return MarkFinal(_standing(sight.final_standings), nonce_spent=spent)


def _nonce_spent(submission: Submission, nonce: int, sight: Sight) -> Step:
    """5. A null receipt proves nothing, so nothing is done until the spent nonce is final."""
    if sight.final_nonces <= nonce:
        return Wait(Waiting.ANSWER, f"Nonce {nonce} is spent; by whom is decided when that is final.")
    if submission.what.purpose is Purpose.ANCHOR:
        return TakeNewNonce(f"Another transaction of the account spent nonce {nonce}: keep this key for Credanchor.")
    return Alert(
        AlertKind.NONCE_TAKEN,
        f"Another transaction of the account spent nonce {nonce}, so this one was never mined. "
        "Keep this key for Credanchor, and run the command again if what it does is still wanted.",
    )


def _first_attempt(submission: Submission, sight: Sight, policy: Policy) -> Step:
    """6. Nothing is signed under a nonce that could still be spent."""
    if sight.gas_estimate is None:
        return Alert(AlertKind.REFUSED, f"The contract refuses it: {sight.refusal} Nothing was signed.")
    fees = first_fees(sight.base_fee_wei, sight.tip_wei)
    return _affordable(Sign(sight.spent_nonces, gas_limit_for(sight.gas_estimate), fees), submission, sight, policy)


def _in_flight(live: Sequence[Attempt], sight: Sight, policy: Policy, now: datetime, others: Others) -> Step:
    """7. Signed, the nonce unspent, nothing mined."""
    last = live[-1]
    if last.sent_at is None:
        return Send(last)
    if last.tx_hash not in sight.known and _apart(last.sent_at, now) >= policy.resend_after_seconds:
        return Send(last)
    patience = policy.bump_after_seconds[min(len(live), len(policy.bump_after_seconds)) - 1]
    if _apart(last.signed_at, now) < patience:
        return Wait(Waiting.BLOCK, f"Sent {len(live)} time(s) under nonce {last.nonce}; not mined yet.")
    if sight.spent_nonces < last.nonce:
        return _gap_below(last.nonce, sight.spent_nonces, others)
    fees = bumped_fees(last.fees, sight.base_fee_wei, sight.tip_wei)
    return _affordable(Sign(last.nonce, last.gas_limit, fees), None, sight, policy)


def _gap_below(nonce: int, first_unspent: int, others: Others) -> Step:
    """An earlier nonce came back to life in a reorganisation; no fee gets ours mined before that one."""
    if others.earlier:
        return Wait(Waiting.NONCE, f"Nonce {nonce} waits for an earlier submission of the account.")
    return FillGap(f"Nonce {nonce} waits for nonce {first_unspent}, which nobody uses; an empty transaction spends it.")


def _apart(then: datetime, now: datetime) -> float:
    """Return the seconds between two moments, in whichever order: a clock that was set back must not stop the job."""
    return abs((now - then).total_seconds())


def _affordable(sign: Sign, submission: Submission | None, sight: Sight, policy: Policy) -> Step:
    subject = "A higher fee" if submission is None else "It"
    if sign.fees.cap_wei > policy.max_fee_wei:
        return Alert(
            AlertKind.FEE_CEILING,
            f"{subject} would cost up to {in_eth(sign.fees.cap_wei)} a unit of gas, above the ceiling of "
            f"{in_eth(policy.max_fee_wei)}; it goes on by itself once fees fall.",
        )
    needed = cost_ceiling(sign.gas_limit, sign.fees)
    if needed > sight.balance_wei:
        return Alert(
            AlertKind.FUNDS,
            f"{subject} may cost {in_eth(needed)}, and the account holds {in_eth(sight.balance_wei)}; send it more.",
        )
    return sign


def cost_ceiling(gas_limit: int, fees: Fees) -> int:
    """Return the most a transaction can cost, in wei, which is what nodes want the account to hold."""
    return gas_limit * fees.cap_wei


def _all_stand(submission: Submission, standings: Sequence[Standing | None]) -> bool:
    return submission.what.purpose is Purpose.ANCHOR and None not in standings


def _standing(standings: Sequence[Standing | None]) -> tuple[Standing, ...]:
    return tuple(standing for standing in standings if standing is not None)
