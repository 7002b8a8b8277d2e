"""Receipts of the endorsements that stand in a home's achievements, found by leaf hash."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from registry.core.canonical import parse_json
from registry.core.receipt import parse_receipt, receipt_json
from registry.store.session import reading
from registry.store.table_objects import ENDORSEMENT_RECEIPT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Engine

    from registry.core.digest import Digest
    from registry.core.receipt import AnchorReceipt


class EndorsementRows:
    """Reads the receipts of endorsements; they are written together with the achievements."""

    engine: Engine

    def endorsement_receipts(self, leaves: Sequence[Digest]) -> list[AnchorReceipt]:
        """Return the receipts that are kept of endorsements with these leaf hashes."""
        query = select(ENDORSEMENT_RECEIPT.c.document).where(ENDORSEMENT_RECEIPT.c.leaf_hash.in_(leaves))
        with reading(self.engine) as connection:
            return [parse_receipt(parse_json(text)) for text in connection.execute(query).scalars()]


def put_endorsement_receipts(connection: Connection, receipts: Sequence[AnchorReceipt]) -> None:
    """Keep receipts, each in the place of an older one of the same leaf."""
    for receipt in receipts:
        mine = ENDORSEMENT_RECEIPT.c.leaf_hash == receipt.leaf_hash
        connection.execute(delete(ENDORSEMENT_RECEIPT).where(mine))
        values = {"leaf_hash": receipt.leaf_hash, "document": json.dumps(receipt_json(receipt))}
        connection.execute(insert(ENDORSEMENT_RECEIPT).values(values))
