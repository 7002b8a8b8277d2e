"""Saved state proofs in the store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from registry.core.account import Address
from registry.core.digest import Digest, Root
from registry.credentials.rsa_keys import any_public_key
from registry.ports import BatchQuestion
from registry.records import BatchState, SavedProof
from registry.store.session import reading, seconds, writing
from registry.store.submission_tables import ANCHOR, STATE_PROOF
from registry.store.table_objects import BATCH, SIGNING_KEY

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Engine


@dataclass(frozen=True, slots=True)
class UnprovenAnchor:
    """A final anchor that no state proof is saved of."""

    anchor_id: int
    """Row number of the anchor."""
    batch_id: int
    """Row number of its batch."""
    question: BatchQuestion
    """What its state proof has to answer; every key that the issuer ever signed with here is in it."""


class ProofRows:
    """Reads and writes state proofs of anchors."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def unproven(self, chain_id: int, contract: Address) -> list[UnprovenAnchor]:
        """Return the final anchors in one contract without a state proof, oldest first."""
        query = (
            select(ANCHOR, BATCH.c.issuer_id)
            .join(BATCH, BATCH.c.id == ANCHOR.c.batch_id)
            .outerjoin(STATE_PROOF, STATE_PROOF.c.anchor_id == ANCHOR.c.id)
            .where(BATCH.c.state == BatchState.FINAL, STATE_PROOF.c.id.is_(None))
            .where(ANCHOR.c.chain_id == chain_id, ANCHOR.c.contract == contract)
            .order_by(ANCHOR.c.id)
        )
        with reading(self.engine) as connection:
            return [
                UnprovenAnchor(
                    row.id,
                    row.batch_id,
                    BatchQuestion(
                        Address(row.issuer),
                        Root(Digest(row.root)),
                        row.tree_size,
                        _key_hashes(connection, row.issuer_id),
                    ),
                )
                for row in connection.execute(query).all()
            ]

    def save(self, anchor_id: int, block_number: int, block_hash: Digest, document: str, now: datetime) -> None:
        """Store the state proof of an anchor; StoreConflictError if there is one already."""
        values = {
            "anchor_id": anchor_id,
            "block_number": block_number,
            "block_hash": block_hash,
            "document": document,
            "saved_at": seconds(now),
        }
        with writing(self.engine) as connection:
            connection.execute(insert(STATE_PROOF).values(values))

    def saved(self, batch_id: int) -> list[SavedProof]:
        """Return the state proofs of a batch, one for each anchor that has one, oldest first."""
        query = select(STATE_PROOF, ANCHOR.c.chain_id, ANCHOR.c.contract)
        query = query.join(ANCHOR, ANCHOR.c.id == STATE_PROOF.c.anchor_id).where(ANCHOR.c.batch_id == batch_id)
        with reading(self.engine) as connection:
            return [
                SavedProof(
                    chain_id=row.chain_id,
                    contract=Address(row.contract),
                    block_number=row.block_number,
                    block_hash=Digest(row.block_hash),
                    document=row.document,
                )
                for row in connection.execute(query.order_by(STATE_PROOF.c.id))
            ]


def _key_hashes(connection: Connection, issuer_id: int) -> tuple[Digest, ...]:
    mine = SIGNING_KEY.c.issuer_id == issuer_id
    keys = connection.execute(select(SIGNING_KEY.c.multibase).where(mine).order_by(SIGNING_KEY.c.id)).scalars()
    return tuple(any_public_key(key).key_hash for key in keys)
