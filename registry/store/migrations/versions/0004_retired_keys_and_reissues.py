"""Keys that were retired, credentials that took another one's place, and adopted ones, which know no achievement."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add what is kept of retirements and reissues, and let a credential be without achievement and status index."""
    op.add_column("signing_key", sa.Column("retired_since", sa.BigInteger(), nullable=True))
    op.add_column("signing_key", sa.Column("stolen", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("credential") as credential:  # SQLite copies the table
        credential.alter_column("achievement_id", existing_type=sa.Integer(), nullable=True)
        credential.alter_column("status_index", existing_type=sa.Integer(), nullable=True)
    op.create_table(
        "reissue",
        sa.Column("old_uuid", sa.String(), nullable=False),
        sa.Column("new_uuid", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["old_uuid"],
            ["credential.uuid"],
        ),
        sa.ForeignKeyConstraint(
            ["new_uuid"],
            ["credential.uuid"],
        ),
        sa.PrimaryKeyConstraint("old_uuid"),
        sa.UniqueConstraint("new_uuid"),
    )
