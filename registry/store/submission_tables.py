"""Tables of submissions, their attempts, anchors and their state proofs, and what was seen final of each chain.

Times are kept as whole seconds since 1970, UTC. Amounts are in wei.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from sqlalchemy import BigInteger, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

if TYPE_CHECKING:
    from sqlalchemy import Table

# SQLModel reads annotations at run time; its relationship-free tables need no quoting.


class SubmissionTable(SQLModel, table=True):
    """One transaction that must happen once; two submissions never share an account's nonce."""

    __tablename__ = "submission"
    __table_args__ = (UniqueConstraint("chain_id", "sender", "nonce"),)
    id: int | None = Field(default=None, primary_key=True)
    version: int = 0
    purpose: str
    label: str
    chain_id: int = Field(sa_type=BigInteger)
    contract: str
    sender: str
    call_data: bytes
    state: str = Field(index=True)
    nonce: int | None = Field(default=None, sa_type=BigInteger)
    note: str = ""
    created_at: int = Field(sa_type=BigInteger)
    updated_at: int = Field(sa_type=BigInteger)
    lease_owner: str = ""
    lease_until: int = Field(default=0, sa_type=BigInteger)
    tx_hash: bytes | None = None
    block_number: int | None = Field(default=None, sa_type=BigInteger)
    block_hash: bytes | None = None
    succeeded: bool | None = None
    gas_used: int | None = Field(default=None, sa_type=BigInteger)
    gas_price_wei: int | None = Field(default=None, sa_type=BigInteger)


class AttemptTable(SQLModel, table=True):
    """One signed version of a submission's transaction."""

    __tablename__ = "attempt"
    id: int | None = Field(default=None, primary_key=True)
    submission_id: int = Field(foreign_key="submission.id", index=True)
    nonce: int = Field(sa_type=BigInteger)
    raw: bytes
    tx_hash: bytes = Field(unique=True)
    gas_limit: int = Field(sa_type=BigInteger)
    cap_wei: int = Field(sa_type=BigInteger)
    tip_wei: int = Field(sa_type=BigInteger)
    signed_at: int = Field(sa_type=BigInteger)
    sent_at: int | None = Field(default=None, sa_type=BigInteger)
    answer: str = ""


class AnchorTable(SQLModel, table=True):
    """A batch that a submission anchors, and from when on the chain holds it, where."""

    __tablename__ = "anchor"
    __table_args__ = (UniqueConstraint("chain_id", "contract", "issuer", "root", "tree_size"),)
    id: int | None = Field(default=None, primary_key=True)
    submission_id: int = Field(foreign_key="submission.id", index=True)
    batch_id: int = Field(foreign_key="batch.id", index=True)
    chain_id: int = Field(sa_type=BigInteger)
    contract: str
    issuer: str
    root: bytes
    tree_size: int = Field(sa_type=BigInteger)
    tx_hash: bytes | None = None
    block_number: int | None = Field(default=None, sa_type=BigInteger)
    """None until the chain was seen to hold it."""
    block_hash: bytes | None = None
    anchored_at: int | None = Field(default=None, sa_type=BigInteger)


class StateProofTable(SQLModel, table=True):
    """What the contract held of a final anchor, proven as of one block."""

    __tablename__ = "state_proof"
    id: int | None = Field(default=None, primary_key=True)
    anchor_id: int = Field(foreign_key="anchor.id", unique=True)
    block_number: int = Field(sa_type=BigInteger)
    block_hash: bytes
    document: str
    """The state proof as JSON."""
    saved_at: int = Field(sa_type=BigInteger)


class FinalHeadTable(SQLModel, table=True):
    """The newest block of a chain that was seen final; it only rises."""

    __tablename__ = "final_head"
    chain_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    number: int = Field(sa_type=BigInteger)
    block_hash: bytes


def _table(model: type[SQLModel]) -> Table:
    return cast("Table", model.__table__)  # type: ignore[attr-defined]  # SQLModel hides it from type checkers


SUBMISSION = _table(SubmissionTable)
ATTEMPT = _table(AttemptTable)
ANCHOR = _table(AnchorTable)
STATE_PROOF = _table(StateProofTable)
FINAL_HEAD = _table(FinalHeadTable)
