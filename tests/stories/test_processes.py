"""Several processes on PostgreSQL, as the Procfile starts them, and the workspace alone as a command."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from sandbox.server import Sandbox
from tests.support.sample import sample_config
from tests.support.story import Story, environment, free_port, load_sample, settings_for, up, words_of

LEA, IVO = "U05LEA", "U02IVO"
GROWTH = "C01GROWTH"


@asynccontextmanager
async def process(command: str, *arguments: str, **variables: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run one of our commands while the block lasts; it must then end well."""
    running = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from bot.cli import main; main()", command, *arguments),
        env={**os.environ, **variables},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield running
    finally:
        if running.returncode is None:
            running.terminate()
        await asyncio.wait_for(running.communicate(), 20)
    assert running.returncode == 0


@pytest.mark.postgres
@pytest.mark.timeout(120)
async def test_web_and_two_workers_share_the_work(postgres_url: str) -> None:
    port = free_port()
    async with Sandbox(sample_config(f"http://127.0.0.1:{port}/slack/events")) as slack:
        await load_sample(postgres_url, slack)
        story = Story(slack, settings_for(slack, postgres_url, "http", port))
        variables = environment(story.settings)
        async with process("web", **variables), process("worker", **variables), process("worker", **variables):
            await up(story.settings)
            lea = story.person(LEA)
            for number in range(6):
                await lea.command(GROWTH, "/insight", f"Seen {number}")
                assert (await lea.submit(await story.modal(LEA, f"Seen {number}"))).errors == {}
            for number in range(6):
                card = await story.message(LEA, GROWTH, f"Seen {number}")
            await story.person(IVO).say(GROWTH, "<@U0THREAD> where did BET-12 come from?", thread_ts=card.ts)
            await story.message(IVO, GROWTH, "came from one insight", thread_ts=card.ts)
            await asyncio.sleep(1)
        seen = [words_of(message) for message in slack.workspace().channels[GROWTH].timeline if "Seen" in words_of(message)]
        assert sorted(text.split("\n")[0] for text in seen) == [
            f"💡 INS-{20 + number} · Seen {number} – new" for number in range(6)
        ]


async def test_the_workspace_alone_serves_any_app(tmp_path: Path) -> None:
    config = tmp_path / "workspace.yaml"
    config.write_text(
        "workspaces: [{id: T1, name: Tiny, domain: tiny, users: [{id: U1AAA, name: ana}], "
        "channels: [{id: C1, name: general, members: [U1AAA]}]}]\n"
    )
    port = str(free_port())
    async with process("sandbox", "--config", str(config), "--port", port), aiohttp.ClientSession() as session:
        for _ in range(300):
            try:
                async with session.get(f"http://127.0.0.1:{port}/") as page:
                    assert "Tiny" in await page.text()
                    return
            except aiohttp.ClientConnectorError:
                await asyncio.sleep(0.05)
    raise AssertionError("it never answered")


async def test_a_port_that_is_taken_is_said_so(tmp_path: Path) -> None:
    async with Sandbox(sample_config()) as slack:
        port = slack.url.rpartition(":")[2]
        demo = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", "from bot.cli import main; main()", "demo", "--port", port),
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(Path.cwd())},
            stderr=asyncio.subprocess.PIPE,
        )
        _, said = await asyncio.wait_for(demo.communicate(), 20)
    assert (demo.returncode, f"Port {port} is in use here" in said.decode()) == (2, True)
