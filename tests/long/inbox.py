"""Is every event that was acknowledged answered exactly once, though it came four times and the bot was killed again and again?

`python -m tests.long.inbox [--rounds 25] [--events 12] [--seed 1]` asks it of both engines and prints a table. In each round
some people ask in threads, each event comes one to four times at once, and at a random moment after the first acknowledgement
the bot's process gets a SIGKILL. As Slack would, it is told again of what it has not acknowledged.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time as stopwatch
from collections import Counter
from collections.abc import Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import aiohttp
from rich.box import MARKDOWN
from rich.console import Console
from rich.table import Table
from slack_sdk.signature import SignatureVerifier

from bot.processes import run
from bot.settings import Settings, secret
from sandbox.server import Sandbox
from storage import inbox
from tests.stories.test_faults import mention
from tests.support.postgres import running_server
from tests.support.sample import BOT, QUICK, sample_config
from tests.support.story import Story, free_port, load_sample, settings_for, up, words_of

ROOT = Path(__file__).parents[2]
CHANNEL = "C01GROWTH"
QUESTION = "where did BET-12 come from?"
PATIENCE = 120.0  # seconds; on PostgreSQL what a killed process was sending waits for the end of its lease


@dataclass
class Answered:
    """What was seen. `copies` were sent of the `events`; of those `acknowledged`, `duplicates` were known already."""

    events: int = 0
    copies: int = 0
    acknowledged: int = 0
    unacknowledged: int = 0
    kills: int = 0
    open_at_kills: int = 0
    states: Counter[str] = field(default_factory=Counter)
    answers: Counter[int] = field(default_factory=Counter)  # how many events got so many answers
    seconds: float = 0.0

    @property
    def duplicates(self) -> int:
        return self.acknowledged - self.events

    @property
    def wrong(self) -> int:
        kept = self.states["done"] + self.states["parked"]
        return abs(self.events - kept) + self.events - self.answers[1] + sum(self.states.values()) - kept


async def ask_often(url: str, rounds: int, events: int, random: Random) -> Answered:
    """Ask `events` questions in each of some `rounds`, each with a kill, and count the answers."""
    began, seen = stopwatch.monotonic(), Answered()
    async with Sandbox(sample_config()) as slack, aiohttp.ClientSession() as session:
        await load_sample(url, slack)
        story = Story(slack, settings_for(slack, url, "http", free_port()))
        asked: list[str] = []
        unheard: list[dict[str, Any]] = []
        for number in range(rounds):
            bodies = [await mention(slack, QUESTION, f"Ev{number}x{each}") for each in range(events)]
            asked += [body["event"]["ts"] for body in bodies]
            unheard = await _one_round(story, session, [*unheard, *bodies], random, seen)
        async with _bot(story):
            seen.events = len(asked)
            while unheard:
                unheard = await _send(story, session, unheard, random, seen, asyncio.Event())
            await _until_answered(slack, asked)
            await asyncio.sleep(2)  # whatever came twice would have come by now
        seen.states = Counter(await story.read(inbox.counts))
        seen.answers = Counter(_answers(slack, ts) for ts in asked)
    seen.seconds = stopwatch.monotonic() - began
    return seen


async def _one_round(
    story: Story, session: aiohttp.ClientSession, bodies: list[dict[str, Any]], random: Random, seen: Answered
) -> list[dict[str, Any]]:
    """Send the events, kill the bot at some moment after the first was acknowledged; return what it did not acknowledge."""
    async with _bot(story) as process:
        heard = asyncio.Event()
        sending = asyncio.create_task(_send(story, session, bodies, random, seen, heard))
        await heard.wait()
        await asyncio.sleep(random.choice((0.0, random.uniform(0, 0.2), random.uniform(0, 1.5))))
        process.kill()
        await process.wait()
        unheard = await sending
    seen.kills += 1
    seen.open_at_kills += (await story.read(inbox.counts)).get("waiting", 0)
    return unheard


async def _send(
    story: Story,
    session: aiohttp.ClientSession,
    bodies: list[dict[str, Any]],
    random: Random,
    seen: Answered,
    heard: asyncio.Event,
) -> list[dict[str, Any]]:
    """Send one to four copies of each event at once; return the events of which no copy was acknowledged."""

    async def send(body: dict[str, Any]) -> bool:
        copies = random.randint(1, 4)
        got = sum(await asyncio.gather(*(_deliver(story, session, body, number, heard) for number in range(copies))))
        seen.copies += copies
        seen.acknowledged += got
        seen.unacknowledged += copies - got
        return got > 0

    was_heard = await asyncio.gather(*(send(body) for body in bodies))
    return [body for body, known in zip(bodies, was_heard, strict=True) if not known]


async def _deliver(
    story: Story, session: aiohttp.ClientSession, body: dict[str, Any], retry: int, heard: asyncio.Event
) -> bool:
    """Deliver an event as Slack does, signed; return whether it was acknowledged."""
    content, stamp = json.dumps(body), str(int(stopwatch.time()))
    signature = SignatureVerifier(secret(story.settings.slack_signing_secret)).generate_signature(timestamp=stamp, body=content)
    headers = {
        "content-type": "application/json",
        "x-slack-request-timestamp": stamp,
        "x-slack-signature": signature or "",
        **({"x-slack-retry-num": str(retry), "x-slack-retry-reason": "http_timeout"} if retry else {}),
    }
    url = f"http://127.0.0.1:{story.settings.http_port}/slack/events"
    with suppress(aiohttp.ClientError):
        async with session.post(url, data=content, headers=headers) as answer:
            if answer.status == 200:
                heard.set()
                return True
    return False


@asynccontextmanager
async def _bot(story: Story) -> Any:
    """Run the bot as a process of its own while the block lasts."""
    settings = story.settings
    environment = {
        "SLACK_BOT_TOKEN": secret(settings.slack_bot_token),
        "SLACK_SIGNING_SECRET": secret(settings.slack_signing_secret),
        "SLACK_API_URL": settings.slack_api_url,
        "DATABASE_URL": settings.database_url,
        "THROUGHLINE_CLOCK_URL": settings.throughline_clock_url or "",
        "PORT": str(settings.http_port),
    }
    words = ("-m", "tests.long.inbox", "--work")
    process = await asyncio.create_subprocess_exec(
        sys.executable, *words, cwd=ROOT, env={**os.environ, **environment}, stdout=asyncio.subprocess.DEVNULL, stderr=None
    )
    try:
        await up(settings)
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await asyncio.wait_for(process.wait(), 20)


def _answers(slack: Sandbox, ts: str) -> int:
    return sum(
        message.user == BOT and "INS-4" in words_of(message)
        for message in slack.workspace().channels[CHANNEL].threads.get(ts, [])
    )


async def _until_answered(slack: Sandbox, asked: list[str]) -> None:
    ends = stopwatch.monotonic() + PATIENCE
    while not all(_answers(slack, ts) for ts in asked) and stopwatch.monotonic() < ends:  # noqa: ASYNC110
        await asyncio.sleep(0.1)


@contextmanager
def _engines() -> Iterator[dict[str, str]]:
    with tempfile.TemporaryDirectory() as folder, running_server() as server:
        yield {"SQLite": f"sqlite:///{folder}/inbox.db", "PostgreSQL": server.url(server.create_database())}


def main() -> int:
    """Ask, and print the table; the exit code is 1 where something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.long.inbox")
    for name, default in (("rounds", 25), ("events", 12), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.work:
        return asyncio.run(run(Settings(), QUICK))
    heads = ("events", "deliveries", "acknowledged", "cut off", "kills", "waiting at kills", "done", "duplicate", "parked")
    table, wrong = Table("engine", *heads, "answered once", "not once", "seconds", box=MARKDOWN), 0
    with _engines() as engines:
        for engine, url in engines.items():
            seen = asyncio.run(ask_often(url, chosen.rounds, chosen.events, Random(chosen.seed)))
            sent = (seen.events, seen.copies, seen.acknowledged, seen.unacknowledged, seen.kills, seen.open_at_kills)
            kept = (seen.states["done"], seen.duplicates, seen.states["parked"], seen.answers[1], seen.events - seen.answers[1])
            table.add_row(engine, *(f"{number:,}" for number in (*sent, *kept)), f"{seen.seconds:.0f}")
            wrong += seen.wrong
    Console(width=160).print(table, f"{wrong} faults.", sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
