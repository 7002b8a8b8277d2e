"""What a credential replaced, and what replaced it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from registry.ports import CredentialStore
    from registry.records import StoredCredential


@dataclass(frozen=True, slots=True)
class Succession:
    """What a credential replaced, and what replaced it."""

    newest: StoredCredential | None = None
    """The newest one that stands in its place and was not erased, through whatever was replaced in between."""
    replaced_at: datetime | None = None
    """When it was replaced, if so, UTC."""
    older_id: str = ""
    """`id` of the one whose place it took; not its link, which may show what was wrong with it."""


def succession_of(store: CredentialStore, credential: StoredCredential) -> Succession:
    """Return what a credential replaced, and what replaced it."""
    newer, older = store.reissue_of(credential.uuid), store.reissue_to(credential.uuid)
    return Succession(
        newest=newest_of(store, credential),
        replaced_at=newer.recorded_at if newer else None,
        older_id=f"urn:uuid:{older.old}" if older else "",
    )


def newest_of(store: CredentialStore, credential: StoredCredential) -> StoredCredential | None:
    """Return the newest credential in the place of this one that was not erased, or None."""
    newest, step = None, store.reissue_of(credential.uuid)
    passed = {credential.uuid}
    while step is not None and step.new not in passed:  # only a damaged database leads in a circle
        passed.add(step.new)
        found = store.credential(step.new)
        newest = found if found is not None and found.entry is not None else newest
        step = store.reissue_of(step.new)
    return newest
