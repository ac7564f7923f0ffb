"""A pack that is applied beside a bot that runs: its forms, help and cards follow without a restart."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.audience import ADMINISTRATOR
from storage.database import Database
from storage.objects import get
from storage.packs.changes import outcome
from storage.packs.pack import read_pack
from storage.workspaces import kinds_of, set_pack
from tests.storage.graph_files import Still
from tests.support.sample import WORKSPACE
from tests.support.story import Story, sample_story, words_of

LEA, GROWTH = "U05LEA", "C01GROWTH"
EXAMPLE = read_pack((Path(__file__).parents[2] / "docs/example-pack.yaml").read_text("utf-8"))
NOTICED_WITHIN = 10.0  # seconds; a process knows the kinds for five


@pytest.fixture
async def story(database_url: str) -> AsyncIterator[Story]:
    async with sample_story(database_url) as living:
        yield living


async def apply_the_example(database_url: str) -> None:
    """Apply it as `throughline pack apply` does: from another process."""
    database = Database(database_url, Still())
    try:
        async with database.writing(WORKSPACE) as tx:
            kinds = (await outcome(tx, await kinds_of(tx), EXAMPLE)).kinds
            assert kinds is not None
            await set_pack(tx, kinds)
    finally:
        await database.close()


async def test_a_running_bot_offers_what_a_pack_declares(story: Story, database_url: str) -> None:
    lea = story.person(LEA)
    assert (await lea.command(GROWTH, "/pom", "log customer Schools")).text.startswith("I don't know")
    await apply_the_example(database_url)
    await until_noticed(story)
    await lea.command(GROWTH, "/pom", "log customer Schools")
    form = await story.modal(LEA, "What do they try to get done?")
    assert (await lea.submit(form, {"field.job": "Plan a term"})).errors == {}
    card = await story.message(LEA, GROWTH, "CUS-1")
    assert "Schools" in words_of(card)
    growth = await lea.command(GROWTH, "/pom", "GRO-1")
    assert growth.text.startswith("🌱 GRO-1")
    stored = await story.read(lambda tx: get(tx, "CUS-1", ADMINISTRATOR))
    assert (stored.title, stored.fields) == ("Schools", {"job": "Plan a term"})


async def until_noticed(story: Story) -> None:
    """Wait until the help knows the new kind, by asking for it now and then."""
    for _ in range(50):
        if "Customer" in (await story.person(LEA).command(GROWTH, "/pom", "help customer")).text:
            return
        await asyncio.sleep(NOTICED_WITHIN / 50)
    raise AssertionError("the bot did not notice the pack")
