"""Adding an object with three links, against the bare driver writing the very same rows: history, names and addresses too.

The statements that write are taken down in one run of our own code, and played back to a copy of the same database.
"""

import asyncio
import gc
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib.resources import files
from statistics import median
from typing import Any

import aiosqlite
import asyncpg
from rich.console import Console
from rich.table import Table
from sqlalchemy import event

import bot.demo
from storage.clock import RealClock
from storage.database import Database
from storage.files.graph_file import read
from storage.files.importing import import_graph
from storage.graph import Graph, Tie
from storage.migrate import to_newest
from storage.objects import Draft
from storage.packs.pack import starter
from storage.workspaces import the_workspace
from tests.support.postgres import running_server

ADDS, ROUND, BOUND = 400, 25, 3.0
TIES = (Tie("targets", "INP-1", why="New teams stall"), Tie("becomes", "OPT-1", backward=True), Tie("part of", "OPP-1"))
Step = Callable[[int], Awaitable[None]]
Statements = list[tuple[str, Any, bool]]  # the words, the values, whether the values are many rows


def main() -> None:
    Console(width=132).print(measured())


def measured() -> Table:
    """Return the table of both engines."""
    shown = Table("Adding an object with three links", "ours, ms", "bare driver, ms", "times", "goal")
    with tempfile.TemporaryDirectory() as folder, running_server() as server:
        files_of = [f"sqlite:///{folder}/{name}.db" for name in ("noted", "ours", "bare")]
        databases = [server.url(server.create_database()) for _ in range(3)]
        for engine, urls in (("SQLite", files_of), ("PostgreSQL", databases)):
            ours, bare = asyncio.run(_compare(*urls))
            shown.add_row(engine, f"{ours * 1000:.2f}", f"{bare * 1000:.2f}", f"{ours / bare:.2f}", f"≤ {BOUND:g}")
    return shown


async def _compare(noted_url: str, ours_url: str, bare_url: str) -> tuple[float, float]:
    """Return the median seconds of one add: ours, and the bare driver's."""
    async with _adding(noted_url) as (add, database):
        notes = [await _noted(database, add, number) for number in range(ADDS)]
    async with _adding(bare_url):
        pass  # fills it
    async with _adding(ours_url) as (add, _), _playing(bare_url, notes) as play:
        return await _timed(add, play)


async def _timed(ours: Step, bare: Step) -> tuple[float, float]:
    """Take turns, so that both meet the same machine."""
    taken: dict[Step, list[float]] = {ours: [], bare: []}
    gc.disable()
    for start in range(0, ADDS, ROUND):
        for step, times in taken.items():
            for number in range(start, start + ROUND):
                began = time.perf_counter()
                await step(number)
                times.append(time.perf_counter() - began)
    gc.enable()
    return median(taken[ours]), median(taken[bare])


@asynccontextmanager
async def _adding(url: str) -> AsyncIterator[tuple[Step, Database]]:
    """Give the adding of an object to a database that holds the sample organisation."""
    database, kinds = Database(url, RealClock()), starter()
    await to_newest(database)
    workspace = await the_workspace(database)
    async with database.writing(workspace) as tx:
        await import_graph(tx, kinds, read(files(bot.demo).joinpath("organisation.json").read_bytes()))

    async def add(number: int) -> None:
        fields = {"hypothesis": "We believe that it helps, because it did.", "confidence": 60}
        draft = Draft("bet", f"Guide the first board {number}", owner="U01ANA", team="Growth", fields=fields)
        async with database.writing(workspace) as tx:
            await Graph(tx, kinds, "U01ANA").add(draft, TIES)

    try:
        yield add, database
    finally:
        await database.close()


async def _noted(database: Database, add: Step, number: int) -> Statements:
    """Return the statements with which `add` writes."""
    noted: Statements = []

    def note(_: Any, __: Any, statement: str, values: Any, ___: Any, many: bool) -> None:
        if not statement.lstrip().upper().startswith("SELECT"):
            noted.append((statement, values, many))

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    await add(number)
    event.remove(database.engine.sync_engine, "before_cursor_execute", note)
    return noted


@asynccontextmanager
async def _playing(url: str, notes: list[Statements]) -> AsyncIterator[Step]:
    """Give the playing back of the noted statements through the bare driver, one transaction for each add."""
    if url.startswith("sqlite"):
        async with _on_sqlite(url.removeprefix("sqlite:///"), notes) as play:
            yield play
    else:
        async with _on_postgres(url, notes) as play:
            yield play


@asynccontextmanager
async def _on_sqlite(file: str, notes: list[Statements]) -> AsyncIterator[Step]:
    async with aiosqlite.connect(file, isolation_level=None) as connection:
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL"):
            await connection.execute(f"PRAGMA {pragma}")

        async def play(number: int) -> None:
            await connection.execute("BEGIN IMMEDIATE")
            for statement, values, many in notes[number]:
                await (connection.executemany if many else connection.execute)(statement, values)
            await connection.execute("COMMIT")

        yield play


@asynccontextmanager
async def _on_postgres(url: str, notes: list[Statements]) -> AsyncIterator[Step]:
    connection = await asyncpg.connect(url)

    async def play(number: int) -> None:
        async with connection.transaction():
            for statement, values, many in notes[number]:
                if many:
                    await connection.executemany(statement, values)
                else:
                    await connection.execute(statement, *values)

    try:
        yield play
    finally:
        await connection.close()


if __name__ == "__main__":
    main()
