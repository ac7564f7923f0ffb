"""A comment: what somebody said of an object in a message, kept beside it and told in the thread of its card."""

from bot.flows.messages.said import Said
from bot.flows.viewing import seen
from bot.requests import Request
from prompts import parts
from prompts.blocks import Message, section
from storage import outbox, stories
from storage.comments import comment
from storage.database import Transaction
from storage.kinds import Kinds
from storage.objects import Object


async def keep_comment(tx: Transaction, request: Request, key: str, found: Said, *, is_private: bool) -> tuple[Object, bool]:
    """Keep what was `found` beside the object `key`, which who asks must see; return it, and whether that is new.

    `is_private`: only those of the channel where it was said may see it. Raise NotFound and Refused.
    """
    item = await seen(tx, request, key)
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
        await stories.tell(tx, [item.key], made.id)
    return item, is_new


def commented(kinds: Kinds, item: Object, found: Said, *, is_new: bool, is_private: bool) -> Message:
    """Return what is said to who kept it."""
    seen_by = "everybody" if not is_private else "you" if found.channel.startswith("D") else "channel"
    emoji = kinds.kind(item.kind).emoji
    line = parts("commented", emoji=emoji, key=item.key, title=item.title, is_new=is_new, seen_by=seen_by)
    return Message(line["line"], [section(line["line"])])
