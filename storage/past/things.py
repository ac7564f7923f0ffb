"""Objects, links and values as they are stored, and built anew as history tells that they were."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Select, bindparam, select

from storage.changes import Thing, item_of, state_of
from storage.database import Transaction, ours
from storage.errors import Conflict
from storage.history import REVISION_COLUMNS, Item, Revision, State
from storage.measures import Measure
from storage.objects import LINK_COLUMNS, OBJECT_COLUMNS, Link, Object
from storage.tables import links, measured_values, objects, revisions

T = TypeVar("T")

_CHUNK = 5_000  # SQLite takes 32,766 variables in a statement
_KEYS: Any = bindparam("keys", expanding=True)
_OBJECTS, _LINKS, _VALUES = (
    (statement, statement.order_by(*statement.selected_columns[:2]).with_for_update())  # to look, and to change
    for statement in (
        select(*OBJECT_COLUMNS).where(ours(objects), objects.c.key.in_(_KEYS)),
        select(*LINK_COLUMNS).where(
            ours(links), links.c.from_key.in_(_KEYS), links.c.to_key.in_(bindparam("tos", expanding=True))
        ),
        select(*(measured_values.c[name] for name in Measure.__dataclass_fields__)).where(
            ours(measured_values),
            measured_values.c.key.in_(_KEYS),
            measured_values.c.at.in_(bindparam("moments", expanding=True)),
        ),
    )
)
_VERSIONS = select(*REVISION_COLUMNS).where(ours(revisions), revisions.c.key.in_(_KEYS)).order_by(revisions.c.version.desc())
_MARKS = select(
    *(revisions.c[name] for name in ("key", "relation", "to_key", "value_at", "version", "author", "at")),
    revisions.c.before.is_(None).label("makes"),
).where(ours(revisions), revisions.c.key.in_(_KEYS))
_MARKS = _MARKS.order_by(revisions.c.version.desc())


@dataclass(frozen=True)
class Mark:
    """Who left a thing as it is, and when; and who made it, and when."""

    author: str
    at: datetime
    made_by: str | None = None
    made_at: datetime | None = None


def thing_of(item: Item, version: int, state: State, mark: Mark) -> Thing:
    """Return the thing that history calls `item` as one version left it."""
    if item.relation is not None and item.to_key is not None:
        made_by, made_at = mark.made_by or mark.author, mark.made_at or mark.at
        return Link(item.key, item.relation, item.to_key, version=version, created_by=made_by, created_at=made_at, **state)
    if item.value_at is not None:
        return Measure(item.key, item.value_at, version=version, author=mark.author, recorded_at=mark.at, **state)
    made_at = datetime.fromisoformat(state["created_at"])
    archived = bool(state.get("archived"))  # told only where it is so
    return Object(key=item.key, version=version, updated_at=mark.at, **{**state, "created_at": made_at, "archived": archived})


async def stored(tx: Transaction, items: Iterable[Item], *, lock: bool = False) -> dict[Item, Thing]:
    """Return those of `items` that there are, as they are now; with `lock`, nobody else changes them until the end."""
    asked = set(items)
    of_objects = sorted(each.key for each in asked if each.relation is None and each.value_at is None)
    of_links = sorted((each.key, str(each.to_key)) for each in asked if each.relation is not None)
    of_values = sorted((each.key, each.value_at) for each in asked if each.value_at is not None)
    found: list[Thing] = []
    for keys in _chunks(of_objects):
        found += [Object(**row) for row in await tx.rows(_OBJECTS[lock], keys=keys)]
    for ends in _chunks(of_links):
        keys, tos = (sorted(set(each)) for each in zip(*ends, strict=True))
        found += [Link(**row) for row in await tx.rows(_LINKS[lock], keys=keys, tos=tos)]
    for moments in _chunks(of_values):
        values = {"keys": sorted({key for key, _ in moments}), "moments": sorted({at for _, at in moments})}
        found += [Measure(**row) for row in await tx.rows(_VALUES[lock], **values)]
    return {item: thing for thing in found if (item := item_of(thing)) in asked}


async def revisions_of(tx: Transaction, items: Iterable[Item]) -> dict[Item, list[Revision]]:
    """Return every revision of `items`, the newest first."""
    asked = set(items)
    return await by_item(tx, _VERSIONS, sorted({each.key for each in asked}), asked)


async def by_item(
    tx: Transaction, statement: Select[Any], keys: Sequence[str], asked: set[Item] | None = None, **values: object
) -> dict[Item, list[Revision]]:
    """Return the revisions that `statement` finds for `keys`, of `asked` alone where they are given, the newest first."""
    found: dict[Item, dict[int, Revision]] = {}
    for some in _chunks(keys):
        for row in await tx.rows(statement, keys=some, **values):
            each = Revision(**row)
            if asked is None or each.item in asked:
                found.setdefault(each.item, {})[each.version] = each
    return {item: sorted(mine.values(), key=lambda each: -each.version) for item, mine in found.items()}


def backwards(now: Thing | None, newest_first: Sequence[Revision]) -> Iterator[tuple[int, State | None, Revision | None]]:
    """Yield each version of a thing with its state (None where it did not exist) and the revision that led to it.

    The last has no revision: what led to it is not among those given. The order is that of the versions, so it is exact also
    where processes with different clocks told the moments.
    """
    state = None if now is None else state_of(now)
    version = newest_first[0].version if now is None and newest_first else getattr(now, "version", 0)
    for each in newest_first:
        if each.version == version:
            yield version, state, each
            state = None if each.before is None else {**(state or {}), **each.before}
            version -= 1
    yield version, state, None


def as_of(now: Thing | None, newest_first: Sequence[Revision], at: datetime) -> tuple[int, State | None]:
    """Return the version that a thing had at the moment `at`, and its state, where `newest_first` has all that came later."""
    return next((version, state) for version, state, led in backwards(now, newest_first) if led is None or led.at <= at)


def in_version(now: Thing | None, newest_first: Sequence[Revision], wanted: int) -> State | None:
    """Return the state of a thing in the version `wanted`; None where it did not exist, or history does not reach so far."""
    return next((state for version, state, _ in backwards(now, newest_first) if version == wanted), None)


async def built(tx: Transaction, states: Mapping[Item, tuple[int, State]]) -> dict[Item, Thing]:
    """Return the things that were as `states` tells: for each its version and its state."""
    marks: dict[Item, Mark] = {}
    for keys in _chunks(sorted({item.key for item in states})):
        for row in await tx.rows(_MARKS, keys=keys):
            item = Item(row["key"], row["relation"], row["to_key"], row["value_at"])
            if item in states and row["version"] <= states[item][0]:
                mark = marks.setdefault(item, Mark(row["author"], row["at"]))
                if row["makes"] and mark.made_by is None:
                    marks[item] = replace(mark, made_by=row["author"], made_at=row["at"])
    return {item: thing_of(item, *states[item], mark) for item, mark in marks.items()}


def _chunks(wanted: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(wanted), _CHUNK):
        yield wanted[start : start + _CHUNK]


async def check_version(tx: Transaction, item: Item, now: Thing | None, expected: int | None) -> None:
    """Raise Conflict, with both versions, where `item` is not `now` in the version `expected`; 0: there is none.

    Without a version nothing is expected.
    """
    if expected is None or expected == (0 if now is None else now.version):
        return
    mine = (await revisions_of(tx, [item])).get(item, [])
    state = in_version(now, mine, expected)
    begun = await built(tx, {} if state is None else {item: (expected, state)})
    raise Conflict(name_of(item), mine[0].author if mine else "somebody", begun.get(item), now)


def name_of(item: Item) -> str:
    """Return what a person calls `item`."""
    if item.relation is not None:
        return f"{item.key} {item.relation} {item.to_key}"
    return item.key if item.value_at is None else f"The value of {item.key} at {item.value_at:%Y-%m-%d %H:%M}"
