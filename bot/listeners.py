"""Bolt's listeners: one for each sort of payload, since Bolt tries them one after another. The rest is found by name in a dict.

Events are stored before they are acknowledged and worked on afterwards; interactions store their one change, then acknowledge.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot import gate
from bot.desk import Desk
from bot.errors import in_words
from bot.fitting import fitted
from bot.flows.names import Flow, flow_of
from bot.flows.wire import WIRE
from bot.replies import answer_later
from bot.requests import Reply, Request
from prompts.blocks import Message
from storage import inbox

log = structlog.get_logger("listeners")
ANYTHING = re.compile(".*", re.DOTALL)
Middleware = Callable[..., Awaitable[BoltResponse]]


def register(app: AsyncApp, desk: Desk, workspace: str, received: Callable[[], None]) -> None:
    """Listen to everything that Slack sends of `workspace`. `received` is called when an event has been stored."""
    answered = partial(_answered, desk, workspace)

    async def command(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack(await answered(WIRE.commands, body["command"], Request.of_command(body)))

    async def action(ack: AsyncAck, body: dict[str, Any]) -> None:
        request = Request.of_interaction(body)
        reply = await answered(WIRE.actions, request.does, request)
        await ack()
        if reply:
            answer_later(desk, request, reply)

    async def submission(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack(**await answered(WIRE.submissions, body["view"]["callback_id"], Request.of_interaction(body)))

    async def shortcut(ack: AsyncAck, body: dict[str, Any]) -> None:
        request = Request.of_interaction(body)
        reply = await answered(WIRE.shortcuts, body["callback_id"], request)
        await ack()
        if reply:
            answer_later(desk, request, reply)

    async def closed(ack: AsyncAck, body: dict[str, Any]) -> None:
        await answered(WIRE.closed, body["view"]["callback_id"], Request.of_interaction(body))
        await ack()

    async def options(ack: AsyncAck, body: dict[str, Any]) -> None:
        reply = await answered(WIRE.options, body["action_id"], Request.of_interaction(body))
        await ack(**(reply if "options" in reply or "option_groups" in reply else {"options": []}))

    app.use(_storing(desk, workspace, received))
    app.command(ANYTHING)(command)
    app.action(ANYTHING)(action)
    app.view(ANYTHING)(submission)
    app.view_closed(ANYTHING)(closed)
    app.shortcut(ANYTHING)(shortcut)
    app.options(ANYTHING)(options)


async def _answered(desk: Desk, workspace: str, flows: Mapping[str, Flow], name: str, request: Request) -> Reply:
    flow = flow_of(flows, name)
    if flow is None:  # a select or a link that needs no answer, or a button of an older version
        return {}
    reply = await in_words(gate.through(desk, workspace, flow, request), request, name)
    return {**reply, **fitted(Message(reply["text"], reply["blocks"]))} if "blocks" in reply else reply


def _storing(desk: Desk, workspace: str, received: Callable[[], None]) -> Middleware:
    """Return the middleware that stores events; what is not an event goes on to the listeners."""

    async def store_event(req: AsyncBoltRequest, next: Callable[[], Awaitable[BoltResponse]]) -> BoltResponse:  # noqa: A002  # Bolt's name
        if req.body.get("type") != "event_callback":
            return await next()
        body = req.body
        if body.get("team_id") == workspace and "event_id" in body:
            async with desk.database.writing(workspace) as tx:
                await inbox.put(tx, body.get("api_app_id", ""), body["event_id"], body)
            received()
        else:  # Slack would send it again and again if it were refused
            log.warning("not an event for us", workspace=body.get("team_id"), event_id=body.get("event_id"))
        return BoltResponse(status=200)

    return store_event
