"""A kill -9 in the middle of forty posts: after the restart each is there once, and so is each fact (FAULTS 24 and 54)."""

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from sandbox.server import Sandbox
from storage.audience import ADMINISTRATOR
from storage.objects import find
from tests.support.sample import sample_config
from tests.support.story import Story, environment, free_port, load_sample, settings_for, up

LEA = "U05LEA"
GROWTH = "C01GROWTH"
POSTS = 40


@asynccontextmanager
async def throughline(story: Story) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run the bot as a process of its own; where the block has not ended it, end it."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from bot.cli import main; main()", "run"),
        env={**os.environ, **environment(story.settings)},
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await up(story.settings)
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.wait(), 20)


@pytest.mark.slow
@pytest.mark.timeout(180)
@pytest.mark.parametrize("after", [5, 30])
async def test_killed_in_the_middle_of_forty_posts(database_url: str, after: int) -> None:
    async with Sandbox(sample_config()) as slack:
        await load_sample(database_url, slack)
        story = Story(slack, settings_for(slack, database_url, "socket", free_port()))
        async with throughline(story) as process:
            slack.faults.add("slow", "chat.postMessage", seconds=0.05, stored=0.5, times=None)
            logging = asyncio.create_task(log_all(story))
            await story.until(lambda: len(cards(slack)) >= after, "the first cards")
            await logging
            process.kill()
            await process.wait()
        assert len(cards(slack)) < POSTS, "killed too late to show anything"
        slack.faults.clear()
        async with throughline(story):
            await story.until(lambda: len(cards(slack)) >= POSTS, "all forty cards", patience=90)
            await asyncio.sleep(1)
        assert Counter(cards(slack)) == Counter(f"Observation {number}" for number in range(POSTS))
        stored = await story.read(lambda tx: find(tx, ADMINISTRATOR, kind="insight"))
        titles = [item.title for item in stored if item.title.startswith("Observation")]
        assert Counter(titles) == Counter(f"Observation {number}" for number in range(POSTS))


async def log_all(story: Story) -> None:
    lea = story.person(LEA)
    for number in range(POSTS):
        await lea.command(GROWTH, "/insight", f"Observation {number}")
        assert (await lea.submit(await story.modal(LEA, f"Observation {number}"))).errors == {}


def cards(slack: Sandbox) -> list[str]:
    """Return the titles on the cards that stand in the channel."""
    shown = [message.text for message in slack.workspace().channels[GROWTH].timeline if "Observation" in message.text]
    return [text.split(" · ")[1].removesuffix(" – new") for text in shown]
