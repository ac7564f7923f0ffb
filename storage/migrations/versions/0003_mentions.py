"""Mentions. What texts refer to is read by the worker (storage/mentions.py): that makes links, each with its history."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Moment

revision = "0003"
down_revision = "0002"
changes_rows_of: frozenset[str] = frozenset()  # tables that shall have more or fewer rows afterwards


def upgrade() -> None:
    op.create_table(
        "addresses",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("relation", sa.Text(), server_default="", nullable=False),
        sa.Column("to_key", sa.Text(), server_default="", nullable=False),
        sa.Column("is_own", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace", "key"],
            ["objects.workspace", "objects.key"],
            name="fk_addresses_workspace_key",
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace", "address", "key", "relation", "to_key", "is_own", name="pk_addresses"),
    )
    op.create_index("ix_addresses_workspace_key", "addresses", ["workspace", "key"], unique=False)

    with op.batch_alter_table("workspaces", schema=None) as batch_op:
        batch_op.add_column(sa.Column("texts_read_at", Moment(), nullable=True))
