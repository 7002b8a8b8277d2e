"""Receipts of endorsements, which credentials of the achievements that carry them are handed out with."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "endorsement_receipt",
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("leaf_hash"),
    )
