"""Submissions told to people, as sentences, and to programs, as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from anchoring.fees import in_eth
from anchoring.job import label_of
from anchoring.prospect import By, ago
from anchoring.steps import Alert, Wait
from registry.core.submission import Mined, SubmissionState

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from anchoring.job import Outlook
    from anchoring.prospect import Prospect
    from anchoring.steps import Rest
    from registry.chain.networks import Network
    from registry.core.submission import Submission

_WAITS_FOR = {
    SubmissionState.PLANNED: "It waits to be signed.",
    SubmissionState.SIGNED: "It is signed and stored, and waits to be sent.",
    SubmissionState.BROADCAST: "It was sent and waits for a block.",
    SubmissionState.MINED: "It is mined and waits for its block to be final.",
    SubmissionState.ALREADY_ANCHORED: "The contract holds its batches already; it waits for that to be final.",
    SubmissionState.FINALIZED: "It is final.",
    SubmissionState.STUCK: "It waits for a person.",
    SubmissionState.REVERTED: "The contract refused it.",
    SubmissionState.NONCE_TAKEN: "Another transaction took its nonce.",
}

_BY = {By.CHAIN: "the chain", By.JOB: "the job", By.PERSON: "a person", By.NOBODY: "nobody"}


def submission_json(submission: Submission, step: Rest | Wait | Alert | None = None) -> dict[str, Any]:
    """Return the object that `anchor run --json` and `anchor status --json` print on a line."""
    what, mined = submission.what, submission.mined
    return {
        "submission": submission.id,
        "purpose": what.purpose.value,
        "label": what.label,
        "state": submission.state.value,
        "chainId": what.chain_id,
        "contract": what.contract.checksummed(),
        "sender": what.sender.checksummed(),
        "nonce": submission.nonce,
        "batches": [
            {
                "batch": one.batch_id,
                "issuer": one.issuer.checksummed(),
                "root": one.root.to_hex(),
                "treeSize": one.tree_size,
            }
            for one in what.batches
        ],
        "credentials": submission.credentials,
        "transaction": mined.tx_hash.to_hex() if mined else None,
        "block": mined.block_number if mined else None,
        "gas": mined.gas_used if mined else None,
        "feeWei": mined.fee_wei if mined else None,
        "feeWeiPerCredential": mined.fee_wei / submission.credentials if mined and submission.credentials else None,
        "waitsFor": waits_for(submission, step),
        "createdAt": _iso(submission.created_at),
        "updatedAt": _iso(submission.updated_at),
    }


def submission_lines(submission: Submission, step: Rest | Wait | Alert | None = None) -> Iterator[str]:
    """Yield what a person wants to know of a submission, line by line."""
    credentials = f": {submission.credentials:,} credentials" if submission.what.batches else ""
    yield f"Submission {submission.id}, {submission.what.label}{credentials}"
    yield f"  {waits_for(submission, step)}"
    mined = submission.mined
    if mined is not None:
        yield f"  transaction {mined.tx_hash.to_hex()} in block {mined.block_number:,}"
        yield f"  {mined.gas_used:,} gas, {in_eth(mined.fee_wei)}{_each(mined, submission.credentials)}"


def standing_json(submission: Submission, lies_ahead: Prospect) -> dict[str, Any]:
    """Return the object that `anchor status --json` prints on a line: that of `anchor run`, and what lies ahead."""
    ahead = {"since": _iso(lies_ahead.since), "next": lies_ahead.next, "nextBy": lies_ahead.by.value}
    return submission_json(submission) | ahead


def standing_lines(submission: Submission, lies_ahead: Prospect, now: datetime) -> Iterator[str]:
    """Yield how a submission stands, since when, and what happens next, line by line."""
    head, waiting, *rest = submission_lines(submission)
    yield head
    yield f"{waiting} Since {lies_ahead.since:%d %B %Y, %H:%M} UTC, {ago(lies_ahead.since, now)} ago."
    if not submission.finished or lies_ahead.by is By.PERSON:
        yield f"  Next, by {_BY[lies_ahead.by]}: {lies_ahead.next}"
    yield from rest


def waits_for(submission: Submission, step: Rest | Wait | Alert | None = None) -> str:
    """Return in a sentence how a submission stands and what it waits for."""
    if isinstance(step, (Wait, Alert)):
        return step.why
    return " ".join(part for part in (_WAITS_FOR[submission.state], submission.note) if part)


def outlook_json(outlook: Outlook, network: Network) -> dict[str, Any]:
    """Return the object that `anchor run --dry-run --json` prints on a line."""
    quote = outlook.quote
    return {
        "batches": [one.batch_id for one in outlook.batches],
        "credentials": sum(one.tree_size for one in outlook.batches),
        "chainId": network.chain_id,
        "account": quote.account.checksummed(),
        "gas": quote.gas,
        "likelyFeeWei": quote.likely_fee_wei,
        "maxFeeWei": quote.max_fee_wei,
        "balanceWei": quote.balance_wei,
        "enough": quote.balance_wei >= quote.max_fee_wei,
    }


def outlook_line(outlook: Outlook) -> str:
    """Return what a submission would cost, in a sentence."""
    quote, credentials = outlook.quote, sum(one.tree_size for one in outlook.batches)
    label = label_of(outlook.batches)
    return (
        f"To {label} ({credentials:,} credentials) on {quote.network} costs about {in_eth(quote.likely_fee_wei)} "
        f"({quote.gas:,} gas), at most {in_eth(quote.max_fee_wei)}; {quote.account.checksummed()} holds "
        f"{in_eth(quote.balance_wei)}."
    )


def _iso(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _each(mined: Mined, credentials: int) -> str:
    if not credentials:
        return ""
    return f"; a credential: {mined.gas_used / credentials:,.2f} gas, {in_eth(mined.fee_wei // credentials)}"
