"""The card of an object whose making was taken back says so, to those who could see the object."""

from bot.letters.cards import render_card
from storage.audience import ADMINISTRATOR
from storage.graph import Graph
from storage.objects import Draft
from storage.packs.pack import starter
from storage.past.undo import undo
from tests.storage.rows import WORKSPACE, ready

ANA = "U01ANA"


async def test_the_card_of_what_was_taken_back_says_so_to_those_who_could_see_it(database_url: str) -> None:
    async with ready(database_url) as database:
        for draft in (Draft("bet", "Guide them"), Draft("bet", "Secret", channel="C05LEADS", visibility="channel")):
            async with database.writing(WORKSPACE) as tx:
                graph = Graph(tx, starter(), ANA)
                await graph.add(draft)
            async with database.writing(WORKSPACE) as tx:
                await undo(tx, starter(), graph.act.id, ANA, ADMINISTRATOR)
        async with database.reading(WORKSPACE) as tx:
            said, secret, never = [await render_card(tx, key, ANA) for key in ("BET-1", "BET-2", "BET-9")]
    assert said is not None
    assert said.text == "BET-1 Guide them is not there any more: somebody took its making back. Its history is kept."
    assert [block["type"] for block in said.blocks] == ["section"]
    assert (secret, never) == (None, None)
