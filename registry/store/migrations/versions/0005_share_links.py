"""Share links of their own, and a secret that is the recipient's alone.

The one token that a credential had was handed on by its recipient: it becomes a share link, so that every address
goes on leading where it led, and nobody who was sent one can turn links off. The recipient's own token is drawn anew.
"""

import secrets
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

ROWS_AT_ONCE = 10_000


def upgrade() -> None:
    """Create the table, move the tokens into it, and draw new ones."""
    op.create_table(
        "share_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("credential_uuid", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["credential_uuid"],
            ["credential.uuid"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token"),
    )
    op.create_index(op.f("ix_share_link_credential_uuid"), "share_link", ["credential_uuid"], unique=False)
    op.execute(
        "INSERT INTO share_link (token, credential_uuid, label, created_at) "
        "SELECT share_token, uuid, '', issued_at FROM credential ORDER BY id"
    )
    op.alter_column("credential", "share_token", new_column_name="recipient_token")
    for rows in _ids(op.get_bind()):
        drawn = [{"row": row, "drawn": secrets.token_urlsafe(16)} for row in rows]
        op.get_bind().execute(sa.text("UPDATE credential SET recipient_token = :drawn WHERE id = :row"), drawn)


def _ids(connection: sa.Connection) -> Iterator[list[int]]:
    query = sa.text("SELECT id FROM credential WHERE id > :after ORDER BY id LIMIT :most")
    after = 0
    while rows := list(connection.execute(query, {"after": after, "most": ROWS_AT_ONCE}).scalars()):
        yield rows
        after = rows[-1]
