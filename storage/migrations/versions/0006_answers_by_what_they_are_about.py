"""Answers are found by what they are about: without that, every object that goes had all answers read."""

from alembic import op

revision = "0006"
down_revision = "0005"
changes_rows_of: frozenset[str] = frozenset()  # tables that shall have more or fewer rows afterwards


def upgrade() -> None:
    op.create_index("ix_answers_workspace_about", "answers", ["workspace", "about"], unique=False)
