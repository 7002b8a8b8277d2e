"""A recipient's credentials and an achievement's, found without reading every document.

A transcript asks for the one, a pathway and every change of an achievement for the other.
"""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Index both columns."""
    op.create_index(op.f("ix_credential_achievement_id"), "credential", ["achievement_id"], unique=False)
    op.create_index(op.f("ix_credential_recipient"), "credential", ["recipient"], unique=False)
