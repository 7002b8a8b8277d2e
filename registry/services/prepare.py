"""Prepare credentials for signing, a chunk at a time; what is here knows no key, so that any process may do it."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from registry.core.errors import CredentialFormatError
from registry.credentials.arrays import with_arrays
from registry.credentials.cohort import ProofCohort
from registry.credentials.compose import PERSONAL, composed, require_offered
from registry.credentials.descriptors import offered_from
from registry.credentials.holes import Places
from registry.credentials.jwt_cohort import JwtCohort
from registry.credentials.kept_rows import plain_row, row_of
from registry.credentials.signing import ProofOptions
from registry.credentials.status_list import status_entry
from registry.credentials.vc_jwt import JwtOptions, with_subject_id
from registry.services.site import status_list_url
from registry.services.status_indices import list_number, list_position

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date
    from typing import Any

    from registry.credentials.compose import Disclosure
    from registry.credentials.kept_rows import PlainRow
    from registry.credentials.mapping import Mapping
    from registry.credentials.roster import RosterRow
    from registry.credentials.unsigned import Unsigned
    from registry.records import AchievementRow, IssuerRow

SALT_BYTES = 16
MAX_COHORTS = 64
"""Most cohorts that a process keeps ready, about 100 kB each."""


@dataclass(frozen=True, slots=True)
class Award:
    """What the credentials of a cohort share; two of the same name are the same."""

    name: str
    """Tells the awards of all runs apart."""
    issuer: IssuerRow = field(compare=False)
    """Who awards."""
    achievement: AchievementRow = field(compare=False)
    """What is awarded."""
    options: ProofOptions | JwtOptions = field(compare=False)
    """What the proof says beside its signature."""
    base_url: str = field(compare=False)
    """Public base URL of the issuer API, for status lists."""
    names_subject: bool = field(compare=False)
    """Whether a recipient without a DID gets an id for this credential alone, as a VC-JWT needs one."""
    disclosure: Disclosure = field(compare=False)
    """What credentials say openly about their recipients."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows of one award."""

    award: Award
    """What they are awarded."""
    rows: Sequence[RosterRow]
    """The recipients."""
    status_indices: Sequence[int]
    """Position of each in the issuer's status lists."""

    def __reduce__(self) -> tuple[Callable[..., Chunk], tuple[object, ...]]:
        # As it goes from process to process.
        return _chunk, (self.award, [(row.mapping, plain_row(row)) for row in self.rows], self.status_indices)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A credential that only lacks its signature."""

    uuid: str
    """UUID of its id."""
    unsigned: Unsigned
    """The bytes to be signed, and those around the signature."""

    def __reduce__(self) -> tuple[type[Prepared], tuple[str, Unsigned]]:
        return Prepared, (self.uuid, self.unsigned)


def _chunk(award: Award, rows: Sequence[tuple[Mapping, PlainRow]], status_indices: Sequence[int]) -> Chunk:
    return Chunk(award, [row_of(mapping, plain) for mapping, plain in rows], status_indices)


def prepare(chunk: Chunk) -> list[Prepared]:
    """Return each row's credential without its signature; the first of a chunk has the second opinion.

    Raises:
        RosterError: no credential can be made of a row.

    """
    desk = _desk(chunk.award)
    pairs = enumerate(zip(chunk.rows, chunk.status_indices, strict=True))
    return [desk.prepared(row, index, checked=at == 0) for at, (row, index) in pairs]


@lru_cache(maxsize=MAX_COHORTS)
def _desk(award: Award) -> _Desk:
    issuer, achievement = with_arrays(award.issuer.profile), with_arrays(award.achievement.document)
    places = Places({id(part): part for part in (issuer, achievement)}, PERSONAL)
    return _Desk(award, issuer, achievement, offered_from(achievement), _cohort(award.options, places))


def _cohort(options: ProofOptions | JwtOptions, places: Places) -> ProofCohort | JwtCohort:
    return ProofCohort(options, places) if isinstance(options, ProofOptions) else JwtCohort(options, places)


@dataclass(frozen=True, slots=True)
class _Desk:
    award: Award
    issuer: dict[str, Any]
    achievement: dict[str, Any]
    first_day: date | None
    cohort: ProofCohort | JwtCohort

    def prepared(self, row: RosterRow, status_index: int, *, checked: bool) -> Prepared:
        require_offered(self.first_day, row)
        own = str(uuid.uuid4())
        try:
            return Prepared(own, self.cohort.prepared(self._document(row, status_index, own), checked=checked))
        except CredentialFormatError as error:
            raise row.error("achievement", str(error)) from error

    def _document(self, row: RosterRow, status_index: int, own: str) -> dict[str, Any]:
        url = status_list_url(self.award.base_url, self.award.issuer, list_number(status_index))
        document = composed(
            self.achievement,
            self.issuer,
            row,
            credential_id=f"urn:uuid:{own}",
            status_entry=status_entry(url, list_position(status_index)),
            salt=secrets.token_urlsafe(SALT_BYTES),
            disclosure=self.award.disclosure,
        )
        return with_subject_id(document, f"urn:uuid:{uuid.uuid4()}") if self.award.names_subject else document
