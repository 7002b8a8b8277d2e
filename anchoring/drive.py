"""Driving one submission: look, plan, take the step, until it rests, waits or needs a person.

Commit first, act second. After each commit a comment says what a crash here leaves and who repairs it;
repairing always means that the next run looks at store and chain again and plans from what it sees.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from anchoring.plan import next_step
from anchoring.sender import UnsignedTransaction
from anchoring.signed_check import require_as_asked
from anchoring.steps import (
    ALONE,
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
    Sign,
    TakeNewNonce,
    Wait,
    Waiting,
)
from registry.core.errors import ChainUnavailableError
from registry.core.submission import Attempt, NewSubmission, Purpose
from registry.store.anchor_rows import ClaimLostError, NonceSpentError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from anchoring.chain import Chain
    from anchoring.ports import Signer
    from anchoring.steps import Act, Step
    from registry.core.account import Address
    from registry.core.submission import Submission
    from registry.ports import Clock
    from registry.store.submissions import SubmissionRows

LEASE_SECONDS = 30
"""How long a worker that fell silent keeps others away; each turn renews it. Safety does not rest on it."""
_STOPPED = Wait(Waiting.STOP, "It was told to stop; the next run goes on from here.")
POLL_SECONDS = {"local": 0.1, "test": 4.0, "main": 4.0}
"""How long to wait between two looks, by kind of network."""


def nothing_to_keep() -> None:
    """Do nothing after a local chain settled."""


def never() -> bool:
    """Return that nobody asked to stop."""
    return False


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that sending on one network takes."""

    rows: SubmissionRows
    """Where submissions are kept."""
    chain: Chain
    """The network."""
    signers: Mapping[Address, Signer]
    """The keys of this run, by account."""
    clock: Clock
    """Tells the time."""
    pause: Callable[[float], None]
    """Sleeps for seconds."""
    owner: str
    """This worker's name, unlike any other's."""
    policy: Policy = field(default_factory=Policy)
    """What the operator allows."""
    keep: Callable[[], None] = nothing_to_keep
    """Called after a local chain settled, to keep a copy of its state."""
    stopping: Callable[[], bool] = never
    """Whether somebody asked to stop: the step that has begun is finished, no other is taken."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a submission came."""

    submission: Submission
    """As it stands now."""
    step: Rest | Wait | Alert
    """Why it was left there."""


def drive(desk: Desk, submission_id: int, wait_seconds: float) -> Progress:
    """Take every step that can be taken now; wait at most `wait_seconds` in all for a block or another worker.

    Finality is waited for on a local chain alone, which makes its own.

    Raises:
        ChainUnavailableError: the chain does not answer; everything noted so far stays.
        WrongChainError: an endpoint answers for another chain.
        PassphraseError, KeyFileError: the key cannot be opened; nothing was signed.
        SignedOtherwiseError: the signer returned another transaction than was asked; nothing was stored.

    """
    waited = 0.0
    try:
        while True:
            progress = _until_pause(desk, submission_id)
            if waited >= wait_seconds or not _worth_waiting(desk, progress.step):
                return progress
            poll = POLL_SECONDS[desk.chain.network.kind]
            desk.pause(poll)
            waited += poll
    finally:
        desk.rows.unclaim(submission_id, desk.owner)


def _worth_waiting(desk: Desk, step: Rest | Wait | Alert) -> bool:
    if not isinstance(step, Wait) or step.what in (Waiting.KEY, Waiting.NONCE, Waiting.STOP):
        return False
    if step.what not in (Waiting.FINALITY, Waiting.ANSWER):
        return True
    if desk.chain.network.kind != "local":
        return step.what is Waiting.ANSWER
    # A local chain stands still by itself, and an answer may depend on what is final.
    desk.chain.settle()
    desk.keep()
    return True


def _until_pause(desk: Desk, submission_id: int) -> Progress:
    pause: Rest | Wait | Alert | None = None
    try:
        while pause is None:
            pause = _STOPPED if desk.stopping() else _turn(desk, submission_id)
    except ClaimLostError as error:
        pause = Wait(Waiting.WORKER, str(error))
    return Progress(desk.rows.submission(submission_id), pause)


def _turn(desk: Desk, submission_id: int) -> Rest | Wait | Alert | None:
    submission = desk.rows.claim(submission_id, desk.owner, desk.clock.now(), LEASE_SECONDS)
    step = _plan(desk, submission)
    return step if isinstance(step, Rest) else _take(desk, submission, step)


def _plan(desk: Desk, submission: Submission) -> Step:
    attempts = desk.rows.attempts(submission.id)
    sight = desk.chain.observe(submission, attempts)
    return next_step(submission, attempts, sight, desk.policy, desk.clock.now(), _others(desk, submission))


def _others(desk: Desk, submission: Submission) -> Others:
    nonce = submission.nonce
    if nonce is None:
        return ALONE
    nonces = desk.rows.nonces_of_others(submission)
    return Others(earlier=any(one < nonce for one in nonces), later=any(one > nonce for one in nonces))


def _take(desk: Desk, submission: Submission, step: Act) -> Wait | Alert | None:
    """Take the step; return what it stops at, if it does."""
    match step:
        case Sign():
            return _sign(desk, submission, step)
        case Send():
            _send(desk, submission, step.attempt)
        case FillGap():
            _fill_gap(desk, submission)
            return Wait(Waiting.NONCE, step.why)
        case Alert():
            _stop(desk, submission, step)
            return step
        case Wait():
            return step
        case _:
            _note(desk, submission, step)
    return None


def _note(
    desk: Desk, submission: Submission, step: MarkMined | Adopt | MarkFinal | MarkReorganised | TakeNewNonce
) -> None:
    """Write down what the chain was seen to say."""
    now = desk.clock.now()
    match step:
        case MarkMined():
            desk.rows.mined(submission, step.mined, step.standings, now)
            # A crash here leaves it mined and its receipts pending; the next run waits for finality.
        case Adopt():
            desk.rows.adopted(submission, step.standings, now)
            # A crash here leaves the batches anchored by somebody else; the next run waits for finality.
        case MarkFinal():
            desk.rows.finalized(submission, step.standings, now, keep_nonce=step.nonce_spent)
            # A crash here leaves nothing to repair.
        case MarkReorganised():
            desk.rows.reorganised(submission, step.why, now)
            # A crash here leaves the same signed bytes in the store; the next run sends them again.
        case TakeNewNonce():
            desk.rows.nonce_lost(submission, step.why, now)
            # A crash here leaves it without a nonce; the next run signs it under a new one.


def _sign(desk: Desk, submission: Submission, step: Sign) -> Wait | None:
    what, now = submission.what, desk.clock.now()
    signer = desk.signers.get(what.sender)
    if signer is None:
        account = what.sender.checksummed()
        return Wait(Waiting.KEY, f"{account} must sign it, whose key is not here: repeat the command it came from.")
    transaction = UnsignedTransaction(
        what.chain_id, what.contract, what.call_data, step.nonce, step.gas_limit, step.fees
    )
    signed = signer.sign(transaction)
    require_as_asked(signed, transaction, what.sender)
    attempt = Attempt(submission.id, step.nonce, signed.raw, signed.tx_hash, step.gas_limit, step.fees, signed_at=now)
    # A crash before this commit leaves nothing: the nonce is unspent, and the next run signs.
    try:
        desk.rows.signed(submission, attempt, now)
    except NonceSpentError:
        if desk.chain.observe(submission, ()).spent_nonces <= step.nonce:
            raise
        return Wait(
            Waiting.WORKER, f"Another worker spent nonce {step.nonce} meanwhile; the next look takes a new one."
        )
    # A crash here leaves signed bytes that nobody has seen; the next run sends exactly these.
    return None


def _send(desk: Desk, submission: Submission, attempt: Attempt) -> None:
    try:
        answer = desk.chain.send(attempt.raw)
    except ChainUnavailableError as error:
        answer = f"No answer, so the bytes may have left: {error}"
    # A crash here leaves bytes that left without a note of it; the next run finds the hash mined, or sends the same
    # bytes again, which a node knows already.
    desk.rows.sent(submission, attempt.tx_hash, answer, desk.clock.now())
    # A crash here leaves it on its way; the next run looks every attempt up by hash.


def _fill_gap(desk: Desk, submission: Submission) -> None:
    account = submission.what.sender
    label = f"spend a nonce that keeps submission {submission.id} waiting"
    filler = NewSubmission(Purpose.CALL, label, submission.what.chain_id, account, account, b"")
    begun = desk.rows.submissions(filler.chain_id, unfinished=True)
    if any((one.what.contract, one.what.sender) == (account, account) for one in begun):
        return
    desk.rows.plan(filler, desk.clock.now())
    # A crash here leaves an empty transaction planned; whoever runs next signs it under the first unspent nonce.


def _stop(desk: Desk, submission: Submission, alert: Alert) -> None:
    if alert.kind is AlertKind.REFUSED:
        desk.rows.released(submission, alert.why, desk.clock.now())
        # A crash here leaves the batches free; the next run plans them anew.
    else:
        desk.rows.stopped(submission, alert.kind.state, alert.why, desk.clock.now())
        # A crash here leaves the note; the next run looks whether its reason is gone.
