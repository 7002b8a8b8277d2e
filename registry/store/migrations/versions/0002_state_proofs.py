"""State proofs that are saved when a batch becomes final."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the table of state proofs."""
    op.create_table(
        "state_proof",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("anchor_id", sa.Integer(), nullable=False),
        sa.Column("block_number", sa.BigInteger(), nullable=False),
        sa.Column("block_hash", sa.LargeBinary(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("saved_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["anchor_id"],
            ["anchor.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("anchor_id"),
    )
