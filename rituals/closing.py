"""Closing the runs whose time is over. A late answer still counts, and edits the message."""

from sqlalchemy import bindparam, select

from rituals.records import close
from storage import outbox
from storage.database import Database, ours
from storage.tables import runs

BATCH = 200

_OVER = (
    select(runs.c.id)
    .where(ours(runs), runs.c.state == "open", runs.c.next_step_at <= bindparam("the_moment"))
    .order_by(runs.c.next_step_at, runs.c.id)
    .limit(BATCH)
)
_CLAIM = _OVER.with_for_update(skip_locked=True)


async def close_due(database: Database, workspace: str) -> int:
    """Close the runs of `workspace` whose time is over and have their messages edited; return how many."""
    async with database.reading(workspace) as tx:
        if await tx.row(_OVER, the_moment=tx.now) is None:
            return 0
    async with database.writing(workspace) as tx:
        over = [row["id"] for row in await tx.rows(_CLAIM, the_moment=tx.now)]
        for run in over:
            await close(tx, run)
            await outbox.refresh(tx, f"run:{run}")
    return len(over)
