"""The one place where objects, links and measured values are written: each change with its history, all of an act in bulk."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Executable, Table, bindparam, delete, update

from storage import addresses, bulk, names
from storage.database import Transaction, ours
from storage.history import Act, Item, State, difference, versions_of_gone
from storage.kinds import Kinds
from storage.measures import Measure
from storage.objects import Link, Object
from storage.tables import links, measured_values, objects
from storage.text import folded

Thing = Object | Link | Measure

_OWN = ("title", "description", "status", "owner", "team", "horizon", "tags", "fields", "source", "channel", "visibility")
REVISABLE = (*_OWN, "archived")
_BATCH = 5_000  # changes whose rows are in memory at a time


@dataclass(frozen=True)
class Change:
    """One thing as it was and as it shall be. Without `before` it is new, without `after` it goes."""

    before: Thing | None
    after: Thing | None

    @property
    def thing(self) -> Thing:
        """What is changed, in the newest form that it has."""
        thing = self.after or self.before
        assert thing is not None  # noqa: S101  # a change of nothing into nothing is none
        return thing


async def store(
    tx: Transaction, kinds: Kinds, act: Act | None, changes: Sequence[Change], fresh: Container[str | None] = ()
) -> list[Change]:
    """Write `changes` and what history says of them, and return them as they were written.

    Without `act` history has them already (a file told it). They must have been checked, and what they change must be locked or
    new. `fresh`: keys that were never given out before, so that nothing of them was ever removed.
    """
    written: list[Change] = []
    for start in range(0, len(changes), _BATCH):
        batch = changes[start : start + _BATCH]
        if act is not None:
            batch = await _continued(tx, batch, fresh)
        written += batch
        await _write(tx, batch)
        await addresses.keep(tx, kinds, [(each.before, each.after) for each in batch])
        await names.keep(tx, kinds, [(each.before, each.after) for each in batch])
        if act is not None:
            for change in batch:
                act.note(*_told(tx.now, change))
            await act.write(tx)
    return written


async def _continued(tx: Transaction, changes: Sequence[Change], fresh: Container[str | None]) -> Sequence[Change]:
    """Return `changes`, of which what was there once and is made again goes on from the version with which it went."""
    made = [item_of(each.after) for each in changes if each.before is None and each.after is not None]
    known = [item for item in made if item.key not in fresh and item.to_key not in fresh]
    ended = await versions_of_gone(tx, known) if known else {}
    return [_anew(each, ended.get(item_of(each.thing), 0), tx.now) for each in changes] if ended else changes


def _anew(change: Change, ended: int, now: datetime) -> Change:
    if change.before is not None or change.after is None or not ended:
        return change
    again = replace(change.after, version=max(ended + 1, change.after.version))
    return Change(None, replace(again, updated_at=now) if isinstance(again, Object) else again)


@dataclass(frozen=True)
class _Rows:
    """How things of one type become rows. `named`: the values that say which row a thing is."""

    of: type[Thing]
    table: Table
    revise: Executable
    remove: Executable
    row: Callable[[Any], Mapping[str, Any]]
    revised: Sequence[str]
    named: Callable[[Any], Mapping[str, Any]]

    def revised_row(self, thing: Thing) -> dict[str, Any]:
        row = self.row(thing)
        return {**self.named(thing), **{name: row[name] for name in self.revised}}


def _rows_of(
    of: type[Thing],
    table: Table,
    named: Mapping[str, str],
    revised: Sequence[str],
    row: Callable[[Any], Mapping[str, Any]] = vars,
) -> _Rows:
    """`named`: the columns that name a row, each with the name of its value in a statement that has the column's own too."""
    this: ColumnElement[bool] = ours(table)
    for column, value in named.items():
        this &= table.c[column] == bindparam(value)

    def names(thing: Thing) -> dict[str, Any]:
        return {value: getattr(thing, column) for column, value in named.items()}

    values: dict[str, Any] = {name: bindparam(name) for name in revised}
    return _Rows(of, table, update(table).where(this).values(values), delete(table).where(this), row, revised, names)


def _object_row(item: Object) -> dict[str, Any]:
    return {**vars(item), "folded_title": folded(item.title)}


_ALL_ROWS = (  # in the order in which one names the other
    _rows_of(
        Object,
        objects,
        {"key": "the_key"},
        (*REVISABLE, "folded_title", "version", "created_at", "updated_at"),
        _object_row,
    ),
    _rows_of(
        Link,
        links,
        {"from_key": "the_from", "to_key": "the_to", "relation": "the_relation"},
        ("why", "confidence", "fields", "version"),
    ),
    _rows_of(
        Measure,
        measured_values,
        {"key": "the_key", "at": "the_moment"},
        ("value", "unit", "source", "note", "version", "author", "recorded_at"),
    ),
)


async def _write(tx: Transaction, changes: Iterable[Change]) -> None:
    by_type: dict[type[Thing], list[Change]] = {rows.of: [] for rows in _ALL_ROWS}
    for change in changes:
        by_type[type(change.thing)].append(change)
    for rows in _ALL_ROWS:
        mine = by_type[rows.of]
        new = [rows.row(each.after) for each in mine if each.before is None and each.after is not None]
        await bulk.insert(tx, rows.table, new)
        await tx.run_many(rows.revise, [rows.revised_row(each.after) for each in mine if each.before and each.after])
    for rows in reversed(_ALL_ROWS):
        await tx.run_many(rows.remove, [rows.named(each.before) for each in by_type[rows.of] if each.after is None])


def _told(now: datetime, change: Change) -> tuple[datetime, Item, int, State | None, State | None]:
    """Return what history keeps of a change: when, of what, which version, before, after."""
    before, after, thing = change.before, change.after, change.thing
    if after is None:
        return now, item_of(thing), thing.version + 1, state_of(thing), None
    if before is None:
        return _since(after, now), item_of(after), after.version, None, state_of(after)
    return (
        _since(after, now) if isinstance(after, Object) else now,
        item_of(after),
        after.version,
        *difference(state_of(before), state_of(after)),
    )


def _since(thing: Thing, now: datetime) -> datetime:
    """Return since when `thing` is as it is; a file may tell of things that are older than their import."""
    if isinstance(thing, Object):
        return thing.updated_at
    return (thing.created_at or now) if isinstance(thing, Link) and thing.version == 1 else now


def item_of(thing: Thing) -> Item:
    """Return what history calls `thing`."""
    if isinstance(thing, Link):
        return Item(thing.from_key, thing.relation, thing.to_key)
    return Item(thing.key, value_at=thing.at) if isinstance(thing, Measure) else Item(thing.key)


def state_of(thing: Thing) -> dict[str, Any]:
    """Return what history keeps of `thing`."""
    if isinstance(thing, Link):
        return {"why": thing.why, "confidence": thing.confidence, "fields": thing.fields}
    if isinstance(thing, Measure):
        return {name: getattr(thing, name) for name in ("value", "unit", "source", "note")}
    fixed = {"kind": thing.kind, "created_at": thing.created_at.isoformat(), "created_by": thing.created_by}
    archived = {"archived": True} if thing.archived else {}  # said only where it is so: older history does not know of it
    return {**{name: getattr(thing, name) for name in _OWN}, **archived, **fixed}
