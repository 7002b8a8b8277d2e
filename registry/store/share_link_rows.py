"""Share links in the store: each a secret of its own, which its credential's recipient made and can turn off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update

from registry.core.errors import ShareLinksFullError, StateError
from registry.records import ShareLink
from registry.store.session import moment, reading, seconds, writing
from registry.store.table_objects import CREDENTIAL, SHARE_LINK

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Engine, Row


class ShareLinkRows:
    """Reads and writes share links."""

    engine: Engine

    def share_link(self, token: str) -> ShareLink | None:
        """Return one share link, live or turned off, by the secret part of its address."""
        with reading(self.engine) as connection:
            row = connection.execute(select(SHARE_LINK).where(SHARE_LINK.c.token == token)).one_or_none()
        return _link(row) if row is not None else None

    def live_share_links(self, credential_uuid: str) -> list[ShareLink]:
        """Return the live share links of a credential, oldest first."""
        query = select(SHARE_LINK).where(_live(credential_uuid)).order_by(SHARE_LINK.c.id)
        with reading(self.engine) as connection:
            return [_link(row) for row in connection.execute(query)]

    def put_share_link(self, link: ShareLink, most_live: int, most_ever: int) -> ShareLink:
        """Store a share link and return it; or return the live one of the same label, if it has one.

        Asked for the same again, by a second press or a second process, it answers with the same.

        Raises:
            ShareLinksFullError: the credential has `most_live` live links, or had `most_ever` in all.
            StateError: the credential was erased meanwhile.

        """
        with writing(self.engine) as connection:
            _lock(connection, link.credential_uuid)
            same = _live(link.credential_uuid) & (SHARE_LINK.c.label == link.label)
            known = connection.execute(select(SHARE_LINK).where(same)).first() if link.label else None
            if known is not None:
                return _link(known)
            _require_room(connection, link.credential_uuid, most_live, most_ever)
            connection.execute(insert(SHARE_LINK).values(_values(link)))
        return link

    def turn_off_share_link(self, credential_uuid: str, token: str, now: datetime) -> bool:
        """Turn a credential's share link off for good; tell whether it has a live one of this token.

        What it was called goes with it, since that may name an employer; its row stays, to answer that it is off.
        """
        mine = _live(credential_uuid) & (SHARE_LINK.c.token == token)
        with writing(self.engine) as connection:
            off = update(SHARE_LINK).where(mine).values(revoked_at=seconds(now), label="")
            return bool(connection.execute(off).rowcount)


def _live(credential_uuid: str) -> ColumnElement[bool]:
    return (SHARE_LINK.c.credential_uuid == credential_uuid) & SHARE_LINK.c.revoked_at.is_(None)


def _lock(connection: Connection, credential_uuid: str) -> None:
    """Keep others from adding links to a credential, and from erasing it, until the commit."""
    there = (CREDENTIAL.c.uuid == credential_uuid) & CREDENTIAL.c.entry.is_not(None)
    if connection.execute(select(CREDENTIAL.c.id).where(there).with_for_update()).first() is None:
        raise StateError("The credential was erased, so there is nothing to share. Nothing was changed.")


def _require_room(connection: Connection, credential_uuid: str, most_live: int, most_ever: int) -> None:
    live = func.count().filter(SHARE_LINK.c.revoked_at.is_(None))
    counts = select(live, func.count()).select_from(SHARE_LINK).where(SHARE_LINK.c.credential_uuid == credential_uuid)
    living, ever = connection.execute(counts).one()
    if living >= most_live:
        raise ShareLinksFullError(f"You have {living:,} live links, the most there may be; turn one off first.")
    if ever >= most_ever:
        raise ShareLinksFullError(
            f"{ever:,} links were made of this credential, the most there may be; use one of them."
        )


def _values(link: ShareLink) -> dict[str, object]:
    return {
        "token": link.token,
        "credential_uuid": link.credential_uuid,
        "label": link.label,
        "created_at": seconds(link.created_at),
    }


def _link(row: Row[Any]) -> ShareLink:
    off = moment(row.revoked_at) if row.revoked_at is not None else None
    return ShareLink(row.token, row.credential_uuid, row.label, moment(row.created_at), off)
