"""What the issuer API answers from: the store, the open signing keys, the verifier."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from registry.api.problems import ErasedError, NotFoundError
from registry.services.receipts import bundle_of, receipt_of
from registry.services.site import did_document, signed_status_list
from registry.services.status_indices import FILLED_ENTRIES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from registry.checks.facts import NetworkRef
    from registry.core.receipt import AnchorReceipt, Bundle
    from registry.ports import Clock
    from registry.records import IssuerRow, StoredCredential
    from registry.services.signer import Signer
    from registry.services.verify import Verifier
    from registry.store.repository import Store

STATUS_LIST_SECONDS = 30
"""How long a signed status list is handed out before it is made anew."""
MAX_TOKEN = 64
"""Longest share token that is looked up, in characters."""


@dataclass(frozen=True, slots=True)
class Succession:
    """What a credential replaced, and what replaced it."""

    newer_token: str = ""
    """Share token of the one that took its place; empty if there is none, or it was erased."""
    replaced_at: datetime | None = None
    """When it was replaced, if so."""
    older_id: str = ""
    """`id` of the one whose place it took; not its link, which may show what was wrong with it."""


@dataclass(frozen=True, slots=True)
class Office:
    """Everything that the issuer API answers from."""

    store: Store
    """The home's database."""
    signer_of: Callable[[IssuerRow], Signer]
    """Opens an issuer's signing key, for status lists."""
    networks: Sequence[NetworkRef]
    """Networks that this home anchors on."""
    base_url: str
    """Public base URL."""
    verifier: Verifier
    """Judges what the credential page shows."""
    clock: Clock
    """Tells the time."""
    _lists: dict[tuple[str, int], tuple[datetime, dict[str, Any]]] = field(default_factory=dict)
    """Signed status lists by issuer and number, with the time of signing."""

    def issuer(self, slug: str) -> IssuerRow:
        """Return an issuer of this home; NotFoundError if there is none of that name."""
        found = next((row for row in self.store.issuers() if row.slug == slug), None)
        if found is None:
            raise NotFoundError("There is no such issuer here.")
        return found

    def did_document(self, slug: str) -> dict[str, Any]:
        """Return an issuer's DID document; NotFoundError if there is no such issuer."""
        issuer = self.issuer(slug)
        return did_document(issuer, self.store.signing_keys(issuer.id), self.networks, self.base_url)

    def achievement(self, slug: str, short_id: str) -> dict[str, Any]:
        """Return an achievement; NotFoundError if the issuer has none of that name."""
        for row in self.store.achievements(self.issuer(slug).id):
            if row.short_id == short_id:
                return row.document
        raise NotFoundError("There is no such achievement here.")

    def status_list(self, slug: str, number: int) -> dict[str, Any]:
        """Return one of an issuer's status lists, signed at most STATUS_LIST_SECONDS ago.

        Raises:
            NotFoundError: there is no such issuer, or it has no list of that number yet.

        """
        now = self.clock.now()
        signed_at, known = self._lists.get((slug, number), (None, {}))
        if signed_at is not None and now - signed_at < timedelta(seconds=STATUS_LIST_SECONDS):
            return known
        issuer = self.issuer(slug)
        if not 0 <= number <= self.store.credential_count(issuer.id) // FILLED_ENTRIES:
            raise NotFoundError("There is no such status list here.")
        signed = signed_status_list(self.store, issuer, number, self.base_url, self.signer_of(issuer), now)
        self._lists[slug, number] = (now, signed)
        return signed

    def receipts(self, credential_id: str) -> list[AnchorReceipt]:
        """Return the receipts of a credential, none while its batch is open; NotFoundError if it is not ours."""
        credential = self.store.credential(credential_id.removeprefix("urn:uuid:"))
        if credential is None:
            raise NotFoundError("There is no such credential here.")
        receipt = receipt_of(self.store, credential)
        return [receipt] if receipt else []

    def state(self, credential_id: str) -> str:
        """Return the newest state proof saved of a credential's batch, as JSON; NotFoundError if there is none."""
        credential = self.store.credential(credential_id.removeprefix("urn:uuid:"))
        saved = self.store.proofs.saved(credential.batch_id) if credential else []
        if not saved:
            raise NotFoundError("No state proof of this credential is saved here.")
        return saved[-1].document

    def shared(self, token: str) -> StoredCredential:
        """Return the credential behind a share link.

        Raises:
            NotFoundError: the link is unknown.
            ErasedError: its document was erased.

        """
        credential = self.store.credential_by_token(token) if len(token) <= MAX_TOKEN else None
        if credential is None:
            raise NotFoundError("This link leads to no credential; ask whoever sent it for another.")
        if credential.entry is None:
            raise ErasedError("The credential behind this link was erased; only a fingerprint of it is kept here.")
        return credential

    def succession(self, token: str) -> Succession:
        """Return what a shared credential replaced, and what replaced it; errors as above."""
        credential = self.shared(token)
        newer, older = self.store.reissue_of(credential.uuid), self.store.reissue_to(credential.uuid)
        found = self.store.credential(newer.new) if newer else None
        link = found.share_token if found and found.entry is not None else ""
        return Succession(link, newer.recorded_at if newer else None, f"urn:uuid:{older.old}" if older else "")

    def state_url(self, token: str) -> str:
        """Return where the saved state proof of a shared credential lies, empty if there is none; errors as above."""
        credential = self.shared(token)
        saved = self.store.proofs.saved(credential.batch_id)
        return f"{self.base_url}/receipts/{credential.credential_id}/state" if saved else ""

    def bundle(self, token: str) -> Bundle:
        """Return the bundle behind a share link.

        Raises:
            NotFoundError, ErasedError: as above.
            StateError: a stored tile is damaged.

        """
        return bundle_of(self.store, self.shared(token))
