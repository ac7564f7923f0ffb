"""The schema. Every table belongs to a workspace; every key is (workspace, …)."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from storage.columns import Json, Moment

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

LOCAL_WORKSPACE = "local"  # the one workspace of a database that no Slack workspace has taken over yet


def _to_workspace() -> ForeignKeyConstraint:
    # The first bot token renames the local workspace, and its rows follow.
    return ForeignKeyConstraint(["workspace"], ["workspaces.id"], onupdate="CASCADE")


def _to_object() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["workspace", "key"], ["objects.workspace", "objects.key"], onupdate="CASCADE", ondelete="CASCADE"
    )


workspaces = Table(
    "workspaces",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("url", Text),
    Column("app_id", Text),
    Column("bot_user", Text),
    Column("pack", Text),  # YAML of a pack of its own; without one, the starter pack
    Column("suspended_because", Text),
    Column("created_at", Moment, nullable=False),
    Column("texts_read_at", Moment),  # null: its texts are older than what reads them for mentions
)

teams = Table(
    "teams",
    metadata,
    Column("workspace", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("channel", Text),
    Column("timezone", Text),
    PrimaryKeyConstraint("workspace", "name"),
    _to_workspace(),
    Index(None, "workspace", "channel"),
)

team_members = Table(
    "team_members",
    metadata,
    Column("workspace", Text, nullable=False),
    Column("team", Text, nullable=False),
    Column("user", Text, nullable=False),
    Column("leads", Boolean, nullable=False),
    PrimaryKeyConstraint("workspace", "team", "user"),
    ForeignKeyConstraint(["workspace", "team"], ["teams.workspace", "teams.name"], onupdate="CASCADE", ondelete="CASCADE"),
    Index(None, "workspace", "user"),
)

objects = Table(
    "objects",
    metadata,
    Column("workspace", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("owner", Text),
    Column("team", Text),
    Column("horizon", Text),
    Column("tags", Json, nullable=False),
    Column("fields", Json, nullable=False),
    Column("source", Text),
    Column("channel", Text),
    Column("visibility", Text, nullable=False),
    Column("folded_title", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("archived", Boolean, nullable=False, server_default=false()),
    PrimaryKeyConstraint("workspace", "key"),
    _to_workspace(),
    ForeignKeyConstraint(["workspace", "team"], ["teams.workspace", "teams.name"], onupdate="CASCADE"),
    Index(None, "workspace", "kind", "status"),
    Index(None, "workspace", "team", "updated_at"),
    Index(None, "workspace", "owner", "kind"),
    Index(None, "workspace", "updated_at"),
)

# The names under which objects are found: `rank` says whether it is the title, another name or a former title. The later a
# row, the higher its id, which on SQLite is the row id and never changes. What `text` and `marks` are looked up in differs
# with the engine: storage/name_index.py.
names = Table(
    "names",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("workspace", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("marks", Text, nullable=False),
    ForeignKeyConstraint(["workspace", "key"], ["objects.workspace", "objects.key"], onupdate="CASCADE", ondelete="CASCADE"),
    Index(None, "workspace", "id", postgresql_include=["key", "rank", "text"]),  # the latest are read from the index alone
    Index(None, "workspace", "key"),
    Index(None, "workspace", "text", "id"),
)

links = Table(
    "links",
    metadata,
    Column("workspace", Text, nullable=False),
    Column("from_key", Text, nullable=False),
    Column("relation", Text, nullable=False),
    Column("to_key", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("confidence", Double),
    Column("fields", Json, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    PrimaryKeyConstraint("workspace", "from_key", "to_key", "relation"),  # covers a walk forwards
    ForeignKeyConstraint(["workspace", "from_key"], ["objects.workspace", "objects.key"], onupdate="CASCADE"),
    ForeignKeyConstraint(["workspace", "to_key"], ["objects.workspace", "objects.key"], onupdate="CASCADE"),
    Index("ix_links_backwards", "workspace", "to_key", "from_key", "relation"),  # without it a walk back costs 600 times
)

# Every change of an object, a link (`key` is its "from" end) or a measured value (`value_at` is its moment). `before` and
# `after` hold what changed; a creation has no `before`, a removal no `after`. The changes of one act share `act`.
_TO_KEY_IS_SET, _IS_REMOVAL, _BEGINS_ACT = text("to_key IS NOT NULL"), text('"after" IS NULL'), text("position = 0")
revisions = Table(
    "revisions",
    metadata,
    Column("workspace", Text, nullable=False),
    Column("act", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("key", Text, nullable=False),
    Column("relation", Text),
    Column("to_key", Text),
    Column("version", Integer, nullable=False),
    Column("author", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("reason", Text),
    Column("before", Json),
    Column("after", Json),
    Column("value_at", Moment),
    PrimaryKeyConstraint("workspace", "act", "position"),
    _to_workspace(),
    Index(None, "workspace", "key", "at"),
    Index(None, "workspace", "to_key", "at", sqlite_where=_TO_KEY_IS_SET, postgresql_where=_TO_KEY_IS_SET),
    Index(None, "workspace", "at"),
    Index("ix_revisions_gone", "workspace", "key", sqlite_where=_IS_REMOVAL, postgresql_where=_IS_REMOVAL),
    Index("ix_revisions_acts", "workspace", "author", "at", sqlite_where=_BEGINS_ACT, postgresql_where=_BEGINS_ACT),
)

measured_values = Table(
    "measured_values",
    metadata,
    Column("workspace", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("value", Double, nullable=False),
    Column("note", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("unit", Text, nullable=False, server_default=""),
    Column("source", Text, nullable=False, server_default=""),
    Column("version", Integer, nullable=False, server_default="1"),
    PrimaryKeyConstraint("workspace", "key", "at"),
    ForeignKeyConstraint(["workspace", "key"], ["objects.workspace", "objects.key"], onupdate="CASCADE"),
)

# The addresses in the texts of objects and links; `address` is a digest. `is_own`: there the object itself is. A text of a
# link has the link's relation and "to" end beside the key of its "from" end.
addresses = Table(
    "addresses",
    metadata,
    Column("workspace", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("relation", Text, nullable=False, server_default=""),
    Column("to_key", Text, nullable=False, server_default=""),
    Column("is_own", Boolean, nullable=False),
    PrimaryKeyConstraint("workspace", "address", "key", "relation", "to_key", "is_own"),
    ForeignKeyConstraint(["workspace", "key"], ["objects.workspace", "objects.key"], onupdate="CASCADE", ondelete="CASCADE"),
    Index(None, "workspace", "key"),
)

counters = Table(
    "counters",
    metadata,
    Column("workspace", Text, nullable=False),
    Column("name", Text, nullable=False),  # a key prefix
    Column("value", Integer, nullable=False),
    PrimaryKeyConstraint("workspace", "name"),
    _to_workspace(),
)

people = Table(
    "people",
    metadata,
    Column("workspace", Text, nullable=False),
    Column("user", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("timezone", Text),
    Column("direct_channel", Text),
    Column("is_admin", Boolean, nullable=False),
    Column("is_outsider", Boolean, nullable=False),  # a guest, a bot, or a person from another company
    Column("is_gone", Boolean, nullable=False),
    Column("usual_team", Text),  # asked once of who is in no team or in several
    Column("seen_at", Moment, nullable=False),
    Column("locale", Text),  # such as de-DE
    PrimaryKeyConstraint("workspace", "user"),
    _to_workspace(),
)

channels = Table(
    "channels",
    metadata,
    Column("workspace", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("is_private", Boolean, nullable=False),  # also true of a direct message
    Column("is_shared", Boolean, nullable=False),  # with another company
    Column("members", Json),  # of a private channel; null = not known, so nobody
    Column("seen_at", Moment, nullable=False),
    PrimaryKeyConstraint("workspace", "channel"),
    _to_workspace(),
)

# What Slack sent and we have acknowledged. One gesture can come as several events, hence the second key.
inbox = Table(
    "inbox",
    metadata,
    Column("workspace", Text, nullable=False),
    Column("app_id", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("gesture", Text),
    Column("payload", Json, nullable=False),
    Column("state", Text, nullable=False),  # waiting, done, parked
    Column("attempts", Integer, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("problem", Text),
    Column("received_at", Moment, nullable=False),
    PrimaryKeyConstraint("workspace", "app_id", "event_id"),
    UniqueConstraint("workspace", "gesture"),
    _to_workspace(),
    Index(None, "state", "due_at"),
)

# What we will say. `subject` names the one message that is edited in place ("card:BET-12", "run:…"); its words are
# rendered when it is sent. Any other row carries its `payload`: the arguments of chat.postMessage.
outbox = Table(
    "outbox",
    metadata,
    Column("workspace", Text, nullable=False),
    Column("id", Text, nullable=False),  # a ULID: also the order
    Column("channel", Text, nullable=False),
    Column("subject", Text),
    Column("thread_of", Text),  # the subject in whose thread it goes
    Column("payload", Json),
    Column("author", Text),  # who is told where Slack refuses it
    Column("state", Text, nullable=False),  # waiting, sending, ambiguous, sent, parked, dropped
    Column("attempts", Integer, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("claimed_until", Moment),
    Column("ts", Text),
    Column("problem", Text),
    Column("created_at", Moment, nullable=False),
    Column("finished_at", Moment),
    PrimaryKeyConstraint("workspace", "id"),
    _to_workspace(),
    Index(None, "state", "due_at"),
    Index(None, "workspace", "channel", "state", "id"),
    Index(None, "workspace", "subject"),
)

# Where the one message of a subject stands in Slack.
messages = Table(
    "messages",
    metadata,
    Column("workspace", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("ts", Text, nullable=False),
    PrimaryKeyConstraint("workspace", "subject"),
    _to_workspace(),
    UniqueConstraint("workspace", "channel", "ts"),
)

rituals = Table(
    "rituals",
    metadata,
    Column("workspace", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("plan", Text, nullable=False),  # the pack's ritual that it follows
    Column("team", Text),
    Column("cadence", Text, nullable=False),
    Column("open_for_hours", Integer, nullable=False),
    Column("late_window_hours", Integer, nullable=False),
    Column("is_on", Boolean, nullable=False),
    PrimaryKeyConstraint("workspace", "id"),
    _to_workspace(),
    ForeignKeyConstraint(["workspace", "team"], ["teams.workspace", "teams.name"], onupdate="CASCADE", ondelete="CASCADE"),
)

# When a ritual next falls due, for each subject (a person) or for the team as a whole (an empty subject).
schedules = Table(
    "schedules",
    metadata,
    Column("workspace", Text, nullable=False),
    Column("ritual", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("next_run_at", Moment, nullable=False),
    PrimaryKeyConstraint("workspace", "ritual", "subject"),
    ForeignKeyConstraint(["workspace", "ritual"], ["rituals.workspace", "rituals.id"], onupdate="CASCADE", ondelete="CASCADE"),
    Index(None, "next_run_at"),
)

runs = Table(
    "runs",
    metadata,
    Column("workspace", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("ritual", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("local_date", Text, nullable=False),
    Column("slot_at", Moment, nullable=False),
    Column("state", Text, nullable=False),  # open, closed, empty (nobody to ask), missed
    Column("next_step_at", Moment),
    Column("brings", Json, nullable=False),  # what it opened with
    Column("opened_at", Moment, nullable=False),
    Column("closed_at", Moment),
    PrimaryKeyConstraint("workspace", "id"),
    UniqueConstraint("workspace", "ritual", "subject", "local_date"),
    ForeignKeyConstraint(["workspace", "ritual"], ["rituals.workspace", "rituals.id"], onupdate="CASCADE"),
    Index(None, "state", "next_step_at"),
)

answers = Table(
    "answers",
    metadata,
    Column("workspace", Text, nullable=False),
    Column("run", Text, nullable=False),
    Column("about", Text, nullable=False),  # the object that the answer is about
    Column("author", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("said", Json, nullable=False),
    PrimaryKeyConstraint("workspace", "run", "about"),
    ForeignKeyConstraint(["workspace", "run"], ["runs.workspace", "runs.id"], onupdate="CASCADE"),
    ForeignKeyConstraint(["workspace", "about"], ["objects.workspace", "objects.key"], onupdate="CASCADE"),
    Index(None, "workspace", "about"),
)

# The forms that were stored: a form that is submitted twice is stored once.
submissions = Table(
    "submissions",
    metadata,
    Column("workspace", Text, nullable=False),
    Column("view", Text, nullable=False),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("workspace", "view"),
    _to_workspace(),
)

# What a person chose, by name: rituals that are mute, the weekly note, how far a set-up is.
preferences = Table(
    "preferences",
    metadata,
    Column("workspace", Text, nullable=False),
    Column("user", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("value", Json, nullable=False),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("workspace", "user", "name"),
    _to_workspace(),
    Index(None, "workspace", "name"),
)

# What somebody typed into a form that they have not saved yet: one draft for each person and form.
drafts = Table(
    "drafts",
    metadata,
    Column("workspace", Text, nullable=False),
    Column("user", Text, nullable=False),
    Column("form", Text, nullable=False),
    Column("typed", Json, nullable=False),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("workspace", "user", "form"),
    _to_workspace(),
    Index(None, "at"),
)

follows = Table(
    "follows",
    metadata,
    Column("workspace", Text, nullable=False),
    Column("user", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("workspace", "user", "key"),
    _to_object(),
    Index(None, "workspace", "key"),
)

# What somebody said of an object in a message. `author` wrote it, `added_by` kept it; it belongs where it was said.
comments = Table(
    "comments",
    metadata,
    Column("workspace", Text, nullable=False),
    Column("id", Text, nullable=False),  # a ULID: also the order
    Column("key", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("added_by", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("source", Text),
    Column("channel", Text),
    Column("visibility", Text, nullable=False),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("workspace", "id"),
    _to_object(),
    Index(None, "workspace", "key", "id"),
)

# Edits of people who may not edit, which wait for one who may. `changes`: as in Graph.revise; `version`: of the object shown.
proposals = Table(
    "proposals",
    metadata,
    Column("workspace", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("changes", Json, nullable=False),
    Column("why", Text, nullable=False),
    Column("state", Text, nullable=False),  # waiting, accepted, declined, withdrawn
    Column("decided_by", Text),
    Column("reason", Text),
    Column("at", Moment, nullable=False),
    Column("decided_at", Moment),
    PrimaryKeyConstraint("workspace", "id"),
    _to_object(),
    Index(None, "workspace", "key", "state"),
    Index(None, "workspace", "state", "at"),
)

pitches = Table(
    "pitches",
    metadata,
    Column("workspace", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("decider", Text),
    Column("state", Text, nullable=False),  # open, placed, declined, reshaped, withdrawn
    Column("decision", Text),  # the key of the object that keeps who decided and why
    Column("at", Moment, nullable=False),
    Column("decided_at", Moment),
    PrimaryKeyConstraint("workspace", "id"),
    _to_object(),
    Index(None, "workspace", "key", "at"),
    Index(None, "workspace", "state", "at"),
)

# What people said to a pitch: each of back, challenge and ask at most once a person; saying it again says it anew.
stances = Table(
    "stances",
    metadata,
    Column("workspace", Text, nullable=False),
    Column("pitch", Text, nullable=False),
    Column("user", Text, nullable=False),
    Column("stance", Text, nullable=False),  # back, challenge, ask
    Column("why", Text, nullable=False),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("workspace", "pitch", "user", "stance"),
    ForeignKeyConstraint(["workspace", "pitch"], ["pitches.workspace", "pitches.id"], onupdate="CASCADE", ondelete="CASCADE"),
)

# The posts in the thread of an object's card that tell its changes: one takes up all acts of some minutes.
stories = Table(
    "stories",
    metadata,
    Column("workspace", Text, nullable=False),
    Column("id", Text, nullable=False),  # a ULID: also the order
    Column("key", Text, nullable=False),
    Column("began_at", Moment, nullable=False),
    Column("acts", Json, nullable=False),  # their ids, the oldest first
    PrimaryKeyConstraint("workspace", "id"),
    _to_workspace(),
    Index(None, "workspace", "key", "id"),
)

heartbeats = Table(
    "heartbeats",
    metadata,
    Column("process", Text, primary_key=True),
    Column("at", Moment, nullable=False),
)
