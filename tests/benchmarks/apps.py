"""The apps that are measured against each other, each served by uvicorn in a process of its own.

`python -m tests.benchmarks.apps NAME PORT API_URL TOKEN SECRET DATABASE_URL` with NAME one of APPS.
"""

import asyncio
import json
import re
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from functools import cache
from typing import Any

import aiohttp
import aiosqlite
import asyncpg
import uvicorn
from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.app import Throughline, assembled, prepare
from bot.forms import FormContext, full, light
from bot.settings import Settings
from bot.web import web_app
from storage.pack import starter

WORKSPACE = "T01ACME"
Insert = Callable[[str], Awaitable[None]]


async def _ours(port: int, api_url: str, token: str, secret: str, database_url: str, *, alone: str = "") -> None:
    """Our app as `throughline web` serves it; `alone`: with no listener but that one."""
    settings = Settings(
        slack_bot_token=token, slack_signing_secret=secret, slack_api_url=api_url, database_url=database_url, port=port
    )
    async with assembled(settings) as house:
        await prepare(house)
        if alone:
            _keep_only(house, alone)
        await _serve(web_app(house.metrics, house.bolt, secret), port)


def _keep_only(house: Throughline, name: str) -> None:
    listeners = house.bolt._async_listeners
    listeners[:] = [listener for listener in listeners if listener.ack_function.__name__ == name]
    assert len(listeners) == 1


async def _bare(port: int, api_url: str, token: str, secret: str, database_url: str) -> None:
    """A bare Bolt app: the same calls to Slack, and the same rows by the bare driver, with nothing around them."""
    async with aiohttp.ClientSession() as session, AsyncExitStack() as stack:
        client = AsyncWebClient(token=token, base_url=api_url, session=session, retry_handlers=[])

        async def authorize() -> AuthorizeResult:
            return AuthorizeResult(enterprise_id=None, team_id=WORKSPACE, bot_token=token, bot_user_id="U0THREAD", bot_id="B0")

        app = AsyncApp(client=client, authorize=authorize, signing_secret=secret, process_before_response=True)
        kind, form = starter().kind("bet"), FormContext("bet", "C01GROWTH", "Growth", "C01GROWTH")
        opening, filled = light(kind, "", form), full(starter(), kind, form, {})
        tasks: set[asyncio.Task[Any]] = set()

        @app.command("/bet")
        async def command(ack: Any, body: dict[str, Any]) -> None:
            opened = await client.views_open(trigger_id=body["trigger_id"], view=opening)
            task = asyncio.create_task(
                client.views_update(view_id=opened["view"]["id"], hash=opened["view"]["hash"], view=filled)
            )
            tasks.add(task)
            task.add_done_callback(tasks.discard)
            await ack()

        insert = await _inserting(database_url, stack)

        @app.view("object.save")
        async def submission(ack: Any, body: dict[str, Any]) -> None:
            await insert(body["view"]["id"])
            await ack()

        await _serve(AsyncSlackRequestHandler(app), port)


async def _inserting(database_url: str, stack: AsyncExitStack) -> Insert:
    """Return a function that inserts the rows of a submitted bet in one transaction, with the bare driver."""
    if database_url.startswith("sqlite"):
        return await _sqlite_inserting(database_url.removeprefix("sqlite:///"), stack)
    return await _postgres_inserting(database_url, stack)


async def _sqlite_inserting(file: str, stack: AsyncExitStack) -> Insert:
    connection = await stack.enter_async_context(aiosqlite.connect(file, isolation_level=None))
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL"):
        await (await connection.execute(f"PRAGMA {pragma}")).close()
    one_writer = asyncio.Lock()

    async def insert(view: str) -> None:
        async with one_writer:
            await connection.execute("BEGIN IMMEDIATE")
            cursor = await connection.execute(_with_question_marks(COUNT), (WORKSPACE, "BET", 1))
            row = await cursor.fetchone()
            await cursor.close()
            assert row is not None
            for table, values in _rows(view, row[0], datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")):
                statement = _with_question_marks(_insert(table, ("workspace", *values)))
                await connection.execute(statement, (WORKSPACE, *values.values()))
            await connection.execute("COMMIT")

    return insert


async def _postgres_inserting(database_url: str, stack: AsyncExitStack) -> Insert:
    pool = await stack.enter_async_context(asyncpg.create_pool(database_url, min_size=10, max_size=20))

    async def insert(view: str) -> None:
        async with pool.acquire() as connection, connection.transaction():
            number = await connection.fetchval(COUNT, WORKSPACE, "BET", 1)
            for table, values in _rows(view, number, datetime.now(UTC)):
                await connection.execute(_insert(table, ("workspace", *values)), WORKSPACE, *values.values())

    return insert


COUNT = (
    "INSERT INTO counters (workspace, name, value) VALUES ($1, $2, $3) "
    "ON CONFLICT (workspace, name) DO UPDATE SET value = counters.value + excluded.value RETURNING value"
)


def _rows(view: str, number: int, now: Any) -> list[tuple[str, dict[str, Any]]]:
    """Return the rows of a submitted bet with one link, as our own app inserts them: table, values by column."""
    key, ana = f"BET-{number}", "U01ANA"
    fields = json.dumps({"hypothesis": "We believe that it helps, because it did.", "confidence": 60})
    state = json.dumps({"title": "Guide the first board", "status": "proposed", "fields": {"confidence": 60}})
    made = {"version": 1, "created_by": ana, "created_at": now}
    common = {
        "title": "Guide the first board",
        "folded_title": "guide the first board",
        "description": "",
        "status": "proposed",
    }
    place = {"owner": ana, "team": "Growth", "channel": "C01GROWTH", "visibility": "workspace", "horizon": None, "source": None}
    change = {"act": f"A{number:025d}", "key": key, "version": 1, "author": ana, "at": now, "reason": None, "before": None}
    return [
        ("submissions", {"view": view, "at": now}),
        ("objects", {"key": key, "kind": "bet", **common, **place, "tags": "[]", "fields": fields, **made, "updated_at": now}),
        (
            "links",
            {"from_key": key, "relation": "targets", "to_key": "INP-1", "why": "", "confidence": None, "fields": "{}", **made},
        ),
        ("revisions", {**change, "position": 0, "relation": None, "to_key": None, "after": state}),
        ("revisions", {**change, "position": 1, "relation": "targets", "to_key": "INP-1", "after": state}),
        (
            "outbox",
            {"id": f"B{number:025d}", "channel": "C01GROWTH", "subject": f"card:{key}", "author": ana, "state": "waiting"}
            | {"attempts": 0, "due_at": now, "created_at": now},
        ),
    ]


@cache
def _insert(table: str, columns: tuple[str, ...]) -> str:
    marks = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"


@cache
def _with_question_marks(statement: str) -> str:
    return re.sub(r"\$\d+", "?", statement)


async def _serve(app: Any, port: int) -> None:
    await uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", access_log=False)).serve()


async def _ours_alone(*arguments: Any) -> None:
    await _ours(*arguments, alone="command")


APPS = {"ours": _ours, "ours-alone": _ours_alone, "bare": _bare}


if __name__ == "__main__":
    name, port, *rest = sys.argv[1:]
    asyncio.run(APPS[name](int(port), *rest))
