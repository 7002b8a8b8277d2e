"""Issue credentials from roster rows: prepared a chunk at a time, signed here, stored a chunk at a time.

The bytes to be signed are made by `prepare`, in whatever process the executor has; a `CredentialSigner` alone signs, in
this one. A row that was issued before (same issuer, achievement, recipient, award date) is skipped, so an interrupted
import is simply run again.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from registry.core.batch import MAX_LEAVES
from registry.core.digest import leaf_hash
from registry.core.errors import CredentialFormatError, InputError, RosterError
from registry.credentials.compose import HASHED, check_grade, require_offered
from registry.credentials.descriptors import offered_from
from registry.credentials.roster import row_key
from registry.credentials.safe_mode import require_safe_achievement, require_safe_profile
from registry.records import NewCredential
from registry.services.framework_rule import require_framework
from registry.services.issuing import Issuing, Part
from registry.services.prepare import Award, Chunk, prepare
from registry.services.share_links import new_tokens
from registry.services.status_indices import StatusIndices
from registry.services.storing import Signed, SignedRow
from registry.services.workers import SameProcess

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Executor
    from datetime import date, datetime

    from registry.core.digest import Digest
    from registry.credentials.compose import Disclosure
    from registry.credentials.framework_keys import FrameworkKey
    from registry.credentials.roster import RosterRow
    from registry.ports import CredentialStore, Importing
    from registry.records import IssuerRow
    from registry.services.catalogue import Catalogue, Offer
    from registry.services.signer import CredentialSigner
    from registry.services.storing import Progress

CHUNK_ROWS = 1000
"""Rows that are prepared together, and the fewest in a transaction."""
MAX_STORED = 10_000
"""Most rows in a transaction, about 5 kB each; as many are signed while those are stored."""
STORED_SHARE = 20
"""A transaction adds at least one row to every so many of the issuer's: indices of random keys are written over almost
as a whole in each transaction, however few rows it has, so that small ones would cost more the larger the store is."""


@dataclass(frozen=True, slots=True)
class _Fit:
    """What is the same for every row that awards an achievement."""

    problem: str
    """Why none can be issued; empty if they can."""
    offered_from: date | None
    """First day on which it can be awarded, if it names one."""


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
    fits: dict[int, _Fit] = field(default_factory=dict)
    """Whether and from when an achievement is issued, by its row number; filled as needed."""
    offers: list[Offer] = field(default_factory=list)
    """What the rows that were looked at award; filled as needed."""
    underway: set[Digest] = field(default_factory=set)
    """Keys of the rows that are being prepared and not stored yet."""
    name: str = field(default_factory=lambda: uuid.uuid4().hex)
    """Tells the awards of this run from those of another."""

    def run(self, rows: Iterable[RosterRow], executor: Executor | None = None) -> Iterator[Progress]:
        """Issue all rows, yielding progress after each stored chunk; `executor` prepares them, else this process.

        Raises:
            RosterError: a row cannot be issued; chunks before it are kept, and a second run skips them.
            WorkerDiedError: a worker of the executor died; chunks before that are kept in the same way.

        """
        return self.begin(rows, executor).finish()

    def begin(self, rows: Iterable[RosterRow], executor: Executor | None = None) -> Issuing:
        """Have the first rows prepared while the caller does something else; nothing is signed or stored yet."""
        issuing = Issuing(self, self._begun(iter(rows), executor or SameProcess()))
        if executor is not None and not isinstance(executor, SameProcess):
            issuing.prepare_ahead()
        return issuing

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
            check_grade(offer.achievement.document, row)
            self._require_fit(offer, row)
        except RosterError as error:
            return error
        return None

    def _require_fit(self, offer: Offer, row: RosterRow) -> None:
        """Raise RosterError if an achievement cannot be issued by its issuer, or could not yet on the award date."""
        key = offer.achievement.id
        if key not in self.fits:
            self.offers.append(offer)
            self.fits[key] = self._fit(offer)
        fit = self.fits[key]
        if fit.problem:
            raise row.error("achievement", f"{offer.achievement.short_id}, by {offer.issuer.slug}: {fit.problem}")
        require_offered(fit.offered_from, row)

    def _fit(self, offer: Offer) -> _Fit:
        achievement = offer.achievement.document
        try:
            require_safe_achievement(achievement)
            require_safe_profile(offer.issuer.profile)
            require_framework(offer, self.required)
        except CredentialFormatError as error:
            return _Fit(str(error), None)
        return _Fit("", offered_from(achievement))

    def _begun(self, rows: Iterator[RosterRow], executor: Executor) -> Iterator[tuple[int, list[Part]]]:
        """Yield the number of rows of each chunk, and its parts as they are sent to be prepared.

        The store is asked for as many keys at a time as a transaction has: each page of their index is then read once.
        """
        while window := [self._keyed(row) for row in islice(rows, self.fewest_stored())]:
            new = self._new([key for _, _, key in window])
            for at in range(0, len(window), CHUNK_ROWS):
                chunk = window[at : at + CHUNK_ROWS]
                yield len(chunk), self._parts(chunk, new, executor)

    def _keyed(self, row: RosterRow) -> tuple[RosterRow, Offer, Digest]:
        offer = self.offer(row)
        return row, offer, _key(row, offer)

    def _new(self, keys: list[Digest]) -> set[Digest]:
        """Return those that are neither stored nor under way; they are under way from now on."""
        new = set(keys) - self.store.known_row_keys(keys) - self.underway
        self.underway.update(new)
        return new

    def _parts(self, chunk: list[tuple[RosterRow, Offer, Digest]], new: set[Digest], executor: Executor) -> list[Part]:
        """Send the rows of a chunk that are new to be prepared, an award's together; those are new no more."""
        awarded: dict[int, tuple[Offer, list[tuple[RosterRow, Digest]]]] = {}
        for row, offer, key in chunk:
            if key in new:
                new.remove(key)
                awarded.setdefault(offer.achievement.id, (offer, []))[1].append((row, key))
        return [self._part(offer, rows, executor) for offer, rows in awarded.values()]

    def _part(self, offer: Offer, new: list[tuple[RosterRow, Digest]], executor: Executor) -> Part:
        if offer.issuer.id not in self.indices:
            self.indices[offer.issuer.id] = StatusIndices(self.store, offer.issuer.id)
        indices = self.indices[offer.issuer.id]
        chunk = Chunk(self._award(offer), [row for row, _ in new], [indices.draw() for _ in new])
        return Part(offer, chunk, [key for _, key in new], executor.submit(prepare, chunk))

    def _award(self, offer: Offer) -> Award:
        return Award(
            name=f"{self.name}/{offer.achievement.id}",
            issuer=offer.issuer,
            achievement=offer.achievement,
            options=self.signer_of(offer.issuer).options(self.now),
            base_url=self.base_url,
            names_subject=self.names_subject,
            disclosure=self.disclosure,
        )

    def fewest_stored(self) -> int:
        """Return how many credentials a transaction has at least, but for the last."""
        drawn = max((indices.drawn for indices in self.indices.values()), default=0)
        return max(CHUNK_ROWS, min(MAX_STORED, drawn // STORED_SHARE))

    def store_signed(self, importing: Importing, credentials: Sequence[NewCredential]) -> None:
        """Store what was signed, an issuer's part in one transaction."""
        issuers: dict[int, list[NewCredential]] = {}
        for one in credentials:
            issuers.setdefault(one.issuer_id, []).append(one)
        for _, made in sorted(issuers.items()):  # in one order, so that two imports do not wait for each other
            importing.add_credentials(made, self.now, self.max_batch_size)
            # A crash here leaves whole transactions; the next run skips their rows and issues the others.

    def sign(self, part: Part, signed: Signed) -> None:
        """Sign what was prepared, as soon as it is; raise what preparing raised."""
        signer = self.signer_of(part.offer.issuer)
        tokens = new_tokens(len(part.keys))
        for at, one in enumerate(part.prepared.result()):
            entry = signer.entry(one.unsigned)
            if one.unsigned.defect:
                signed.defects.append(one.unsigned.defect)
            row = part.chunk.rows[at]
            credential = NewCredential(
                issuer_id=part.offer.issuer.id,
                achievement_id=part.offer.achievement.id,
                uuid=one.uuid,
                row_key=part.keys[at],
                entry=entry,
                leaf_hash=leaf_hash(entry),
                recipient_token=tokens[at],
                status_index=part.chunk.status_indices[at],
                recipient=row.recipient.identifier,
                issued_at=self.now,
            )
            signed.made.append(SignedRow(part.offer, row, credential))

    def settled(self, signed: Signed) -> Signed:
        """Return what is left to be stored where another import of the same issuer was quicker.

        Rows that it issued are left out; credentials whose status index it took are made anew with another.
        """
        stored = self.store.known_uuids([one.credential.uuid for one in signed.made])
        known = self.store.known_row_keys([one.credential.row_key for one in signed.made])
        mine = [one for one in signed.made if one.credential.row_key not in known]
        unstored = [one.credential for one in mine]
        lost = {
            issuer: indices.lost(made.status_index for made in unstored if made.issuer_id == issuer)
            for issuer, indices in self.indices.items()
        }
        left = Signed(signed.rows, [], signed.stored + len(stored), signed.defects)
        again: dict[int, list[SignedRow]] = {}
        for one in mine:
            is_lost = one.credential.status_index in lost[one.credential.issuer_id]
            (again.setdefault(one.offer.achievement.id, []) if is_lost else left.made).append(one)
        for some in again.values():
            rows = [(one.row, one.credential.row_key) for one in some]
            self.sign(self._part(some[0].offer, rows, SameProcess()), left)
        return left


def _key(row: RosterRow, offer: Offer) -> Digest:
    return row_key(offer.issuer.did, offer.achievement.short_id, row.recipient.identifier, row.awarded_on)
