"""Questions that people ask, and their answers: in a thread, in a direct message, behind a button."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.answers.answering import ask
from bot.desk import Desk
from bot.flows.home.first_steps import first_steps
from bot.flows.messages import keys, plain_words
from bot.flows.messages.grammar import is_question, is_thanks, only_keys
from bot.flows.messages.said import written
from bot.flows.viewing import seen, viewer, written_for
from bot.requests import Reply, Request, privately
from prompts import as_typed, text
from prompts.blocks import Message, section
from storage import outbox
from storage.audience import Audience
from storage.database import Transaction
from storage.kinds import Kinds
from storage.members import audience_of_channel, audience_of_user

MOST_OF_A_GREETING = 2  # words
_MENTION = re.compile(r"<@[UW][A-Z0-9]+(\|[^>]*)?>")


async def asked(desk: Desk, event: Mapping[str, Any]) -> Callable[[Transaction], Awaitable[None]] | None:
    """Return the effect of what was said to us by a mention or in a direct message: its answer, in the thread.

    Keys alone are shown in a line each; what is to be logged is logged; a question is answered. What is none of these is, in a
    direct message, offered to be kept. Another bot gets no answer: two that answer each other would never stop.
    """
    if "user" not in event or "bot_id" in event:
        return None
    workspace, user, channel = event["team_id"], event["user"], event["channel"]
    kinds = await desk.kinds(workspace)
    known = await desk.directory.channel(workspace, channel, seen_by=user)
    async with desk.database.reading(workspace) as tx:
        words = await written(tx, event)
    is_direct = channel.startswith("D")
    logged = await plain_words.logged(desk, kinds, event, words)

    async def answer(tx: Transaction) -> None:
        async with written_for(tx, channel, user):
            if logged:
                message = await logged(tx)
            else:
                message = await _found(tx, kinds, event, words, await readers(tx, user, known.channel))
        thread = event.get("thread_ts") or (None if is_direct else event["ts"])
        await outbox.say(tx, channel, {**message.payload, **({"thread_ts": thread} if thread else {})}, author=user)

    return answer


async def _found(tx: Transaction, kinds: Kinds, event: Mapping[str, Any], words: str, audience: Audience) -> Message:
    """Return what is known of the keys that `words` are, or the answer to them; or the offer to keep them."""
    channel = event["channel"]
    named = only_keys(kinds, words)
    if named:
        return await keys.compact(tx, kinds, named, audience, is_channel=True)
    question = as_typed(_MENTION.sub(" ", event.get("text", ""))).strip()
    about = await _object_of_thread(tx, channel, event.get("thread_ts"))
    reply = await ask(tx, kinds, question, about=about, audience=audience, asker=event["user"])
    if channel.startswith("D") and not reply.answer.understood and not is_question(words):
        if not _greets(words):
            return await plain_words.offer(tx, kinds, event, words)
        if not reply.answer.unclear:
            return _greeted(kinds, words)
    return Message(reply.text, reply.blocks)


def _greets(words: str) -> bool:
    """Tell whether `words`, which are no question, are too few to be worth keeping. Not every script has spaces."""
    return len(words.split()) <= MOST_OF_A_GREETING and words.isascii()


def _greeted(kinds: Kinds, words: str) -> Message:
    """Return what answers a greeting, a thank-you or a call for help: what can be written here, and what to begin with."""
    thanks = is_thanks(words)
    said = text("hello", thanks=thanks)
    return Message(said, [section(said), *([] if thanks else first_steps(kinds))])


async def ask_again(desk: Desk, request: Request) -> Reply:
    """A button that holds a question: the answer goes where the button stands."""
    return await _reply(desk, request, request.about["question"], request.about.get("key"))


async def why(desk: Desk, request: Request) -> Reply:
    """The card's button: where it came from and what it serves, in the card's thread."""
    key = request.about["key"]
    return await _reply(desk, request, text("why_question", key=key), key)


async def ask_privately(desk: Desk, request: Request, words: str, about: str | None = None) -> Reply:
    """Return the answer for the one who asks, to be seen by them alone."""
    kinds = await desk.kinds(request.workspace)
    async with desk.database.reading(request.workspace) as tx:
        message = await _answered(tx, kinds, words, about, await viewer(tx, request), request.user)
    return privately(message)


async def _reply(desk: Desk, request: Request, words: str, about: str | None) -> Reply:
    kinds = await desk.kinds(request.workspace)
    async with desk.database.reading(request.workspace) as tx:
        if about:
            await seen(tx, request, about)
    thread = _thread_of(request)
    if thread is None:
        return await ask_privately(desk, request, words, about)
    await desk.directory.channel(request.workspace, request.channel, seen_by=request.user)
    async with desk.writing(request.workspace) as tx:
        audience = await readers(tx, request.user, request.channel)
        async with written_for(tx, request.channel, request.user):
            message = await _answered(tx, kinds, words, about, audience, request.user)
        await outbox.say(tx, request.channel, {**message.payload, "thread_ts": thread}, author=request.user)
    return {}


async def readers(tx: Transaction, user: str, channel: str) -> Audience:
    """Return who will read an answer in `channel`: in a direct message the person alone, else everybody in it."""
    if not channel.startswith("D"):
        return await audience_of_channel(tx, channel)
    return (await audience_of_user(tx, user)).within(channel)


def _thread_of(request: Request) -> str | None:
    """Return the thread to answer in; None for a message that only one person sees, which has none."""
    container = request.body.get("container") or {}
    if container.get("is_ephemeral") or not request.message_ts:
        return None
    return request.thread_ts or request.message_ts


async def _object_of_thread(tx: Transaction, channel: str, thread_ts: str | None) -> str | None:
    """Return the key of the object whose card the thread hangs from, or None."""
    subject = await outbox.subject_at(tx, channel, thread_ts) if thread_ts else None
    family, _, key = (subject or "").partition(":")
    return key if family == "card" else None


async def _answered(tx: Transaction, kinds: Kinds, words: str, about: str | None, audience: Audience, asker: str) -> Message:
    reply = await ask(tx, kinds, words, about=about, audience=audience, asker=asker)
    return Message(reply.text, reply.blocks)
