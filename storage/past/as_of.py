"""The graph as of any moment: as it was, for those who could see it then and can see it now (see `storage.past.sight`).

Each is worked out backwards from what is there now and what came later, so that it costs what changed since, and no more.
A walk, or an answer, as of a moment needs no more than these: objects by their keys, and the links that touch them.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, select

from storage.audience import ADMINISTRATOR, Audience
from storage.changes import Thing, item_of
from storage.database import Transaction, ours
from storage.history import REVISION_COLUMNS, Item, Revision, State
from storage.measures import Measure
from storage.measures import stored as stored_values
from storage.objects import Link, Object, get_many, links_from, links_of
from storage.past.things import as_of, built, by_item, stored
from storage.tables import objects, revisions

PAGE = 500  # objects that are in memory at a time
_KEYS: Any = bindparam("keys", expanding=True)
_AT = bindparam("the_moment", type_=revisions.c.at.type)


def _later(*conditions: ColumnElement[bool]) -> Select[tuple[object, ...]]:
    return select(*REVISION_COLUMNS).where(ours(revisions), revisions.c.at > _AT, *conditions)


_OF_OBJECTS = revisions.c.relation.is_(None) & revisions.c.value_at.is_(None)
_LATER_OBJECTS = _later(revisions.c.key.in_(_KEYS), _OF_OBJECTS)
_LATER_LINKS_FROM = _later(revisions.c.key.in_(_KEYS), revisions.c.relation.is_not(None))
_LATER_LINKS_TO = _later(revisions.c.to_key.in_(_KEYS), revisions.c.to_key.is_not(None))  # said twice, for the index
_LATER_VALUES = _later(revisions.c.key.in_(_KEYS), revisions.c.value_at.is_not(None))
_GONE = select(revisions.c.key, revisions.c.before["kind"].as_string().label("kind")).where(
    ours(revisions), revisions.c.after.is_(None), _OF_OBJECTS, revisions.c.at > _AT
)
_PAGE = (
    select(objects.c.key)
    .where(ours(objects), objects.c.key > bindparam("after"))
    .order_by(objects.c.key)
    .limit(bindparam("most"))
)
_PAGE_OF_KIND = _PAGE.where(objects.c.kind == bindparam("the_kind"))

Changed = Mapping[Item, Sequence[Revision]]  # of each item what came later, the newest first


@dataclass(frozen=True)
class Snapshot:
    """A part of the graph as of a moment: objects, the links that start at them, and their values."""

    objects: Sequence[Object]
    links: Sequence[Link]
    values: Sequence[Measure]


async def object_as_of(tx: Transaction, key: str, at: datetime, audience: Audience) -> Object | None:
    """Return the object `key` as it was at the moment `at`, or None where there was none then for `audience`."""
    return (await objects_as_of(tx, [key.upper()], at, audience)).get(key.upper())


async def objects_as_of(tx: Transaction, keys: Iterable[str], at: datetime, audience: Audience) -> dict[str, Object]:
    """Return those of the objects `keys` that there were at the moment `at`, as they were, by key."""
    wanted = list(dict.fromkeys(keys))
    now: dict[Item, Thing] = {Item(key): item for key, item in (await get_many(tx, wanted, ADMINISTRATOR)).items()}
    later = await by_item(tx, _LATER_OBJECTS, wanted, the_moment=at)
    then = await turned_back(tx, now, later, at)
    return {
        item.key: thing
        for item, thing in then.items()
        if isinstance(thing, Object)
        and audience.sees(thing.visibility, thing.channel)
        and audience.sees(*_last_place(now.get(item), later.get(item, ())))
    }


async def links_as_of(tx: Transaction, keys: Iterable[str], at: datetime, audience: Audience) -> list[Link]:
    """Return the links that started or ended at the objects `keys` at the moment `at`, as they were, each once.

    Only those of which `audience` could see both ends then, and can see both now.
    """
    wanted = list(dict.fromkeys(keys))
    now = await links_of(tx, wanted, ADMINISTRATOR)
    later = await by_item(tx, _LATER_LINKS_FROM, wanted, the_moment=at)
    later |= await by_item(tx, _LATER_LINKS_TO, wanted, the_moment=at)
    return await _links_then(tx, now, later, at, audience)


async def values_as_of(tx: Transaction, keys: Iterable[str], at: datetime, audience: Audience) -> dict[str, list[Measure]]:
    """Return for each of the objects `keys` that had any the values that were stored at the moment `at`, the oldest first."""
    wanted = list(dict.fromkeys(keys))
    seen = await objects_as_of(tx, wanted, at, audience)
    now: dict[Item, Thing] = {item_of(each): each for of_one in (await stored_values(tx, wanted)).values() for each in of_one}
    then = await turned_back(tx, now, await by_item(tx, _LATER_VALUES, wanted, the_moment=at), at)
    found: dict[str, list[Measure]] = {}
    for value in sorted((each for each in then.values() if isinstance(each, Measure)), key=lambda each: each.at):
        if value.key in seen:
            found.setdefault(value.key, []).append(value)
    return found


async def graph_as_of(tx: Transaction, at: datetime, audience: Audience, *, kind: str | None = None) -> AsyncIterator[Snapshot]:
    """Yield the whole graph as it was at the moment `at`, or its objects of `kind`, some hundred objects at a time."""
    async for keys in _pages(tx, at, kind):
        found = await objects_as_of(tx, keys, at, audience)
        values = await values_as_of(tx, found, at, audience)
        yield Snapshot(list(found.values()), await _links_from(tx, found, at, audience), [*_flat(values)])


def _flat(values: Mapping[str, Sequence[Measure]]) -> Iterator[Measure]:
    for of_one in values.values():
        yield from of_one


async def _links_from(tx: Transaction, keys: Iterable[str], at: datetime, audience: Audience) -> list[Link]:
    wanted = list(keys)
    now = await links_from(tx, wanted, ADMINISTRATOR)
    return await _links_then(tx, now, await by_item(tx, _LATER_LINKS_FROM, wanted, the_moment=at), at, audience)


async def _links_then(tx: Transaction, now: Iterable[Link], later: Changed, at: datetime, audience: Audience) -> list[Link]:
    then = await turned_back(tx, {item_of(each): each for each in now}, later, at)
    found = sorted((each for each in then.values() if isinstance(each, Link)), key=_ends)
    seen = await objects_as_of(tx, (key for each in found for key in (each.from_key, each.to_key)), at, audience)
    return [each for each in found if each.from_key in seen and each.to_key in seen]


def _ends(link: Link) -> tuple[str, str, str]:
    return link.from_key, link.relation, link.to_key


async def turned_back(tx: Transaction, now: Mapping[Item, Thing], later: Changed, at: datetime) -> dict[Item, Thing]:
    """Return things as they were at the moment `at`, out of what they are `now` and what came `later`.

    Those that were not there then are left out.
    """
    states: dict[Item, tuple[int, State]] = {}
    for item, mine in later.items():
        if item not in now and mine[0].after is not None:
            continue  # it went before `at`, by a clock that was behind
        version, state = as_of(now.get(item), mine, at)
        if state is not None:
            states[item] = version, state
    untouched = {item: thing for item, thing in now.items() if item not in later}
    return untouched | await built(tx, states)


def _last_place(now: Thing | None, later: Sequence[Revision]) -> tuple[str, str | None]:
    """Return where an object belongs now or, when it is gone, belonged at its end: visibility and channel."""
    if isinstance(now, Object):
        return now.visibility, now.channel
    last = later[0].before or {}
    return last["visibility"], last["channel"]


async def _pages(tx: Transaction, at: datetime, kind: str | None) -> AsyncIterator[list[str]]:
    """Yield the keys of what there is now, and then of what has gone since."""
    statement, values = (_PAGE, {}) if kind is None else (_PAGE_OF_KIND, {"the_kind": kind})
    after = ""
    while page := [row["key"] for row in await tx.rows(statement, after=after, most=PAGE, **values)]:
        yield page
        after = page[-1]
    rows = await tx.rows(_GONE, the_moment=at)
    gone = sorted({row["key"] for row in rows if kind in (None, row["kind"])})
    back = await stored(tx, [Item(key) for key in gone])  # they were on the pages before
    gone = [key for key in gone if Item(key) not in back]
    for start in range(0, len(gone), PAGE):
        yield gone[start : start + PAGE]
