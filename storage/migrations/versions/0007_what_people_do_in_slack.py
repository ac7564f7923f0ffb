"""What people do in Slack: drafts, follows, comments, proposals, pitches, stories, preferences; objects can be archived."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, Moment

revision = "0007"
down_revision = "0006"
changes_rows_of: frozenset[str] = frozenset()  # tables that shall have more or fewer rows afterwards


def upgrade() -> None:
    # With a constant default neither engine copies the table.
    op.add_column("objects", sa.Column("archived", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("people", sa.Column("locale", sa.Text(), nullable=True))
    op.create_table(
        "drafts",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("typed", Json, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_drafts_workspace", onupdate="CASCADE"),
        sa.PrimaryKeyConstraint("workspace", "user", "form", name="pk_drafts"),
    )
    op.create_index("ix_drafts_at", "drafts", ["at"], unique=False)

    op.create_table(
        "preferences",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", Json, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_preferences_workspace", onupdate="CASCADE"),
        sa.PrimaryKeyConstraint("workspace", "user", "name", name="pk_preferences"),
    )
    op.create_index("ix_preferences_workspace_name", "preferences", ["workspace", "name"], unique=False)

    op.create_table(
        "stories",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("began_at", Moment(), nullable=False),
        sa.Column("acts", Json, nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_stories_workspace", onupdate="CASCADE"),
        sa.PrimaryKeyConstraint("workspace", "id", name="pk_stories"),
    )
    op.create_index("ix_stories_workspace_key_id", "stories", ["workspace", "key", "id"], unique=False)

    op.create_table(
        "comments",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("visibility", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace", "key"],
            ["objects.workspace", "objects.key"],
            name="fk_comments_workspace_key",
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace", "id", name="pk_comments"),
    )
    op.create_index("ix_comments_workspace_key_id", "comments", ["workspace", "key", "id"], unique=False)

    op.create_table(
        "follows",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace", "key"],
            ["objects.workspace", "objects.key"],
            name="fk_follows_workspace_key",
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace", "user", "key", name="pk_follows"),
    )
    op.create_index("ix_follows_workspace_key", "follows", ["workspace", "key"], unique=False)

    op.create_table(
        "pitches",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("decider", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace", "key"],
            ["objects.workspace", "objects.key"],
            name="fk_pitches_workspace_key",
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace", "id", name="pk_pitches"),
    )
    op.create_index("ix_pitches_workspace_key_at", "pitches", ["workspace", "key", "at"], unique=False)
    op.create_index("ix_pitches_workspace_state_at", "pitches", ["workspace", "state", "at"], unique=False)

    op.create_table(
        "proposals",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changes", Json, nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace", "key"],
            ["objects.workspace", "objects.key"],
            name="fk_proposals_workspace_key",
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace", "id", name="pk_proposals"),
    )
    op.create_index("ix_proposals_workspace_key_state", "proposals", ["workspace", "key", "state"], unique=False)
    op.create_index("ix_proposals_workspace_state_at", "proposals", ["workspace", "state", "at"], unique=False)

    op.create_table(
        "stances",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("pitch", sa.Text(), nullable=False),
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("stance", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace", "pitch"],
            ["pitches.workspace", "pitches.id"],
            name="fk_stances_workspace_pitch",
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace", "pitch", "user", "stance", name="pk_stances"),
    )
