"""Who writes at the same time in one workspace, on PostgreSQL; SQLite has one writer anyway.

What one person changes takes few rows and goes side by side. What reads much before it writes, and what brings back what is
not there and so cannot be locked (a file, a sheet, taking back, texts that are read later), has the workspace to itself: it
waits until those before it are done, and those after it wait. Each asks before it locks any row, so that no two wait for
each other.
"""

from sqlalchemy import bindparam, func, select

from storage.database import Transaction

_OF_WORKSPACE = (func.hashtext("writes"), func.hashtext(bindparam("the_workspace")))
_TOGETHER = select(func.pg_advisory_xact_lock_shared(*_OF_WORKSPACE))
_ALONE = select(func.pg_advisory_xact_lock(*_OF_WORKSPACE))


async def together(tx: Transaction) -> None:
    """Write beside others until the end of the transaction; wait while somebody has the workspace to themselves."""
    if tx.connection.dialect.name == "postgresql":
        await tx.connection.execute(_TOGETHER, {"the_workspace": tx.workspace})


async def alone(tx: Transaction) -> None:
    """Have the objects, links and values of the workspace to oneself until the end of the transaction."""
    if tx.connection.dialect.name == "postgresql":
        await tx.connection.execute(_ALONE, {"the_workspace": tx.workspace})
