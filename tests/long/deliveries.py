"""Is every letter in Slack exactly once and in its place, whatever goes wrong on the way there?

`python -m tests.long.deliveries [--letters 5000] [--channels 20] [--crashes 100] [--seed 1]` asks it of both engines and prints
a table: a fifth of all posts go wrong in one of eight ways, and again and again the delivery dies in the middle of its work.
"""

import argparse
import asyncio
import sys
import tempfile
import time as stopwatch
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any

from rich.box import MARKDOWN
from rich.console import Console
from rich.table import Table
from sqlalchemy import func, select

from bot.deliver import Timing
from sandbox.state import Channel
from sandbox.workspace import Change
from storage import outbox
from storage.tables import outbox as letters
from tests.bot.test_deliver import Post, post_office
from tests.support.postgres import running_server
from tests.support.sample import BOT, WORKSPACE

# The quiet period is longer than the latest that a post may arrive after its answer was lost.
TIMING = Timing(quiet=0.6, retry=0.05, disconnected=0.3)
FAULTS: list[dict[str, Any]] = [
    {"act": "lost", "stored": 1},
    {"act": "lost", "stored": 0},
    {"act": "late", "seconds": 0.2},
    {"act": "http_error", "status": 503, "stored": 0.5},
    {"act": "error", "error": "internal_error", "stored": 0.5},
    {"act": "error", "error": "fatal_error", "stored": 0.5},
    {"act": "rate_limited", "retry_after": "0.1"},
    {"act": "slow", "seconds": 0.1},
]
FAULTY = 0.2  # of all posts
_SENDING = select(letters.c.id, letters.c.channel).where(letters.c.workspace == WORKSPACE, letters.c.state == "sending")
_OPEN = select(func.count()).where(letters.c.workspace == WORKSPACE, letters.c.state.in_(("waiting", "ambiguous", "sending")))


@dataclass
class Delivered:
    """What was seen. A crash cuts letters off that Slack has already (`unrecorded`) and others that it has not (`uncalled`)."""

    letters: int = 0
    faults: int = 0
    crashes: int = 0
    unrecorded: int = 0
    uncalled: int = 0
    lost: int = 0
    extra: int = 0
    disordered: int = 0
    states: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def wrong(self) -> int:
        return self.lost + self.extra + self.disordered + self.letters - self.states.get("sent", 0)


async def deliver_often(url: str, count: int, channels: int, crashes: int, random: Random) -> Delivered:
    """Send `count` letters to `channels` through faults and some `crashes`, and compare Slack with what was to be said."""
    began = stopwatch.monotonic()
    async with post_office(url, TIMING) as post:
        said = await _say(post, count, channels)
        post.slack.faults.seed(random.randrange(1_000_000))
        rules = [
            post.slack.faults.add(what="chat.postMessage", probability=_chance(number), times=None, **fault)
            for number, fault in enumerate(FAULTS)
        ]
        seen = Delivered(count)
        while seen.crashes < crashes and await _is_open(post):
            await _crash(post, random, seen)
        await _finish(post)
        seen.faults = sum(rule.hits for rule in rules)
        await _compare(post, said, seen)
    seen.seconds = stopwatch.monotonic() - began
    return seen


def _chance(number: int) -> float:
    """Rules are tried one after the other, so the later ones are asked more seldom: this gives each the same share."""
    share = FAULTY / len(FAULTS)
    return share / (1 - number * share)


async def _say(post: Post, count: int, channels: int) -> dict[str, list[str]]:
    """Put the letters into the outbox, in turns for each channel; return what each channel is to show."""
    ids = [f"C9{number:03}" for number in range(channels)]
    for channel in ids:
        post.slack.workspace().add_channel(Channel(channel, channel.lower(), members={"U01ANA", BOT}))
    said = {channel: [f"{channel} {number}" for number in range(count // channels)] for channel in ids}
    for number in range(0, count // channels, 10):
        for channel in ids:
            await post.say(*said[channel][number : number + 10], channel=channel)
    return said


async def _is_open(post: Post) -> bool:
    async with post.database.reading(WORKSPACE) as tx:
        return bool(await tx.connection.scalar(_OPEN))


async def _crash(post: Post, random: Random, seen: Delivered) -> None:
    """Let the delivery work until Slack has some more letters, end it wherever it is, and begin again as at a new start."""
    work = asyncio.create_task(post.delivery.run())
    await _until_some_are_there(post, random.randint(1, 60))
    await asyncio.sleep(random.uniform(0, 0.02))
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    await asyncio.sleep(0.05)  # what was called reaches Slack
    seen.crashes += 1
    async with post.database.reading(WORKSPACE) as tx:
        cut_off = (await tx.connection.execute(_SENDING)).all()
    has = {letter for channel in {row.channel for row in cut_off} for letter in _ids_in(post, channel)}
    seen.unrecorded += sum(row.id in has for row in cut_off)
    seen.uncalled += sum(row.id not in has for row in cut_off)
    await post.delivery.resolve_abandoned()


async def _until_some_are_there(post: Post, count: int) -> None:
    """Wait until Slack has `count` more messages, at most for some seconds."""
    arrived, listeners = asyncio.Semaphore(0), post.slack.workspace().listeners

    def see(change: Change) -> None:
        if change.kind == "message_posted":
            arrived.release()

    listeners.append(see)
    with suppress(TimeoutError):
        async with asyncio.timeout(3):
            for _ in range(count):
                await arrived.acquire()
    listeners.remove(see)


def _ids_in(post: Post, channel: str) -> Iterator[str]:
    for message in post.slack.workspace().channels[channel].timeline:
        if message.metadata:
            yield message.metadata["event_payload"]["id"]


async def _finish(post: Post) -> None:
    work = asyncio.create_task(post.delivery.run())
    while await _is_open(post):  # noqa: ASYNC110  # the outbox has no event for its end
        await asyncio.sleep(0.2)
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)


async def _compare(post: Post, said: dict[str, list[str]], seen: Delivered) -> None:
    for channel, wanted in said.items():
        shown = post.texts(channel)
        seen.lost += (Counter(wanted) - Counter(shown)).total()
        seen.extra += (Counter(shown) - Counter(wanted)).total()
        seen.disordered += shown != sorted(shown, key=lambda text: int(text.split()[1]))
    async with post.database.reading(WORKSPACE) as tx:
        seen.states = await outbox.counts(tx)


@contextmanager
def _engines() -> Iterator[dict[str, str]]:
    with tempfile.TemporaryDirectory() as folder, running_server() as server:
        yield {"SQLite": f"sqlite:///{folder}/letters.db", "PostgreSQL": server.url(server.create_database())}


def main() -> int:
    """Ask, and print the table; the exit code is 1 where something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.long.deliveries")
    for name, default in (("letters", 5_000), ("channels", 20), ("crashes", 100), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    chosen = parser.parse_args()
    heads = ("letters", "faults", "crashes", "cut off, in Slack", "cut off, not in Slack", "lost", "extra", "out of order")
    table, wrong = Table("engine", *heads, "seconds", box=MARKDOWN), 0
    with _engines() as engines:
        for engine, url in engines.items():
            asked = deliver_often(url, chosen.letters, chosen.channels, chosen.crashes, Random(chosen.seed))
            seen = asyncio.run(asked)
            numbers = (seen.letters, seen.faults, seen.crashes, seen.unrecorded, seen.uncalled)
            results = (seen.lost, seen.extra, seen.disordered)
            table.add_row(engine, *(f"{number:,}" for number in (*numbers, *results)), f"{seen.seconds:.0f}")
            wrong += seen.wrong
    Console(width=140).print(table, f"{wrong} faults.", sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
