"""What Slack sent: stored before it is acknowledged, once each, and worked on afterwards.

Slack delivers an event up to four times, and tells of one gesture in several events; both are one row here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update

from storage.clock import RealClock
from storage.conflicts import insert_new
from storage.database import Transaction, ours
from storage.tables import inbox
from storage.text import storable_parts

KEPT_FOR = timedelta(hours=72)  # Slack repeats delayed events for up to 24 hours
MOST_ATTEMPTS = 5
_REAL = RealClock()  # work is retried in real time, also where schedules follow another clock


@dataclass(frozen=True)
class Received:
    """One event that waits to be worked on."""

    app_id: str
    event_id: str
    payload: dict[str, Any]
    attempts: int


_PUT = insert_new(inbox)
_COLUMNS = tuple(inbox.c[name] for name in Received.__dataclass_fields__)
_WAITING = inbox.c.state == "waiting"
_NEXT = (
    select(*_COLUMNS)
    .where(ours(inbox), _WAITING, inbox.c.due_at <= bindparam("real_now"))
    .order_by(inbox.c.received_at, inbox.c.event_id)
    .limit(1)
    .with_for_update(skip_locked=True)  # what another worker is about to finish is not looked at
)
_THE_ROW = (ours(inbox), inbox.c.app_id == bindparam("the_app"), inbox.c.event_id == bindparam("the_event"))
_LOCK = select(inbox.c.event_id).where(*_THE_ROW, _WAITING).with_for_update(skip_locked=True)
_MARK = (
    update(inbox)
    .where(*_THE_ROW, _WAITING)  # another process may have done it meanwhile
    .values({name: bindparam(name) for name in ("state", "attempts", "due_at", "problem")})
)
_DONE = update(inbox).where(*_THE_ROW).values(state="done", problem=None)
_FORGET = delete(inbox).where(ours(inbox), inbox.c.state == "done", inbox.c.received_at < bindparam("before"))
_COUNT = select(inbox.c.state, func.count().label("count")).where(ours(inbox)).group_by(inbox.c.state)


def gesture_of(event: Mapping[str, Any]) -> str | None:
    """Return what makes two events one gesture: channel and ts of a message that a person wrote; None for any other event."""
    if event.get("type") in ("message", "app_mention") and "subtype" not in event and event.get("ts"):
        return f"{event.get('channel')}:{event['ts']}"
    return None


async def put(tx: Transaction, app_id: str, event_id: str, payload: Mapping[str, Any]) -> bool:
    """Store an event; return False where it, or its gesture, is here already."""
    result = await tx.run(
        _PUT[tx.connection.dialect.name],
        app_id=app_id,
        event_id=event_id,
        gesture=gesture_of(payload.get("event") or {}),
        payload=storable_parts(payload),
        state="waiting",
        attempts=0,
        due_at=_REAL.now(),
        received_at=tx.now,
    )
    return result.rowcount == 1


async def peek(tx: Transaction) -> Received | None:
    """Return the next event to be worked on, or None."""
    row = await tx.row(_NEXT, real_now=_REAL.now())
    return None if row is None else Received(**row)


async def lock(tx: Transaction, event: Received) -> bool:
    """Take an event for this transaction; return False where another worker has it or has done it."""
    return await tx.value(_LOCK, the_app=event.app_id, the_event=event.event_id) is not None


async def done(tx: Transaction, event: Received) -> None:
    """Mark an event as worked on, in the transaction of its effect."""
    await tx.run(_DONE, the_app=event.app_id, the_event=event.event_id)


async def failed(tx: Transaction, event: Received, problem: str) -> bool:
    """Put an event off that still waits; return True where it was tried often enough and is parked."""
    attempts = event.attempts + 1
    parked = attempts >= MOST_ATTEMPTS
    marked = await tx.run(
        _MARK,
        the_app=event.app_id,
        the_event=event.event_id,
        state="parked" if parked else "waiting",
        attempts=attempts,
        due_at=_REAL.now() + timedelta(seconds=2**attempts),
        problem=problem,
    )
    return parked and marked.rowcount == 1


async def forget_old(tx: Transaction) -> None:
    """Delete events that were worked on so long ago that Slack will not repeat them."""
    await tx.run(_FORGET, before=tx.now - KEPT_FOR)


async def counts(tx: Transaction) -> dict[str, int]:
    """Return how many events there are in each state."""
    return {row["state"]: row["count"] for row in await tx.rows(_COUNT)}
