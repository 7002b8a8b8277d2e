"""How much there is of everything that anchoring keeps: counted by the database, for metrics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Float, cast, func, select

from registry.core.submission import SubmissionState
from registry.records import BatchState
from registry.store.session import moment, reading
from registry.store.submission_tables import ATTEMPT, SUBMISSION
from registry.store.table_objects import BATCH

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection, Engine


@dataclass(frozen=True, slots=True)
class Counts:
    """What the store holds at one moment."""

    batches: Mapping[BatchState, int]
    """Number of batches in each state."""
    oldest: Mapping[BatchState, datetime]
    """When the oldest open batch with credentials was opened, and the oldest sealed one sealed, if there are any."""
    submissions: Mapping[SubmissionState, int]
    """Number of submissions in each state."""
    attempts: int
    """Signed transactions."""
    fee_bumps: int
    """Of these, the ones that replace an earlier one under the same nonce."""
    gas_used: int
    """Units of gas of all mined transactions."""
    spent_wei: float
    """What these cost."""


def count_all(engine: Engine) -> Counts:
    """Count everything in one snapshot; StoreUnavailableError if the database does not answer."""
    with reading(engine) as connection:
        attempts, firsts = _attempts(connection)
        gas, wei = _spent(connection)
        return Counts(
            batches=_batches(connection),
            oldest=_oldest(connection),
            submissions=_submissions(connection),
            attempts=attempts,
            fee_bumps=attempts - firsts,
            gas_used=gas,
            spent_wei=wei,
        )


def _batches(connection: Connection) -> dict[BatchState, int]:
    rows = connection.execute(select(BATCH.c.state, func.count()).group_by(BATCH.c.state))
    found = {BatchState(state): count for state, count in rows}
    return {state: found.get(state, 0) for state in BatchState}


def _submissions(connection: Connection) -> dict[SubmissionState, int]:
    rows = connection.execute(select(SUBMISSION.c.state, func.count()).group_by(SUBMISSION.c.state))
    found = {SubmissionState(state): count for state, count in rows}
    return {state: found.get(state, 0) for state in SubmissionState}


def _oldest(connection: Connection) -> dict[BatchState, datetime]:
    waiting = {BatchState.OPEN: BATCH.c.created_at, BatchState.SEALED: BATCH.c.sealed_at}
    found = {}
    for state, since in waiting.items():
        query = select(func.min(since)).where(BATCH.c.state == state, BATCH.c.tree_size > 0)
        at = connection.execute(query).scalar()
        if at is not None:
            found[state] = moment(at)
    return found


def _attempts(connection: Connection) -> tuple[int, int]:
    """Return how many there are, and how many are the first under their nonce."""
    nonces = select(ATTEMPT.c.submission_id, ATTEMPT.c.nonce).distinct().subquery()
    every = connection.execute(select(func.count()).select_from(ATTEMPT)).scalar_one()
    return int(every), int(connection.execute(select(func.count()).select_from(nonces)).scalar_one())


def _spent(connection: Connection) -> tuple[int, float]:
    # As floating point: ten ether in wei are more than a 64-bit integer holds.
    cost = cast(SUBMISSION.c.gas_used, Float) * cast(SUBMISSION.c.gas_price_wei, Float)
    gas, wei = connection.execute(select(func.sum(SUBMISSION.c.gas_used), func.sum(cost))).one()
    return int(gas or 0), float(wei or 0)
