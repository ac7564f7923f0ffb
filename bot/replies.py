"""What one person sees as the answer to a press or a command, where they pressed; and elsewhere, where Slack takes it no more.

Slack takes 5 answers to an interaction within 30 minutes, and none to a press in a modal:
https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import aiohttp
import structlog

from bot.desk import Desk
from bot.errors import logged
from bot.fitting import fitted
from bot.flows.opening import put
from bot.flows.viewing import viewer
from bot.forms import FormContext
from bot.letters.cards import card
from bot.modals import note
from bot.requests import Reply, Request
from bot.slack import CallFailed, call, respond
from prompts import Words, labels
from prompts.blocks import Block, section
from storage import outbox

log = structlog.get_logger("replies")


def answer_later(desk: Desk, request: Request, reply: Reply) -> None:
    """Give the person who acted `reply`, after the answer to Slack."""
    desk.later(_logged(desk, request, reply))


def private_url(request: Request) -> str:
    """Return where the message can be replaced in which a button was pressed, if only the person sees that; else nothing.

    A modal that was opened there remembers it.
    """
    container = request.body.get("container") or {}
    if request.view:
        return _remembered(request.view.get("private_metadata") or "{}")
    return request.response_url if container.get("is_ephemeral") else ""


async def as_card(desk: Desk, request: Request, key: str) -> Reply:
    """Return the card of `key` in the place of the one in which the person pressed; nothing where everybody sees that."""
    if request.view or not private_url(request):
        return {}
    shown = await _card(desk, request, key)
    return {"response_type": "ephemeral", "replace_original": True, **shown} if shown else {}


def card_again(desk: Desk, request: Request, form: FormContext) -> None:
    """Once something was done in a modal that was opened from a card which only its person sees, show that as it is now."""
    if form.shown and form.key:
        asked = replace(request, channel=form.channel)  # a modal has none of its own
        desk.later(_replaced(desk, asked, form.shown, form.key))


async def _replaced(desk: Desk, request: Request, url: str, key: str) -> None:
    await logged(_replace(desk, request, url, key), "card again", workspace=request.workspace)


async def _replace(desk: Desk, request: Request, url: str, key: str) -> None:
    shown = await _card(desk, request, key)
    if shown:
        await _responded(desk, request, url, {"response_type": "ephemeral", "replace_original": True, **shown})


async def _card(desk: Desk, request: Request, key: str) -> dict[str, Any] | None:
    kinds = await desk.kinds(request.workspace)
    async with desk.database.reading(request.workspace) as tx:
        shown = await card(tx, kinds, key, await viewer(tx, request))
    return fitted(shown) if shown else None


async def _logged(desk: Desk, request: Request, reply: Reply) -> None:
    await logged(_answer(desk, request, reply), "answer", workspace=request.workspace)


async def _answer(desk: Desk, request: Request, reply: Reply) -> None:
    if request.response_url:
        await _responded(desk, request, request.response_url, {**_thread_of(request, reply), **reply})
    elif "text" in reply and _only_tells(request.view):
        await put(desk, request.view["id"], _note(reply))
    elif "text" in reply:
        await _said_elsewhere(desk, request, reply)


def _thread_of(request: Request, reply: Reply) -> Reply:
    """Return that an answer goes into the thread in which the person pressed: elsewhere they would not see it."""
    is_in_thread = request.thread_ts and request.thread_ts != request.message_ts
    return {"thread_ts": request.thread_ts} if is_in_thread and not reply.get("replace_original") else {}


async def _responded(desk: Desk, request: Request, url: str, reply: Reply) -> None:
    try:
        await respond(desk.slack, url, reply)
    except aiohttp.ClientResponseError as refused:
        log.warning("response_url is spent", workspace=request.workspace, status=refused.status)
        await _said_elsewhere(desk, request, reply)


async def _said_elsewhere(desk: Desk, request: Request, reply: Reply) -> None:
    """Say it in the channel to the person alone; where we may not speak there, in a direct message."""
    said: Reply = {name: reply[name] for name in ("text", "blocks", "thread_ts") if name in reply}
    try:
        if request.channel:
            await call(desk.slack.client, "chat.postEphemeral", channel=request.channel, user=request.user, **said)
            return
    except CallFailed as failed:
        log.warning("not said in the channel", workspace=request.workspace, code=failed.code)
    async with desk.writing(request.workspace) as tx:
        await outbox.say(tx, request.user, {name: said[name] for name in ("text", "blocks") if name in said})


def _remembered(private_metadata: str) -> str:
    try:
        said = json.loads(private_metadata)
    except ValueError:
        return ""
    return str(said.get("shown", "")) if isinstance(said, dict) else ""


def _only_tells(view: Mapping[str, Any]) -> bool:
    """Tell whether `view` is a modal in which nobody can have typed anything, so that other words can take its place."""
    return view.get("type") == "modal" and all(block["type"] != "input" for block in view["blocks"])


def _note(reply: Reply) -> Block:
    return note(labels()["note_title"], reply.get("blocks") or [section(Words(reply["text"]))])
