"""Tables of issuers, achievements, credentials and batches (submissions stand in submission_tables.py).

Times are kept as whole seconds since 1970, UTC: one meaning in every database.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

# SQLModel reads annotations at run time; its relationship-free tables need no quoting.


class Issuer(SQLModel, table=True):
    """One issuer that this home issues for."""

    __tablename__ = "issuer"
    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(unique=True)
    did: str = Field(unique=True)
    account: str = Field(unique=True)
    profile: str
    """The Open Badges Profile as JSON."""


class SigningKey(SQLModel, table=True):
    """One signing key; the newest of an issuer signs."""

    __tablename__ = "signing_key"
    id: int | None = Field(default=None, primary_key=True)
    issuer_id: int = Field(foreign_key="issuer.id", index=True)
    multibase: str = Field(unique=True)
    key_file: str
    created_at: int = Field(sa_type=BigInteger)
    retired_since: int | None = Field(default=None, sa_type=BigInteger)
    stolen: bool = False


class Achievement(SQLModel, table=True):
    """One achievement."""

    __tablename__ = "achievement"
    __table_args__ = (UniqueConstraint("issuer_id", "short_id"),)
    id: int | None = Field(default=None, primary_key=True)
    issuer_id: int = Field(foreign_key="issuer.id")
    short_id: str
    document: str
    """The Open Badges Achievement as JSON."""


class Batch(SQLModel, table=True):
    """One batch; new credentials go into the issuer's newest open one that has room and is not being sealed."""

    __tablename__ = "batch"
    id: int | None = Field(default=None, primary_key=True)
    issuer_id: int = Field(foreign_key="issuer.id", index=True)
    state: str = Field(index=True)
    root: bytes | None = None
    tree_size: int = 0
    order_digest: bytes | None = None
    """SHA-256 over the leaf hashes in sealing order, to tell a changed tile from a changed root."""
    created_at: int = Field(sa_type=BigInteger)
    sealed_at: int | None = Field(default=None, sa_type=BigInteger)
    submission_id: int | None = Field(default=None, index=True)


class Credential(SQLModel, table=True):
    """One credential: its exact entry bytes and what finds it."""

    __tablename__ = "credential"
    __table_args__ = (UniqueConstraint("issuer_id", "status_index"),)
    id: int | None = Field(default=None, primary_key=True)
    uuid: str = Field(unique=True)
    issuer_id: int = Field(foreign_key="issuer.id")
    achievement_id: int | None = Field(default=None, foreign_key="achievement.id", index=True)
    batch_id: int = Field(foreign_key="batch.id", index=True)
    row_key: bytes = Field(unique=True)
    entry: bytes | None = None
    leaf_hash: bytes = Field(unique=True)
    recipient_token: str = Field(unique=True)
    status_index: int | None = None
    recipient: str = Field(index=True)
    issued_at: int = Field(sa_type=BigInteger)


class Reissue(SQLModel, table=True):
    """A credential that took another one's place; of one, at most one."""

    __tablename__ = "reissue"
    old_uuid: str = Field(primary_key=True, foreign_key="credential.uuid")
    new_uuid: str = Field(unique=True, foreign_key="credential.uuid")
    recorded_at: int = Field(sa_type=BigInteger)


class EndorsementReceipt(SQLModel, table=True):
    """The anchoring receipt of somebody's endorsement that stands in an achievement of this home."""

    __tablename__ = "endorsement_receipt"
    leaf_hash: bytes = Field(primary_key=True)
    document: str
    """The receipt as JSON."""


class ShareLink(SQLModel, table=True):
    """A link that a recipient made; live while `revoked_at` is null."""

    __tablename__ = "share_link"
    id: int | None = Field(default=None, primary_key=True)
    token: str = Field(unique=True)
    credential_uuid: str = Field(foreign_key="credential.uuid", index=True)
    label: str
    created_at: int = Field(sa_type=BigInteger)
    revoked_at: int | None = Field(default=None, sa_type=BigInteger)


class Delivery(SQLModel, table=True):
    """The newest mail of a credential to its recipient; the address is the credential's `recipient`."""

    __tablename__ = "delivery"
    credential_uuid: str = Field(primary_key=True, foreign_key="credential.uuid")
    attempt: int
    message_id: str
    state: str
    code: int
    answer: str
    attempted_at: int = Field(sa_type=BigInteger)


class Pathway(SQLModel, table=True):
    """What makes up a larger achievement."""

    __tablename__ = "pathway"
    id: int | None = Field(default=None, primary_key=True)
    short_id: str = Field(unique=True)
    document: str
    """The pathway's file as JSON."""


class ComponentReceipt(SQLModel, table=True):
    """The receipt of a credential of another home that is a component of one of ours."""

    __tablename__ = "component_receipt"
    leaf_hash: bytes = Field(primary_key=True)
    document: str
    """The receipt as JSON."""


class Tile(SQLModel, table=True):
    """Up to 256 digests of one level of a sealed batch."""

    __tablename__ = "tile"
    batch_id: int = Field(sa_column=Column(ForeignKey("batch.id"), primary_key=True))
    level: int = Field(primary_key=True)
    position: int = Field(primary_key=True)
    data: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class StatusEvent(SQLModel, table=True):
    """A change of a credential's status, as ordered; the newest of a leaf counts."""

    __tablename__ = "status_event"
    id: int | None = Field(default=None, primary_key=True)
    issuer_id: int = Field(foreign_key="issuer.id")
    leaf_hash: bytes = Field(index=True)
    kind: str
    reason: int
    note: str
    recorded_at: int = Field(sa_type=BigInteger)
