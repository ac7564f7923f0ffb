"""The apps that are measured against each other, each served by uvicorn in a process of its own.

`python -m tests.benchmarks.apps NAME PORT API_URL TOKEN SECRET DATABASE_URL` with NAME one of APPS.
"""

import asyncio
import logging
import sys
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import uvicorn
from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.app import Throughline, assembled, prepare
from bot.forms import FormContext, full, light
from bot.logs import start_logging
from bot.settings import Settings
from bot.web import web_app
from storage.packs.pack import starter
from tests.benchmarks.bare import inserting
from tests.support.sample import BOT, WORKSPACE


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


async def _ours_alone(*arguments: Any) -> None:
    await _ours(*arguments, alone="command")


async def _bare(port: int, api_url: str, token: str, secret: str, database_url: str) -> None:
    """A bare Bolt app: the same calls to Slack, and the same rows by the bare driver, with nothing around them."""
    async with aiohttp.ClientSession() as session, AsyncExitStack() as stack:
        client = AsyncWebClient(token=token, base_url=api_url, session=session, retry_handlers=[])

        async def authorize() -> AuthorizeResult:
            return AuthorizeResult(enterprise_id=None, team_id=WORKSPACE, bot_token=token, bot_user_id=BOT, bot_id="B0")

        app = AsyncApp(client=client, authorize=authorize, signing_secret=secret, process_before_response=True)
        insert = await stack.enter_async_context(inserting(database_url))
        kind, form = starter().kind("bet"), FormContext("bet", "C01GROWTH", "Growth", "C01GROWTH")
        opening, filled = light(kind, "", form), full(starter(), kind, form, {})
        tasks: set[asyncio.Task[Any]] = set()

        @app.command("/bet")
        async def command(ack: Any, body: dict[str, Any]) -> None:
            opened = await client.views_open(trigger_id=body["trigger_id"], view=opening)
            view = opened["view"]
            task = asyncio.create_task(client.views_update(view_id=view["id"], hash=view["hash"], view=filled))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
            await ack()

        @app.view("object.save")
        async def submission(ack: Any, body: dict[str, Any]) -> None:
            await insert(body["view"]["id"], body["user"]["id"])
            await ack()

        await _serve(AsyncSlackRequestHandler(app), port)


async def _serve(app: Any, port: int) -> None:
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, access_log=False, lifespan="off")
    await uvicorn.Server(config).serve()


APPS: dict[str, Callable[..., Coroutine[Any, Any, None]]] = {"ours": _ours, "ours-alone": _ours_alone, "bare": _bare}


if __name__ == "__main__":
    name, port, *rest = sys.argv[1:]
    start_logging(logging.ERROR)
    asyncio.run(APPS[name](int(port), *rest))
