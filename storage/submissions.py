"""A form is stored once, however often Slack or a finger submits it."""

from sqlalchemy import bindparam, select

from storage.conflicts import insert_new
from storage.database import Transaction, ours
from storage.tables import submissions

_FIRST = insert_new(submissions)
_KNOWN = select(submissions.c.at).where(ours(submissions), submissions.c.view == bindparam("the_view"))


async def is_first(tx: Transaction, view: str) -> bool:
    """Return whether the submission of `view` comes for the first time, and remember it."""
    result = await tx.run(_FIRST[tx.connection.dialect.name], view=view, at=tx.now)
    return result.rowcount == 1


async def is_known(tx: Transaction, view: str) -> bool:
    """Return whether the submission of `view` has come before."""
    return await tx.value(_KNOWN, the_view=view) is not None
