"""${message}."""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
changes_rows_of: frozenset[str] = frozenset()  # tables that shall have more or fewer rows afterwards


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}
