"""Acts and what is gone: a person's acts and what was removed are found at once, and the versions of a link are all different.

A link that was removed and made again used to begin at version 1 again, so that its versions said nothing of their order.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
changes_rows_of: frozenset[str] = frozenset()  # tables that shall have more or fewer rows afterwards

_NUMBERED = """
    UPDATE revisions SET version = numbered.version
    FROM (
        SELECT workspace, act, position, row_number() OVER (
            PARTITION BY workspace, key, relation, to_key ORDER BY at, act, position
        ) AS version
        FROM revisions
        WHERE (workspace, key, relation, to_key) IN (
            SELECT workspace, key, relation, to_key FROM revisions
            WHERE relation IS NOT NULL
            GROUP BY workspace, key, relation, to_key, version
            HAVING count(*) > 1
        )
    ) AS numbered
    WHERE revisions.workspace = numbered.workspace AND revisions.act = numbered.act AND revisions.position = numbered.position
"""
_LAST_VERSION = """
    SELECT max(version) FROM revisions
    WHERE revisions.workspace = links.workspace AND revisions.key = links.from_key
    AND revisions.relation = links.relation AND revisions.to_key = links.to_key
"""
_LINKS = f"""
    UPDATE links SET version = ({_LAST_VERSION}) WHERE ({_LAST_VERSION} AND revisions."after" IS NULL) IS NOT NULL
"""  # noqa: S608  # nothing in it is from outside


def upgrade() -> None:
    op.execute(_NUMBERED)
    op.create_index(
        "ix_revisions_acts",
        "revisions",
        ["workspace", "author", "at"],
        unique=False,
        sqlite_where=sa.text("position = 0"),
        postgresql_where=sa.text("position = 0"),
    )
    op.create_index(
        "ix_revisions_gone",
        "revisions",
        ["workspace", "key"],
        unique=False,
        sqlite_where=sa.text('"after" IS NULL'),
        postgresql_where=sa.text('"after" IS NULL'),
    )
    op.execute(_LINKS)
