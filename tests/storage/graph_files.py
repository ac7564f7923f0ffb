"""Graph files for tests: taken in from Python values, and written out as such."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert

from storage.database import Database, Transaction
from storage.errors import Refused
from storage.files.exporting import export_graph
from storage.files.graph_file import read
from storage.files.importing import Imported, import_graph
from storage.kinds import Kinds
from storage.migrate import to_newest
from storage.packs.pack import starter
from storage.tables import LOCAL_WORKSPACE, workspaces
from storage.workspaces import the_workspace

Json = dict[str, Any]
NOW = datetime(2026, 9, 17, 8, 0, tzinfo=UTC)
MARCH = "2026-03-02T09:00:00Z"


class Still:
    """A clock that stands until it is set."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


@asynccontextmanager
async def workplace(url: str, clock: Still | None = None) -> AsyncIterator[Database]:
    """A database with its tables and its local workspace."""
    database = Database(url, clock or Still())
    try:
        await to_newest(database)
        await the_workspace(database)
        yield database
    finally:
        await database.close()


async def another(database: Database, name: str) -> str:
    """Make another workspace and return its id."""
    async with database.writing(name) as tx:
        await tx.connection.execute(insert(workspaces), {"id": name, "name": name, "created_at": tx.now})
    return name


async def take_in(database: Database, content: Json | bytes, workspace: str = LOCAL_WORKSPACE) -> Imported:
    data = content if isinstance(content, bytes) else json.dumps({"version": 1, **content}).encode()
    async with database.writing(workspace) as tx:
        return await import_graph(tx, starter(), read(data))


async def refused(database: Database, content: Json | bytes) -> list[str]:
    """Return the problems for which `content` is refused, each with its place."""
    try:
        await take_in(database, content)
    except Refused as refusal:
        return [f"{problem.field}: {problem.sentence}" for problem in refusal.problems]
    return []


async def write_out(database: Database, workspace: str = LOCAL_WORKSPACE, *, history: bool = False) -> Json:
    async with database.reading(workspace) as tx:
        return await exported(tx, starter(), history=history)


async def exported(tx: Transaction, kinds: Kinds, *, history: bool = False) -> Json:
    """Return the content of the graph file that an export of the workspace writes."""
    written: Json = json.loads("".join([text async for text in export_graph(tx, kinds, history=history)]))
    return written


def insight(number: int, **parts: Any) -> Json:
    return {"key": f"INS-{number}", "kind": "insight", "title": f"Insight {number}", **parts}


def bet(number: int, **parts: Any) -> Json:
    return {"key": f"BET-{number}", "kind": "bet", "title": f"Bet {number}", **parts}


def link(from_key: str, relation: str, to_key: str, **parts: Any) -> Json:
    return {"from": from_key, "relation": relation, "to": to_key, **parts}
