"""Every other transaction: deploying, registering, keys, accreditation, status. Quote first, then submit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anchoring.drive import drive
from anchoring.job import WAIT_SECONDS
from anchoring.steps import Alert, AlertKind
from registry.core.errors import FundsError, StateError, TransactionRevertedError
from registry.core.submission import NewSubmission, Purpose

if TYPE_CHECKING:
    from anchoring.chain import Quote
    from anchoring.drive import Desk, Progress
    from registry.core.account import Address
    from registry.core.submission import Submission

_ERRORS: dict[AlertKind, type[StateError]] = {
    AlertKind.FUNDS: FundsError,
    AlertKind.REFUSED: TransactionRevertedError,
    AlertKind.REVERTED: TransactionRevertedError,
    AlertKind.NONCE_TAKEN: StateError,
    AlertKind.FEE_CEILING: StateError,
}


def quote_call(desk: Desk, sender: Address, data: bytes, target: Address | None = None) -> Quote:
    """Return what a call would cost and what the account holds; nothing is written anywhere.

    `target` is what is called, if not the contract.

    Raises:
        TransactionRevertedError: the contract would refuse it.
        ChainUnavailableError: the chain does not answer, or holds no contract.

    """
    if target is None:
        desk.chain.require_contract()
    return desk.chain.quote(sender, data, target)


def submit_call(
    desk: Desk,
    sender: Address,
    label: str,
    data: bytes,
    wait_seconds: float = WAIT_SECONDS,
    target: Address | None = None,
) -> Progress:
    """Store a call, send it, and wait until it is mined (on a local chain: final).

    A call of the same data that was begun and not mined is gone on with, so a command that was
    interrupted can simply be repeated. If it is not mined in time, `progress.step` says so, and
    `credanchor anchor run` goes on with it.

    Raises:
        FundsError: the account cannot pay; names account, network, balance and need.
        TransactionRevertedError: the contract refuses it.
        StateError: fees are above the ceiling, or a foreign transaction took the nonce.
        ChainUnavailableError, WrongChainError, PassphraseError, KeyFileError: as they say.

    """
    called = target or desk.chain.network.contract
    what = NewSubmission(Purpose.CALL, label, desk.chain.network.chain_id, called, sender, data)
    progress = _unfinished(desk, what, wait_seconds)
    if progress is None:
        quote_call(desk, sender, data, target).require_funds()
        submission = desk.rows.plan(what, desk.clock.now())
        # A crash here leaves a planned call with nothing signed; repeating the command goes on with it.
        progress = drive(desk, submission.id, wait_seconds)
    if isinstance(progress.step, Alert):
        raise _ERRORS[progress.step.kind](f"Could not {label}. {progress.step.why}")
    return progress


def _unfinished(desk: Desk, what: NewSubmission, wait_seconds: float) -> Progress | None:
    found = None
    for submission in desk.rows.submissions(what.chain_id, unfinished=True):
        if submission.what.sender == what.sender:
            progress = drive(desk, submission.id, wait_seconds)
            if _is_same(submission, what):
                found = progress
    return found


def _is_same(submission: Submission, what: NewSubmission) -> bool:
    begun = submission.what
    same = (begun.purpose, begun.contract, begun.call_data) == (what.purpose, what.contract, what.call_data)
    return same and submission.mined is None
