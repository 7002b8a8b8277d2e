"""A recipient's transcript: everything they hold of this home, and how it belongs together by the home's pathways.

The same content is the same transcript: it is signed and anchored once, and found again until something changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.core.errors import InputError
from registry.credentials.pathway_progress import Held, Standing, progress
from registry.credentials.record import Record, associations_of, transcript_key
from registry.services.pathways import holdings_of, pathways_of
from registry.services.stacks import Draft

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from registry.credentials.pathway import Pathway
    from registry.credentials.pathway_progress import Progress
    from registry.ports import CredentialStore
    from registry.records import IssuerRow, StoredCredential
    from registry.services.pathways import Holding


@dataclass(frozen=True, slots=True)
class Entry:
    """One credential of a recipient, as their record lists it."""

    credential: StoredCredential
    """As it is stored."""
    holding: Holding
    """What it counts for, and whether it stands."""


@dataclass(frozen=True, slots=True)
class RecipientRecord:
    """All that a recipient holds of this home."""

    recipient: str
    """As the roster calls them."""
    entries: tuple[Entry, ...]
    """What was awarded to them, the earliest first; transcripts are left out."""
    paths: tuple[tuple[Pathway, Progress], ...]
    """How far they are on each pathway of which anything of theirs counts."""
    tokens: int
    """Credentials of theirs that are VC-JWTs, which have no place in a record."""


def recipient_record(store: CredentialStore, recipient: str, now: datetime) -> RecipientRecord:
    """Return what a recipient holds of this home; it may be nothing."""
    stored = [one for one in store.credentials_of(recipient) if one.achievement_id is not None] if recipient else []
    entries = [Entry(*one) for one in holdings_of(store, stored, now)]
    entries.sort(key=lambda one: (one.holding.held.awarded_at, one.credential.uuid))
    held = [one.holding.held for one in entries]
    return RecipientRecord(recipient, tuple(entries), tuple(_paths(store, held)), len(stored) - len(entries))


def transcript_draft(store: CredentialStore, issuer: IssuerRow, recipient: str, now: datetime) -> Draft:
    """Return a recipient's transcript by one issuer of this home.

    What was revoked is no part of it; it is partial if anything else is left out: suspended, expired, or a VC-JWT.

    Raises:
        InputError: the recipient holds nothing here that stands.

    """
    whole = recipient_record(store, recipient, now)
    good = [one for one in whole.entries if one.holding.held.standing is Standing.GOOD]
    if not good:
        raise InputError(f"{recipient} holds no credential of this home that stands. Nothing was signed.")
    left_out = [one for one in whole.entries if one.holding.held.standing in {Standing.SUSPENDED, Standing.EXPIRED}]
    associations = _associations(whole, {one.holding.held.achievement for one in good})
    leaves = [one.holding.leaf_hash for one in good]
    record = Record(
        name=f"Transcript of records, {issuer.profile['name']}",
        recipient=recipient,
        components=tuple(one.holding.document for one in good),
        achievements=(),
        associations=associations,
        evidence=(),
        partial=bool(left_out or whole.tokens),
    )
    return Draft(record, transcript_key(issuer.did, recipient, leaves, associations), None, ())


def _paths(store: CredentialStore, held: Sequence[Held]) -> list[tuple[Pathway, Progress]]:
    found = ((pathway, progress(pathway, held)) for pathway in pathways_of(store))
    return [one for one in found if one[1].count]


def _associations(whole: RecipientRecord, achievements: set[str]) -> tuple[tuple[str, str, str], ...]:
    """Return how what stands in the record belongs together; of what does not stand in it nothing is said."""
    found = (one for pathway, steps in whole.paths for one in associations_of(pathway, steps))
    return tuple(dict.fromkeys(one for one in found if {one[1], one[2]} <= achievements))
