"""Pathways, what recipients hold of them, and receipts of components that other homes issued."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update

from registry.core.canonical import parse_json
from registry.core.digest import Digest
from registry.core.receipt import parse_receipt, receipt_json
from registry.records import PathwayRow
from registry.store.credential_rows import insert_credentials, stored_credential
from registry.store.session import reading, writing
from registry.store.table_objects import COMPONENT_RECEIPT, CREDENTIAL, PATHWAY, STATUS_EVENT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Engine

    from registry.core.receipt import AnchorReceipt
    from registry.records import NewCredential, StoredCredential

KEYS_A_QUERY = 500
"""Values of one query; SQLite takes 32,766."""


class PathwayRows:
    """Reads and writes pathways, and reads what recipients hold."""

    engine: Engine

    def put_pathways(self, pathways: Sequence[PathwayRow]) -> list[bool]:
        """Store pathways, all or none, each in the place of one of its short id; return of each whether it changed."""
        with writing(self.engine) as connection:
            return [_put_pathway(connection, one) for one in pathways]

    def pathways(self) -> list[PathwayRow]:
        """Return all pathways, oldest first."""
        with reading(self.engine) as connection:
            rows = connection.execute(select(PATHWAY).order_by(PATHWAY.c.id))
            return [PathwayRow(row.short_id, json.loads(row.document)) for row in rows]

    def credentials_for(self, achievement_ids: Sequence[int]) -> list[StoredCredential]:
        """Return the credentials of these achievements that were not erased, in order of issue."""
        return self._held(CREDENTIAL.c.achievement_id.in_(achievement_ids))

    def credentials_of(self, recipient: str) -> list[StoredCredential]:
        """Return the credentials of a recipient, as the roster calls them, that were not erased, in order of issue."""
        return self._held(CREDENTIAL.c.recipient == recipient)

    def credentials_with(self, leaves: Sequence[Digest]) -> list[StoredCredential]:
        """Return the credentials with these leaf hashes that were not erased."""
        return self._held(CREDENTIAL.c.leaf_hash.in_(leaves))

    def statuses(self, leaves: Sequence[Digest]) -> dict[Digest, str]:
        """Return the newest kind of status change of those of the leaves that had any."""
        found: dict[Digest, str] = {}
        table = STATUS_EVENT
        for at in range(0, len(leaves), KEYS_A_QUERY):
            mine = table.c.leaf_hash.in_(leaves[at : at + KEYS_A_QUERY])
            newest = select(func.max(table.c.id)).where(mine).group_by(table.c.leaf_hash)
            with reading(self.engine) as connection:
                rows = connection.execute(select(table.c.leaf_hash, table.c.kind).where(table.c.id.in_(newest)))
                found.update({Digest(row.leaf_hash): row.kind for row in rows})
        return found

    def add_stack(self, new: NewCredential, receipts: Sequence[AnchorReceipt], now: datetime, max_leaves: int) -> None:
        """Store a signed stack in its issuer's open batch, and the receipts of others' components in it, or neither.

        Raises:
            StoreConflictError: another process stored it meanwhile.

        """
        with writing(self.engine) as connection:
            insert_credentials(connection, [new], now, max_leaves)
            for receipt in receipts:
                _put_receipt(connection, receipt)

    def component_receipts(self, leaves: Sequence[Digest]) -> list[AnchorReceipt]:
        """Return the receipts that are kept of others' credentials with these leaf hashes."""
        query = select(COMPONENT_RECEIPT.c.document).where(COMPONENT_RECEIPT.c.leaf_hash.in_(leaves))
        with reading(self.engine) as connection:
            return [parse_receipt(parse_json(text)) for text in connection.execute(query).scalars()]

    def _held(self, condition: ColumnElement[bool]) -> list[StoredCredential]:
        query = select(CREDENTIAL).where(condition, CREDENTIAL.c.entry.is_not(None)).order_by(CREDENTIAL.c.id)
        with reading(self.engine) as connection:
            return [stored_credential(row) for row in connection.execute(query)]


def _put_pathway(connection: Connection, pathway: PathwayRow) -> bool:
    text = json.dumps(pathway.document, ensure_ascii=False, sort_keys=True)
    mine = PATHWAY.c.short_id == pathway.short_id
    known: Any = connection.execute(select(PATHWAY.c.document).where(mine)).one_or_none()
    if known is None:
        connection.execute(insert(PATHWAY).values({"short_id": pathway.short_id, "document": text}))
    elif known.document != text:
        connection.execute(update(PATHWAY).where(mine).values({"document": text}))
    return known is None or known.document != text


def _put_receipt(connection: Connection, receipt: AnchorReceipt) -> None:
    """Keep a receipt in the place of an older one of the same leaf."""
    mine = COMPONENT_RECEIPT.c.leaf_hash == receipt.leaf_hash
    text = json.dumps(receipt_json(receipt))
    changed = connection.execute(update(COMPONENT_RECEIPT).where(mine).values({"document": text}))
    if not changed.rowcount:
        connection.execute(insert(COMPONENT_RECEIPT).values({"leaf_hash": receipt.leaf_hash, "document": text}))
