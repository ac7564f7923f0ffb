"""Who looks, and what they may see."""

from bot.requests import Request
from storage.audience import Audience
from storage.database import Transaction
from storage.errors import NotFound
from storage.members import audience_of_user
from storage.objects import Object, get


async def viewer(tx: Transaction, request: Request) -> Audience:
    """Return what the person may see who acts: their own view, and the channel in which they act, since they are in it."""
    audience = await audience_of_user(tx, request.user)
    return audience.within(request.channel) if request.channel else audience


async def seen(tx: Transaction, request: Request, key: str) -> Object:
    """Return the object `key`; raise NotFound where there is none that the person may see."""
    item = await get(tx, key, await viewer(tx, request))
    if item is None:
        raise NotFound(key)
    return item
