"""Issue credentials from roster rows: compose, sign, store, a chunk at a time.

The bytes to be signed are prepared by `prepare`, which knows no key; `Signer` alone signs.
A row that was issued before (same issuer, achievement, recipient, award date) is skipped, so an
interrupted import is simply run again.
"""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass, field
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any

from registry.core.batch import MAX_LEAVES
from registry.core.digest import leaf_hash
from registry.core.errors import CredentialFormatError, InputError, RosterError
from registry.credentials.compose import HASHED, check_row, compose
from registry.credentials.roster import row_key
from registry.credentials.safe_mode import require_safe_achievement, require_safe_profile
from registry.credentials.status_list import status_entry
from registry.credentials.vc_jwt import with_subject_id
from registry.records import NewCredential
from registry.services.framework_rule import require_framework
from registry.services.share_links import new_token
from registry.services.site import status_list_url
from registry.services.status_indices import StatusIndices, list_number, list_position

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from registry.core.digest import Digest
    from registry.credentials.compose import Disclosure
    from registry.credentials.framework_keys import FrameworkKey
    from registry.credentials.roster import RosterRow
    from registry.ports import CredentialStore
    from registry.records import IssuerRow
    from registry.services.catalogue import Catalogue, Offer
    from registry.services.signer import CredentialSigner, Securing

CHUNK_ROWS = 200
"""Rows that are stored in one transaction; all that is in memory at once."""
SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class Prepared:
    """A credential that only lacks its signature."""

    row: RosterRow
    """Where it came from."""
    offer: Offer
    """What is awarded, and by whom."""
    row_key: Digest
    """Identity of the row."""
    uuid: str
    """UUID of its id."""
    status_index: int
    """Position in the issuer's status lists."""
    unsigned: dict[str, Any]
    """The document without its proof."""
    options: Securing
    """What the proof says beside its signature."""
    message: bytes
    """The bytes to be signed."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is."""

    issued: int
    """New credentials so far."""
    skipped: int
    """Rows that were issued before."""


@dataclass(frozen=True, slots=True)
class Issuance:
    """All that issuing needs beside the rows."""

    store: CredentialStore
    """Where credentials go."""
    catalogue: Catalogue
    """What can be awarded."""
    signer_of: Callable[[IssuerRow], CredentialSigner]
    """Opens an issuer's signing key, once."""
    base_url: str
    """Public base URL of the issuer API, for status lists."""
    now: datetime
    """Time of signing, UTC."""
    default_achievement: str | None = None
    """Short id for rows that name none."""
    names_subject: bool = False
    """Whether a recipient without a DID gets an id for this credential alone, as a VC-JWT needs one."""
    max_batch_size: int = MAX_LEAVES
    """Most leaves in a batch; what is more opens another."""
    disclosure: Disclosure = HASHED
    """What credentials say openly about their recipients."""
    required: FrameworkKey | None = None
    """Framework whose mandatory descriptors an achievement must have."""
    indices: dict[int, StatusIndices] = field(default_factory=dict)
    """Free status list positions of each issuer, by its row number; filled as needed."""
    unfit: dict[int, str] = field(default_factory=dict)
    """Why an achievement is not issued, by its row number, empty if it can be; filled as needed."""
    offers: list[Offer] = field(default_factory=list)
    """What the rows that were looked at award; filled as needed."""

    def run(self, rows: Iterable[RosterRow]) -> Iterator[Progress]:
        """Issue all rows, yielding progress after each stored chunk.

        Raises:
            RosterError: a row cannot be issued; chunks before it are kept, and a second run skips them.

        """
        issued = skipped = 0
        stream = iter(rows)
        while chunk := list(islice(stream, CHUNK_ROWS)):
            new = self._new(chunk)
            for _, group in groupby(new, key=lambda item: item[1].issuer.id):
                self._store_group(list(group))
            issued += len(new)
            skipped += len(chunk) - len(new)
            yield Progress(issued, skipped)

    def offer(self, row: RosterRow) -> Offer:
        """Return what a row awards; RosterError names row and column if there is no such thing."""
        try:
            return self.catalogue.find(row.achievement or self.default_achievement)
        except InputError as error:
            raise row.error("achievement", str(error)) from error

    def problem(self, row: RosterRow) -> RosterError | None:
        """Return why a row cannot be issued, or None if it can."""
        try:
            offer = self.offer(row)
            check_row(offer.achievement.document, row)
            self._require_fit(offer, row)
        except RosterError as error:
            return error
        return None

    def _require_fit(self, offer: Offer, row: RosterRow) -> None:
        """Raise RosterError if an achievement cannot be issued by its issuer; each is looked at once."""
        key = offer.achievement.id
        if key not in self.unfit:
            self.offers.append(offer)
            try:
                require_safe_achievement(offer.achievement.document)
                require_safe_profile(offer.issuer.profile)
                require_framework(offer, self.required)
                self.unfit[key] = ""
            except CredentialFormatError as error:
                self.unfit[key] = str(error)
        if self.unfit[key]:
            raise row.error("achievement", f"{offer.achievement.short_id}, by {offer.issuer.slug}: {self.unfit[key]}")

    def _new(self, chunk: list[RosterRow]) -> list[tuple[RosterRow, Offer, Digest]]:
        keyed = [(row, offer := self.offer(row), _key(row, offer)) for row in chunk]
        known = self.store.known_row_keys([key for _, _, key in keyed])
        new = [item for item in keyed if item[2] not in known]
        return sorted(new, key=lambda item: item[1].issuer.id)

    def _store_group(self, group: list[tuple[RosterRow, Offer, Digest]]) -> None:
        issuer_id = group[0][1].issuer.id
        if issuer_id not in self.indices:
            self.indices[issuer_id] = StatusIndices(self.store, issuer_id)
        indices = self.indices[issuer_id]
        prepared = (self.prepare(row, offer, key, indices.draw()) for row, offer, key in group)
        signed = [self._signed(one) for one in prepared]
        self.store.add_credentials(signed, self.now, self.max_batch_size)

    def prepare(self, row: RosterRow, offer: Offer, key: Digest, status_index: int) -> Prepared:
        """Return a credential with the bytes to be signed; no key is needed."""
        own = str(uuid.uuid4())
        unsigned = self._compose(row, offer, own, status_index)
        options = self.signer_of(offer.issuer).options(self.now)
        try:
            message = options.message(unsigned)
        except CredentialFormatError as error:
            raise row.error("achievement", str(error)) from error
        return Prepared(row, offer, key, own, status_index, unsigned, options, message)

    def _compose(self, row: RosterRow, offer: Offer, own: str, status_index: int) -> dict[str, Any]:
        url = status_list_url(self.base_url, offer.issuer, list_number(status_index))
        unsigned = compose(
            offer.achievement.document,
            offer.issuer.profile,
            row,
            credential_id=f"urn:uuid:{own}",
            status_entry=status_entry(url, list_position(status_index)),
            salt=secrets.token_urlsafe(SALT_BYTES),
            disclosure=self.disclosure,
        )
        return with_subject_id(unsigned, f"urn:uuid:{uuid.uuid4()}") if self.names_subject else unsigned

    def _signed(self, one: Prepared) -> NewCredential:
        signature = self.signer_of(one.offer.issuer).signature(one.message)
        entry = one.options.entry(one.unsigned, one.message, signature)
        return NewCredential(
            issuer_id=one.offer.issuer.id,
            achievement_id=one.offer.achievement.id,
            uuid=one.uuid,
            row_key=one.row_key,
            entry=entry,
            leaf_hash=leaf_hash(entry),
            recipient_token=new_token(),
            status_index=one.status_index,
            recipient=one.row.recipient.identifier,
            issued_at=self.now,
        )


def _key(row: RosterRow, offer: Offer) -> Digest:
    return row_key(offer.issuer.did, offer.achievement.short_id, row.recipient.identifier, row.awarded_on)
