"""Credentials that took another one's place, and documents that were erased."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update

from registry.records import Reissue
from registry.store.credential_rows import insert_credentials
from registry.store.session import mapped_errors, moment, reading, seconds, writing
from registry.store.table_objects import CREDENTIAL, DELIVERY, REISSUE, SHARE_LINK, STATUS_EVENT

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

        Leaf hash, place in the batch and status index stay: other people's proofs stand, and a revocation stays
        published. The row key goes, because it can be tried with every e-mail address there is; so do the registrar's
        notes, what a mail server said of the recipient, and what the recipient called each link; the links themselves
        stay, to answer that it was erased.
        """
        erased = 0
        gone = {"entry": None, "recipient": "", "row_key": CREDENTIAL.c.leaf_hash}
        with writing(self.engine) as connection:
            for part in _parts(uuids):
                mine = CREDENTIAL.c.uuid.in_(part)
                leaves = select(CREDENTIAL.c.leaf_hash).where(mine).scalar_subquery()
                connection.execute(update(STATUS_EVENT).where(STATUS_EVENT.c.leaf_hash.in_(leaves)).values(note=""))
                connection.execute(update(SHARE_LINK).where(SHARE_LINK.c.credential_uuid.in_(part)).values(label=""))
                connection.execute(delete(DELIVERY).where(DELIVERY.c.credential_uuid.in_(part)))
                having = mine & CREDENTIAL.c.entry.is_not(None)
                erased += connection.execute(update(CREDENTIAL).where(having).values(gone)).rowcount
        _forget(self.engine)
        return erased

    def _reissue(self, condition: ColumnElement[bool]) -> Reissue | None:
        with reading(self.engine) as connection:
            row = connection.execute(select(REISSUE).where(condition)).one_or_none()
        return Reissue(row.old_uuid, row.new_uuid, moment(row.recorded_at)) if row is not None else None


def _forget(engine: Engine) -> None:
    """Empty SQLite's log, which still holds the pages as they were; while others read, their last one empties it."""
    if engine.dialect.name == "sqlite":
        with mapped_errors(), engine.connect() as connection:
            # Past SQLAlchemy, which would begin a transaction: a log cannot be emptied inside of one.
            driver: Any = connection.connection.driver_connection
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _parts(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for at in range(0, len(values), KEYS_A_QUERY):
        yield values[at : at + KEYS_A_QUERY]
