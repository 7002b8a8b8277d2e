"""Mails in the store: a change names what it was decided from, and is kept only if that still stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, insert, select, update

from registry.core.errors import StoreConflictError
from registry.deliveries import Addressee, Delivery, DeliveryState
from registry.records import BatchState
from registry.store.session import moment, reading, seconds, writing
from registry.store.table_objects import BATCH, CREDENTIAL, DELIVERY, REISSUE, STATUS_EVENT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ColumnElement, Connection, Engine, Row, Select

PAGE_ROWS = 500
"""Credentials read at once; between two pages no transaction is open, because a run may take hours."""


class DeliveryRows:
    """Reads whose link is mailed or not, and keeps what became of each mail."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def addressees(self, batch_id: int | None = None, uuid: str | None = None) -> Iterator[Addressee]:
        """Yield the credentials of one batch, or one, or all, in order of issue, without their documents."""
        query = _query()
        if batch_id is not None:
            query = query.where(CREDENTIAL.c.batch_id == batch_id)
        if uuid is not None:
            query = query.where(CREDENTIAL.c.uuid == uuid)
        after = 0
        while True:
            with reading(self._engine) as connection:
                page = connection.execute(query.where(CREDENTIAL.c.id > after)).all()
            if not page:
                return
            yield from map(_addressee, page)
            after = page[-1].id

    def record(self, before: Delivery | None, after: Delivery) -> bool:
        """Keep `after` in the place of `before`, None for no mail yet; False if that is not what stands.

        Of two who try the same at once, one is told False. False, too, if the document was erased meanwhile.
        """
        try:
            with writing(self._engine) as connection:
                return _has_document(connection, after.uuid) and _replaced(connection, before, after)
        except StoreConflictError:  # another process kept its first one meanwhile
            return False


def _replaced(connection: Connection, before: Delivery | None, after: Delivery) -> bool:
    if before is None:
        connection.execute(insert(DELIVERY).values(_values(after)))
        return True
    same = (
        (DELIVERY.c.credential_uuid == before.uuid)
        & (DELIVERY.c.attempt == before.attempt)
        & (DELIVERY.c.state == before.state)
    )
    return connection.execute(update(DELIVERY).where(same).values(_values(after))).rowcount == 1


def _has_document(connection: Connection, uuid: str) -> bool:
    having = (CREDENTIAL.c.uuid == uuid) & CREDENTIAL.c.entry.is_not(None)
    # Locked until the commit, so that nothing is kept of a mail after `erase` removed what was.
    return connection.execute(select(CREDENTIAL.c.id).where(having).with_for_update()).first() is not None


def _query() -> Select[Any]:
    of_leaf = STATUS_EVENT.c.leaf_hash == CREDENTIAL.c.leaf_hash
    newest = select(STATUS_EVENT.c.kind).where(of_leaf).order_by(STATUS_EVENT.c.id.desc()).limit(1)
    revoked: ColumnElement[bool] = exists().where(of_leaf, STATUS_EVENT.c.kind == "revoked")
    return (
        select(
            CREDENTIAL.c.id,
            CREDENTIAL.c.uuid,
            CREDENTIAL.c.recipient,
            CREDENTIAL.c.entry.is_(None).label("erased"),
            BATCH.c.state.label("batch_state"),
            REISSUE.c.new_uuid,
            revoked.label("revoked"),
            newest.scalar_subquery().label("newest"),
            *(DELIVERY.c[name] for name in _MAIL),
            DELIVERY.c.state.label("mail_state"),
        )
        .join(BATCH, BATCH.c.id == CREDENTIAL.c.batch_id)
        .outerjoin(REISSUE, REISSUE.c.old_uuid == CREDENTIAL.c.uuid)
        .outerjoin(DELIVERY, DELIVERY.c.credential_uuid == CREDENTIAL.c.uuid)
        .order_by(CREDENTIAL.c.id)
        .limit(PAGE_ROWS)
    )


_MAIL = ("attempt", "message_id", "code", "answer", "attempted_at")


def _addressee(row: Row[Any]) -> Addressee:
    return Addressee(
        uuid=row.uuid,
        recipient=row.recipient,
        erased=bool(row.erased),
        revoked=bool(row.revoked),
        suspended=row.newest == "suspended",
        replaced=row.new_uuid is not None,
        batch_state=BatchState(row.batch_state),
        delivery=None if row.attempt is None else _delivery(row),
    )


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        uuid=row.uuid,
        attempt=row.attempt,
        message_id=row.message_id,
        state=DeliveryState(row.mail_state),
        code=row.code,
        answer=row.answer,
        attempted_at=moment(row.attempted_at),
    )


def _values(one: Delivery) -> dict[str, object]:
    return {
        "credential_uuid": one.uuid,
        "attempt": one.attempt,
        "message_id": one.message_id,
        "state": one.state,
        "code": one.code,
        "answer": one.answer,
        "attempted_at": seconds(one.attempted_at),
    }
