"""Taking a graph file into the workspace: everything is checked first, then all of it is written, or nothing.

The rows are written in bulk; what they say, and what history says of them, is decided in `storage.graph`.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from sqlalchemy import Insert, bindparam, case, update
from sqlalchemy.dialects import postgresql, sqlite

from storage import file_history, measures, teams
from storage.database import Transaction, ours
from storage.graph import ADD_LINK, ADD_OBJECT, NEXT_NUMBER, REVISABLE, REVISE_LINK, REVISE_OBJECT, link_state_of, state_of
from storage.graph_file import GraphFile
from storage.history import Act, difference
from storage.import_plan import AUTHOR, Plan, plan
from storage.kinds import Kinds
from storage.objects import Link, Object
from storage.tables import counters, objects
from storage.text import folded

T = TypeVar("T")
_BATCH = 10_000  # rows that are held in memory twice: as values and as parameters


@dataclass(frozen=True)
class Imported:
    """What an import did, counted."""

    teams: int
    objects_added: int
    objects_changed: int
    links_added: int
    links_changed: int
    values: int


def _raise_counter(module: Any) -> Insert:
    statement = module.insert(counters).values(value=bindparam("at_least"))
    higher = case((statement.excluded.value > counters.c.value, statement.excluded.value), else_=counters.c.value)
    return statement.on_conflict_do_update(  # type: ignore[no-any-return]
        index_elements=[counters.c.workspace, counters.c.name], set_={"value": higher}
    )


_RAISE_COUNTER = {"sqlite": _raise_counter(sqlite), "postgresql": _raise_counter(postgresql)}
_REDATE = (
    update(objects).where(ours(objects), objects.c.key == bindparam("the_key")).values(created_at=bindparam("new_created_at"))
)


async def import_graph(tx: Transaction, kinds: Kinds, file: GraphFile) -> Imported:
    """Add what `file` has and the workspace has not, update what has the same key, leave the rest.

    Raise Refused with every problem of the file, each with its place; then nothing may be kept of the transaction.
    """
    await _raise_counters(tx, kinds, file)
    planned = await plan(tx, kinds, file)
    restored = await file_history.check(tx, file)
    if file.findings:
        file.findings.refuse()
    planned.added = await _with_keys(tx, kinds, planned.added)
    for team in planned.teams:
        await teams.put(tx, team)
    if restored:
        planned = await file_history.restore(tx, restored, planned)
    act = Act(AUTHOR)
    known = file_history.keys_in(restored)
    await _write_objects(tx, act, planned, known)
    await _write_links(tx, act, planned, known)
    await measures.put(tx, planned.measures, AUTHOR)
    return _counted(planned)


def _counted(planned: Plan) -> Imported:
    return Imported(
        teams=len(planned.teams),
        objects_added=len(planned.added),
        objects_changed=len(planned.changed),
        links_added=len(planned.links_added),
        links_changed=len(planned.links_changed),
        values=len(planned.measures),
    )


async def _raise_counters(tx: Transaction, kinds: Kinds, file: GraphFile) -> None:
    """Let no key of the file be given out again. Done first: on PostgreSQL it holds off whoever is about to take a number."""
    highest: Counter[str] = Counter()
    for entry in file.objects:
        prefix, _, number = entry.given.get("key", "").rpartition("-")
        if prefix and kinds.of_key(entry.given["key"]):
            highest[prefix] = max(highest[prefix], int(number))
    rows = [{"name": prefix, "at_least": number} for prefix, number in sorted(highest.items())]
    await tx.run_many(_RAISE_COUNTER[tx.connection.dialect.name], rows)


async def _with_keys(tx: Transaction, kinds: Kinds, added: Sequence[Object]) -> list[Object]:
    wanted = Counter(kinds.kind(each.kind).prefix for each in added if not each.key)
    statement = NEXT_NUMBER[tx.connection.dialect.name]
    free: dict[str, Iterator[int]] = {}
    for prefix, count in sorted(wanted.items()):
        last = int(await tx.value(statement, name=prefix, value=count))
        free[prefix] = iter(range(last - count + 1, last + 1))
    prefixes = {kind.name: kind.prefix for kind in kinds}
    return [each if each.key else replace(each, key=_next_key(prefixes[each.kind], free)) for each in added]


def _next_key(prefix: str, free: dict[str, Iterator[int]]) -> str:
    return f"{prefix}-{next(free[prefix])}"


async def _write_objects(tx: Transaction, act: Act, planned: Plan, known: file_history.Known) -> None:
    for added in _batches(planned.added):
        await tx.run_many(ADD_OBJECT, [{**vars(each), "folded_title": folded(each.title)} for each in added])
        for each in added:
            if (each.key, None, None) not in known:
                act.note(each.updated_at, each.key, each.version, None, state_of(each))
        await act.write(tx)
    for changed in _batches(planned.changed):
        await tx.run_many(REVISE_OBJECT, [_revision_row(after) for _, after in changed])
        dates = [(each.key, each.created_at) for before, each in changed if each.created_at != before.created_at]
        await tx.run_many(_REDATE, [{"the_key": key, "new_created_at": at} for key, at in dates])
        for before, after in changed:
            act.note(tx.now, after.key, after.version, *difference(state_of(before), state_of(after)))
        await act.write(tx)


def _revision_row(after: Object) -> dict[str, Any]:
    values = {name: getattr(after, name) for name in (*REVISABLE, "version", "updated_at")}
    return {"the_key": after.key, "folded_title": folded(after.title), **values}


async def _write_links(tx: Transaction, act: Act, planned: Plan, known: file_history.Known) -> None:
    for added in _batches(planned.links_added):
        await tx.run_many(ADD_LINK, [vars(each) for each in added])
        for each in added:
            if (each.from_key, each.relation, each.to_key) not in known:
                _note_link(act, each, None, link_state_of(each))
        await act.write(tx)
    for changed in _batches(planned.links_changed):
        await tx.run_many(REVISE_LINK, [_link_row(after) for _, after in changed])
        for before, after in changed:
            old, new = difference(link_state_of(before), link_state_of(after))
            _note_link(act, replace(after, created_at=tx.now), old, new)
        await act.write(tx)


def _note_link(act: Act, link: Link, before: dict[str, Any] | None, after: dict[str, Any]) -> None:
    assert link.created_at is not None  # noqa: S101  # every link that is stored has it
    act.note(link.created_at, link.from_key, link.version, before, after, relation=link.relation, to_key=link.to_key)


def _link_row(after: Link) -> dict[str, Any]:
    the_link = {"the_from": after.from_key, "the_to": after.to_key, "the_relation": after.relation}
    return {**the_link, **{name: getattr(after, name) for name in ("why", "confidence", "fields", "version")}}


def _batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), _BATCH):
        yield items[start : start + _BATCH]
