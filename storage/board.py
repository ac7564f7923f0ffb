"""What is open, by altitude or by owner: counted and cut in the database, however much there is. Nothing that was put away."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select

from storage.audience import VISIBLE, Audience
from storage.database import Transaction, ours
from storage.kinds import ALTITUDES, Altitude, Kind, Kinds
from storage.objects import OBJECT_COLUMNS, Object
from storage.tables import objects

Counts = dict[str, dict[str, int]]  # how many there are of each kind in each status, in the order of the pack
Condition = ColumnElement[bool]


@dataclass(frozen=True)
class Level:
    """One altitude of a board. `items`: those changed last, as many as were wanted, of all that `counts` count."""

    altitude: Altitude
    counts: Counts
    items: tuple[Object, ...]

    @property
    def count(self) -> int:
        return _sum(self.counts)


@dataclass(frozen=True)
class Owned:
    """What somebody owns that is open, of every kind. `items`: those changed last, as many as were wanted."""

    counts: Counts
    items: tuple[Object, ...]

    @property
    def count(self) -> int:
        return _sum(self.counts)


async def board(
    tx: Transaction,
    kinds: Kinds,
    audience: Audience,
    *,
    team: str | None = None,
    horizon: str | None = None,
    altitude: Altitude | None = None,
    most: int = 3,
    skip: int = 0,
) -> tuple[Level, ...]:
    """Return what is open at each altitude, the possible first, of a `team` and in a `horizon` (their names; None: of any).

    `altitude`: only that one. `most`: how many of the objects of a level are wanted, after the first `skip`; 0: only counts.
    """
    narrowed = _narrowed(team=team, horizon=horizon)
    return tuple(
        [await _level(tx, kinds, audience, each, narrowed, most, skip) for each in ALTITUDES if altitude in (None, each)]
    )


async def owned(tx: Transaction, kinds: Kinds, audience: Audience, user: str, *, most: int = 20) -> Owned:
    """Return what `user` owns and is open, as far as `audience` may see it."""
    wanted = and_(_open(list(kinds)), *_narrowed(owner=user))
    return Owned(await _counts(tx, list(kinds), audience, wanted), await _latest(tx, audience, wanted, most, 0))


async def _level(
    tx: Transaction, kinds: Kinds, audience: Audience, altitude: Altitude, narrowed: Sequence[Condition], most: int, skip: int
) -> Level:
    there = [kind for kind in kinds if kind.altitude == altitude]
    wanted = and_(_open(there), *narrowed)
    counts = await _counts(tx, there, audience, wanted)
    return Level(altitude, counts, await _latest(tx, audience, wanted, most, skip) if _sum(counts) > skip else ())


def _narrowed(**same: str | None) -> list[Condition]:
    return [objects.c[name] == value for name, value in same.items() if value is not None]


def _open(kinds: Iterable[Kind]) -> Condition:
    """Return the condition that an object is of one of `kinds`, in a status that does not end it, and was not put away."""
    open_in = [(kind.name, [status for status in kind.lifecycle if status not in kind.closed]) for kind in kinds]
    each = [and_(objects.c.kind == name, objects.c.status.in_(statuses)) for name, statuses in open_in]
    return and_(or_(false(), *each), objects.c.archived.is_(False))


async def _counts(tx: Transaction, kinds: Sequence[Kind], audience: Audience, wanted: Condition) -> Counts:
    statement = select(objects.c.kind, objects.c.status, func.count().label("count"))
    statement = statement.where(ours(objects), VISIBLE, wanted).group_by(objects.c.kind, objects.c.status)
    rows = await tx.rows(statement, **audience.binds)
    found = {(row["kind"], row["status"]): row["count"] for row in rows}
    in_order = {
        kind.name: {each: found[kind.name, each] for each in kind.lifecycle if (kind.name, each) in found} for kind in kinds
    }
    return {name: counts for name, counts in in_order.items() if counts}


async def _latest(tx: Transaction, audience: Audience, wanted: Condition, most: int, skip: int) -> tuple[Object, ...]:
    statement = select(*OBJECT_COLUMNS).where(ours(objects), VISIBLE, wanted)
    statement = statement.order_by(objects.c.updated_at.desc(), objects.c.key).limit(most).offset(skip)
    return tuple(Object(**row) for row in await tx.rows(statement, **audience.binds)) if most else ()


def _sum(counts: Mapping[str, Mapping[str, Any]]) -> int:
    return sum(count for by_status in counts.values() for count in by_status.values())
