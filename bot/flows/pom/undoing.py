"""Taking back what was done by a command, from the answer that told it."""

from bot.desk import Desk
from bot.flows.objects.undoing import undone
from bot.flows.pom.replies import plainly
from bot.requests import Reply, Request
from prompts import labels, text
from prompts.blocks import Block, actions, button


def offer(act: str) -> Block:
    """Return the button that takes the act back."""
    return actions([button(labels()["story_undo"], "pom.undo", act=act)])


async def take_back(desk: Desk, request: Request) -> Reply:
    """The button: take the act back, and have cards and threads tell it."""
    kinds = await desk.kinds(request.workspace)
    async with desk.writing(request.workspace) as tx:
        done = await undone(tx, kinds, request, request.about["act"])
    return plainly(request, text("pom_undone", keys=done.keys))
