"""What could not be posted, once somebody has acted."""

from bot.desk import Desk
from bot.requests import Reply, Request
from prompts import labels
from storage import outbox


async def send_again(desk: Desk, request: Request) -> Reply:
    """Send again what was parked for a channel."""
    async with desk.writing(request.workspace) as tx:
        count = await outbox.unpark(tx, request.about["channel"])
    return {"replace_original": True, "text": labels()["sending_again" if count else "nothing_waits"]}
