"""Reads of submissions, attempts and anchors on an open connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from registry.core.account import Address
from registry.core.digest import Digest, Root
from registry.core.receipt import AnchorHint
from registry.core.submission import (
    Attempt,
    BatchRef,
    Fees,
    Mined,
    NewSubmission,
    Purpose,
    Submission,
    SubmissionState,
)
from registry.store.session import moment
from registry.store.submission_tables import ANCHOR, ATTEMPT, SUBMISSION

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Row, Select


HINT_COLUMNS: tuple[ColumnElement[Any], ...] = (
    ANCHOR.c.chain_id,
    ANCHOR.c.contract,
    ANCHOR.c.issuer,
    ANCHOR.c.tx_hash,
    ANCHOR.c.block_number,
    ANCHOR.c.block_hash,
    ANCHOR.c.anchored_at,
)
_ANCHORS_OF_BATCH: Select[Any] = (
    select(*HINT_COLUMNS).where(ANCHOR.c.batch_id == bindparam("batch")).order_by(ANCHOR.c.id)
)


def anchors_of_batch(connection: Connection, batch_id: int) -> list[AnchorHint]:
    """Return where a batch is anchored or is being anchored, oldest first; no block means not seen there yet."""
    return [hint_of(row) for row in connection.execute(_ANCHORS_OF_BATCH, {"batch": batch_id})]


def submissions_where(connection: Connection, *conditions: ColumnElement[bool]) -> list[Submission]:
    """Return the submissions that meet all conditions, oldest first."""
    rows = connection.execute(select(SUBMISSION).where(*conditions).order_by(SUBMISSION.c.id)).all()
    return [_submission(row, _batches(connection, row.id)) for row in rows]


def attempts_of(connection: Connection, submission_id: int) -> list[Attempt]:
    """Return every attempt of a submission, whatever its nonce, oldest first."""
    mine = ATTEMPT.c.submission_id == submission_id
    return [_attempt(row) for row in connection.execute(select(ATTEMPT).where(mine).order_by(ATTEMPT.c.id))]


def _batches(connection: Connection, submission_id: int) -> tuple[BatchRef, ...]:
    mine = ANCHOR.c.submission_id == submission_id
    rows = connection.execute(select(ANCHOR).where(mine).order_by(ANCHOR.c.id))
    return tuple(BatchRef(row.batch_id, Address(row.issuer), Root(Digest(row.root)), row.tree_size) for row in rows)


def _submission(row: Row[Any], batches: tuple[BatchRef, ...]) -> Submission:
    what = NewSubmission(
        purpose=Purpose(row.purpose),
        label=row.label,
        chain_id=row.chain_id,
        contract=Address(row.contract),
        sender=Address(row.sender),
        call_data=row.call_data,
        batches=batches,
    )
    return Submission(
        id=row.id,
        version=row.version,
        what=what,
        state=SubmissionState(row.state),
        nonce=row.nonce,
        mined=_mined(row) if row.tx_hash is not None else None,
        note=row.note,
        created_at=moment(row.created_at),
        updated_at=moment(row.updated_at),
    )


def _mined(row: Row[Any]) -> Mined:
    return Mined(
        tx_hash=Digest(row.tx_hash),
        block_number=row.block_number,
        block_hash=Digest(row.block_hash),
        succeeded=row.succeeded,
        gas_used=row.gas_used,
        gas_price_wei=row.gas_price_wei,
    )


def _attempt(row: Row[Any]) -> Attempt:
    return Attempt(
        submission_id=row.submission_id,
        nonce=row.nonce,
        raw=row.raw,
        tx_hash=Digest(row.tx_hash),
        gas_limit=row.gas_limit,
        fees=Fees(row.cap_wei, row.tip_wei),
        signed_at=moment(row.signed_at),
        sent_at=moment(row.sent_at) if row.sent_at is not None else None,
        answer=row.answer,
    )


def hint_of(row: Row[Any]) -> AnchorHint:
    """Return where a row with HINT_COLUMNS says that its batch is anchored."""
    return AnchorHint(
        chain_id=row.chain_id,
        contract=Address(row.contract),
        issuer=Address(row.issuer),
        transaction=Digest(row.tx_hash) if row.tx_hash is not None else None,
        block_number=row.block_number,
        block_hash=Digest(row.block_hash) if row.block_hash is not None else None,
        anchored_at=moment(row.anchored_at) if row.anchored_at is not None else None,
    )
