"""Processes beside the test's own: `python -m tests.storage.child COMMAND ARGUMENT…`."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import event, select, update

from storage import outbox
from storage.database import Database, ours
from storage.graph import Graph
from storage.lock import sole_user
from storage.migrate import to_newest
from storage.objects import Draft
from storage.packs.pack import starter
from storage.tables import counters
from tests.storage.rows import WORKSPACE, opened, ready

COUNTER = "BET"
READ = select(counters.c.value).where(ours(counters), counters.c.name == COUNTER).with_for_update()
WRITE = update(counters).where(ours(counters), counters.c.name == COUNTER)
WRITERS = 4
ROOT = Path(__file__).parents[2]
NAME = "tests.storage.child"


async def migrate(url: str, *versions: str) -> None:
    """Migrate, and say which steps were run."""
    async with opened(url) as database:
        _say(" ".join(await to_newest(database, [Path(folder) for folder in versions])))


async def migrate_dying(url: str, number: str) -> None:
    """Migrate, and die with the statement of this number; where there are fewer, say which steps were run."""
    left = int(number)

    def die(*_: object) -> None:
        nonlocal left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    async with opened(url) as database:
        event.listen(database.engine.sync_engine, "before_cursor_execute", die)
        _say(" ".join(await to_newest(database)))


async def count(url: str, tasks: str, times: str) -> None:
    """Read the counter, add one and write it back, so many times in so many tasks at once."""
    async with opened(url) as database:
        await asyncio.gather(*(add_one(database, int(times)) for _ in range(int(tasks))))


async def add_one(database: Database, times: int) -> None:
    for _ in range(times):
        async with database.writing(WORKSPACE) as transaction:
            value = await transaction.value(READ)
            await asyncio.sleep(0)  # let the others try to come between
            await transaction.run(WRITE.values(value=value + 1))


async def write(url: str) -> None:
    """Add bets for ever, each with the message that speaks of it, and acknowledge each by its key once it is committed."""
    async with ready(url) as database:
        await asyncio.gather(*(_write(database) for _ in range(WRITERS)))


async def _write(database: Database) -> None:
    kinds = starter()
    while True:
        async with database.writing(WORKSPACE) as transaction:
            made = await Graph(transaction, kinds, "U1").add(Draft("bet", "Let a new team start from a real board"))
            await outbox.show(transaction, f"card:{made.key}", "C1")
        _say(made.key)


async def hold(url: str) -> None:
    """Hold the lock, say so, and wait to be killed."""
    async with opened(url) as database:
        with sole_user(database):
            _say("held")
            await asyncio.Event().wait()


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


COMMANDS = {command.__name__: command for command in (migrate, migrate_dying, count, write, hold)}


async def start(command: str, *arguments: object, **environment: str) -> asyncio.subprocess.Process:
    """Start a child of the caller's; its standard output is a pipe."""
    words = (command, *map(str, arguments))
    variables = {**os.environ, **environment}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", NAME, *words, env=variables, stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )


@asynccontextmanager
async def started(command: str, *arguments: object, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Start a child of the caller's, which is killed at the end if it still runs then."""
    child = await start(command, *arguments, **environment)
    try:
        yield child
    finally:
        if child.returncode is None:
            child.kill()
            await child.communicate()


def main(command: str, *arguments: str) -> None:
    asyncio.run(COMMANDS[command](*arguments))


if __name__ == "__main__":
    main(*sys.argv[1:])
