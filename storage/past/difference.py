"""What differs in the graph between two moments: net, field by field, with who changed it and why."""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from storage.audience import Audience
from storage.changes import Thing, state_of
from storage.database import Transaction, ours
from storage.history import REVISION_COLUMNS, Item, Revision, State, in_order, seen
from storage.past.as_of import PAGE, objects_as_of, turned_back
from storage.past.things import by_item, stored
from storage.tables import revisions

_SINCE = bindparam("since", type_=revisions.c.at.type)
_TOUCHED = select(revisions.c.key).where(  # not DISTINCT, for which SQLite would read every key that there is
    ours(revisions), revisions.c.at > _SINCE, revisions.c.at <= bindparam("until")
)
_LATER = select(*REVISION_COLUMNS).where(
    ours(revisions), revisions.c.key.in_(bindparam("keys", expanding=True)), revisions.c.at > _SINCE
)


@dataclass(frozen=True)
class Step:
    """One value that changed. `name`: "title", or "fields.confidence" for a field that the kind, or the pack's links, have."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Difference:
    """A thing that is otherwise at the later moment: without `before` it was added, without `after` it went.

    `by`: the changes between that led there, the oldest first: who, when and why.
    """

    item: Item
    before: Thing | None
    after: Thing | None
    by: Sequence[Revision]

    @property
    def steps(self) -> list[Step]:
        """What changed of a thing that was there and still is."""
        return steps(state_of(self.before), state_of(self.after)) if self.before and self.after else []


def flat(state: State) -> dict[str, Any]:
    """Return the values of a state by name, those of its fields as "fields.…"; what is not set is left out."""
    own = {name: value for name, value in state.items() if name != "fields" and value is not None}
    return own | {f"fields.{name}": value for name, value in (state.get("fields") or {}).items()}


def steps(before: State, after: State) -> list[Step]:
    """Return what differs between two states of a thing, value by value."""
    was, is_now = flat(before), flat(after)
    return [Step(name, was.get(name), is_now.get(name)) for name in {**was, **is_now} if was.get(name) != is_now.get(name)]


async def difference(tx: Transaction, since: datetime, until: datetime, audience: Audience) -> AsyncIterator[Difference]:
    """Yield what differs between the graph as of `since` and as of `until`, as `audience` may see both (see `as_of`).

    By key; of each first the object, then the links that start at it, then its values. What was changed and changed back is no
    difference. An object that the audience was let see between the two comes as one that was added; its links and values that
    were there all the while are not told one by one. It costs what changed since `since`: beside the keys of that, only some
    hundred objects are in memory at a time.
    """
    rows = await tx.rows(_TOUCHED, since=since, until=until)
    keys = sorted({row["key"] for row in rows}, key=lambda key: _in_order(Item(key)))
    for start in range(0, len(keys), PAGE):
        for each in await _differences(tx, keys[start : start + PAGE], since, until, audience):
            yield each


async def _differences(
    tx: Transaction, keys: Sequence[str], since: datetime, until: datetime, audience: Audience
) -> list[Difference]:
    every = await by_item(tx, _LATER, keys, since=since)
    changed = {item: mine for item, mine in every.items() if any(each.at <= until for each in mine)}
    now = await stored(tx, changed)
    was = await _seen_at(tx, await turned_back(tx, now, changed, since), since, audience)
    is_now = await _seen_at(tx, await turned_back(tx, now, changed, until), until, audience)
    differing = [item for item in sorted(changed, key=_in_order) if _differ(was.get(item), is_now.get(item))]
    led = await _led(tx, (each for item in differing for each in changed[item] if each.at <= until), audience)
    return [Difference(item, was.get(item), is_now.get(item), led.get(item, ())) for item in differing]


async def _seen_at(tx: Transaction, things: Mapping[Item, Thing], at: datetime, audience: Audience) -> dict[Item, Thing]:
    """Return those of `things`, as they were at the moment `at`, whose objects `audience` may see."""
    visible = await objects_as_of(tx, {key for item in things for key in _objects_of(item)}, at, audience)
    return {item: thing for item, thing in things.items() if all(key in visible for key in _objects_of(item))}


def _objects_of(item: Item) -> Iterator[str]:
    yield item.key
    if item.to_key is not None:
        yield item.to_key


def _differ(before: Thing | None, after: Thing | None) -> bool:
    if before is None or after is None:
        return before is not after
    return state_of(before) != state_of(after)


def _in_order(item: Item) -> tuple[str, int, bool, bool, str]:
    """Return what items sort by as people read them: BET-9 before BET-10, an object before what is about it."""
    prefix, _, number = item.key.rpartition("-")
    return prefix, int(number), item.relation is not None, item.value_at is not None, str(item)


async def _led(tx: Transaction, between: Iterable[Revision], audience: Audience) -> dict[Item, list[Revision]]:
    found: dict[Item, list[Revision]] = {}
    in_time = in_order(sorted(between, key=lambda each: (each.at, each.act, each.position)))
    for each in await seen(tx, in_time, audience):
        found.setdefault(each.item, []).append(each)
    return found
