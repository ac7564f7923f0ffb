"""A message of somebody's, saved as what it is, or as a comment on what it is about: one form, filled in from the start.

A form holds 3,000 characters and a message 40,000, so what was said waits in the database until the form is saved.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from bot.desk import Desk
from bot.errors import logged
from bot.flows.capture.destination import destination
from bot.flows.capture.find import find_objects
from bot.flows.messages.commenting import commented, keep_comment
from bot.flows.messages.keeping import forget, keep, kept, private, remember, remembered, shown
from bot.flows.messages.said import Said, place_in, said
from bot.flows.opening import opened
from bot.forms import FormContext, errors_by_block, typed
from bot.forms.elements import TEXT_IN_MODAL, select, text_input
from bot.forms.inputs import input_block
from bot.replies import answer_later
from bot.requests import Reply, Request
from bot.slack import CallFailed, Failure, call
from prompts import Words, labels, text
from prompts.blocks import Block, Message, choice, context, plain, section
from storage import outbox, reactions, submissions
from storage.database import Transaction
from storage.errors import Refused
from storage.kinds import Kinds
from storage.objects import Draft
from storage.people import set_usual_team
from storage.reactions import Marked

COMMENT = "comment"
TITLE = 24  # characters of a modal's title; https://docs.slack.dev/reference/views/modal-views


@dataclass(frozen=True)
class Saving:
    """What the form remembers of the message: all but its text, which waits under `name`.

    `answer_at`: for a word afterwards. `reaction`: what its author was asked because of one.
    """

    channel: str
    place: str
    ts: str
    thread_ts: str
    author: str
    called: str
    link: str
    answer_at: str = ""
    reaction: str = ""

    def with_text(self, words: str) -> Said:
        return Said(self.channel, self.place, self.ts, self.thread_ts, self.author, self.called, words, self.link or None)

    @property
    def name(self) -> str:
        return f"message:{self.channel}:{self.ts}"

    def dump(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"), ensure_ascii=False)

    @classmethod
    def load(cls, private_metadata: str) -> "Saving":
        return cls(**json.loads(private_metadata))


async def ask(desk: Desk, request: Request) -> Reply:
    """The message shortcut: open the form, filled with what the message says."""
    message = request.body["message"]
    if message.get("app_id") and message["app_id"] == request.body.get("api_app_id"):
        return private(text("message_own"))
    kinds = await desk.kinds(request.workspace)
    async with desk.writing(request.workspace) as tx:
        found = await said(tx, request.channel, message)
        about = await remembering(tx, request.user, found, answer_at=request.response_url)
    view, reply = await opened(desk, request, form(kinds, about, found, _offered(kinds)[0]))
    if view:
        desk.later(_asked_for_team(desk, request, view))
    return reply


async def remembering(tx: Transaction, user: str, found: Said, *, answer_at: str = "", reaction: str = "") -> Saving:
    """Return what the form of `user` is to remember of what was `found`; its text is kept until that is saved."""
    place = found.channel, found.place, found.ts, found.thread_ts
    about = Saving(*place, found.author, found.name, found.link or "", answer_at, reaction)
    await remember(tx, user, about.name, {"text": found.text})
    return about


def form(
    kinds: Kinds,
    about: Saving,
    found: Said,
    chosen: str,
    *,
    teams: Sequence[str] = (),
    values: Mapping[str, Any] = {},
    notes: Sequence[Block] = (),
) -> Block:
    """Return the form for saving `found` as what is `chosen`.

    `teams`: to choose from, where it is not clear whose it is. `values`: what was typed so far, by block id.
    """
    options = [choice(_called(kinds, name), name) for name in _offered(kinds)]
    chooser = {**select(options, chosen), "action_id": "message.as"}
    blocks = [{**input_block("as", labels()["save_as"], chooser, optional=False), "dispatch_action": True}]
    blocks += [context(text("said_by", name=found.name, place=found.place, url=found.link)), *notes]
    blocks += _of_comment(found) if chosen == COMMENT else _of_kind(found, teams, values)
    return {
        "type": "modal",
        "callback_id": "message.save",
        "title": plain(labels()["save_title"]),
        "submit": plain(labels()["form_save"]),
        "close": plain(labels()["form_cancel"]),
        "private_metadata": about.dump(),
        "blocks": blocks,
    }


def _offered(kinds: Kinds) -> list[str]:
    return [*(kind.name for kind in kinds.offered if kind.from_message), COMMENT]


def _called(kinds: Kinds, name: str) -> str:
    return labels()["save_comment"] if name == COMMENT else f"{kinds.kind(name).emoji} {kinds.kind(name).label}"


def _of_kind(found: Said, teams: Sequence[str], values: Mapping[str, Any]) -> list[Block]:
    title = text_input(values.get("title") or found.title, lines=False, limit=TEXT_IN_MODAL)
    blocks = [input_block("title", labels()["form_title"], title, optional=False)]
    if len(found.beside) > TEXT_IN_MODAL:
        blocks.append(section(text("said_long", beginning=shown(found.text), length=len(found.text))))
    else:
        given = text_input(values.get("description") or found.beside, lines=True, limit=TEXT_IN_MODAL)
        blocks.append(input_block("description", labels()["form_description"], given))
    if teams:
        options = [choice(name, name) for name in teams[:100]]
        blocks.append(input_block("team", labels()["form_team"], select(options, values.get("team"))))
    return blocks


def _of_comment(found: Said) -> list[Block]:
    other: Block = {
        "type": "external_select",
        "action_id": "message.object",
        "min_query_length": 0,
        "placeholder": plain(labels()["type_to_find"]),
    }
    return [
        input_block("object", labels()["save_about"], other, optional=False),
        section(text("said_long", beginning=shown(found.text), length=len(found.text)))
        if len(found.text) > len(shown(found.text))
        else section(Words(text("said_short", words=found.text))),
    ]


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
    kinds = await desk.kinds(request.workspace)
    async with desk.database.reading(request.workspace) as tx:
        words = await remembered(tx, request.user, about.name)
    if words is None:
        return
    where = await destination(desk, request.workspace, request.user, about.channel)
    if only_for_team and not where.choose_from:
        return
    found, chosen = about.with_text(words["text"]), values.get("as") or _offered(kinds)[0]
    drawn = form(kinds, about, found, chosen, teams=where.choose_from, values=values)
    try:
        await call(desk.slack.client, "views.update", view_id=view["id"], hash=view["hash"], view=drawn)
    except CallFailed as failed:
        if failed.failure is not Failure.REFUSED:  # the person closed it, or typed on
            raise


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
    store = _comment if values["as"] == COMMENT else _object
    try:
        message = await store(desk, request, kinds, about, found, values)
    except Refused as refused:
        return {"response_action": "errors", "errors": errors_by_block(refused, request.view)}
    if message and about.answer_at:
        where = replace(request, response_url=about.answer_at, channel=about.channel, view={})
        answer_later(desk, where, {"response_type": "ephemeral", "replace_original": False, **message.payload})
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
        item, is_new = await keep_comment(tx, request, key, found, is_private=known.is_private)
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
    return await find_objects(desk, replace(request, view=view, channel=about.channel))
