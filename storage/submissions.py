"""A form is stored once, however often Slack or a finger submits it."""

from storage.conflicts import insert_new
from storage.database import Transaction
from storage.tables import submissions

_FIRST = insert_new(submissions)


async def is_first(tx: Transaction, view: str) -> bool:
    """Return whether the submission of `view` comes for the first time, and remember it."""
    result = await tx.run(_FIRST[tx.connection.dialect.name], view=view, at=tx.now)
    return result.rowcount == 1
