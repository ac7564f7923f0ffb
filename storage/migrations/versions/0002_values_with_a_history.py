"""Values with a history."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, Moment
from storage.ids import new_id

revision = "0002"
down_revision = "0001"
changes_rows_of: frozenset[str] = frozenset({"revisions"})  # each value that is there gets the revision of its making


def upgrade() -> None:
    with op.batch_alter_table("measured_values", schema=None) as batch_op:
        batch_op.add_column(sa.Column("unit", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("source", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))

    with op.batch_alter_table("revisions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("value_at", Moment(), nullable=True))
        batch_op.create_index(
            "ix_revisions_workspace_to_key_at",
            ["workspace", "to_key", "at"],
            unique=False,
            sqlite_where=sa.text("to_key IS NOT NULL"),
            postgresql_where=sa.text("to_key IS NOT NULL"),
        )

    _tell_the_making_of_values()


def _tell_the_making_of_values() -> None:
    values = _table("measured_values", "workspace", "key", "at", "value", "unit", "source", "note", "author", "recorded_at")
    revisions = _table("revisions", "workspace", "act", "position", "key", "version", "author", "at", "after", "value_at")
    connection = op.get_bind()
    for rows in connection.execute(sa.select(values)).mappings().partitions(5_000):
        connection.execute(
            sa.insert(revisions),
            [
                {
                    **{name: row[name] for name in ("workspace", "key", "author")},
                    "act": new_id(),  # its own: an act is one person's, who can take it back
                    "position": 0,
                    "version": 1,
                    "at": row["recorded_at"],
                    "value_at": row["at"],
                    "after": {name: row[name] for name in ("value", "unit", "source", "note")},
                }
                for row in rows
            ],
        )


def _table(name: str, *columns: str) -> sa.TableClause:
    types: dict[str, Any] = {"at": Moment(), "recorded_at": Moment(), "value_at": Moment(), "after": Json}
    return sa.table(name, *(sa.column(column, types.get(column)) for column in columns))
