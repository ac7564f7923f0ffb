"""How the bot is, in a few figures: whether a worker lives, what is on its way or stuck, whom and what it knows."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select

from storage import heartbeat
from storage.clock import RealClock
from storage.database import Transaction, ours
from storage.tables import channels, inbox, outbox, people

_REAL = RealClock()
_LETTERS, _EVENTS = (
    select(table.c.state, func.count().label("count"))
    .where(ours(table), table.c.state.in_(bindparam("states", expanding=True)))
    .group_by(table.c.state)
    for table in (outbox, inbox)
)
_PEOPLE = select(func.count()).where(ours(people), people.c.is_gone.is_(False), people.c.is_outsider.is_(False))
_CHANNELS = select(func.count()).where(ours(channels), channels.c.channel.not_like("D%"))
UNSENT = ("waiting", "sending", "ambiguous")
STUCK = "parked"


@dataclass(frozen=True)
class Health:
    """`alive_at`: when any worker was last alive, in real time. `people`, `channels`: those that are known.

    `outgoing`, `incoming`: letters and events that are on their way; `unsaid`, `undone`: those that need somebody.
    """

    alive_at: datetime | None
    outgoing: int
    unsaid: int
    incoming: int
    undone: int
    people: int
    channels: int
    engine: str

    def is_alive(self, within: timedelta) -> bool:
        """Tell whether there was a sign of life within that time."""
        return self.alive_at is not None and _REAL.now() - self.alive_at < within


async def health(tx: Transaction) -> Health:
    """Return how the bot is, in the workspace of `tx`. What was sent or done long ago is not counted, however much there is."""
    states = [*UNSENT, STUCK]
    letters = {row["state"]: row["count"] for row in await tx.rows(_LETTERS, states=states)}
    events = {row["state"]: row["count"] for row in await tx.rows(_EVENTS, states=states)}
    return Health(
        alive_at=await heartbeat.latest(tx),
        outgoing=sum(letters.get(state, 0) for state in UNSENT),
        unsaid=letters.get(STUCK, 0),
        incoming=sum(events.get(state, 0) for state in UNSENT),
        undone=events.get(STUCK, 0),
        people=await tx.value(_PEOPLE),
        channels=await tx.value(_CHANNELS),
        engine="PostgreSQL" if tx.connection.dialect.name == "postgresql" else "SQLite",
    )
