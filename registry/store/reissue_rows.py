"""Credentials that took another one's place, and documents that were erased."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from registry.records import Reissue
from registry.store.credential_rows import insert_credentials
from registry.store.session import moment, reading, seconds, writing
from registry.store.table_objects import CREDENTIAL, REISSUE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Engine

    from registry.records import NewCredential

KEYS_A_QUERY = 500
"""Values of one query; SQLite takes 32,766."""


class ReissueRows:
    """Reads and writes which credential took the place of which, and erases documents."""

    engine: Engine

    def add_reissue(self, old_uuid: str, new: NewCredential, now: datetime, max_leaves: int) -> None:
        """Store a signed credential in its issuer's open batch together with what it replaces, both or neither.

        Raises:
            StoreConflictError: another process reissued the old one meanwhile.

        """
        link = {"old_uuid": old_uuid, "new_uuid": new.uuid, "recorded_at": seconds(now)}
        with writing(self.engine) as connection:
            insert_credentials(connection, [new], now, max_leaves)
            connection.execute(insert(REISSUE).values(link))

    def reissue_of(self, old_uuid: str) -> Reissue | None:
        """Return what took the place of a credential."""
        return self._reissue(REISSUE.c.old_uuid == old_uuid)

    def reissue_to(self, new_uuid: str) -> Reissue | None:
        """Return what a credential took the place of."""
        return self._reissue(REISSUE.c.new_uuid == new_uuid)

    def known_uuids(self, uuids: Sequence[str]) -> dict[str, bytes]:
        """Return the leaf hashes of those of the credentials that are stored, by `uuid`."""
        found: dict[str, bytes] = {}
        with reading(self.engine) as connection:
            for part in _parts(uuids):
                query = select(CREDENTIAL.c.uuid, CREDENTIAL.c.leaf_hash).where(CREDENTIAL.c.uuid.in_(part))
                found.update({row.uuid: row.leaf_hash for row in connection.execute(query)})
        return found

    def erase(self, uuids: Sequence[str]) -> int:
        """Remove the documents of credentials and what finds their recipients; return how many had one.

        Leaf hash, place in the batch, status index and row key stay: other people's proofs stand, a revocation stays
        published, and the row is not issued again.
        """
        erased = 0
        with writing(self.engine) as connection:
            for part in _parts(uuids):
                mine = CREDENTIAL.c.uuid.in_(part) & CREDENTIAL.c.entry.is_not(None)
                erased += connection.execute(update(CREDENTIAL).where(mine).values(entry=None, recipient="")).rowcount
        return erased

    def _reissue(self, condition: ColumnElement[bool]) -> Reissue | None:
        with reading(self.engine) as connection:
            row = connection.execute(select(REISSUE).where(condition)).one_or_none()
        return Reissue(row.old_uuid, row.new_uuid, moment(row.recorded_at)) if row is not None else None


def _parts(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for at in range(0, len(values), KEYS_A_QUERY):
        yield values[at : at + KEYS_A_QUERY]
