"""Who is how far on a pathway, and the larger credential for whoever has completed it.

Everybody's progress is computed and every record checked before the first is signed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from registry.core.errors import ComponentError, InputError
from registry.credentials.pathway_progress import State, progress
from registry.credentials.recipient_id import email_of
from registry.credentials.record import Record, associations_of, award_key
from registry.services.foreign_component import foreign_component, owner_of
from registry.services.pathways import holdings_by_recipient
from registry.services.stacks import Draft, receipts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from registry.credentials.pathway import Pathway
    from registry.credentials.pathway_progress import Progress
    from registry.credentials.recognition import Recognition
    from registry.ports import CredentialStore
    from registry.services.catalogue import Offer
    from registry.services.judged import Judged
    from registry.services.pathways import Holding


@dataclass(frozen=True, slots=True)
class Candidate:
    """One recipient and how far they are."""

    recipient: str
    """As the roster calls them."""
    holdings: tuple[Holding, ...]
    """What they hold of the pathway's components."""
    recognised: tuple[Recognition, ...]
    """Prior learning that is recognised."""
    progress: Progress
    """How far that brings them."""


@dataclass(slots=True)
class Candidates:
    """Gathers what recipients hold of a pathway, of this home and of others."""

    store: CredentialStore
    """This home's."""
    pathway: Pathway
    """Which pathway."""
    now: datetime
    """What counts as expired."""
    _holdings: dict[str, list[Holding]] = field(init=False)
    _recognised: dict[str, list[Recognition]] = field(init=False, default_factory=dict)
    _wanted: str | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        """Read what this home issued."""
        self._holdings = holdings_by_recipient(self.store, self.pathway, self.now)

    def only(self, text: str) -> None:
        """Keep one recipient, named by e-mail address, DID or student number; they may hold nothing of this home.

        Raises:
            InputError: it names nobody.

        """
        self._wanted = recipient_named(text)
        self._holdings = {self._wanted: self._holdings.get(self._wanted, [])}

    def add_foreign(self, source: str, data: bytes, judge: Callable[[bytes], Judged]) -> None:
        """Take a bundle of another home into account; ComponentError or UnavailableError names it if it cannot be."""
        holding = foreign_component(source, data, self.pathway, judge, self.now)
        owner = owner_of(source, holding, self._holdings)
        if all(one.leaf_hash != holding.leaf_hash for one in self._holdings[owner]):
            self._holdings[owner].append(holding)

    def add_recognition(self, source: str, recognition: Recognition) -> None:
        """Take recognised prior learning into account; ComponentError if it is nobody's here."""
        owner = recipient_named(recognition.recipient)
        if owner not in self._holdings:
            raise ComponentError(f"{source}: {owner} is none of the recipients here. Nothing was signed.")
        self._recognised.setdefault(owner, []).append(recognition)

    def all(self) -> list[Candidate]:
        """Return everybody with how far they are."""
        return [self._candidate(recipient) for recipient in self._holdings]

    def _candidate(self, recipient: str) -> Candidate:
        mine, known = self._holdings[recipient], self._recognised.get(recipient, [])
        found = progress(self.pathway, [*(one.held for one in mine), *(one.held for one in known)])
        return Candidate(recipient, tuple(mine), tuple(known), found)


def award_draft(pathway: Pathway, offer: Offer, candidate: Candidate) -> Draft:
    """Return the larger credential of somebody who has completed a pathway.

    Raises:
        InputError: they have not; the message names what is missing. Or all they have is recognised prior learning.

    """
    if not candidate.progress.complete:
        raise InputError(
            f"{candidate.recipient} has not completed {pathway.id}: {_lacking(pathway, candidate.progress)}"
        )
    counted = [step.held for step in candidate.progress.steps if step.held is not None and not step.waits_for]
    ids = [one.id for one in counted]
    parts = [one for one in candidate.holdings if one.held.id in ids]
    known = [one for one in candidate.recognised if one.held.id in ids]
    record = Record(
        name=pathway.title,
        recipient=candidate.recipient,
        components=tuple(one.document for one in parts),
        achievements=(offer.achievement.document, *(one.achievement for one in known)),
        associations=tuple(associations_of(pathway, candidate.progress)),
        evidence=tuple(one for recognition in known for one in recognition.evidence),
        partial=True,
    )
    key = award_key(offer.issuer.did, offer.achievement.short_id, candidate.recipient)
    return Draft(record, key, offer.achievement.id, receipts_of(parts))


def recipient_named(text: str) -> str:
    """Return how rosters call a recipient that somebody names by e-mail address, DID or student number."""
    if text.startswith(("did:", "student:")):
        return text
    return f"mailto:{email_of(text)}" if "@" in text else f"student:{text}"


def _lacking(pathway: Pathway, found: Progress) -> str:
    open_steps = [step for step in found.steps if step.state in {State.MISSING, State.WAITING}]
    needed = [step for step in open_steps if not step.component.optional]
    listed = "; ".join(f"{step.component.name} is {step.state.value}" for step in needed or open_steps)
    return f"{found.count} of {len(pathway.components)} components count; {listed}. Nothing was signed."


def in_order(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return candidates, those who have completed first, else by recipient."""
    return sorted(candidates, key=lambda one: (not one.progress.complete, one.recipient))
