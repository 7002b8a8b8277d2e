"""The store's submissions in memory, with the rules of `registry.store.submissions`; a test holds the two equal."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from registry.core.submission import IN_FLIGHT, Submission, SubmissionState
from registry.records import BatchState
from registry.store.anchor_rows import ClaimLostError, NonceSpentError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from registry.core.submission import Attempt, BatchRef, Mined, NewSubmission, Standing


@dataclass
class ModelBatch:
    """A batch's row."""

    ref: BatchRef
    state: BatchState = BatchState.SEALED
    submission_id: int | None = None


class ModelRows:
    """What the job needs of `SubmissionRows`, in dictionaries."""

    def __init__(self) -> None:
        self.batches: dict[int, ModelBatch] = {}
        self._submissions: dict[int, Submission] = {}
        self._attempts: list[Attempt] = []
        self._leases: dict[int, tuple[str, float]] = {}
        self._calls: dict[bytes, tuple[int, ...]] = {}
        self.hook: Callable[[str, str], None] = lambda _moment, _name: None
        """Called `before` and `after` every commit."""

    def is_stored(self, raw: bytes) -> bool:
        return any(attempt.raw == raw for attempt in self._attempts)

    def carried(self, call_data: bytes) -> tuple[int, ...]:
        """Return the numbers of the batches that call data anchors."""
        return self._calls[call_data]

    # --- Reads

    def submission(self, submission_id: int) -> Submission:
        return self._submissions[submission_id]

    def submissions(self, _chain_id: int | None = None, *, unfinished: bool = False) -> list[Submission]:
        return [one for one in self._submissions.values() if not (unfinished and one.finished)]

    def attempts(self, submission_id: int) -> list[Attempt]:
        return [one for one in self._attempts if one.submission_id == submission_id]

    def nonces_of_others(self, submission: Submission) -> list[int]:
        others = (one for one in self._submissions.values() if one.id != submission.id and not one.finished)
        return sorted(one.nonce for one in others if one.nonce is not None)

    def unclaimed_batches(self) -> list[BatchRef]:
        free = (one for one in self.batches.values() if one.submission_id is None and one.state is BatchState.SEALED)
        return [one.ref for one in free]

    # --- Planning and claiming

    def plan(self, what: NewSubmission, now: datetime) -> Submission:
        def commit() -> Submission:
            for batch in what.batches:
                row = self.batches[batch.batch_id]
                if row.submission_id is not None or row.state is not BatchState.SEALED:
                    raise ClaimLostError(f"Another submission carries batch {batch.batch_id} already.")
            number = len(self._submissions) + 1
            made = Submission(number, 0, what, SubmissionState.PLANNED, None, None, "", now, now)
            self._submissions[number] = made
            self._calls[what.call_data] = tuple(batch.batch_id for batch in what.batches)
            for batch in what.batches:
                self.batches[batch.batch_id].submission_id = number
            return made

        return self._committed("plan", commit)

    def claim(self, submission_id: int, owner: str, now: datetime, lease_seconds: int) -> Submission:
        def commit() -> Submission:
            holder, until = self._leases.get(submission_id, ("", 0.0))
            at = now.timestamp()
            if holder not in ("", owner) and at < until <= at + lease_seconds:
                raise ClaimLostError(f"Another worker is at submission {submission_id}.")
            self._leases[submission_id] = (owner, at + lease_seconds)
            found = self._submissions[submission_id]
            self._submissions[submission_id] = replace(found, version=found.version + 1)
            return self._submissions[submission_id]

        return self._committed("claim", commit)

    def unclaim(self, submission_id: int, owner: str) -> None:
        if self._leases.get(submission_id, ("", 0.0))[0] == owner:
            del self._leases[submission_id]

    # --- Steps

    def signed(self, submission: Submission, attempt: Attempt, now: datetime) -> Submission:
        def commit() -> Submission:
            self._require_free_nonce(submission, attempt.nonce)
            self._require_newest(submission)
            assert all(one.tx_hash != attempt.tx_hash for one in self._attempts), "one attempt was signed twice"
            self._attempts.append(attempt)
            return self._move(submission, now, state=SubmissionState.SIGNED, nonce=attempt.nonce, note="")

        return self._committed("signed", commit)

    def sent(self, submission: Submission, tx_hash: bytes, answer: str, now: datetime) -> Submission:
        def commit() -> Submission:
            moved = self._move(submission, now, state=SubmissionState.BROADCAST)
            for at, one in enumerate(self._attempts):
                if one.tx_hash == tx_hash:
                    self._attempts[at] = replace(one, sent_at=now, answer=answer)
            return moved

        return self._committed("sent", commit)

    def mined(self, submission: Submission, mined: Mined, _standings: Sequence[Standing], now: datetime) -> Submission:
        return self._step(
            "mined", submission, now, BatchState.ANCHORED, state=SubmissionState.MINED, mined=mined, note=""
        )

    def adopted(self, submission: Submission, _standings: Sequence[Standing], now: datetime) -> Submission:
        state = SubmissionState.ALREADY_ANCHORED
        return self._step("adopted", submission, now, BatchState.ANCHORED, state=state, mined=None, note="")

    def finalized(
        self, submission: Submission, _standings: Sequence[Standing], now: datetime, *, keep_nonce: bool
    ) -> Submission:
        nonce = submission.nonce if keep_nonce else None
        state = SubmissionState.FINALIZED
        return self._step("finalized", submission, now, BatchState.FINAL, state=state, nonce=nonce, note="")

    def reorganised(self, submission: Submission, note: str, now: datetime) -> Submission:
        state = SubmissionState.PLANNED if submission.nonce is None else SubmissionState.BROADCAST
        return self._step("reorganised", submission, now, BatchState.SEALED, state=state, mined=None, note=note)

    def nonce_lost(self, submission: Submission, note: str, now: datetime) -> Submission:
        return self._step("nonce_lost", submission, now, None, state=SubmissionState.PLANNED, nonce=None, note=note)

    def stopped(self, submission: Submission, state: SubmissionState, note: str, now: datetime) -> Submission:
        return self._step("stopped", submission, now, None, state=state, note=note)

    def released(self, submission: Submission, note: str, now: datetime) -> Submission:
        def commit() -> Submission:
            moved = self._move(submission, now, state=SubmissionState.REVERTED, note=note)
            for row in self._carried(submission):
                row.state, row.submission_id = BatchState.SEALED, None
            self._submissions[moved.id] = replace(moved, what=replace(moved.what, batches=()))
            return self._submissions[moved.id]

        return self._committed("released", commit)

    # --- Inside

    def _step(
        self, name: str, submission: Submission, now: datetime, batches: BatchState | None, **values: Any
    ) -> Submission:
        def commit() -> Submission:
            moved = self._move(submission, now, **values)
            if batches is not None:
                for row in self._carried(submission):
                    row.state = batches
            return moved

        return self._committed(name, commit)

    def _carried(self, submission: Submission) -> list[ModelBatch]:
        return [row for row in self.batches.values() if row.submission_id == submission.id]

    def _committed(self, name: str, commit: Callable[[], Submission]) -> Submission:
        self.hook("before", name)
        result = commit()
        self.hook("after", name)
        return result

    def _require_newest(self, submission: Submission) -> None:
        if self._submissions[submission.id].version != submission.version:
            raise ClaimLostError(f"Another worker moved submission {submission.id} on; this one leaves it alone.")

    def _move(self, submission: Submission, now: datetime, **values: Any) -> Submission:
        self._require_newest(submission)
        before = self._submissions[submission.id]
        since = before.updated_at if values["state"] is before.state else now
        moved = replace(before, version=before.version + 1, updated_at=since, **values)
        self._submissions[submission.id] = moved
        return moved

    def _require_free_nonce(self, submission: Submission, nonce: int) -> None:
        for other in self._submissions.values():
            if other.id == submission.id or other.nonce is None:
                continue
            if not other.finished and (other.nonce == nonce or (other.nonce < nonce and other.state in IN_FLIGHT)):
                raise ClaimLostError(f"The account still waits for its transaction of submission {other.id}.")
            if other.nonce == nonce:
                raise NonceSpentError("The chain went back.")
