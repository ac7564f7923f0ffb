"""What people write to the bot in plain words: something to be logged, keys to be shown, or what could be either."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.desk import Desk
from bot.flows.capture.destination import Destination, destination
from bot.flows.home.first_steps import FIRST_STEPS
from bot.flows.messages.grammar import Log, logging
from bot.flows.messages.keeping import forget, keep, kept, remember, remembered, shown
from bot.requests import Reply, Request, private
from prompts import labels, text
from prompts.blocks import Block, Message, actions, button, section
from rituals.learning import first_sentence
from storage.database import Transaction
from storage.errors import Refused
from storage.kinds import Kind, Kinds
from storage.objects import Draft
from storage.permalinks import message_link

MOST_OFFERED = 4

Answer = Callable[[Transaction], Awaitable[Message]]


async def logged(desk: Desk, kinds: Kinds, event: Mapping[str, Any], words: str) -> Answer | None:
    """Return what logs `words` and answers; None where they do not ask to be logged."""
    asked = logging(kinds, words)
    if asked is None:
        return None
    if not asked.words:
        return _nothing_said(asked.kind)
    channel, user = event["channel"], event["user"]
    where = at_hand(await destination(desk, event["team_id"], user, channel), channel)

    async def answer(tx: Transaction) -> Message:
        source = await message_link(tx, channel, event["ts"], event.get("thread_ts") or "")
        return await _kept(tx, kinds, user, asked, where, source)

    return answer


def at_hand(where: Destination, channel: str) -> Destination:
    """Return `where`, its card, in a direct message with us, among the other messages there: so they keep their order."""
    return Destination(where.team, channel, where.home) if channel.startswith("D") else where


def _nothing_said(kind: Kind) -> Answer:
    async def answer(_: Transaction) -> Message:
        words = text("keep_nothing", kind=kind.label.lower())
        return Message(words, [section(words), actions([button(labels()["keep_open"], "form.open", kind=kind.name)])])

    return answer


async def _kept(tx: Transaction, kinds: Kinds, user: str, asked: Log, where: Destination, source: str | None) -> Message:
    draft = Draft(asked.kind.name, asked.title, asked.description, source=source)
    try:
        return kept(kinds, await keep(tx, kinds, user, draft, where))
    except Refused as refused:  # before anything was written
        said = text("refused", why=str(refused))
        return Message(said, [section(said)])


async def offer(tx: Transaction, kinds: Kinds, event: Mapping[str, Any], words: str) -> Message:
    """Return the question whether `words`, which are neither a question nor to be logged, shall be kept, and as what."""
    name, source = f"words:{event['ts']}", await message_link(tx, event["channel"], event["ts"], event.get("thread_ts") or "")
    await remember(tx, event["user"], name, {"text": words, "source": source or ""})
    said = text("keep_offer", words=shown(words))
    return Message(said, [section(said), actions(_offers(kinds, name))])


def _offers(kinds: Kinds, name: str) -> list[Block]:
    likely = [kind for kind in kinds.offered if kind.from_message]
    likely += [kind for kind in kinds.offered if kind.name in FIRST_STEPS and not kind.from_message]
    buttons = [
        button(f"{kind.emoji} {kind.label}", f"words.keep:{kind.name}", words=name, kind=kind.name)
        for kind in likely[:MOST_OFFERED]
    ]
    return [*buttons, button(labels()["keep_other"], "words.other", words=name)]


async def keep_as(desk: Desk, request: Request) -> Reply:
    """Keep words that were offered to be kept, as what the button says."""
    kinds, name = await desk.kinds(request.workspace), request.about["words"]
    kind = kinds.kind(request.about["kind"])
    where = at_hand(await destination(desk, request.workspace, request.user, request.channel), request.channel)
    async with desk.writing(request.workspace) as tx:
        words = await remembered(tx, request.user, name)
        if words is None:
            return private(text("keep_gone"))
        title, description = first_sentence(words["text"])
        draft = Draft(kind.name, title, description, source=words["source"] or None)
        made = await keep(tx, kinds, request.user, draft, where)
        await forget(tx, request.user, name)
    return {"replace_original": True, **kept(kinds, made).payload}
