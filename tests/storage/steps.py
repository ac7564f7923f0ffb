"""Migrations that exist for the tests only, and those of earlier versions."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from storage.migrate import VERSIONS

REVISION = "9001"

# Alters two tables that others refer to, with a place to die after each part. On SQLite both are copied and dropped.
ALTER_PARENTS = """
    with op.batch_alter_table("teams") as teams:
        teams.alter_column("channel", existing_type=sa.Text(), type_=sa.String(40))
    die_at(1)
    with op.batch_alter_table("objects") as objects:
        objects.alter_column("description", existing_type=sa.Text(), server_default="none")
        objects.add_column(sa.Column("colour", sa.Text()))
    die_at(2)
    op.execute("UPDATE objects SET colour = 'blue'")
    die_at(3)
"""
PLACES_TO_DIE = (1, 2, 3)
STEPS = sorted(VERSIONS.glob("[0-9]*.py"))

_FILE = '''"""A step for the tests."""

import os
import signal
import time

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{previous}"
changes_rows_of = frozenset({changes})


def die_at(place):
    if os.environ.get("DIE_AT") == str(place):
        os.kill(os.getpid(), signal.SIGKILL)


def upgrade():
{body}
'''


def with_step(folder: Path, body: str, changes: Sequence[str] = ()) -> tuple[Path, ...]:
    """Write a step that follows the newest one into `folder`; return the folders to migrate with."""
    newest = max(VERSIONS.glob("[0-9]*.py")).name.partition("_")[0]
    text = _FILE.format(revision=REVISION, previous=newest, changes=list(changes), body=body)
    folder.mkdir(exist_ok=True)
    (folder / f"{REVISION}_for_tests.py").write_text(text)
    return VERSIONS, folder


def steps_until(newest: str, folder: Path) -> Path:
    """Copy the steps up to the one called `newest` into a new `folder`, and return it: what an earlier version had."""
    folder.mkdir()
    for step in STEPS:
        if step.stem <= newest:
            shutil.copy(step, folder)
    return folder
