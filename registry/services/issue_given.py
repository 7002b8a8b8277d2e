"""Issue a credential that somebody else composed: signed as given, and anchored with the next batch."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.core.canonical import entry_of
from registry.core.digest import leaf_hash
from registry.core.errors import CredentialFormatError, InputError, StateError
from registry.credentials.issuer_proof import issuer_did
from registry.credentials.screen import screen
from registry.credentials.status_list import status_entry
from registry.credentials.vcdm import model_problems
from registry.records import NewCredential
from registry.services.share_links import new_token
from registry.services.site import status_list_url
from registry.services.status_indices import (
    UNSTORED_LIST,
    StatusIndices,
    list_number,
    list_position,
    unstored_position,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from registry.ports import CredentialStore
    from registry.records import IssuerRow
    from registry.services.signer import Signer

_URN = "urn:uuid:"


@dataclass(frozen=True, slots=True)
class GivenIssuance:
    """All that issuing a given credential needs beside it."""

    store: CredentialStore
    """Where it goes."""
    signer_of: Callable[[IssuerRow], Signer]
    """Opens an issuer's signing key."""
    base_url: str
    """Public base URL of the issuer API, for status lists."""
    now: datetime
    """Time of signing, UTC."""
    max_batch_size: int
    """Most leaves in a batch; what is more opens another."""

    def listed(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return a given credential with an entry in the list of those that are not stored, if it names no other list.

        Raises:
            InputError: it names no issuer here.

        """
        url = status_list_url(self.base_url, self._issuer(given), UNSTORED_LIST)
        return {"credentialStatus": status_entry(url, unstored_position()), **given}

    def signed(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return any credential of the data model signed as it is; nothing is stored, and it is never anchored.

        Raises:
            InputError: it is not of the data model, holds what no signature would cover, or names no issuer here.

        """
        for problem in model_problems(given):
            raise CredentialFormatError(f"{problem} Nothing was signed.")
        if "proof" in given:
            raise CredentialFormatError("It carries a proof already. Nothing was signed.")
        return self.signer_of(self._issuer(given)).signed(given, self.now)

    def issued(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return an Open Badges 3.0 credential signed and stored, with an id and a status of ours where it had none.

        Raises:
            InputError: as above, or it would not verify.
            StateError: a credential of this id was issued before; nothing was signed.

        """
        issuer = self._issuer(given)
        name = given.get("id") or f"{_URN}{uuid.uuid4()}"
        own = str(name).removeprefix(_URN)
        if not str(name).startswith(_URN) or self.store.known_uuids([own]):
            raise StateError(f"The id {str(name)[:200]} is no fresh {_URN}…; leave it out. Nothing was signed.")
        index = StatusIndices(self.store, issuer.id).draw()
        url = status_list_url(self.base_url, issuer, list_number(index))
        status = given.get("credentialStatus") or status_entry(url, list_position(index))
        document = self.signed({**given, "id": name, "credentialStatus": status})
        for problem in screen(document):
            raise CredentialFormatError(f"It would not verify: {problem.detail} Nothing was issued.")
        self._store(document, issuer, own, None if "credentialStatus" in given else index)
        return document

    def _store(self, document: dict[str, Any], issuer: IssuerRow, own: str, index: int | None) -> None:
        entry = entry_of(document, document["proof"][0])
        leaf = leaf_hash(entry)
        new = NewCredential(
            issuer_id=issuer.id,
            achievement_id=None,
            uuid=own,
            row_key=leaf,
            entry=entry,
            leaf_hash=leaf,
            recipient_token=new_token(),
            status_index=index,
            recipient="",
            issued_at=self.now,
        )
        self.store.add_credentials([new], self.now, self.max_batch_size)

    def _issuer(self, given: dict[str, Any]) -> IssuerRow:
        did = issuer_did(given)
        rows = self.store.issuers()
        found = next((row for row in rows if row.did == did), None)
        if found is None:
            known = ", ".join(row.did for row in rows) or "none"
            raise InputError(f"The issuer {did[:200]!r} is none of this home's: {known}. Nothing was signed.")
        return found
