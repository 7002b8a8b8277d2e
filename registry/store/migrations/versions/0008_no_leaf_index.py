"""No leaf index beside each credential: the tiles of its batch say where its leaf is.

Sealing wrote every credential's row anew, which took longer than the tree.
"""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Drop the column, and index credentials by batch alone."""
    op.drop_index("ix_credential_batch_leaf", "credential")
    op.drop_column("credential", "leaf_index")
    op.create_index(op.f("ix_credential_batch_id"), "credential", ["batch_id"], unique=False)
