"""The anchoring job: go on with what was begun, then put every sealed batch into a submission.

Batches of several issuers share a transaction, as long as the account holds the anchor role of each.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from anchoring import contract_calls
from anchoring.drive import drive
from anchoring.proofs import save_state_proofs
from anchoring.steps import Alert, Rest, Wait, Waiting
from registry.core.submission import NewSubmission, Purpose, SubmissionState
from registry.store.anchor_rows import ClaimLostError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from anchoring.chain import Quote
    from anchoring.drive import Desk, Progress
    from registry.core.account import Address
    from registry.core.submission import BatchRef, Submission

MAX_BATCHES = 200
"""Most batches in one submission: about 6 million gas, a fraction of a block on every network."""
WAIT_SECONDS = 120.0
"""How long one run waits for blocks."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """A submission that could be made now, and what it would cost."""

    batches: tuple[BatchRef, ...]
    """What it would carry."""
    quote: Quote
    """What it would cost."""


@dataclass(frozen=True, slots=True)
class RunReport:
    """What one run did."""

    progress: tuple[Progress, ...]
    """Every submission that it touched, oldest first."""
    skipped: tuple[str, ...]
    """Batches that it left alone and why, as sentences."""
    unproven: tuple[str, ...] = ()
    """Final batches that no state proof could be saved of and why, as sentences; the next run tries again."""

    @property
    def needs_person(self) -> bool:
        """Return whether somebody has to do something."""
        return bool(self.skipped) or any(isinstance(one.step, Alert) for one in self.progress)

    @property
    def idle(self) -> bool:
        """Return whether there was nothing to do."""
        return not self.progress and not self.skipped

    @property
    def waits(self) -> bool:
        """Return whether something is still on its way."""
        return any(not isinstance(one.step, (Alert, Rest)) for one in self.progress)


def say_nothing(_outlook: Outlook) -> None:
    """Announce nothing."""


def run(
    desk: Desk,
    sender: Address,
    seal: Callable[[], object],
    wait_seconds: float = WAIT_SECONDS,
    announce: Callable[[Outlook], None] = say_nothing,
) -> RunReport:
    """Seal, go on with unfinished submissions, and anchor every sealed batch with `sender`'s account.

    A sealed batch that the contract holds already, because somebody relayed it, is adopted: nothing is
    signed, sent or paid, and neither ether nor the anchor role is needed.

    `announce` is called with each new submission's cost before anything of it is spent.

    Raises:
        FundsError: the account cannot pay for a new submission; its batches stay sealed.
        ChainUnavailableError: the chain does not answer; the next run goes on from here.
        WrongChainError: an endpoint answers for another chain.
        PassphraseError, KeyFileError: the key cannot be opened; nothing was signed.

    """
    seal()
    # A crash here leaves sealed batches that no submission carries; the next run gathers them.
    desk.chain.require_contract()
    progress = _gone_on_with(desk, wait_seconds)
    standing, missing = by_standing(desk, desk.rows.unclaimed_batches())
    progress += _adopted(desk, sender, standing, wait_seconds)
    allowed, skipped = permitted(desk, sender, missing)
    for batches in submissions_of(allowed):
        if desk.stopping():
            break
        cost = Outlook(batches, desk.chain.quote(sender, contract_calls.anchor(batches)))
        cost.quote.require_funds()
        announce(cost)
        planned = _plan(desk, sender, batches, label_of(batches))
        progress += [drive(desk, submission_id, wait_seconds) for submission_id in planned]
    unproven = () if desk.stopping() else save_state_proofs(desk)
    return RunReport(tuple(progress), tuple(skipped), unproven)


def outlook(desk: Desk, sender: Address, batches: Sequence[BatchRef]) -> tuple[list[Outlook], list[str]]:
    """Return what anchoring these batches would cost, and which are skipped and why; nothing is written anywhere.

    Batches that the contract holds already cost nothing and are left out.
    """
    desk.chain.require_contract()
    _, missing = by_standing(desk, batches)
    allowed, skipped = permitted(desk, sender, missing)
    groups = list(submissions_of(allowed))
    return [Outlook(one, desk.chain.quote(sender, contract_calls.anchor(one))) for one in groups], skipped


def retry_refused(desk: Desk) -> None:
    """Give the batches of reverted submissions free, so that the next run anchors them anew."""
    for submission in desk.rows.submissions(desk.chain.network.chain_id):
        if submission.state is SubmissionState.REVERTED and submission.what.batches:
            desk.rows.released(submission, submission.note, desk.clock.now())
            # A crash here leaves the rest reverted; saying --retry again goes on.


def by_standing(desk: Desk, batches: Sequence[BatchRef]) -> tuple[list[BatchRef], list[BatchRef]]:
    """Return the batches that the contract holds at the newest block, and those that it does not hold."""
    stands = dict(zip(batches, desk.chain.standings(batches), strict=True))
    return [one for one in batches if stands[one]], [one for one in batches if not stands[one]]


def permitted(desk: Desk, sender: Address, batches: Sequence[BatchRef]) -> tuple[list[BatchRef], list[str]]:
    """Return the batches whose issuer lets the account anchor, and a sentence on each other issuer."""
    issuers = sorted({batch.issuer for batch in batches})
    refused = set(issuers) - (desk.chain.letting_anchor(issuers, sender) if issuers else set())
    skipped = [_not_permitted(issuer, sender, batches) for issuer in sorted(refused)]
    return [batch for batch in batches if batch.issuer not in refused], skipped


def submissions_of(batches: Sequence[BatchRef]) -> Iterator[tuple[BatchRef, ...]]:
    """Yield the batches in groups of one transaction each."""
    rest = iter(batches)
    while group := tuple(itertools.islice(rest, MAX_BATCHES)):
        yield group


def _gone_on_with(desk: Desk, wait_seconds: float) -> list[Progress]:
    """Drive what was begun; then the empty transactions that this turned out to need, and once more what needs them."""
    # The lowest nonce first: what spends it may be final by now, and the next one then need not wait for another run.
    begun = [one.id for one in sorted(_unfinished(desk), key=_place_in_line)]
    seen = {number: drive(desk, number, wait_seconds) for number in begun}
    held_up = [number for number, one in seen.items() if _waits_for_a_nonce(one)]
    if held_up:
        # Once, not until none is left: an endpoint that lags may ask for one again and again.
        fillers = [one.id for one in _unfinished(desk) if one.id not in seen]
        seen |= {number: drive(desk, number, wait_seconds) for number in fillers + held_up}
    return list(seen.values())


def _unfinished(desk: Desk) -> list[Submission]:
    return desk.rows.submissions(desk.chain.network.chain_id, unfinished=True)


def _place_in_line(submission: Submission) -> tuple[bool, int, int]:
    return submission.nonce is None, submission.nonce or 0, submission.id


def _waits_for_a_nonce(progress: Progress) -> bool:
    return isinstance(progress.step, Wait) and progress.step.what is Waiting.NONCE


def _adopted(desk: Desk, sender: Address, standing: Sequence[BatchRef], wait_seconds: float) -> list[Progress]:
    # The plan sees that the contract holds them and sends nothing; if their block is lost, it anchors them itself.
    planned = [_plan(desk, sender, group, adoption_label(group)) for group in submissions_of(standing)]
    return [drive(desk, submission_id, wait_seconds) for ids in planned for submission_id in ids]


def _plan(desk: Desk, sender: Address, batches: tuple[BatchRef, ...], label: str) -> list[int]:
    what = NewSubmission(
        purpose=Purpose.ANCHOR,
        label=label,
        chain_id=desk.chain.network.chain_id,
        contract=desk.chain.network.contract,
        sender=sender,
        call_data=contract_calls.anchor(batches),
        batches=batches,
    )
    try:
        submission = desk.rows.plan(what, desk.clock.now())
    except ClaimLostError:  # another worker was quicker; it carries them
        return []
    # A crash here leaves a planned submission with nothing signed; the next run signs and sends it.
    return [submission.id]


def label_of(batches: Sequence[BatchRef]) -> str:
    """Return what anchoring these batches is called: `anchor 2 batches of 2 issuers`."""
    return f"anchor {_named(batches)}"


def adoption_label(batches: Sequence[BatchRef]) -> str:
    """Return what taking over relayed anchors is called: `adopt the relayed anchor of 1 batch of 1 issuer`."""
    return f"adopt the relayed anchor of {_named(batches)}"


def _named(batches: Sequence[BatchRef]) -> str:
    issuers = len({batch.issuer for batch in batches})
    return f"{_count(len(batches), 'batch', 'batches')} of {_count(issuers, 'issuer', 'issuers')}"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _not_permitted(issuer: Address, sender: Address, batches: Sequence[BatchRef]) -> str:
    numbers = ", ".join(str(batch.batch_id) for batch in batches if batch.issuer == issuer)
    return (
        f"The account {sender.checksummed()} may not anchor for the issuer {issuer.checksummed()} (batch {numbers}): "
        "register the issuer, or let its admin give the account the anchor role."
    )
