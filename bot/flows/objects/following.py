"""Following an object: its news come in the person's own weekly note."""

from bot.desk import Desk
from bot.flows.viewing import seen
from bot.requests import Reply, Request, private
from prompts import text
from rituals.schedules import keep_telling
from storage import follows


async def follow(desk: Desk, request: Request) -> Reply:
    """Have the person follow the object."""
    return await _set(desk, request, does=True)


async def unfollow(desk: Desk, request: Request) -> Reply:
    """Have the person follow the object no longer."""
    return await _set(desk, request, does=False)


async def _set(desk: Desk, request: Request, *, does: bool) -> Reply:
    kinds = await desk.kinds(request.workspace)
    async with desk.writing(request.workspace) as tx:
        item = await seen(tx, request, request.about["key"])
        is_new = await (follows.follow if does else follows.unfollow)(tx, request.user, item.key)
        if does:
            await keep_telling(tx, kinds, request.user)
    words = text("following", key=item.key, title=item.title, does=does, is_new=is_new)
    return private(words)
