"""Graphs for tests: drawn as lines ("INS-1 informs OPP-1"), or the sample organisation."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from storage.database import Database, Transaction
from storage.files.graph_file import read
from storage.files.importing import import_graph
from storage.migrate import to_newest
from storage.packs.pack import starter
from storage.tables import LOCAL_WORKSPACE
from storage.workspaces import the_workspace
from tests.support.copies import put_organisation

NOW = datetime(2026, 9, 17, 8, tzinfo=UTC)
KINDS = starter()


class StillClock:
    def now(self) -> datetime:
        return NOW


@asynccontextmanager
async def drawn(url: str, links: str, **objects: Mapping[str, Any]) -> AsyncIterator[Transaction]:
    """Read a graph of `links`, one in a line. An object is called as its key, unless `objects` (BET_1={…}) say more of it."""
    made = [_link(line.strip()) for line in links.strip().splitlines()]
    more = {name.replace("_", "-"): dict(values) for name, values in objects.items()}
    keys = dict.fromkeys([*(end for link in made for end in (link["from"], link["to"])), *more])
    listed = [{"key": key, "kind": _kind(key), "title": key, **more.get(key, {})} for key in keys]
    async with reading(url, json.dumps({"version": 1, "objects": listed, "links": made}).encode()) as tx:
        yield tx


def _link(line: str) -> dict[str, str]:
    words = line.split()
    return {"from": words[0], "relation": " ".join(words[1:-1]), "to": words[-1]}


def _kind(key: str) -> str:
    kind = KINDS.of_key(key)
    assert kind is not None
    return kind.name


@asynccontextmanager
async def sample(url: str) -> AsyncIterator[Transaction]:
    """Read the sample organisation on its Thursday."""
    await put_organisation(url, StillClock())
    async with _database(url) as database, database.reading(LOCAL_WORKSPACE) as tx:
        yield tx


@asynccontextmanager
async def reading(url: str, file: bytes) -> AsyncIterator[Transaction]:
    """Read what a graph file says, in a database of its own."""
    async with _database(url) as database:
        await to_newest(database)
        workspace = await the_workspace(database)
        async with database.writing(workspace) as tx:
            await import_graph(tx, KINDS, read(file))
        async with database.reading(workspace) as tx:
            yield tx


@asynccontextmanager
async def _database(url: str) -> AsyncIterator[Database]:
    database = Database(url, StillClock())
    try:
        yield database
    finally:
        await database.close()
