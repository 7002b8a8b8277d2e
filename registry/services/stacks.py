"""Sign and store a learner record: checked as a whole first, stored with the receipts of others' components.

A record of the same identity is found again, so whatever makes one is simply repeated.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.core.canonical import entry_of
from registry.core.digest import leaf_hash
from registry.core.errors import ComponentError, StateError
from registry.credentials.record import compose_record
from registry.credentials.screen import screen
from registry.credentials.status_list import status_entry
from registry.records import NewCredential
from registry.services.share_links import new_token
from registry.services.site import status_list_url
from registry.services.status_indices import StatusIndices, list_number, list_position

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from registry.core.digest import Digest
    from registry.core.receipt import AnchorReceipt
    from registry.credentials.record import Record
    from registry.ports import CredentialStore
    from registry.records import IssuerRow, StoredCredential
    from registry.services.signer import Signer

MAX_COMPONENTS = 150
"""Most credentials in one record; verifiers judge at most 200 embedded ones, endorsements and nested ones included."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A record that could be signed."""

    record: Record
    """What it says."""
    key: Digest
    """Its identity."""
    achievement_id: int | None
    """Row number of the larger achievement; None of a transcript."""
    receipts: tuple[AnchorReceipt, ...]
    """Receipts of components that other homes issued."""


@dataclass(frozen=True, slots=True)
class StackIssuance:
    """All that issuing records needs beside them."""

    store: CredentialStore
    """Where they go."""
    issuer: IssuerRow
    """Who issues them."""
    signer_of: Callable[[IssuerRow], Signer]
    """Opens an issuer's signing key."""
    base_url: str
    """Public base URL of the issuer API, for status lists."""
    now: datetime
    """Time of signing, UTC."""
    max_batch_size: int
    """Most leaves in a batch; what is more opens another."""

    def require_sound(self, draft: Draft) -> None:
        """Raise ComponentError if verifiers would refuse the record; nothing is signed or stored."""
        count = len(draft.record.components)
        if not 0 < count <= MAX_COMPONENTS:
            raise ComponentError(
                f"{draft.record.name}: a record is made of 1 to {MAX_COMPONENTS} credentials, not of {count}. Nothing "
                "was signed."
            )
        for problem in screen(self._composed(draft, str(uuid.uuid4()), 0)):
            raise ComponentError(f"{draft.record.name} would not verify: {problem.detail} Nothing was signed.")

    def issued(self, draft: Draft) -> tuple[StoredCredential, bool]:
        """Return the record signed and stored, or the one of its identity, and whether it is new.

        Raises:
            StateError: another process issued it meanwhile.

        """
        known = self.store.credential_by_row_key(draft.key)
        if known is not None:
            return known, False
        own, index = str(uuid.uuid4()), StatusIndices(self.store, self.issuer.id).draw()
        document = self.signer_of(self.issuer).signed(self._composed(draft, own, index), self.now)
        new = self._new(draft, own, index, entry_of(document, document["proof"][0]))
        self.store.add_stack(new, draft.receipts, self.now, self.max_batch_size)
        # A crash before this leaves nothing, one after it the whole record: the command, run again, finds it.
        stored = self.store.credential(own)
        if stored is None:
            raise StateError(f"{draft.record.name} was stored and is not found; see `credanchor fsck`.")
        return stored, True

    def _composed(self, draft: Draft, own: str, index: int) -> dict[str, Any]:
        url = status_list_url(self.base_url, self.issuer, list_number(index))
        return compose_record(
            draft.record,
            self.issuer.profile,
            credential_id=f"urn:uuid:{own}",
            status_entry=status_entry(url, list_position(index)),
            at=self.now,
        )

    def _new(self, draft: Draft, own: str, index: int, entry: bytes) -> NewCredential:
        return NewCredential(
            issuer_id=self.issuer.id,
            achievement_id=draft.achievement_id,
            uuid=own,
            row_key=draft.key,
            entry=entry,
            leaf_hash=leaf_hash(entry),
            recipient_token=new_token(),
            status_index=index,
            recipient=draft.record.recipient,
            issued_at=self.now,
        )


def receipts_of(holdings: Sequence[Any]) -> tuple[AnchorReceipt, ...]:
    """Return the receipts of all holdings, each once."""
    found = {receipt.leaf_hash: receipt for one in holdings for receipt in one.receipts}
    return tuple(found.values())
