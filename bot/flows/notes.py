"""The button of the weekly note."""

from bot.desk import Desk
from bot.requests import Reply, Request, private
from prompts import text
from rituals.weekly_note import WEEKLY_NOTE
from storage.preferences import choose


async def switch_off(desk: Desk, request: Request) -> Reply:
    """Remember that the person wants no weekly note."""
    async with desk.database.writing(request.workspace) as tx:
        await choose(tx, request.user, WEEKLY_NOTE, value=False)
    words = text("note_off")
    return private(words)
