"""Taking a graph file into the workspace: everything is checked first, then all of it is written, or nothing."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Insert, bindparam, case
from sqlalchemy.dialects import postgresql, sqlite

from storage import file_history, mentions, teams
from storage.changes import Change, item_of, store
from storage.database import Transaction
from storage.graph import NEXT_NUMBER
from storage.graph_file import GraphFile
from storage.history import Act
from storage.import_plan import AUTHOR, Plan, plan
from storage.kinds import Kinds
from storage.objects import Object
from storage.tables import counters
from storage.text import folded


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
    told = file_history.items_in(restored)
    every = _changes(planned)
    for changes in every:
        await store(tx, kinds, None, [change for change in changes if item_of(change.thing) in told])
        await store(tx, kinds, act, [change for change in changes if item_of(change.thing) not in told])
    untold = [change for changes in every for change in changes if item_of(change.thing) not in told]
    await mentions.follow(tx, kinds, act, untold, _named_mentions(file))
    return _counted(planned)


def _named_mentions(file: GraphFile) -> set[tuple[str, str]]:
    """Return the ends of the mentions that the file names: they stay, whatever the texts say."""
    given = [entry.given for entry in file.links]
    return {(each["from"], each["to"]) for each in given if folded(each["relation"]) == mentions.MENTIONS}


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


def _changes(planned: Plan) -> tuple[list[Change], list[Change]]:
    """Return the changes of objects, and those of links and values, which name the objects."""
    of_objects = [*(Change(None, each) for each in planned.added), *(Change(*pair) for pair in planned.changed)]
    of_links = [*(Change(None, each) for each in planned.links_added), *(Change(*pair) for pair in planned.links_changed)]
    return of_objects, [*of_links, *(Change(*pair) for pair in planned.measures)]
