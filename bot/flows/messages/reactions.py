"""A reaction that says what a message is: its author is asked, alone and once, whether it shall be kept as that.

Which emoji says what, the pack declares. The event carries no text, so the message is read when its author says yes.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.desk import Desk
from bot.errors import logged
from bot.flows.capture.destination import destination
from bot.flows.messages.said import place_in, said
from bot.flows.messages.save_form import form
from bot.flows.messages.saving import remembering
from bot.flows.opening import opened, put_unless_changed
from bot.requests import Reply, Request
from bot.slack import CallFailed, Failure, call
from prompts import Words, labels, text
from prompts.blocks import Block, Message, actions, button, context, plain, section
from storage import outbox, reactions
from storage.checks import with_article
from storage.database import Transaction
from storage.members import audience_of_user
from storage.objects import get
from storage.people import channel_of, people_of
from storage.permalinks import message_link
from storage.reactions import Marked
from storage.workspaces import kinds_of

Effect = Callable[[Transaction], Awaitable[None]]
FEW = 15  # messages: more are not to be had in one call by apps outside of Slack's Marketplace (since May 2025)


async def reacted(desk: Desk, event: Mapping[str, Any]) -> Effect | None:
    """Return what a reaction brings about: its author is asked, or, where nobody says so any more, not asked any longer."""
    item = event.get("item") or {}
    author, user = str(event.get("item_user") or ""), str(event.get("user") or "")
    if item.get("type") != "message" or not all((author, user, item.get("channel"), item.get("ts"))):
        return None
    kinds, emoji = await desk.kinds(event["team_id"]), str(event.get("reaction")).partition("::")[0]
    kind = next((each for each in kinds.offered if each.reaction == emoji), None)
    if kind is None:
        return None
    what, is_there = Marked(kind.name, item["channel"], item["ts"]), event["type"] == "reaction_added"
    await desk.directory.channel(event["team_id"], what.channel, seen_by=user)

    async def ask(tx: Transaction) -> None:
        known = await people_of(tx, [author, user])
        if any(each not in known or known[each].is_outsider or known[each].is_gone for each in (author, user)):
            return
        before = await reactions.who_marked(tx, what)
        if not await reactions.reacted(tx, what, user, is_there=is_there, at=str(event.get("event_ts") or "")):
            return
        now = await reactions.who_marked(tx, what)
        if bool(now) is bool(before) or await reactions.answered(tx, what, author) or await reactions.wants_quiet(tx, author):
            return
        if now:
            await outbox.show(tx, _subject(what), author)
        else:
            await outbox.refresh(tx, _subject(what))

    return ask


def _subject(what: Marked) -> str:
    return f"reaction:{what.name}"


async def render_reaction(tx: Transaction, name: str, author: str) -> Message | None:
    """Return what the author of a message is asked, or was; None where nobody says so any more and nothing was asked yet."""
    what, kinds = Marked.named(name), await kinds_of(tx)
    who, answer = await reactions.who_marked(tx, what), await reactions.answered(tx, what, author)
    if what.kind not in kinds.kinds or not (who or answer or await outbox.place_of(tx, _subject(what))):
        return None
    kind, names = kinds.kind(what.kind), await people_of(tx, who)
    made = await get(tx, answer["key"], await audience_of_user(tx, author)) if answer and answer["key"] else None
    known = await channel_of(tx, what.channel)
    said_of = text(
        "reaction",
        state=await _state(tx, author, answer, is_there=bool(who)),
        who=[names[user].name if user in names else labels()["somebody"] for user in who],
        emoji=kind.emoji,
        kind=with_article(kind.label.lower()),
        place=place_in(known),
        url=await message_link(tx, what.channel, what.ts),
        key=made.key if made else None,
        title=made.title if made else None,
    )
    blocks = [section(said_of)]
    if who and not answer:
        keep = labels()["reaction_keep"].format(kind=with_article(kind.label.lower()))
        buttons = [
            button(keep, "reaction.keep", style="primary", what=what.name),
            button(labels()["reaction_no"], "reaction.no", what=what.name),
            button(labels()["reaction_quiet"], "reaction.quiet", what=what.name),
        ]
        blocks.append(actions(buttons))
    return Message(said_of, blocks)


async def _state(tx: Transaction, author: str, answer: Mapping[str, Any] | None, *, is_there: bool) -> str:
    if answer is None:
        return "asked" if is_there else "back"
    if answer["answer"] == "declined" and await reactions.wants_quiet(tx, author):
        return "quiet"
    return str(answer["answer"])


async def decline(desk: Desk, request: Request) -> Reply:
    """The message stays a message."""
    return await _declined(desk, request, for_good=False)


async def be_quiet(desk: Desk, request: Request) -> Reply:
    """The message stays a message, and its author is not asked about others."""
    return await _declined(desk, request, for_good=True)


async def _declined(desk: Desk, request: Request, *, for_good: bool) -> Reply:
    what = Marked.named(request.about["what"])
    async with desk.writing(request.workspace) as tx:
        if await reactions.answered(tx, what, request.user) is None:
            await reactions.answer(tx, what, request.user, "declined")
        if for_good:
            await reactions.want_quiet(tx, request.user)
        await outbox.refresh(tx, _subject(what))
    return {}


async def keep(desk: Desk, request: Request) -> Reply:
    """Open the form at once, and fill it with what the message says as soon as that is read."""
    waiting: Block = {
        "type": "modal",
        "callback_id": "message.save",
        "title": plain(labels()["save_title"]),
        "close": plain(labels()["form_cancel"]),
        "blocks": [context(Words(labels()["one_moment"]))],
    }
    view, reply = await opened(desk, request, waiting)
    if view:
        desk.later(_filled(desk, request, view))
    return reply


async def _filled(desk: Desk, request: Request, view: Mapping[str, Any]) -> None:
    await logged(_fill(desk, request, view), "fill the form", workspace=request.workspace)


async def _fill(desk: Desk, request: Request, view: Mapping[str, Any]) -> None:
    what, kinds = Marked.named(request.about["what"]), await desk.kinds(request.workspace)
    message = await _read(desk, what)
    where = await destination(desk, request.workspace, request.user, what.channel)
    async with desk.writing(request.workspace) as tx:
        found = await said(tx, what.channel, message or {"user": request.user, "ts": what.ts})
        about = await remembering(tx, request.user, found, reaction=what.name)
    notes = [] if message else [context(text("message_unread"))]
    drawn = form(kinds, about, found, what.kind, teams=where.choose_from, notes=notes)
    await put_unless_changed(desk, view, drawn)


async def _read(desk: Desk, what: Marked) -> Mapping[str, Any] | None:
    """Return the message as Slack has it now, asked once; None where it is gone, or Slack does not tell."""
    only = {"oldest": what.ts, "latest": what.ts, "inclusive": True, "limit": FEW}
    try:
        page = await call(desk.slack.client, "conversations.replies", channel=what.channel, ts=what.ts, **only)
    except CallFailed as failed:
        if failed.failure is Failure.DISCONNECTED:
            raise
        return None
    return next((each for each in page["messages"] if each.get("ts") == what.ts), None)
