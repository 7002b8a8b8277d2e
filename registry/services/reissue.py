"""Issue a credential anew with changed members: stored first, so that the old one is revoked only for one that exists.

What was reissued before with the same changes is found again, so an interrupted run is simply repeated.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.core.batch import MAX_LEAVES
from registry.core.canonical import canonical_bytes, entry_of, parse_json
from registry.core.digest import Digest, leaf_hash
from registry.core.errors import CredentialFormatError, InputError, StateError
from registry.credentials.arrays import with_arrays
from registry.credentials.corrections import ACHIEVEMENT, corrected, require_known
from registry.credentials.screen import screen
from registry.credentials.status_list import status_entry
from registry.records import NewCredential
from registry.services.own_leaf import own_leaf
from registry.services.prepare import SALT_BYTES
from registry.services.share_links import new_token
from registry.services.site import status_list_url
from registry.services.status_indices import StatusIndices, list_number, list_position

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from registry.ports import CredentialStore
    from registry.records import AchievementRow, IssuerRow, StoredCredential
    from registry.services.signer import Signer


@dataclass(frozen=True, slots=True)
class Plan:
    """A credential that is to be issued anew, checked."""

    old: StoredCredential
    """What it takes the place of."""
    issuer: IssuerRow
    """Who issues it."""
    achievement: AchievementRow | None
    """The new achievement, if that changes."""
    document: dict[str, Any]
    """The changed members with all others, without id, status and proof."""
    key: Digest
    """Identity of old credential and changes."""
    done: StoredCredential | None
    """What took its place already, with the same changes."""


@dataclass(frozen=True, slots=True)
class Reissuing:
    """All that issuing anew needs beside the credentials."""

    store: CredentialStore
    """Where credentials are and go."""
    signer_of: Callable[[IssuerRow], Signer]
    """Opens an issuer's signing key, once."""
    base_url: str
    """Public base URL of the issuer API, for status lists."""
    now: datetime
    """Time of signing, UTC."""
    max_batch_size: int = MAX_LEAVES
    """Most leaves in a batch; what is more opens another."""

    def plan(self, named: str, changes: Mapping[str, str]) -> Plan:
        """Check that a credential can be issued anew with these changes; nothing is written.

        Raises:
            InputError: there is no such credential, or a change cannot be made.
            StateError: its document was erased, or something else took its place already.

        """
        require_known(changes)
        old = self.store.credential(named.removeprefix("urn:uuid:"))
        if old is None:
            raise InputError(f"There is no credential {named[:80]!r} in this home; nothing was changed.")
        issuer = next(row for row in self.store.issuers() if row.id == old.issuer_id)
        key = Digest(hashlib.sha256(b"reissue" + old.leaf_hash + canonical_bytes(dict(changes))).digest())
        achievement = self._achievement(issuer, changes)
        salt = secrets.token_urlsafe(SALT_BYTES)
        document = corrected(_document(old, issuer), changes, achievement.document if achievement else None, salt)
        return Plan(old, issuer, achievement, document, key, self._done(old, key))

    def carry_out(self, plan: Plan) -> StoredCredential:
        """Return the credential that takes the old one's place: signed and stored together with that fact.

        Raises:
            CredentialFormatError: with these members it would be no credential that verifies; nothing was stored.

        """
        if plan.done is not None:
            return plan.done
        new = self._signed(plan)
        self.store.add_reissue(plan.old.uuid, new, self.now, self.max_batch_size)
        stored = self.store.credential(new.uuid)
        if stored is None:
            raise StateError(f"{new.uuid} was stored and is not found; see `credanchor fsck`.")
        return stored

    def _signed(self, plan: Plan) -> NewCredential:
        index = StatusIndices(self.store, plan.issuer.id).draw()
        own = str(uuid.uuid4())
        url = status_list_url(self.base_url, plan.issuer, list_number(index))
        unsigned = {**plan.document, "id": f"urn:uuid:{own}", "issuer": plan.document["issuer"]}
        unsigned["credentialStatus"] = status_entry(url, list_position(index))
        document = self.signer_of(plan.issuer).signed(unsigned, self.now)
        for problem in screen(document):
            raise CredentialFormatError(
                f"With these members it would not verify: {problem.detail} Nothing was changed."
            )
        entry = entry_of(document, document["proof"][0])
        return NewCredential(
            issuer_id=plan.issuer.id,
            achievement_id=plan.achievement.id if plan.achievement else plan.old.achievement_id,
            uuid=own,
            row_key=plan.key,
            entry=entry,
            leaf_hash=leaf_hash(entry),
            recipient_token=new_token(),
            status_index=index,
            recipient=plan.old.recipient,
            issued_at=self.now,
        )

    def _achievement(self, issuer: IssuerRow, changes: Mapping[str, str]) -> AchievementRow | None:
        if ACHIEVEMENT not in changes:
            return None
        known = self.store.achievements(issuer.id)
        found = next((row for row in known if row.short_id == changes[ACHIEVEMENT]), None)
        if found is None:
            names = ", ".join(row.short_id for row in known)
            raise InputError(f"{issuer.slug} awards no {changes[ACHIEVEMENT][:80]!r}; it has {names}.")
        return found

    def _done(self, old: StoredCredential, key: Digest) -> StoredCredential | None:
        link = self.store.reissue_of(old.uuid)
        if link is None:
            return None
        if not self.store.known_row_keys([key]):
            raise StateError(
                f"{old.credential_id} was reissued as urn:uuid:{link.new} already; reissue that. Nothing was changed."
            )
        return self.store.credential(link.new)


def _document(old: StoredCredential, issuer: IssuerRow) -> dict[str, Any]:
    if old.entry is None:
        raise StateError(f"The document of {old.credential_id} was erased, so there is nothing to issue anew.")
    own_leaf(old)
    if old.entry.startswith(b"e"):
        raise StateError(
            f"{old.credential_id} is a VC-JWT, which cannot be reissued yet: issue a new one and revoke this. "
            "Nothing was changed."
        )
    document: dict[str, Any] = parse_json(old.entry)
    # The issuer as it describes itself now, so that a reissue also carries its present name.
    return {**document, "issuer": with_arrays(issuer.profile)}
