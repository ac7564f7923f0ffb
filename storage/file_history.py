"""The "history" of a graph file: every revision of its objects and links, taken out and put back unchanged."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select

from storage.database import Transaction, ours
from storage.graph_file import Entry, GraphFile, whole_file
from storage.history import Item, Revision
from storage.import_plan import Plan
from storage.objects import Link, Object
from storage.tables import objects, revisions

_CHUNK = 5_000  # SQLite takes 32,766 variables in a statement
_RECORD = insert(revisions)
_COLUMNS = tuple(revisions.c[name] for name in Revision.__dataclass_fields__)
_ALL = select(*_COLUMNS).where(ours(revisions)).order_by(revisions.c.at, revisions.c.act, revisions.c.position)
_THERE = select(revisions.c.act, revisions.c.position).where(
    ours(revisions), revisions.c.act.in_(bindparam("acts", expanding=True))
)
_COUNT = select(func.count()).select_from(objects).where(ours(objects))


async def all_revisions(tx: Transaction) -> list[Revision]:
    """Return every revision of the workspace, the oldest first."""
    return [Revision(**row) for row in await tx.rows(_ALL)]


def items_in(restored: Iterable[Revision]) -> Collection[Item]:
    """Return what `restored` tells of."""
    return {each.item for each in restored}


async def check(tx: Transaction, file: GraphFile) -> list[Revision]:
    """Return the revisions of `file` that are to be restored; add to its findings what is wrong with them.

    None are where the file has no history, and none where the database has all of it already.
    """
    entries = [entry for entry in file.history if {"act", "position", "key", "version", "author", "at"} <= entry.given.keys()]
    _check_entries(entries, file)
    found = [_revision(entry.given) for entry in entries]
    if not found or not await tx.value(_COUNT):
        return found
    if not await _are_there(tx, found):
        file.findings.add(
            whole_file("history"), 'can only be restored into an empty database; without "history" the file updates this one'
        )
    return []


def _check_entries(entries: Sequence[Entry], file: GraphFile) -> None:
    keys = {entry.given.get("key") for entry in file.objects}
    seen: set[tuple[str, int]] = set()
    for entry in entries:
        given = entry.given
        if (given["act"], given["position"]) in seen:
            file.findings.add(entry.place, "is there twice")
        seen.add((given["act"], given["position"]))
        for key in dict.fromkeys((given["key"], given.get("to", given["key"]))):
            if key not in keys:
                file.findings.add(entry.place, f'unknown object "{key}"')
        if ("relation" in given) != ("to" in given):
            file.findings.add(entry.place, 'a link has both "relation" and "to"')


def _revision(given: Any) -> Revision:
    optional = {name: given.get(name) for name in ("relation", "reason", "before", "after", "value_at")}
    needed = {name: given[name] for name in ("act", "position", "key", "version", "author", "at")}
    return Revision(**needed, **optional, to_key=given.get("to"))


async def _are_there(tx: Transaction, found: Sequence[Revision]) -> bool:
    acts = sorted({each.act for each in found})
    there: set[tuple[str, int]] = set()
    for start in range(0, len(acts), _CHUNK):
        rows = await tx.rows(_THERE, acts=acts[start : start + _CHUNK])
        there |= {(row["act"], row["position"]) for row in rows}
    return all((each.act, each.position) in there for each in found)


async def restore(tx: Transaction, restored: Sequence[Revision], planned: Plan) -> Plan:
    """Store the revisions, and return the plan with the versions, authors and times that they tell."""
    for start in range(0, len(restored), _CHUNK):
        await tx.run_many(_RECORD, [vars(each) for each in restored[start : start + _CHUNK]])
    first: dict[Item, Revision] = {}
    last: dict[Item, Revision] = {}
    for each in sorted(restored, key=lambda each: (each.version, each.at)):
        item = each.item
        last[item] = each
        if each.before is None:
            first[item] = each
    added = [_as_it_was(each, first, last) for each in planned.added]
    links = [_link_as_it_was(each, first, last) for each in planned.links_added]
    return replace(planned, added=added, links_added=links)


def _as_it_was(made: Object, first: dict[Item, Revision], last: dict[Item, Revision]) -> Object:
    begun, ended = first.get(Item(made.key)), last.get(Item(made.key))
    if begun is None or ended is None:
        return made
    return replace(made, version=ended.version, created_by=begun.author, updated_at=ended.at)


def _link_as_it_was(made: Link, first: dict[Item, Revision], last: dict[Item, Revision]) -> Link:
    item = Item(made.from_key, made.relation, made.to_key)
    begun, ended = first.get(item), last.get(item)
    if begun is None or ended is None:
        return made
    at: datetime = begun.at
    return replace(made, version=ended.version, created_by=begun.author, created_at=at)
