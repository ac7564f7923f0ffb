"""Who looks, and what they may see."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from bot.requests import Request
from prompts.reader import read_by
from storage.audience import Audience
from storage.checks import unknown_object
from storage.database import Transaction
from storage.errors import NotFound, Problem, Refused
from storage.graph import Tie
from storage.members import audience_in_the_open, audience_of_user
from storage.objects import Object, get, get_many
from storage.people import locale_of


async def viewer(tx: Transaction, request: Request) -> Audience:
    """Return what the person may see who acts: their own view, and the channel in which they act, since they are in it."""
    audience = await audience_of_user(tx, request.user)
    return audience.within(request.channel) if request.channel else audience


@asynccontextmanager
async def written_for(tx: Transaction, channel: str, user: str) -> AsyncIterator[None]:
    """Write, while the block lasts, for who reads in `channel`: in a direct message for `user`, else for everybody."""
    with read_by(await locale_of(tx, user) if channel.startswith("D") else None):
        yield


async def seen(tx: Transaction, request: Request, key: str) -> Object:
    """Return the object `key`; raise NotFound where there is none that the person may see."""
    item = await get(tx, key, await viewer(tx, request))
    if item is None:
        raise NotFound(key)
    return item


async def check_other_ends(tx: Transaction, request: Request, ties: Iterable[Tie]) -> None:
    """Raise Refused for ties to what the person may not see, in the words for what is not there: a form can name anything."""
    wanted = {tie.other: tie for tie in ties}
    for audience in (audience_in_the_open, audience_of_user):  # most are open to all, which takes the fewest looks
        if wanted:
            visible = await get_many(tx, wanted, (await audience(tx, request.user)).within(request.channel))
            wanted = {key: tie for key, tie in wanted.items() if key not in visible}
    if wanted:
        raise Refused([Problem(tie.relation, unknown_object(key)) for key, tie in wanted.items()])
