"""Submissions in the store: every change names the version it was decided from, and is one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from registry.core.account import Address
from registry.core.digest import Digest, Root
from registry.core.errors import StateError, StoreConflictError
from registry.core.submission import FINISHED, IN_FLIGHT, BatchRef, SubmissionState
from registry.records import BatchState
from registry.store.anchor_rows import (
    ClaimLostError,
    NonceSpentError,
    claim_batch,
    release_batches,
    set_anchors,
    set_batches,
    unset_anchors,
)
from registry.store.session import reading, seconds, writing
from registry.store.submission_queries import anchors_of_batch, attempts_of, submissions_where
from registry.store.submission_tables import ATTEMPT, SUBMISSION
from registry.store.table_objects import BATCH, ISSUER

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Engine

    from registry.core.receipt import AnchorHint
    from registry.core.submission import Attempt, Mined, NewSubmission, Standing, Submission

_NOT_MINED: dict[str, object] = dict.fromkeys(
    ("tx_hash", "block_number", "block_hash", "succeeded", "gas_used", "gas_price_wei")
)


class SubmissionRows:
    """Reads and writes submissions, attempts and anchors."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    # --- Reads

    def anchors(self, batch_id: int) -> list[AnchorHint]:
        """Return where a batch is anchored or is being anchored, oldest first; no block means not seen there yet."""
        with reading(self.engine) as connection:
            return anchors_of_batch(connection, batch_id)

    def submission(self, submission_id: int) -> Submission:
        """Return one submission; StateError if there is none of that number."""
        with reading(self.engine) as connection:
            return _one(connection, submission_id)

    def submissions(self, chain_id: int | None = None, *, unfinished: bool = False) -> list[Submission]:
        """Return submissions, oldest first: all, those of one chain, those that still go on."""
        conditions = [] if chain_id is None else [SUBMISSION.c.chain_id == chain_id]
        if unfinished:
            conditions.append(SUBMISSION.c.state.not_in(FINISHED))
        with reading(self.engine) as connection:
            return submissions_where(connection, *conditions)

    def attempts(self, submission_id: int) -> list[Attempt]:
        """Return every attempt of a submission, whatever its nonce, oldest first."""
        with reading(self.engine) as connection:
            return attempts_of(connection, submission_id)

    def nonces_of_others(self, submission: Submission) -> list[int]:
        """Return the nonces that other unfinished submissions of the same account are signed under."""
        others = _others_of_account(submission) & SUBMISSION.c.state.not_in(FINISHED)
        query = select(SUBMISSION.c.nonce).where(others, SUBMISSION.c.nonce.is_not(None)).order_by(SUBMISSION.c.nonce)
        with reading(self.engine) as connection:
            return list(connection.execute(query).scalars())

    def unclaimed_batches(self) -> list[BatchRef]:
        """Return the sealed batches that no submission carries, oldest first."""
        free = (BATCH.c.state == BatchState.SEALED) & BATCH.c.submission_id.is_(None)
        query = select(BATCH.c.id, ISSUER.c.account, BATCH.c.root, BATCH.c.tree_size)
        query = query.join(ISSUER, ISSUER.c.id == BATCH.c.issuer_id).where(free).order_by(BATCH.c.id)
        with reading(self.engine) as connection:
            rows = connection.execute(query).all()
        return [BatchRef(row.id, Address(row.account), Root(Digest(row.root)), row.tree_size) for row in rows]

    # --- Planning and claiming

    def plan(self, what: NewSubmission, now: datetime) -> Submission:
        """Store a submission and claim its batches, all or nothing.

        Raises:
            ClaimLostError: another submission carries one of the batches already.

        """
        values = {
            "version": 0,
            "purpose": what.purpose,
            "label": what.label,
            "chain_id": what.chain_id,
            "contract": what.contract,
            "sender": what.sender,
            "call_data": what.call_data,
            "state": SubmissionState.PLANNED,
            "note": "",
            "created_at": seconds(now),
            "updated_at": seconds(now),
            "lease_owner": "",
            "lease_until": 0,
        }
        with writing(self.engine) as connection:
            key: Any = connection.execute(insert(SUBMISSION).values(values)).inserted_primary_key
            for batch in what.batches:
                claim_batch(connection, int(key[0]), what, batch)
            return _one(connection, int(key[0]))

    def claim(self, submission_id: int, owner: str, now: datetime, lease_seconds: int) -> Submission:
        """Take a submission for `lease_seconds`, or longer if `owner` holds it already.

        A lease that ends later than one taken now would was taken before the clock was set back, and counts as ended.

        Raises:
            ClaimLostError: another worker's lease has not ended.

        """
        # No SKIP LOCKED: the row is locked for this one statement. What lasts is the lease, which outlives the
        # connection, and which every other worker sees and passes over.
        until = seconds(now) + lease_seconds
        free = ~SUBMISSION.c.lease_until.between(seconds(now) + 1, until) | (SUBMISSION.c.lease_owner == owner)
        with writing(self.engine) as connection:
            taken = connection.execute(
                update(SUBMISSION)
                .where(SUBMISSION.c.id == submission_id, free)
                .values(lease_owner=owner, lease_until=until, version=SUBMISSION.c.version + 1)
            )
            if taken.rowcount != 1:
                raise ClaimLostError(f"Another worker is at submission {submission_id}.")
            return _one(connection, submission_id)

    def unclaim(self, submission_id: int, owner: str) -> None:
        """End a lease before its time; a lease that another worker holds is left alone."""
        mine = (SUBMISSION.c.id == submission_id) & (SUBMISSION.c.lease_owner == owner)
        with writing(self.engine) as connection:
            connection.execute(update(SUBMISSION).where(mine).values(lease_owner="", lease_until=0))

    # --- Steps

    def signed(self, submission: Submission, attempt: Attempt, now: datetime) -> Submission:
        """Store a signed attempt, which makes its nonce the submission's.

        Raises:
            ClaimLostError: another worker moved the submission, or another submission's nonce is still unspent.
            NonceSpentError: another submission spent the nonce: the look at the chain was too old, or the chain forgot.

        """
        try:
            with writing(self.engine) as connection:
                _require_free_nonce(connection, submission, attempt.nonce)
                # First the version: who was overtaken may bring the very bytes that are stored already.
                moved = _move(connection, submission, now, state=SubmissionState.SIGNED, nonce=attempt.nonce, note="")
                connection.execute(insert(ATTEMPT).values(_attempt_values(attempt)))
                return moved
        except StoreConflictError as error:
            raise ClaimLostError(
                f"Another worker gave nonce {attempt.nonce} of {submission.what.sender} away."
            ) from error

    def sent(self, submission: Submission, tx_hash: Digest, answer: str, now: datetime) -> Submission:
        """Note that an endpoint was handed an attempt, and what it said."""
        with writing(self.engine) as connection:
            mine = ATTEMPT.c.tx_hash == tx_hash
            connection.execute(update(ATTEMPT).where(mine).values(sent_at=seconds(now), answer=answer))
            return _move(connection, submission, now, state=SubmissionState.BROADCAST)

    def mined(self, submission: Submission, mined: Mined, standings: Sequence[Standing], now: datetime) -> Submission:
        """Note where an attempt was mined; its batches become anchored as the contract says in `standings`."""
        with writing(self.engine) as connection:
            set_anchors(connection, submission, mined, standings)
            set_batches(connection, submission, BatchState.ANCHORED)
            return _move(
                connection,
                submission,
                now,
                state=SubmissionState.MINED,
                note="",
                nonce=submission.nonce,
                **_flat(mined),
            )

    def adopted(self, submission: Submission, standings: Sequence[Standing], now: datetime) -> Submission:
        """Note that the contract holds every batch, though by no attempt that we can see."""
        with writing(self.engine) as connection:
            set_anchors(connection, submission, None, standings)
            set_batches(connection, submission, BatchState.ANCHORED)
            return _move(connection, submission, now, state=SubmissionState.ALREADY_ANCHORED, note="", **_NOT_MINED)

    def finalized(
        self, submission: Submission, standings: Sequence[Standing], now: datetime, *, keep_nonce: bool
    ) -> Submission:
        """End a submission; a nonce that was never spent is given up with `keep_nonce=False`."""
        nonce = submission.nonce if keep_nonce else None
        with writing(self.engine) as connection:
            set_anchors(connection, submission, submission.mined, standings)
            set_batches(connection, submission, BatchState.FINAL)
            return _move(connection, submission, now, state=SubmissionState.FINALIZED, note="", nonce=nonce)

    def reorganised(self, submission: Submission, note: str, now: datetime) -> Submission:
        """Note that the block of the transaction, or of the adopted anchors, is not part of the chain any more."""
        state = SubmissionState.PLANNED if submission.nonce is None else SubmissionState.BROADCAST
        with writing(self.engine) as connection:
            unset_anchors(connection, submission)
            return _move(connection, submission, now, state=state, note=note, **_NOT_MINED)

    def nonce_lost(self, submission: Submission, note: str, now: datetime) -> Submission:
        """Note that a foreign transaction spent the nonce; the next attempt takes a new one."""
        with writing(self.engine) as connection:
            return _move(connection, submission, now, state=SubmissionState.PLANNED, nonce=None, note=note)

    def stopped(self, submission: Submission, state: SubmissionState, note: str, now: datetime) -> Submission:
        """Note what a person has to see to."""
        with writing(self.engine) as connection:
            return _move(connection, submission, now, state=state, note=note)

    def released(self, submission: Submission, note: str, now: datetime) -> Submission:
        """End a refused submission and give its batches free for another one."""
        with writing(self.engine) as connection:
            release_batches(connection, submission)
            return _move(connection, submission, now, state=SubmissionState.REVERTED, note=note)


def _one(connection: Connection, submission_id: int) -> Submission:
    for submission in submissions_where(connection, SUBMISSION.c.id == submission_id):
        return submission
    raise StateError(f"There is no submission {submission_id}.")


def _move(connection: Connection, submission: Submission, now: datetime, **values: object) -> Submission:
    read = (SUBMISSION.c.id == submission.id) & (SUBMISSION.c.version == submission.version)
    values["version"] = submission.version + 1
    if values["state"] != submission.state:  # else it stands as it did, since when it did
        values["updated_at"] = seconds(now)
    if connection.execute(update(SUBMISSION).where(read).values(values)).rowcount != 1:
        raise ClaimLostError(f"Another worker moved submission {submission.id} on; this one leaves it alone.")
    return _one(connection, submission.id)


def _others_of_account(submission: Submission) -> ColumnElement[bool]:
    what = submission.what
    mine = (SUBMISSION.c.chain_id == what.chain_id) & (SUBMISSION.c.sender == what.sender)
    return mine & (SUBMISSION.c.id != submission.id)


def _require_free_nonce(connection: Connection, submission: Submission, nonce: int) -> None:
    what = submission.what
    for other in submissions_where(connection, _others_of_account(submission), SUBMISSION.c.nonce.is_not(None)):
        earlier = other.nonce is not None and other.nonce <= nonce
        if not other.finished and (other.nonce == nonce or (earlier and other.state in IN_FLIGHT)):
            raise ClaimLostError(f"The account {what.sender} still waits for its transaction of submission {other.id}.")
        if other.nonce == nonce:
            raise NonceSpentError(
                f"The chain says that nonce {nonce} of {what.sender} is unspent, but submission {other.id} spent it: "
                "the chain went back, or was started anew. Nothing was signed; begin with a new home folder, or bring "
                "the old chain back."
            )


def _attempt_values(attempt: Attempt) -> dict[str, object]:
    return {
        "submission_id": attempt.submission_id,
        "nonce": attempt.nonce,
        "raw": attempt.raw,
        "tx_hash": attempt.tx_hash,
        "gas_limit": attempt.gas_limit,
        "cap_wei": attempt.fees.cap_wei,
        "tip_wei": attempt.fees.tip_wei,
        "signed_at": seconds(attempt.signed_at),
        "answer": attempt.answer,
    }


def _flat(mined: Mined) -> dict[str, object]:
    return {
        "tx_hash": mined.tx_hash,
        "block_number": mined.block_number,
        "block_hash": mined.block_hash,
        "succeeded": mined.succeeded,
        "gas_used": mined.gas_used,
        "gas_price_wei": mined.gas_price_wei,
    }
