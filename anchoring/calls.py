"""Every other transaction: registering, keys, delegates, accreditation, status. Quote first, then submit."""

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


def quote_call(desk: Desk, sender: Address, data: bytes) -> Quote:
    """Return what a call would cost and what the account holds; nothing is written anywhere.

    Raises:
        TransactionRevertedError: the contract would refuse it.
        ChainUnavailableError: the chain does not answer, or holds no contract.

    """
    desk.chain.require_contract()
    return desk.chain.quote(sender, data)


def submit_call(desk: Desk, sender: Address, label: str, data: bytes, wait_seconds: float = WAIT_SECONDS) -> Progress:
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
    progress = _unfinished(desk, sender, data, wait_seconds)
    if progress is None:
        quote_call(desk, sender, data).require_funds()
        what = NewSubmission(
            Purpose.CALL, label, desk.chain.network.chain_id, desk.chain.network.contract, sender, data
        )
        submission = desk.rows.plan(what, desk.clock.now())
        # A crash here leaves a planned call with nothing signed; repeating the command goes on with it.
        progress = drive(desk, submission.id, wait_seconds)
    if isinstance(progress.step, Alert):
        raise _ERRORS[progress.step.kind](f"Could not {label}. {progress.step.why}")
    return progress


def _unfinished(desk: Desk, sender: Address, data: bytes, wait_seconds: float) -> Progress | None:
    found = None
    for submission in desk.rows.submissions(desk.chain.network.chain_id, unfinished=True):
        if submission.what.sender == sender:
            progress = drive(desk, submission.id, wait_seconds)
            if _is_same(submission, data):
                found = progress
    return found


def _is_same(submission: Submission, data: bytes) -> bool:
    return submission.what.purpose is Purpose.CALL and submission.what.call_data == data and submission.mined is None
