"""What goes straight back to Slack keeps to its limits, too: 3,000 characters in a section, 2,000 in a button's value."""

import aiohttp

from bot.deliver import Delivery
from bot.desk import Desk
from bot.directory import Directory
from bot.fitting import fitted
from bot.flows.pom.command import pom
from bot.requests import Request
from bot.slack import Slack
from prompts.blocks import Message, button
from storage.tables import LOCAL_WORKSPACE
from tests.storage.graph_files import take_in, workplace


async def test_an_object_with_a_long_text_is_shown_in_several_sections(database_url: str) -> None:
    body = {"team_id": LOCAL_WORKSPACE, "user_id": "U01ANA", "channel_id": "C01GROWTH", "text": "INS-1"}
    async with workplace(database_url) as database, aiohttp.ClientSession() as session:
        await take_in(
            database, {"objects": [{"key": "INS-1", "kind": "insight", "title": "Long", "description": "word " * 1_300}]}
        )
        slack = Slack(session, "http://127.0.0.1:1/", "")
        desk = Desk(database, slack, Delivery(database, LOCAL_WORKSPACE, slack, {}), Directory(database, slack))
        said = await pom(desk, Request.of_command(body))
        reply = fitted(Message(said["text"], said["blocks"]))  # as bot/listeners.py does with every reply
        await desk.idle()
    sizes = [len(block["text"]["text"]) for block in reply["blocks"] if block["type"] == "section"]
    assert (len(sizes), max(sizes) <= 3_000) == (4, True)


def test_a_title_of_a_thousand_letters_fits_into_a_button_in_every_script() -> None:
    assert len(button("Open", "form.open", title="🎲" * 1_000)["value"]) == 1_012
