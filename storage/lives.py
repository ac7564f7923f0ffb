"""When a bet began and ended, and when something of it came into the world: from what history tells of statuses."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import bindparam, select

from storage.audience import Audience
from storage.database import Transaction, ours
from storage.kinds import Kind, Kinds
from storage.lineage import steps, walk
from storage.objects import Object
from storage.tables import revisions

_CHUNK = 5_000  # SQLite takes 32,766 variables in a statement
_CHANGES = (
    select(revisions.c.key, revisions.c.at, revisions.c.after)
    .where(ours(revisions), revisions.c.key.in_(bindparam("keys", expanding=True)), revisions.c.at <= bindparam("until"))
    .where(revisions.c.relation.is_(None), revisions.c.value_at.is_(None))
    .order_by(revisions.c.at, revisions.c.version)
)

Statuses = Mapping[str, Sequence[tuple[datetime, str]]]


@dataclass(frozen=True)
class Life:
    """When something was first under way (None: never), and when it was over (None: it is not)."""

    begun: datetime | None
    ended: datetime | None


@dataclass(frozen=True)
class Release:
    """Something that came into the world, and when. A day without a time begins in UTC."""

    item: Object
    at: datetime


async def lives(tx: Transaction, kinds: Kinds, items: Iterable[Object], now: datetime) -> dict[str, Life]:
    """Return when each of `items` began and ended, up to `now`, by key.

    It began when its status first became one in which it is under way; what has no such status (a goal), when it was made.
    """
    every = list(items)
    told = await _statuses(tx, (item.key for item in every), now)
    return {item.key: _life(kinds.kind(item.kind), item, told.get(item.key, ())) for item in every}


def _life(kind: Kind, item: Object, told: Sequence[tuple[datetime, str]]) -> Life:
    begun = next((at for at, status in told if status in kind.running), None)
    if begun is None and (not kind.running or kind.reached(kind.running[0], item.status)):
        begun = item.created_at  # nothing tells of the day: it may come from a file without history
    return Life(begun, _since(told, kind.closed, item))


def _since(told: Sequence[tuple[datetime, str]], wanted: Sequence[str], item: Object) -> datetime | None:
    """Return since when the status of `item` is one of `wanted`; None where it is not."""
    if item.status not in wanted:
        return None
    since: datetime | None = None
    for at, status in told:
        since = (since or at) if status in wanted else None
    return since or item.updated_at


async def came_of(tx: Transaction, kinds: Kinds, keys: Iterable[str], audience: Audience) -> dict[str, dict[str, Object]]:
    """Return for each of `keys` what came of it, by key, as far as `audience` may see; not what came of what it taught."""
    way = steps(kinds, "learned")
    found = await walk(tx, kinds, keys, way, audience)
    onward: dict[str, list[tuple[str, str]]] = {}
    for edge in found.edges:
        ends = (edge.from_key, edge.to_key) if edge.relation in way.along else (edge.to_key, edge.from_key)
        onward.setdefault(ends[0], []).append((edge.relation, ends[1]))
    every = found.every
    return {key: {each: every[each] for each in _downstream(key, onward, way.last) if each in every} for key in keys}


def _downstream(key: str, onward: Mapping[str, Sequence[tuple[str, str]]], last: Sequence[str]) -> Iterable[str]:
    seen, waiting = {key}, deque([key])
    while waiting:
        for relation, reached in onward.get(waiting.popleft(), ()):
            if reached not in seen:
                seen.add(reached)
                yield reached
                if relation not in last:
                    waiting.append(reached)


async def releases(
    tx: Transaction, kinds: Kinds, came: Mapping[str, Mapping[str, Object]], now: datetime
) -> dict[str, list[Release]]:
    """Return the releases among what came of each key, the earliest first: those that are out by `now`.

    A release is a piece of doing with a date that is wanted from a status on: it says when that status was reached. Where
    nobody filled it in, history says it.
    """
    dated = {kind.name: field for kind in kinds if (field := _dated(kind))}
    candidates = {key: item for found in came.values() for key, item in found.items() if item.kind in dated}
    told = await _statuses(tx, candidates, now)
    out: dict[str, Release] = {}
    for key, item in candidates.items():
        name, status = dated[item.kind]
        reached = [each for each in kinds.kind(item.kind).lifecycle if kinds.kind(item.kind).reached(status, each)]
        at = _moment(item.fields.get(name)) or _since(told.get(key, ()), reached, item)
        if item.status in reached and at is not None and at <= now:
            out[key] = Release(item, at)
    return {key: sorted((out[each] for each in found if each in out), key=_by_moment) for key, found in came.items()}


def _dated(kind: Kind) -> tuple[str, str] | None:
    """Return the field that says when something came into the world, and the status in which it then is."""
    if kind.altitude != "doing":
        return None
    dates = ((name, field.wanted_from) for name, field in kind.fields.items() if field.type == "date" and field.wanted_from)
    return next(dates, None)


def _moment(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    day = date.fromisoformat(value)
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _by_moment(release: Release) -> tuple[datetime, str]:
    return release.at, release.item.key


async def _statuses(tx: Transaction, keys: Iterable[str], until: datetime) -> Statuses:
    """Return the statuses that each of `keys` got into, the earliest first."""
    wanted = list(dict.fromkeys(keys))
    found: dict[str, list[tuple[datetime, str]]] = {}
    for start in range(0, len(wanted), _CHUNK):
        for row in await tx.rows(_CHANGES, keys=wanted[start : start + _CHUNK], until=until):
            status = (row["after"] or {}).get("status")
            if status is not None:
                found.setdefault(row["key"], []).append((row["at"], status))
    return found
