"""Taking a graph file into the workspace, some entries at a time: all of it, or nothing.

What is written before the first problem is found goes when the transaction is rolled back.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Insert, bindparam, case
from sqlalchemy.dialects import postgresql, sqlite

from storage import teams
from storage.changes import Change, store
from storage.database import Transaction
from storage.files.file_history import FileHistory
from storage.files.graph_file import Entry, GraphFile, Told
from storage.files.import_comments import Comments
from storage.files.import_links import Links
from storage.files.import_mentions import Mentions
from storage.files.import_objects import Objects
from storage.files.import_scene import AUTHOR, Scene, scene_of
from storage.files.import_teams import Teams
from storage.files.import_values import Values
from storage.history import Act
from storage.kinds import Kinds
from storage.objects import Link, Object
from storage.tables import counters
from storage.turns import alone

Changes = Callable[[Sequence[Entry]], Awaitable[list[Change]]]


@dataclass
class Imported:
    """What an import did, counted."""

    teams: int = 0
    objects_added: int = 0
    objects_changed: int = 0
    links_added: int = 0
    links_changed: int = 0
    values: int = 0
    comments: int = 0


def _raise_counter(module: Any) -> Insert:
    statement = module.insert(counters).values(value=bindparam("at_least"))
    higher = case((statement.excluded.value > counters.c.value, statement.excluded.value), else_=counters.c.value)
    return statement.on_conflict_do_update(  # type: ignore[no-any-return]
        index_elements=[counters.c.workspace, counters.c.name], set_={"value": higher}
    )


_RAISE_COUNTER = {"sqlite": _raise_counter(sqlite), "postgresql": _raise_counter(postgresql)}


async def import_graph(tx: Transaction, kinds: Kinds, file: GraphFile, told: Told = lambda _: None) -> Imported:
    """Add what `file` has and the workspace has not, update what has the same key, leave the rest. Closes the file.

    `told` hears how many entries were dealt with. Raise Refused with every problem of the file, each with its place; then
    nothing may be kept of the transaction.
    """
    with closing(file):
        await alone(tx)
        scene = await scene_of(tx, kinds, file)
        await _raise_counters(tx, kinds, file)
        work = _Import(scene, Teams(await teams.all_teams(tx)), told)
        with closing(work):
            done = await work.run()
        if file.findings:
            file.findings.refuse()
        return done


class _Import:
    def __init__(self, scene: Scene, teams: Teams, told: Told) -> None:
        self._scene = scene
        self._teams = teams
        self._told = told
        self._history = FileHistory(scene)
        self._act = Act(AUTHOR)
        self._mentions = Mentions(scene, self._act)
        self._entries = 0
        self._done = Imported()

    async def run(self) -> Imported:
        entries = self._scene.file.entries
        links = Links(self._scene)
        for batch in entries["teams"].batches():
            self._teams.take(batch, self._scene.findings)
        await self._write_teams()
        for batch in entries["history"].batches():
            await self._history.take(batch)
            await self._tell(batch)
        await self._take("objects", Objects(self._scene, self._teams).changes)
        await self._take("links", links.changes)
        await links.refuse_loops()
        await self._take("values", Values(self._scene).changes)
        comments = Comments(self._scene)
        for batch in entries["comments"].batches():
            self._done.comments += await comments.take(batch)
            await self._tell(batch)
        if not self._scene.findings:
            await self._mentions.follow()
        return self._done

    def close(self) -> None:
        """Give the place on the disk back."""
        self._mentions.close()

    async def _take(self, name: str, changes_of: Changes) -> None:
        for batch in self._scene.file.entries[name].batches():
            changes = await changes_of(batch)
            await self._write_teams()
            await self._write(changes)
            await self._tell(batch)

    async def _write_teams(self) -> None:
        for team in self._teams.fresh():
            self._done.teams += 1
            if not self._scene.findings:
                await teams.put(self._scene.tx, team)

    async def _write(self, changes: Sequence[Change]) -> None:
        """Write what a batch changes, unless something is wrong: then all goes, and the rest is only looked at."""
        for change in changes:
            self._count(change)
        if self._scene.findings:
            return
        if self._history.is_restored:
            as_told, changes = await self._history.as_told(changes)
            await store(self._scene.tx, self._scene.kinds, None, as_told)
        await store(self._scene.tx, self._scene.kinds, self._act, changes, self._scene.fresh)
        self._mentions.note(changes)

    def _count(self, change: Change) -> None:
        thing = change.thing
        if not isinstance(thing, Object | Link):
            self._done.values += 1
        elif isinstance(thing, Object) and change.before is None:
            self._done.objects_added += 1
        elif isinstance(thing, Object):
            self._done.objects_changed += 1
        elif change.before is None:
            self._done.links_added += 1
        else:
            self._done.links_changed += 1

    async def _tell(self, batch: Sequence[Entry]) -> None:
        self._entries += len(batch)
        self._told(self._entries)
        await asyncio.sleep(0)  # whoever wants to stop it can do so here


async def _raise_counters(tx: Transaction, kinds: Kinds, file: GraphFile) -> None:
    """Let no key of the file be given out again."""
    highest = file.told.highest()
    for prefix, number in file.keys.highest().items():
        highest[prefix] = max(highest.get(prefix, 0), number)
    rows = [{"name": prefix, "at_least": number} for prefix, number in sorted(highest.items()) if kinds.of_key(f"{prefix}-1")]
    await tx.run_many(_RAISE_COUNTER[tx.connection.dialect.name], rows)
