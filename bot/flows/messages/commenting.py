"""A comment: what somebody said of an object in a message, kept beside it and told in the thread of its card."""

from dataclasses import replace

from bot.flows.messages.said import Said
from bot.flows.viewing import seen
from bot.requests import Request
from prompts import parts, text
from prompts.blocks import Message, section, shortened
from storage import outbox
from storage.comments import Comment, comment
from storage.database import Transaction
from storage.kinds import Kinds
from storage.members import audience_of_channel
from storage.objects import Object

SHOWN = 1_500  # characters of what was said, in a thread; the rest is behind its link


async def keep_comment(tx: Transaction, request: Request, key: str, found: Said, *, is_private: bool) -> tuple[Object, bool]:
    """Keep what was `found` beside the object `key`, which the person must see; return it, and whether that is new.

    `is_private`: only those of the channel where it was said may see it. Raise NotFound and Refused.
    """
    item = await seen(tx, replace(request, channel=found.channel), key)
    made, is_new = await comment(
        tx,
        item.key,
        found.text,
        author=found.author or request.user,
        added_by=request.user,
        source=found.link,
        channel=found.channel,
        visibility="channel" if is_private else "workspace",
        at=found.at,
    )
    if is_new:
        await outbox.refresh(tx, f"card:{item.key}")
        await _tell(tx, made, found)
    return item, is_new


async def _tell(tx: Transaction, made: Comment, found: Said) -> None:
    """Say it in the thread of the object's card, if it has one and everybody who reads there may know it."""
    card = f"card:{made.key}"
    place = await outbox.place_of(tx, card)
    if place is None or not (await audience_of_channel(tx, place.channel)).sees(made.visibility, made.channel):
        return
    line = text("comment", name=found.name, place=found.place, text=shortened(made.text, SHOWN), url=made.source)
    await outbox.say(tx, place.channel, Message(line, [section(line)]).payload, thread_of=card)


def commented(kinds: Kinds, item: Object, found: Said, *, is_new: bool, is_private: bool) -> Message:
    """Return what is said to who kept it."""
    seen_by = "everybody" if not is_private else "you" if found.channel.startswith("D") else "channel"
    emoji = kinds.kind(item.kind).emoji
    line = parts("commented", emoji=emoji, key=item.key, title=item.title, is_new=is_new, seen_by=seen_by)
    return Message(line["line"], [section(line["line"])])
