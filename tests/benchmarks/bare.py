"""Storing a bet with the bare driver: the statements and rows of our own app, in one transaction, with nothing around them."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any

import aiosqlite
import asyncpg

from storage.names import TITLE, marks_of, stored
from tests.support.sample import WORKSPACE

Insert = Callable[[str, str], Awaitable[None]]
COUNT = (
    "INSERT INTO counters (workspace, name, value) VALUES ($1, $2, $3) "
    "ON CONFLICT (workspace, name) DO UPDATE SET value = counters.value + excluded.value RETURNING value"
)


def inserting(database_url: str) -> AbstractAsyncContextManager[Insert]:
    """Give a function that stores a bet: the id of the form and who saved it."""
    if database_url.startswith("sqlite"):
        return _into_sqlite(database_url.removeprefix("sqlite:///"))
    return _into_postgres(database_url)


@asynccontextmanager
async def _into_sqlite(file: str) -> AsyncIterator[Insert]:
    async with aiosqlite.connect(file, isolation_level=None) as connection:
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL"):
            await connection.execute(f"PRAGMA {pragma}")
        one_writer = asyncio.Lock()

        async def insert(view: str, user: str) -> None:
            async with one_writer:
                await connection.execute("BEGIN IMMEDIATE")
                (counted,) = await connection.execute_fetchall(_with_question_marks(COUNT), (WORKSPACE, "BET", 1))
                for table, values in rows(view, user, counted[0], datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")):
                    statement = _with_question_marks(_insert(table, ("workspace", *values)))
                    await connection.execute(statement, (WORKSPACE, *values.values()))
                await connection.execute("COMMIT")

        yield insert


@asynccontextmanager
async def _into_postgres(database_url: str) -> AsyncIterator[Insert]:
    async with asyncpg.create_pool(database_url, min_size=10, max_size=20) as pool:

        async def insert(view: str, user: str) -> None:
            async with pool.acquire() as connection, connection.transaction():
                number = await connection.fetchval(COUNT, WORKSPACE, "BET", 1)
                for table, values in rows(view, user, number, datetime.now(UTC)):
                    await connection.execute(_insert(table, ("workspace", *values)), WORKSPACE, *values.values())

        yield insert


def rows(view: str, user: str, number: int, now: Any) -> list[tuple[str, dict[str, Any]]]:
    """Return the rows of a saved bet with one link: table, values by column."""
    key, title = f"BET-{number}", "Guide the first board"
    fields = {"hypothesis": "We believe that it helps, because it did.", "confidence": 60}
    bet: dict[str, Any] = {
        "title": title,
        "description": "",
        "status": "proposed",
        "owner": user,
        "team": "Growth",
        "horizon": None,
        "source": None,
        "channel": "C01GROWTH",
        "visibility": "workspace",
    }
    state: dict[str, Any] = {**bet, "tags": [], "fields": fields, "kind": "bet", "created_at": str(now), "created_by": user}
    tie = {"why": "", "confidence": None}
    made = {"version": 1, "created_by": user, "created_at": now}
    change = {"act": f"A{number:025d}", "key": key, "version": 1, "author": user, "at": now, "reason": None, "before": None}
    return [
        ("submissions", {"view": view, "at": now}),
        (
            "objects",
            {"key": key, "kind": "bet", **bet, "folded_title": "guide the first board", **made, "updated_at": now}
            | {"tags": "[]", "fields": json.dumps(fields)},
        ),
        (
            "names",
            {"key": key, "rank": TITLE, "text": stored(title), "marks": marks_of("bet", "Growth", "C01GROWTH", "workspace")},
        ),
        ("links", {"from_key": key, "relation": "targets", "to_key": "INP-1", **tie, "fields": "{}", **made}),
        ("revisions", {**change, "position": 0, "relation": None, "to_key": None, "after": json.dumps(state)}),
        (
            "revisions",
            {**change, "position": 1, "relation": "targets", "to_key": "INP-1"} | {"after": json.dumps({**tie, "fields": {}})},
        ),
        (
            "outbox",
            {"id": f"B{number:025d}", "channel": "C01GROWTH", "subject": f"card:{key}", "thread_of": None, "payload": None}
            | {"author": user, "state": "waiting", "attempts": 0, "due_at": now, "created_at": now},
        ),
    ]


@cache
def _insert(table: str, columns: tuple[str, ...]) -> str:
    marks = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"


@cache
def _with_question_marks(statement: str) -> str:
    return re.sub(r"\$\d+", "?", statement)
