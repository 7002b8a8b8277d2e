"""The store's submissions, each of whose transitions is told to the log once it is committed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.store.submissions import SubmissionRows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Engine

    from anchoring.logs import Level, Log
    from registry.core.digest import Digest
    from registry.core.submission import Attempt, Mined, NewSubmission, Standing, Submission, SubmissionState


class TellingRows(SubmissionRows):
    """Does what SubmissionRows does, and tells it. A crash between commit and event loses the event alone."""

    def __init__(self, engine: Engine, log: Log, network: str) -> None:
        super().__init__(engine)
        self._log = log
        self._network = network

    def plan(self, what: NewSubmission, now: datetime) -> Submission:
        """Store a submission, and tell it."""
        after = super().plan(what, now)
        return self._told("info", "submission.planned", after, label=what.label)

    def signed(self, submission: Submission, attempt: Attempt, now: datetime) -> Submission:
        """Store a signed attempt, and tell it."""
        after = super().signed(submission, attempt, now)
        count = sum(one.nonce == attempt.nonce for one in self.attempts(after.id))
        return self._told(
            "info",
            "submission.signed",
            after,
            attempt=count,
            transaction=attempt.tx_hash.to_hex(),
            gas_limit=attempt.gas_limit,
            fee_cap_wei=attempt.fees.cap_wei,
            tip_wei=attempt.fees.tip_wei,
        )

    def sent(self, submission: Submission, tx_hash: Digest, answer: str, now: datetime) -> Submission:
        """Note that an attempt was handed to the endpoints, and tell it, but not what they said."""
        after = super().sent(submission, tx_hash, answer, now)
        return self._told("info", "submission.sent", after, transaction=tx_hash.to_hex())

    def mined(self, submission: Submission, mined: Mined, standings: Sequence[Standing], now: datetime) -> Submission:
        """Note where an attempt was mined, and tell it."""
        after = super().mined(submission, mined, standings, now)
        return self._told("info", "submission.mined", after, **_place(mined))

    def adopted(self, submission: Submission, standings: Sequence[Standing], now: datetime) -> Submission:
        """Note that the contract holds every batch, and tell it."""
        return self._told("info", "submission.adopted", super().adopted(submission, standings, now))

    def finalized(
        self, submission: Submission, standings: Sequence[Standing], now: datetime, *, keep_nonce: bool
    ) -> Submission:
        """End a submission, and tell it."""
        after = super().finalized(submission, standings, now, keep_nonce=keep_nonce)
        place = _place(after.mined) if after.mined else {}
        return self._told("info", "submission.final", after, **place)

    def reorganised(self, submission: Submission, note: str, now: datetime) -> Submission:
        """Note that a block is not part of the chain any more, and tell it."""
        after = super().reorganised(submission, note, now)
        return self._told("warning", "submission.reorganised", after, why=note)

    def nonce_lost(self, submission: Submission, note: str, now: datetime) -> Submission:
        """Note that a foreign transaction spent the nonce, and tell it."""
        after = super().nonce_lost(submission, note, now)
        return self._told("warning", "submission.nonce-lost", after, why=note)

    def stopped(self, submission: Submission, state: SubmissionState, note: str, now: datetime) -> Submission:
        """Note what a person has to see to, and tell it if it is new."""
        after = super().stopped(submission, state, note, now)
        return after if submission.state is state else self._told("error", "submission.stopped", after, why=note)

    def released(self, submission: Submission, note: str, now: datetime) -> Submission:
        """End a refused submission, and tell it."""
        after = super().released(submission, note, now)
        return self._told("error", "submission.refused", after, why=note)

    def _told(self, level: Level, event: str, after: Submission, **fields: object) -> Submission:
        batches = [one.batch_id for one in after.what.batches] or None
        shown = {"submission": after.id, "state": after.state.value, "batches": batches, "network": self._network}
        self._log(level, event, **shown, nonce=after.nonce, **fields)
        return after


def _place(mined: Mined) -> dict[str, object]:
    return {
        "transaction": mined.tx_hash.to_hex(),
        "block": mined.block_number,
        "gas": mined.gas_used,
        "fee_wei": mined.fee_wei,
    }
