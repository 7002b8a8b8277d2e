"""Issuers, their signing keys and their achievements in the store."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from registry.core.account import Address
from registry.core.errors import StateError
from registry.credentials.endorsement import without_endorsements
from registry.records import AchievementRow, IssuerRow, SigningKeyRow
from registry.store.endorsement_rows import put_endorsement_receipts
from registry.store.session import moment, reading, seconds, writing
from registry.store.table_objects import ACHIEVEMENT, CREDENTIAL, ISSUER, SIGNING_KEY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Engine, Row

    from registry.core.receipt import AnchorReceipt


class IssuerRows:
    """Reads and writes issuers, signing keys and achievements."""

    engine: Engine

    def add_issuer(self, issuer: IssuerRow) -> IssuerRow:
        """Store an issuer and return it with its row number; StoreConflictError if slug, DID or account is taken."""
        values = {
            "slug": issuer.slug,
            "did": issuer.did,
            "account": issuer.account,
            "profile": json.dumps(issuer.profile, ensure_ascii=False),
        }
        with writing(self.engine) as connection:
            key = connection.execute(insert(ISSUER).values(values)).inserted_primary_key
        return replace(issuer, id=_number(key))

    def issuers(self) -> list[IssuerRow]:
        """Return all issuers of this home, oldest first."""
        with reading(self.engine) as connection:
            return [_issuer(row) for row in connection.execute(select(ISSUER).order_by(ISSUER.c.id))]

    def add_signing_key(self, key: SigningKeyRow, *, retiring: datetime | None = None) -> None:
        """Store a signing key; the newest one of an issuer signs. `retiring` retires its others of that type."""
        values = {
            "issuer_id": key.issuer_id,
            "multibase": key.multibase,
            "key_file": key.key_file,
            "created_at": seconds(key.created_at),
        }
        table = SIGNING_KEY
        # Keys of one type begin alike: an Ed25519 key takes an Ed25519 key's place, and leaves an RSA key where it is.
        alike = table.c.multibase.startswith(key.multibase[:4], autoescape=True)
        standing = table.c.retired_since.is_(None) & (table.c.key_file != "")
        others = (table.c.issuer_id == key.issuer_id) & standing & alike
        with writing(self.engine) as connection:
            if retiring is not None:
                connection.execute(update(SIGNING_KEY).where(others).values(retired_since=seconds(retiring)))
            connection.execute(insert(SIGNING_KEY).values(values))

    def retire_signing_key(self, multibase: str, since: datetime, *, stolen: bool) -> None:
        """Note that a key does not count from a time on; once noted as stolen it stays so."""
        mine = SIGNING_KEY.c.multibase == multibase
        values = {"retired_since": seconds(since), **({"stolen": True} if stolen else {})}
        with writing(self.engine) as connection:
            connection.execute(update(SIGNING_KEY).where(mine).values(values))

    def signing_keys(self, issuer_id: int) -> list[SigningKeyRow]:
        """Return an issuer's signing keys, newest first."""
        table = SIGNING_KEY
        query = select(table).where(table.c.issuer_id == issuer_id).order_by(table.c.id.desc())
        with reading(self.engine) as connection:
            return [_signing_key(row) for row in connection.execute(query)]

    def put_achievement(self, achievement: AchievementRow) -> bool:
        """Store an achievement, and return whether anything changed; StateError as in `put_achievements`."""
        return self.put_achievements([achievement])[0]

    def put_achievements(
        self, achievements: Sequence[AchievementRow], receipts: Sequence[AnchorReceipt] = ()
    ) -> list[bool]:
        """Store achievements, all or none, and return of each whether anything changed.

        `receipts` are those of endorsements that stand in them.

        Raises:
            StateError: credentials were issued for one already, and its text differs: it is not rewritten under them.
                What is added or taken away of its endorsements is none of its text.

        """
        with writing(self.engine) as connection:
            put_endorsement_receipts(connection, receipts)
            return [_put_achievement(connection, one) for one in achievements]

    def achievements(self, issuer_id: int | None = None) -> list[AchievementRow]:
        """Return the achievements of one issuer, or of all."""
        table = ACHIEVEMENT
        query = select(table).order_by(table.c.id)
        if issuer_id is not None:
            query = query.where(table.c.issuer_id == issuer_id)
        with reading(self.engine) as connection:
            return [_achievement(row) for row in connection.execute(query)]


def _number(key: Any) -> int:  # noqa: ANN401  SQLAlchemy's row of a primary key
    return int(key[0])


def _issuer(row: Row[Any]) -> IssuerRow:
    return IssuerRow(
        id=row.id, slug=row.slug, did=row.did, account=Address(row.account), profile=json.loads(row.profile)
    )


def _signing_key(row: Row[Any]) -> SigningKeyRow:
    retired = None if row.retired_since is None else moment(row.retired_since)
    created = moment(row.created_at)
    return SigningKeyRow(row.issuer_id, row.multibase, row.key_file, created, retired, stolen=row.stolen)


def _achievement(row: Row[Any]) -> AchievementRow:
    return AchievementRow(id=row.id, issuer_id=row.issuer_id, short_id=row.short_id, document=json.loads(row.document))


def _put_achievement(connection: Connection, achievement: AchievementRow) -> bool:
    text = json.dumps(achievement.document, ensure_ascii=False, sort_keys=True)
    table = ACHIEVEMENT
    mine = (table.c.issuer_id == achievement.issuer_id) & (table.c.short_id == achievement.short_id)
    known = connection.execute(select(table).where(mine)).one_or_none()
    if known is not None and known.document == text:
        return False
    if known is None:
        values = {"issuer_id": achievement.issuer_id, "short_id": achievement.short_id, "document": text}
        connection.execute(insert(ACHIEVEMENT).values(values))
        return True
    if _is_awarded(connection, known.id) and _is_rewritten(known.document, achievement.document):
        raise StateError(
            f"Credentials were issued for the achievement {achievement.short_id!r} already, so its text stays. "
            "Add the new text under another name. Nothing was stored."
        )
    connection.execute(update(ACHIEVEMENT).where(table.c.id == known.id).values(document=text))
    return True


def _is_rewritten(before: str, after: dict[str, Any]) -> bool:
    return without_endorsements(json.loads(before)) != without_endorsements(after)


def _is_awarded(connection: Connection, achievement_id: int) -> bool:
    mine = CREDENTIAL.c.achievement_id == achievement_id
    return connection.execute(select(CREDENTIAL.c.id).where(mine).limit(1)).first() is not None
