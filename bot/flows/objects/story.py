"""The story of an object, told line by line in the thread of its card."""

from prompts import parts
from prompts.blocks import Message, context
from storage import outbox
from storage.database import Transaction
from storage.people import names_of


async def tell(tx: Transaction, key: str, author: str, **what: object) -> None:
    """Say in the thread of the card of `key` what `author` changed; nothing where it has no card."""
    place = await outbox.place_of(tx, f"card:{key}")
    if place is None:
        return
    names = await names_of(tx, [author])
    line = parts("story", who=names.get(author, author), key=key, **what)["line"]
    message = Message(line, [context(line)])
    await outbox.say(tx, place.channel, message.payload, thread_of=f"card:{key}")
