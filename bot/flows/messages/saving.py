"""A message of somebody's, saved as what it is, or as a comment on what it is about: one form, filled in from the start.

A form holds 3,000 characters and a message 40,000, so what was said waits in the database until the form is saved.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.desk import Desk
from bot.errors import logged
from bot.flows.capture.destination import destination
from bot.flows.capture.find import find_objects
from bot.flows.messages.commenting import commented, keep_comment
from bot.flows.messages.grammar import keys_in
from bot.flows.messages.keeping import forget, keep, kept, remember, remembered
from bot.flows.messages.said import Said, place_in, said
from bot.flows.messages.save_form import COMMENT, Saving, form, name_of, offered
from bot.flows.opening import opened, put_unless_changed
from bot.flows.viewing import viewer
from bot.forms import FormContext, errors_by_block, typed
from bot.forms.elements import TEXT_IN_MODAL
from bot.replies import answer_later
from bot.requests import Reply, Request, private, privately
from prompts import labels, text
from prompts.blocks import Block, Message
from storage import outbox, reactions, submissions
from storage.database import Transaction
from storage.errors import Refused
from storage.kinds import Kinds
from storage.objects import Draft, Object, get
from storage.people import set_usual_team
from storage.reactions import Marked

HIDDEN = ("directmessage", "privategroup")  # https://docs.slack.dev/reference/interaction-payloads


async def ask(desk: Desk, request: Request) -> Reply:
    """The message shortcut: open the form, filled with what the message says."""
    message = request.body["message"]
    if message.get("app_id") and message["app_id"] == request.body.get("api_app_id"):
        return private(text("message_own"))
    kinds = await desk.kinds(request.workspace)
    async with desk.writing(request.workspace) as tx:
        found = await said(tx, request.channel, message)
        found = replace(found, place=found.place or _name_in(request.body.get("channel") or {}))
        before = await remembered(tx, request.user, name_of(found))
        about = await remembering(tx, request.user, found, answer_at=request.response_url)
        likely = await _likely(tx, kinds, request, found)
    typed_before = (before or {}).get("typed") or {}
    chosen = typed_before.get("as") or offered(kinds)[0]
    view, reply = await opened(desk, request, form(kinds, about, found, chosen, values=typed_before, likely=likely))
    if view:
        desk.later(_asked_for_team(desk, request, view))
    return reply


def _name_in(channel: Mapping[str, Any]) -> str:
    """Return the name of the channel that an interaction came from; of private ones Slack says only what they are."""
    name = str(channel.get("name") or "")
    return "" if name in HIDDEN or name.startswith("mpdm-") else name


async def remembering(tx: Transaction, user: str, found: Said, *, answer_at: str = "", reaction: str = "") -> Saving:
    """Return what the form of `user` is to remember of what was `found`; its text is kept until that is saved."""
    place = found.channel, found.place, found.ts, found.thread_ts
    about = Saving(*place, found.author, found.name, found.link or "", answer_at, reaction)
    await remember(tx, user, about.name, {"text": found.text})
    return about


async def closed(desk: Desk, request: Request) -> Reply:
    """The form was closed without being saved: what was typed comes back with the next form for the same message."""
    about = Saving.load(request.view["private_metadata"])
    async with desk.writing(request.workspace) as tx:
        words = await remembered(tx, request.user, about.name)
        if words is not None:
            await remember(tx, request.user, about.name, {**words, "typed": typed(request.view)})
    return {}


async def choose(desk: Desk, request: Request) -> Reply:
    """Another choice of what it is saved as: the form asks for what that takes; what was typed stays."""
    desk.later(_drawn(desk, request, request.view, only_for_team=False))
    return {}


async def _asked_for_team(desk: Desk, request: Request, view: Mapping[str, Any]) -> None:
    await _drawn(desk, request, view, only_for_team=True)


async def _drawn(desk: Desk, request: Request, view: Mapping[str, Any], *, only_for_team: bool) -> None:
    drawing = _draw(desk, request, view, only_for_team=only_for_team)
    await logged(drawing, "draw the form again", workspace=request.workspace)


async def _draw(desk: Desk, request: Request, view: Mapping[str, Any], *, only_for_team: bool) -> None:
    about, values = Saving.load(view["private_metadata"]), typed(view)
    async with desk.database.reading(request.workspace) as tx:
        words = await remembered(tx, request.user, about.name)
    where = await destination(desk, request.workspace, request.user, about.channel)
    if words is None or (only_for_team and not where.choose_from):
        return
    drawn = await _as_chosen(desk, request, about, about.with_text(words["text"]), values)
    await put_unless_changed(desk, view, drawn)


async def _as_chosen(desk: Desk, request: Request, about: Saving, found: Said, values: Mapping[str, Any]) -> Block:
    """Return the form as it is for what shall become of the message, with what was typed."""
    kinds = await desk.kinds(request.workspace)
    where = await destination(desk, request.workspace, request.user, about.channel)
    async with desk.database.reading(request.workspace) as tx:
        likely = await _likely(tx, kinds, _where_it_is(request, about), found)
    chosen = values.get("as") or offered(kinds)[0]
    return form(kinds, about, found, chosen, teams=where.choose_from, values=values, likely=likely)


async def _likely(tx: Transaction, kinds: Kinds, request: Request, found: Said) -> Object | None:
    """Return what a message is about: the object in whose thread it stands, else the first that it names."""
    thread = await outbox.subject_at(tx, found.channel, found.thread_ts) if found.thread_ts else None
    family, _, key = (thread or "").partition(":")
    named = [key] if family == "card" else keys_in(kinds, found.text)[:1]
    return await get(tx, named[0], await viewer(tx, request)) if named else None


def _where_it_is(request: Request, about: Saving) -> Request:
    """Return the request as one from the channel of the message, where whoever opened the form is.

    Its author, who was asked because of a reaction, may have left it since.
    """
    return request if about.reaction else replace(request, channel=about.channel)


async def save(desk: Desk, request: Request) -> Reply:
    """Store what the form says, and tell the one who saved it."""
    about, values = Saving.load(request.view["private_metadata"]), typed(request.view)
    kinds = await desk.kinds(request.workspace)
    async with desk.database.reading(request.workspace) as tx:
        if await submissions.is_known(tx, request.view["id"]):
            return {}
        words = await remembered(tx, request.user, about.name)
    if words is None:
        return {"response_action": "errors", "errors": {"as": labels()["save_text_lost"]}}
    found = about.with_text(words["text"])
    if ("object" if values["as"] == COMMENT else "title") not in values:  # it was saved before it was drawn for what was chosen
        return {"response_action": "update", "view": await _as_chosen(desk, request, about, found, values)}
    store = _comment if values["as"] == COMMENT else _object
    try:
        message = await store(desk, request, kinds, about, found, values)
    except Refused as refused:
        return {"response_action": "errors", "errors": errors_by_block(refused, request.view)}
    if message and about.answer_at:
        where = replace(request, response_url=about.answer_at, channel=about.channel, view={})
        answer_later(desk, where, privately(message))
    return {}


async def _object(
    desk: Desk, request: Request, kinds: Kinds, about: Saving, found: Said, values: Mapping[str, Any]
) -> Message | None:
    where = await destination(desk, request.workspace, request.user, about.channel, values.get("team"))
    known = await desk.directory.channel(request.workspace, about.channel, seen_by=request.user)
    words = values.get("description") or "" if len(found.beside) <= TEXT_IN_MODAL else found.beside
    credit = replace(found, place=place_in(known)).credit(request.user)
    description = "\n".join(part for part in (words, credit) if part)
    draft = Draft(values["as"], values["title"] or "", description, source=found.link)
    async with desk.writing(request.workspace) as tx:
        if not await submissions.is_first(tx, request.view["id"]):
            return None
        made = await keep(tx, kinds, request.user, draft, where)
        await forget(tx, request.user, about.name)
        await _answered_reaction(tx, request, about, made.item.key)
        if values.get("team"):
            await set_usual_team(tx, request.user, values["team"])
    return kept(kinds, made)


async def _comment(
    desk: Desk, request: Request, kinds: Kinds, about: Saving, found: Said, values: Mapping[str, Any]
) -> Message | None:
    known = await desk.directory.channel(request.workspace, about.channel, seen_by=request.user)
    found = replace(found, place=place_in(known))
    async with desk.writing(request.workspace) as tx:
        if not await submissions.is_first(tx, request.view["id"]):
            return None
        key = values["object"][0]["value"]
        item, is_new = await keep_comment(tx, _where_it_is(request, about), key, found, is_private=known.is_private)
        await forget(tx, request.user, about.name)
        await _answered_reaction(tx, request, about, item.key)
    return commented(kinds, item, found, is_new=is_new, is_private=known.is_private)


async def _answered_reaction(tx: Transaction, request: Request, about: Saving, key: str) -> None:
    if about.reaction:
        await reactions.answer(tx, Marked.named(about.reaction), request.user, "kept", key)
        await outbox.refresh(tx, f"reaction:{about.reaction}")


async def find(desk: Desk, request: Request) -> Reply:
    """The type-ahead over everything that can be commented on."""
    about = Saving.load(request.view["private_metadata"])
    view = {**request.view, "private_metadata": FormContext(kind="", channel=about.channel).dump()}
    return await find_objects(desk, replace(_where_it_is(request, about), view=view))
