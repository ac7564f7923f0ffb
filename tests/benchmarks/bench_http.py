"""Opening the bet form and storing a bet, end to end over signed HTTP, against a bare Bolt app that does the same.

The workspace and its people are in this process, each app in one of its own. The two that are compared are up at the same
time and get the load in turns, in short rounds: what else the machine does slows both. The ratio is the median of the rounds'.
"""

import asyncio
import secrets
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from statistics import median, quantiles

import aiohttp
from rich.console import Console
from rich.table import Table
from sqlalchemy import select

from sandbox.server import Sandbox
from storage.clock import RealClock
from storage.database import Database
from storage.tables import metadata
from storage.workspaces import take_over
from tests.benchmarks.load import CROWD, Crowd, Gesture, Measured, crowded_config, load, open_form, store_bet
from tests.support.postgres import running_server
from tests.support.sample import WORKSPACE
from tests.support.story import free_port, load_sample

SECONDS = 1.0  # of a round
ROUNDS = 9
P99 = 0.5  # seconds
Rounds = Sequence[tuple[Measured, Measured]]


class Bench:
    """Apps at work on an engine, each on a database of its own with the sample organisation."""

    def __init__(self, crowd: Crowd, make_database: Callable[[], str]) -> None:
        self._crowd = crowd
        self._make_database = make_database
        self._databases: dict[str, str] = {}
        self._addresses: dict[str, str] = {}

    @asynccontextmanager
    async def serving(self, *names: str) -> AsyncIterator[None]:
        """Serve some of tests/benchmarks/apps.py while the block lasts."""
        async with AsyncExitStack() as stack:
            for name in names:
                self._databases[name] = self._make_database()
                await _fill(self._databases[name], self._crowd.slack)
                process = _process(name, self._crowd.slack, self._databases[name])
                self._addresses[name] = await stack.enter_async_context(process)
            yield

    async def compared(self, gesture: Gesture, names: tuple[str, str], clients: int) -> Rounds:
        """Measure `gesture` on two apps in turns, after a round to warm up."""
        rounds = [
            [await load(self._crowd, gesture, self._addresses[name], clients, SECONDS) for name in names]
            for _ in range(1 + ROUNDS)
        ]
        return [(ours, other) for ours, other in rounds[1:]]

    async def check_rows(self, *names: str) -> None:
        """Raise RuntimeError where the apps do not store the same: the columns of each table that have a value."""
        stored = []
        for name in names:
            before = await _columns_with_values(self._databases[name])
            await store_bet(self._crowd, self._addresses[name], CROWD[0])
            stored.append(await _columns_with_values(self._databases[name]) - before)
        if any(each != stored[0] for each in stored):
            raise RuntimeError(f"not the same rows: {stored}")


async def _fill(database_url: str, slack: Sandbox) -> None:
    """Load the sample organisation, and make its workspace known: the bare app does not ask Slack whose it is."""
    await load_sample(database_url, slack)
    database = Database(database_url, slack.clock)
    try:
        async with database.writing(WORKSPACE) as tx:
            await take_over(tx, WORKSPACE, "Acme", "https://acme.slack.com/")
    finally:
        await database.close()


async def _columns_with_values(database_url: str) -> Counter[tuple[str, ...]]:
    found: Counter[tuple[str, ...]] = Counter()
    database = Database(database_url, RealClock())
    try:
        async with database.reading(WORKSPACE) as tx:
            for table in metadata.sorted_tables:
                for row in (await tx.connection.execute(select(table))).mappings():
                    found[table.name, *sorted(name for name, value in row.items() if value is not None)] += 1
    finally:
        await database.close()
    return found


@asynccontextmanager
async def _process(name: str, slack: Sandbox, database_url: str) -> AsyncIterator[str]:
    """Run an app; give its address for requests."""
    port, app = free_port(), slack.app()
    arguments = [name, str(port), slack.api_url, app.bot_tokens[WORKSPACE], app.signing_secret, database_url]
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.benchmarks.apps", *arguments)
    url = f"http://127.0.0.1:{port}/slack/events"
    try:
        await _until_it_listens(url)
        yield url
    finally:
        process.terminate()
        await asyncio.wait_for(process.wait(), 20)


async def _until_it_listens(url: str) -> None:
    async with aiohttp.ClientSession() as session:
        for _ in range(300):
            try:
                async with session.post(url, data=b""):
                    return
            except aiohttp.ClientError:
                await asyncio.sleep(0.1)
    raise RuntimeError("the app never listened")


def lines(what: str, clients: int, rounds: Rounds, goal: float) -> list[str]:
    """Return a line of the table. A goal that is missed is marked."""
    ratio = median(ours.rate / other.rate for ours, other in rounds)
    p99 = quantiles((wait for ours, _ in rounds for wait in ours.waits), n=100)[98]
    return [
        what,
        str(clients),
        *(f"{median(measured.rate for measured in side):,.0f}" for side in zip(*rounds, strict=True)),
        f"{ratio:.2f}{'' if ratio >= goal else ' !'}",
        f"≥ {goal}",
        f"{p99 * 1000:.0f} ms{'' if p99 < P99 else ' !'}",
    ]


async def run(make_databases: dict[str, Callable[[], str]], table: Table) -> None:
    async with aiohttp.ClientSession() as session, Sandbox(crowded_config()) as slack:
        crowd = Crowd(slack, session)
        for engine, make_database in make_databases.items():
            bench = Bench(crowd, make_database)
            async with bench.serving("ours", "bare", "ours-alone"):
                await bench.check_rows("ours", "bare")
                for clients in (1, 32):
                    rounds = await bench.compared(store_bet, ("ours", "bare"), clients)
                    table.add_row(*lines(f"store a bet, {engine}; bare Bolt and driver", clients, rounds, 0.5))
                if engine != "SQLite":
                    continue
                for clients in (1, 32):
                    rounds = await bench.compared(open_form, ("ours", "bare"), clients)
                    table.add_row(*lines("open the bet form; bare Bolt", clients, rounds, 0.65))
                rounds = await bench.compared(open_form, ("ours", "ours-alone"), 32)
                table.add_row(*lines("the same; ours with one listener", 32, rounds, 0.9))


def main() -> None:
    """Print how often a second each is done, and the 99th percentile of our acknowledgements, which is to stay below P99."""
    table = Table("what; other", "clients", "ours /s", "other /s", "ratio", "goal", "p99 of ours", title="Over signed HTTP")
    with tempfile.TemporaryDirectory() as folder, running_server() as server:
        engines: dict[str, Callable[[], str]] = {
            "SQLite": lambda: f"sqlite:///{Path(folder) / secrets.token_hex(4)}.db",
            "PostgreSQL": lambda: server.url(server.create_database()),
        }
        asyncio.run(run(engines, table))
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
