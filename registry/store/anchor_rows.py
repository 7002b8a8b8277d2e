"""The anchors of a submission: which batches it carries, and where the chain holds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, update

from registry.core.errors import StateError
from registry.records import BatchState
from registry.store.session import seconds
from registry.store.submission_tables import ANCHOR
from registry.store.table_objects import BATCH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from registry.core.submission import BatchRef, Mined, NewSubmission, Standing, Submission


class ClaimLostError(StateError):
    """Another worker holds the submission, the batch or the account's nonce; nothing was written."""

    code = "claim-lost"


class NonceSpentError(StateError):
    """Another submission spent the nonce that the chain was seen to call unspent; nothing was written."""

    code = "nonce-spent"


def claim_batch(connection: Connection, submission_id: int, what: NewSubmission, batch: BatchRef) -> None:
    """Make a sealed batch this submission's; ClaimLostError if another one carries it."""
    # Compare and swap, not SKIP LOCKED: whoever has the row has it for one commit, with no question to the chain in it.
    # The other one must then hear that it lost; it cannot take fewer batches than its call data names. Batches come in
    # the order of their numbers, so that two workers never wait for each other.
    free = (BATCH.c.id == batch.batch_id) & (BATCH.c.state == BatchState.SEALED) & BATCH.c.submission_id.is_(None)
    if connection.execute(update(BATCH).where(free).values(submission_id=submission_id)).rowcount != 1:
        raise ClaimLostError(f"Another submission carries batch {batch.batch_id} already.")
    values = {
        "submission_id": submission_id,
        "batch_id": batch.batch_id,
        "chain_id": what.chain_id,
        "contract": what.contract,
        "issuer": batch.issuer,
        "root": batch.root,
        "tree_size": batch.tree_size,
    }
    connection.execute(insert(ANCHOR).values(values))


def set_anchors(
    connection: Connection, submission: Submission, mined: Mined | None, standings: Sequence[Standing]
) -> None:
    """Write where each batch stands, in the submission's order; `mined` is named where it wrote the anchor."""
    for batch, standing in zip(submission.what.batches, standings, strict=True):
        ours = mined is not None and mined.block_number == standing.block_number
        values = {
            "tx_hash": mined.tx_hash if mined is not None and ours else None,
            "block_number": standing.block_number,
            "block_hash": standing.block_hash,
            "anchored_at": seconds(standing.anchored_at),
        }
        mine = (ANCHOR.c.submission_id == submission.id) & (ANCHOR.c.batch_id == batch.batch_id)
        connection.execute(update(ANCHOR).where(mine).values(values))


def unset_anchors(connection: Connection, submission: Submission) -> None:
    """Forget where the batches stood; they are sealed again and stay the submission's."""
    nothing: dict[str, object] = dict.fromkeys(("tx_hash", "block_number", "block_hash", "anchored_at"))
    connection.execute(update(ANCHOR).where(ANCHOR.c.submission_id == submission.id).values(nothing))
    set_batches(connection, submission, BatchState.SEALED)


def release_batches(connection: Connection, submission: Submission) -> None:
    """Give the batches free for another submission."""
    connection.execute(delete(ANCHOR).where(ANCHOR.c.submission_id == submission.id))
    mine = BATCH.c.submission_id == submission.id
    connection.execute(update(BATCH).where(mine).values(state=BatchState.SEALED, submission_id=None))


def set_batches(connection: Connection, submission: Submission, state: BatchState) -> None:
    """Move the submission's batches to `state`."""
    connection.execute(update(BATCH).where(BATCH.c.submission_id == submission.id).values(state=state))
