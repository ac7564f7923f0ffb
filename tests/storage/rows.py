"""Rows for the tests that are about the database itself. They are written without the graph, as plain rows."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import MetaData, insert, select
from ulid import ULID

from storage.clock import RealClock
from storage.database import Database, Transaction
from storage.migrate import to_newest
from storage.tables import links, measured_values, metadata, objects, outbox, revisions, team_members, teams, workspaces
from storage.workspaces import all_ids

WORKSPACE = "W1"
TEAM = "Growth"


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """A database, closed at the end."""
    database = Database(url, RealClock())
    try:
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def ready(url: str) -> AsyncIterator[Database]:
    """A migrated database with one workspace in it."""
    async with opened(url) as database:
        await to_newest(database)
        if WORKSPACE not in await all_ids(database):
            async with database.writing(WORKSPACE) as transaction:
                await transaction.connection.execute(
                    insert(workspaces), {"id": WORKSPACE, "name": "Acme", "created_at": transaction.now}
                )
        yield database


def an_object(key: str, now: datetime) -> dict[str, Any]:
    return {
        "key": key,
        "kind": "bet",
        "title": f"The bet {key}",
        "description": "",
        "status": "proposed",
        "team": None,
        "tags": ["a"],
        "fields": {"confidence": 60},
        "visibility": "workspace",
        "folded_title": f"the bet {key}",
        "version": 1,
        "created_by": "U1",
        "created_at": now,
        "updated_at": now,
    }


def a_revision(key: str, now: datetime) -> dict[str, Any]:
    after = {"title": f"The bet {key}"}
    return {"act": str(ULID()), "position": 0, "key": key, "version": 1, "author": "U1", "at": now, "after": after}


def a_link(from_key: str, to_key: str, now: datetime) -> dict[str, Any]:
    common = {"why": "", "fields": {}, "version": 1, "created_by": "U1", "created_at": now}
    return {"from_key": from_key, "relation": "supports", "to_key": to_key, **common}


def a_message(key: str, now: datetime) -> dict[str, Any]:
    waiting = {"state": "waiting", "attempts": 0, "due_at": now, "created_at": now}
    return {"id": str(ULID()), "channel": "C1", "subject": f"card:{key}", **waiting}


async def add_whole(transaction: Transaction, key: str) -> None:
    """Add an object, its revision and the message that speaks of it: three rows that belong together."""
    await transaction.run(insert(objects), **an_object(key, transaction.now))
    await transaction.run(insert(revisions), **a_revision(key, transaction.now))
    await transaction.run(insert(outbox), **a_message(key, transaction.now))


async def add_graph(database: Database, size: int) -> None:
    """Add a team, `size` objects of it with their revisions, and nearly three times as many links."""
    keys = [f"BET-{number}" for number in range(1, size + 1)]
    async with database.writing(WORKSPACE) as transaction:
        now = transaction.now
        await transaction.run(insert(teams), name=TEAM, channel="C1", timezone="Europe/Berlin")
        await transaction.run_many(
            insert(team_members), [{"team": TEAM, "user": user, "leads": False} for user in ("U1", "U2")]
        )
        await transaction.run_many(insert(objects), [{**an_object(key, now), "team": TEAM} for key in keys])
        await transaction.run_many(insert(revisions), [a_revision(key, now) for key in keys])
        pairs = [pair for step in (1, 7, 31) for pair in zip(keys, keys[step:], strict=False)]
        await transaction.run_many(insert(links), [a_link(*pair, now) for pair in pairs])


async def add_values(database: Database, size: int) -> None:
    """Add a measured value of each of the first `size` objects."""
    async with database.writing(WORKSPACE) as transaction:
        now = transaction.now
        said = {"at": now, "value": 43.5, "note": "counted", "author": "U1", "recorded_at": now}
        await transaction.run_many(insert(measured_values), [{"key": f"BET-{number}", **said} for number in range(1, size + 1)])


async def fill(database: Database, size: int, values: int) -> MetaData:
    """Add a workspace with a graph to a database of whatever schema, and return that schema."""
    async with database.writing(WORKSPACE) as transaction:
        await transaction.connection.execute(
            insert(workspaces), {"id": WORKSPACE, "name": "Acme", "created_at": transaction.now}
        )
    await add_graph(database, size)
    await add_values(database, values)
    schema = MetaData()
    async with database.engine.connect() as connection:
        await connection.run_sync(schema.reflect, only=lambda name, _: not name.startswith(("names_", "alembic")))
    return schema


async def digests(database: Database, schema: MetaData = metadata) -> dict[str, tuple[int, str]]:
    """Return for each table how many rows it has, and a hash of all of them."""
    found: dict[str, tuple[int, str]] = {}
    async with database.engine.connect() as connection:
        for table in schema.sorted_tables:
            rows = (await connection.execute(select(table).order_by(*table.primary_key))).all()
            found[table.name] = (len(rows), hashlib.sha256(repr(rows).encode()).hexdigest())
    return found
