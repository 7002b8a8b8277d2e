"""First tables."""

from alembic import op
from sqlmodel import SQLModel

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table."""
    SQLModel.metadata.create_all(op.get_bind())
