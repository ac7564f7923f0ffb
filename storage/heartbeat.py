"""The row that tells that a worker is alive."""

from datetime import datetime

from sqlalchemy import func, select

from storage.clock import RealClock
from storage.conflicts import insert_or_update
from storage.database import Transaction
from storage.tables import heartbeats

_REAL = RealClock()
_BEAT = insert_or_update(heartbeats, ("at",))
_LATEST = select(func.max(heartbeats.c.at))


async def beat(tx: Transaction, process: str) -> None:
    """Record that `process` is alive now, in real time."""
    await tx.connection.execute(_BEAT[tx.connection.dialect.name], {"process": process, "at": _REAL.now()})


async def latest(tx: Transaction) -> datetime | None:
    """Return when any worker was last alive, in real time, or None where none ever was."""
    at: datetime | None = (await tx.connection.execute(_LATEST)).scalar()
    return at
