"""What the issuer API answers from: the store, the open signing keys, the verifier."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from registry.api.problems import ErasedError, LinkOffError, NotFoundError
from registry.services.receipts import receipt_of
from registry.services.site import did_document, signed_status_list
from registry.services.status_indices import FILLED_ENTRIES, UNSTORED_LIST
from registry.services.succession import newest_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from registry.checks.facts import NetworkRef, NotAsked, StatusListAnswer, Unreachable
    from registry.core.receipt import AnchorReceipt
    from registry.ports import Clock
    from registry.records import IssuerRow, StoredCredential
    from registry.services.certificate import Press
    from registry.services.signer import Signer
    from registry.services.verify import Verifier
    from registry.store.repository import Store

STATUS_LIST_SECONDS = 30
"""How long a signed status list is handed out before it is made anew."""
_LIST_PATH = re.compile(r"/issuers/(?P<slug>[a-z0-9-]{1,100})/status/(?P<number>\d{1,10})")
MAX_TOKEN = 64
"""Longest secret of a link that is looked up, in characters."""


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
    press: Press
    """Sets certificates."""
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
        filled = self.store.credential_count(issuer.id) // FILLED_ENTRIES
        if number != UNSTORED_LIST and not 0 <= number <= filled:
            raise NotFoundError("There is no such status list here.")
        signed = signed_status_list(self.store, issuer, number, self.base_url, self.signer_of(issuer), now)
        self._lists[slug, number] = (now, signed)
        return signed

    def listed_status(self, document: dict[str, Any]) -> StatusListAnswer | Unreachable | NotAsked:
        """Return what a credential's status list says; our own lists are not fetched."""
        entries = document.get("credentialStatus")
        listed = entries if isinstance(entries, list) else [entries]
        urls = [str(one.get("statusListCredential")) for one in listed if isinstance(one, dict)]
        return self.verifier.listed_status(document, {url: own for url in urls if (own := self._own_list(url))})

    def _own_list(self, url: str) -> dict[str, Any] | None:
        found = _LIST_PATH.fullmatch(url.removeprefix(self.base_url))
        try:
            return self.status_list(found["slug"], int(found["number"])) if found else None
        except NotFoundError:
            return None

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
            LinkOffError: its recipient turned it off.
            ErasedError: its document was erased.

        """
        link = self.store.share_link(token) if _may_be_token(token) else None
        if link is not None and link.revoked_at is not None:
            raise LinkOffError("The recipient turned this link off; ask them for another.")
        return _kept(self.store.credential(link.credential_uuid) if link else None)

    def owned(self, token: str) -> StoredCredential:
        """Return the credential of a recipient's own link; NotFoundError and ErasedError as above."""
        return _kept(self.store.credential_by_token(token) if _may_be_token(token) else None)

    def newest_shared(self, token: str) -> StoredCredential:
        """Return what took the place of the credential behind a share link; NotFoundError if nothing; errors as above.

        It has no link of its own here, so that it is seen only as long as the older one's link is live.
        """
        newest = newest_of(self.store, self.shared(token))
        if newest is None:
            raise NotFoundError("Nothing took the place of this credential.")
        return newest

    def state_url(self, credential: StoredCredential) -> str:
        """Return where the saved state proof of a credential lies, empty if there is none."""
        saved = self.store.proofs.saved(credential.batch_id)
        return f"{self.base_url}/receipts/{credential.credential_id}/state" if saved else ""


def _may_be_token(text: str) -> bool:
    return len(text) <= MAX_TOKEN and text.isascii() and text.isprintable()


def _kept(credential: StoredCredential | None) -> StoredCredential:
    if credential is None:
        raise NotFoundError("This link leads to no credential; ask whoever sent it for another.")
    if credential.entry is None:
        raise ErasedError("The credential behind this link was erased; only a fingerprint of it is kept here.")
    return credential
