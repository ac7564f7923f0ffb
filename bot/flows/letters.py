"""What could not be posted, once somebody has acted: it is sent again, or in another channel."""

import json

from bot.desk import Desk
from bot.flows.opening import open_view
from bot.forms import typed
from bot.forms.context import FormContext
from bot.forms.drawing import modal
from bot.forms.elements import channel_input
from bot.forms.inputs import input_block
from bot.requests import Reply, Request
from prompts import Words, labels, text
from prompts.blocks import plain, section
from storage import outbox, submissions
from storage.members import audience_of_channel


async def send_again(desk: Desk, request: Request) -> Reply:
    """Send again what was parked for a channel."""
    async with desk.writing(request.workspace) as tx:
        count = await outbox.unpark(tx, request.about["channel"])
    return {"replace_original": True, "text": labels()["sending_again" if count else "nothing_waits"]}


async def ask_where(desk: Desk, request: Request) -> Reply:
    """Open the choice of another channel for one message."""
    about = section(Words(text("send_elsewhere", channel=request.about["channel"])))
    where = input_block("where", labels()["send_where"], channel_input(), optional=False)
    view = modal("letters.elsewhere", FormContext(kind=""), labels()["send_elsewhere_title"], [about, where])
    kept = json.dumps({"letter": request.about["letter"]})
    return await open_view(desk, request, {**view, "private_metadata": kept, "submit": plain(labels()["send_there"])})


async def send_elsewhere(desk: Desk, request: Request) -> Reply:
    """Send the message in the channel that was chosen, as its readers may see it."""
    letter, channel = json.loads(request.view["private_metadata"])["letter"], typed(request.view)["where"]
    await desk.directory.channel(request.workspace, channel, seen_by=request.user)
    async with desk.writing(request.workspace) as tx:
        if not await submissions.is_first(tx, request.view["id"]):
            return {}
        readers = await audience_of_channel(tx, channel)
        if not readers.sees_workspace:
            return {"response_action": "errors", "errors": {"where": labels()["send_shared"]}}
        if not await outbox.send_elsewhere(tx, letter, request.user, channel):
            return {"response_action": "errors", "errors": {"where": labels()["nothing_waits"]}}
    return {}
