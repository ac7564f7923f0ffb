"""Taking back what was done by a command, from the answer that told it."""

from bot.desk import Desk
from bot.flows.objects.editing import told
from bot.flows.pom.replies import plainly
from bot.flows.viewing import viewer
from bot.requests import Reply, Request
from prompts import labels, text
from prompts.blocks import Block, actions, button
from storage.past.undo import undo


def offer(act: str) -> Block:
    """Return the button that takes the act back."""
    return actions([button(labels()["pom_undo"], "pom.undo", act=act)])


async def take_back(desk: Desk, request: Request) -> Reply:
    """The button: take the act back, and have cards and threads tell it."""
    kinds = await desk.kinds(request.workspace)
    async with desk.writing(request.workspace) as tx:
        undone = await undo(tx, kinds, request.about["act"], request.user, await viewer(tx, request))
        await told(tx, undone.act, undone.keys)
    return plainly(request, text("pom_undone", keys=undone.keys))
