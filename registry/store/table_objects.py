"""The SQLModel classes' tables, typed, for queries."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from registry.store.tables import (
    Achievement,
    Batch,
    Credential,
    Delivery,
    EndorsementReceipt,
    Issuer,
    Reissue,
    ShareLink,
    SigningKey,
    StatusEvent,
    Tile,
)

if TYPE_CHECKING:
    from sqlalchemy import Table
    from sqlmodel import SQLModel


def _table(model: type[SQLModel]) -> Table:
    return cast("Table", model.__table__)  # type: ignore[attr-defined]  # SQLModel hides it from type checkers


ISSUER = _table(Issuer)
SIGNING_KEY = _table(SigningKey)
ACHIEVEMENT = _table(Achievement)
BATCH = _table(Batch)
CREDENTIAL = _table(Credential)
REISSUE = _table(Reissue)
ENDORSEMENT_RECEIPT = _table(EndorsementReceipt)
SHARE_LINK = _table(ShareLink)
DELIVERY = _table(Delivery)
TILE = _table(Tile)
STATUS_EVENT = _table(StatusEvent)
