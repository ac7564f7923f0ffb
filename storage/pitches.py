"""Pitches: an object that is put to others, what they say to it, and what came of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import bindparam, insert, select, update

from storage.audience import Audience
from storage.conflicts import insert_or_update
from storage.database import Transaction, ours
from storage.ids import new_id
from storage.objects import Object, get_many
from storage.tables import pitches, stances

Verdict = Literal["placed", "declined", "reshaped", "withdrawn"]
Sort = Literal["back", "challenge", "ask"]
SORTS: tuple[Sort, ...] = ("back", "challenge", "ask")
WHY_NOW = "why now"  # what its author said when they pitched it, kept beside what the others say


@dataclass(frozen=True)
class Pitch:
    """An object, by its `key`, that `author` put to the readers of `channel`. `decider`: who is to decide, if that was said.

    `state`: open, or a Verdict. `decision`: the key of the object that keeps who decided and why.
    """

    id: str
    key: str
    channel: str
    author: str
    decider: str | None
    state: str
    decision: str | None
    at: datetime
    decided_at: datetime | None


@dataclass(frozen=True)
class Stance:
    """What `user` said to a pitch, and why; each sort at most once."""

    pitch: str
    user: str
    stance: str
    why: str
    at: datetime


_COLUMNS = tuple(pitches.c[name] for name in Pitch.__dataclass_fields__)
_ALL = select(*_COLUMNS).where(ours(pitches))
_ONE = _ALL.where(pitches.c.id == bindparam("the_id"))
_OPEN_OF = _ALL.where(pitches.c.key == bindparam("the_key"), pitches.c.state == "open").order_by(pitches.c.id.desc()).limit(1)
_WAITING = (
    _ALL.where(pitches.c.state == "open", pitches.c.decider == bindparam("the_user"))
    .order_by(pitches.c.at, pitches.c.id)
    .limit(bindparam("most"))
)
_ADD = insert(pitches)
_END = (
    update(pitches)
    .where(ours(pitches), pitches.c.id == bindparam("the_id"), pitches.c.state == "open")
    .values(state=bindparam("verdict"), decision=bindparam("the_decision"), decided_at=bindparam("the_moment"))
)
_SAY = insert_or_update(stances, ("why", "at"))
_SAID = (
    select(*(stances.c[name] for name in Stance.__dataclass_fields__))
    .where(ours(stances), stances.c.pitch == bindparam("the_id"))
    .order_by(stances.c.at, stances.c.user, stances.c.stance)
)


async def pitch(tx: Transaction, key: str, channel: str, author: str, decider: str | None) -> Pitch:
    """Open a pitch of the object `key`, which must be there, and return it."""
    opened = Pitch(new_id(), key, channel, author, decider, "open", None, tx.now, None)
    await tx.run(_ADD, **vars(opened))
    return opened


async def pitch_of(tx: Transaction, pitch_id: str) -> Pitch | None:
    """Return the pitch with that id, or None."""
    row = await tx.row(_ONE, the_id=pitch_id)
    return None if row is None else Pitch(**row)


async def open_of(tx: Transaction, key: str) -> Pitch | None:
    """Return the pitch of the object `key` that nobody has decided yet, or None."""
    row = await tx.row(_OPEN_OF, the_key=key)
    return None if row is None else Pitch(**row)


async def end(tx: Transaction, pitch_id: str, verdict: Verdict, decision: str | None = None) -> bool:
    """Close an open pitch; return whether it was open."""
    ended = await tx.run(_END, the_id=pitch_id, verdict=verdict, the_decision=decision, the_moment=tx.now)
    return ended.rowcount == 1


async def say(tx: Transaction, pitch_id: str, user: str, stance: str, why: str) -> None:
    """Keep what `user` says to a pitch, over what they said of that sort before. `stance`: one of SORTS, or WHY_NOW."""
    await tx.run(_SAY[tx.connection.dialect.name], pitch=pitch_id, user=user, stance=stance, why=why, at=tx.now)


async def stances_of(tx: Transaction, pitch_id: str) -> list[Stance]:
    """Return what was said to a pitch, the oldest first."""
    return [Stance(**row) for row in await tx.rows(_SAID, the_id=pitch_id)]


async def waiting_for(tx: Transaction, user: str, audience: Audience, most: int = 50) -> list[tuple[Pitch, Object]]:
    """Return the open pitches that `user` is to decide, the oldest first, with the objects, as far as `audience` may see."""
    found = [Pitch(**row) for row in await tx.rows(_WAITING, the_user=user, most=most)]
    items = await get_many(tx, [each.key for each in found], audience)
    return [(each, items[each.key]) for each in found if each.key in items]
