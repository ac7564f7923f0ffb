"""Names under which objects are found: each object that is there gets its title, its other names and its former titles."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, Moment
from storage.kinds import Kinds
from storage.names import aliases_of, marks_of, rows_of, stored
from storage.packs.pack import read_stored, starter

revision = "0004"
down_revision = "0003"
changes_rows_of: frozenset[str] = frozenset()  # tables that shall have more or fewer rows afterwards


def upgrade() -> None:
    op.create_table(
        "names",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("marks", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace", "key"],
            ["objects.workspace", "objects.key"],
            name="fk_names_workspace_key",
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_names"),
    )
    _name_what_is_there()
    op.create_index(
        "ix_names_workspace_id", "names", ["workspace", "id"], unique=False, postgresql_include=["key", "rank", "text"]
    )
    op.create_index("ix_names_workspace_key", "names", ["workspace", "key"], unique=False)
    op.create_index("ix_names_workspace_text_id", "names", ["workspace", "text", "id"], unique=False)


_WORKSPACES = sa.table("workspaces", sa.column("id"), sa.column("pack"))
_OBJECTS = sa.table(
    "objects",
    *(sa.column(name) for name in ("workspace", "key", "kind", "title", "team", "channel", "visibility")),
    sa.column("fields", Json),
    sa.column("updated_at", Moment()),
)
_REVISIONS = sa.table(
    "revisions",
    *(sa.column(name) for name in ("workspace", "key", "relation", "value_at", "version")),
    sa.column("before", Json),
)
_NAMES = sa.table("names", *(sa.column(name) for name in ("id", "workspace", "key", "rank", "text", "marks")))


def _name_what_is_there() -> None:
    connection = op.get_bind()
    packs = connection.execute(sa.select(_WORKSPACES).order_by(_WORKSPACES.c.id)).all()
    for block, (workspace, pack) in enumerate(packs, start=1):
        kinds = starter() if pack is None else read_stored(pack)
        formers = _former_titles(connection, workspace)
        ids = count(block << 40)  # on SQLite a workspace's names have ids of their own block
        for objects in _batches(connection, workspace):
            rows = [{**row, "workspace": workspace} for item in objects for row in _rows_of(kinds, item, formers)]
            if connection.dialect.name == "sqlite":
                rows = [{**row, "id": next(ids)} for row in rows]
            connection.execute(sa.insert(_NAMES), rows)


def _batches(connection: sa.Connection, workspace: str) -> Iterator[Sequence[sa.RowMapping]]:
    """Yield the objects of a workspace some at a time: there may be more than memory holds."""
    place = sa.tuple_(_OBJECTS.c.updated_at, _OBJECTS.c.key)
    mine = sa.select(_OBJECTS).where(_OBJECTS.c.workspace == workspace).order_by(*place.clauses).limit(5_000)
    rows = connection.execute(mine).mappings().all()
    while rows:
        yield rows
        last = sa.tuple_(sa.literal(rows[-1]["updated_at"], Moment()), sa.literal(rows[-1]["key"]))
        rows = connection.execute(mine.where(place > last)).mappings().all()


def _rows_of(kinds: Kinds, item: sa.RowMapping, formers: Mapping[str, list[str]]) -> list[dict[str, Any]]:
    marks = marks_of(item["kind"], item["team"], item["channel"], item["visibility"])
    aliases = aliases_of(kinds, item["kind"], item["fields"])
    return rows_of(item["key"], marks, item["title"], aliases, formers.get(item["key"], []))


def _former_titles(connection: sa.Connection, workspace: str) -> dict[str, list[str]]:
    of = _REVISIONS.c
    changes = (
        sa.select(of.key, of.before)
        .where(of.workspace == workspace, of.relation.is_(None), of.value_at.is_(None), of.before.is_not(None))
        .order_by(of.version)
    )
    formers: dict[str, list[str]] = defaultdict(list)
    for key, before in connection.execute(changes):
        if "title" in before:
            formers[key].append(stored(before["title"]))
    return formers
