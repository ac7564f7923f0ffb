"""First tables."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, Moment

revision = "0001"
down_revision = None
changes_rows_of: frozenset[str] = frozenset()  # tables that shall have more or fewer rows afterwards


def upgrade() -> None:
    op.create_table(
        "heartbeats",
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("process", name="pk_heartbeats"),
    )
    op.create_table(
        "workspaces",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("app_id", sa.Text(), nullable=True),
        sa.Column("bot_user", sa.Text(), nullable=True),
        sa.Column("pack", sa.Text(), nullable=True),
        sa.Column("suspended_because", sa.Text(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_workspaces"),
    )
    op.create_table(
        "channels",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_private", sa.Boolean(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("members", Json, nullable=True),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_channels_workspace", onupdate="CASCADE"),
        sa.PrimaryKeyConstraint("workspace", "channel", name="pk_channels"),
    )
    op.create_table(
        "counters",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_counters_workspace", onupdate="CASCADE"),
        sa.PrimaryKeyConstraint("workspace", "name", name="pk_counters"),
    )
    op.create_table(
        "inbox",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("app_id", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("gesture", sa.Text(), nullable=True),
        sa.Column("payload", Json, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("received_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_inbox_workspace", onupdate="CASCADE"),
        sa.PrimaryKeyConstraint("workspace", "app_id", "event_id", name="pk_inbox"),
        sa.UniqueConstraint("workspace", "gesture", name="uq_inbox_workspace_gesture"),
    )
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.create_index("ix_inbox_state_due_at", ["state", "due_at"], unique=False)

    op.create_table(
        "messages",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("ts", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_messages_workspace", onupdate="CASCADE"),
        sa.PrimaryKeyConstraint("workspace", "subject", name="pk_messages"),
        sa.UniqueConstraint("workspace", "channel", "ts", name="uq_messages_workspace_channel_ts"),
    )
    op.create_table(
        "outbox",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("thread_of", sa.Text(), nullable=True),
        sa.Column("payload", Json, nullable=True),
        sa.Column("author", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("claimed_until", Moment(), nullable=True),
        sa.Column("ts", sa.Text(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("finished_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_outbox_workspace", onupdate="CASCADE"),
        sa.PrimaryKeyConstraint("workspace", "id", name="pk_outbox"),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_state_due_at", ["state", "due_at"], unique=False)
        batch_op.create_index("ix_outbox_workspace_channel_state_id", ["workspace", "channel", "state", "id"], unique=False)
        batch_op.create_index("ix_outbox_workspace_subject", ["workspace", "subject"], unique=False)

    op.create_table(
        "people",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=True),
        sa.Column("direct_channel", sa.Text(), nullable=True),
        sa.Column("is_admin", sa.Boolean(), nullable=False),
        sa.Column("is_outsider", sa.Boolean(), nullable=False),
        sa.Column("is_gone", sa.Boolean(), nullable=False),
        sa.Column("usual_team", sa.Text(), nullable=True),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_people_workspace", onupdate="CASCADE"),
        sa.PrimaryKeyConstraint("workspace", "user", name="pk_people"),
    )
    op.create_table(
        "revisions",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=True),
        sa.Column("to_key", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("before", Json, nullable=True),
        sa.Column("after", Json, nullable=True),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_revisions_workspace", onupdate="CASCADE"),
        sa.PrimaryKeyConstraint("workspace", "act", "position", name="pk_revisions"),
    )
    with op.batch_alter_table("revisions", schema=None) as batch_op:
        batch_op.create_index("ix_revisions_workspace_at", ["workspace", "at"], unique=False)
        batch_op.create_index("ix_revisions_workspace_key_at", ["workspace", "key", "at"], unique=False)

    op.create_table(
        "submissions",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("view", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_submissions_workspace", onupdate="CASCADE"),
        sa.PrimaryKeyConstraint("workspace", "view", name="pk_submissions"),
    )
    op.create_table(
        "teams",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("timezone", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_teams_workspace", onupdate="CASCADE"),
        sa.PrimaryKeyConstraint("workspace", "name", name="pk_teams"),
    )
    with op.batch_alter_table("teams", schema=None) as batch_op:
        batch_op.create_index("ix_teams_workspace_channel", ["workspace", "channel"], unique=False)

    op.create_table(
        "objects",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("team", sa.Text(), nullable=True),
        sa.Column("horizon", sa.Text(), nullable=True),
        sa.Column("tags", Json, nullable=False),
        sa.Column("fields", Json, nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("visibility", sa.Text(), nullable=False),
        sa.Column("folded_title", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace", "team"], ["teams.workspace", "teams.name"], name="fk_objects_workspace_team", onupdate="CASCADE"
        ),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_objects_workspace", onupdate="CASCADE"),
        sa.PrimaryKeyConstraint("workspace", "key", name="pk_objects"),
    )
    with op.batch_alter_table("objects", schema=None) as batch_op:
        batch_op.create_index("ix_objects_workspace_kind_status", ["workspace", "kind", "status"], unique=False)
        batch_op.create_index("ix_objects_workspace_owner_kind", ["workspace", "owner", "kind"], unique=False)
        batch_op.create_index("ix_objects_workspace_team_updated_at", ["workspace", "team", "updated_at"], unique=False)
        batch_op.create_index("ix_objects_workspace_updated_at", ["workspace", "updated_at"], unique=False)

    op.create_table(
        "rituals",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=True),
        sa.Column("cadence", sa.Text(), nullable=False),
        sa.Column("open_for_hours", sa.Integer(), nullable=False),
        sa.Column("late_window_hours", sa.Integer(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace", "team"],
            ["teams.workspace", "teams.name"],
            name="fk_rituals_workspace_team",
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_rituals_workspace", onupdate="CASCADE"),
        sa.PrimaryKeyConstraint("workspace", "id", name="pk_rituals"),
    )
    op.create_table(
        "team_members",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("leads", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace", "team"],
            ["teams.workspace", "teams.name"],
            name="fk_team_members_workspace_team",
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace", "team", "user", name="pk_team_members"),
    )
    with op.batch_alter_table("team_members", schema=None) as batch_op:
        batch_op.create_index("ix_team_members_workspace_user", ["workspace", "user"], unique=False)

    op.create_table(
        "links",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("from_key", sa.Text(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("to_key", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=True),
        sa.Column("fields", Json, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace", "from_key"],
            ["objects.workspace", "objects.key"],
            name="fk_links_workspace_from_key",
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace", "to_key"], ["objects.workspace", "objects.key"], name="fk_links_workspace_to_key", onupdate="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace", "from_key", "to_key", "relation", name="pk_links"),
    )
    with op.batch_alter_table("links", schema=None) as batch_op:
        batch_op.create_index("ix_links_backwards", ["workspace", "to_key", "from_key", "relation"], unique=False)

    op.create_table(
        "measured_values",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace", "key"],
            ["objects.workspace", "objects.key"],
            name="fk_measured_values_workspace_key",
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace", "key", "at", name="pk_measured_values"),
    )
    op.create_table(
        "runs",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("ritual", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("local_date", sa.Text(), nullable=False),
        sa.Column("slot_at", Moment(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("next_step_at", Moment(), nullable=True),
        sa.Column("brings", Json, nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace", "ritual"], ["rituals.workspace", "rituals.id"], name="fk_runs_workspace_ritual", onupdate="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace", "id", name="pk_runs"),
        sa.UniqueConstraint("workspace", "ritual", "subject", "local_date", name="uq_runs_workspace_ritual_subject_local_date"),
    )
    with op.batch_alter_table("runs", schema=None) as batch_op:
        batch_op.create_index("ix_runs_state_next_step_at", ["state", "next_step_at"], unique=False)

    op.create_table(
        "schedules",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("ritual", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("next_run_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace", "ritual"],
            ["rituals.workspace", "rituals.id"],
            name="fk_schedules_workspace_ritual",
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace", "ritual", "subject", name="pk_schedules"),
    )
    with op.batch_alter_table("schedules", schema=None) as batch_op:
        batch_op.create_index("ix_schedules_next_run_at", ["next_run_at"], unique=False)

    op.create_table(
        "answers",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("said", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace", "about"], ["objects.workspace", "objects.key"], name="fk_answers_workspace_about", onupdate="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace", "run"], ["runs.workspace", "runs.id"], name="fk_answers_workspace_run", onupdate="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace", "run", "about", name="pk_answers"),
    )
