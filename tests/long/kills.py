"""Is everything that was acknowledged there, whole, after a SIGKILL at any moment? Does a migration keep every row?

`python -m tests.long.kills [--times 1000] [--size 50000] [--seed 1]` asks it of both engines and prints two tables;
the tests ask the same in a shorter form. A process is killed, not the machine: nothing is said here about power cuts.
"""

import argparse
import asyncio
import sys
import tempfile
import time as stopwatch
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from rich.console import Console
from rich.progress import track
from rich.table import Table
from sqlalchemy import func, select, union_all

from storage.database import Database
from storage.migrate import to_newest
from storage.tables import counters, objects, outbox, revisions
from tests.storage.child import start
from tests.storage.rows import add_graph, digests, fill, opened, ready
from tests.storage.steps import ALTER_PARENTS, STEPS, steps_until, with_step
from tests.support.postgres import running_server

# An act takes a number and adds a row to each of three tables. One statement counts them, so that it sees one moment.
TABLES = 3
_keys = union_all(
    select(objects.c.key), select(revisions.c.key), select(func.substr(outbox.c.subject, len("card:") + 1))
).subquery()
_taken = select(func.sum(counters.c.value)).scalar_subquery()
COUNTED = select(_keys.c.key, func.count().label("times"), _taken.label("taken")).group_by(_keys.c.key)


EARLIER = [step.stem for step in STEPS[:-1]]  # the schemas that there were


@dataclass
class Kills:
    """What was seen: `kept` acts were acknowledged, `unspoken` ones committed just before their writer could say so."""

    kills: int = 0
    early: int = 0  # came before anything was acknowledged
    kept: set[str] = field(default_factory=set)
    unspoken: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)


async def kill_often(url: str, times: int, random: Random) -> Kills:
    """Kill a writer `times` times, and after each kill look whether everything is there."""
    async with ready(url):
        seen = Kills()
    for _ in range(times):
        said = await _kill_one(url, random)
        seen.kills += 1
        seen.early += not said
        seen.kept.update(said)
        async with opened(url) as database:
            await look(database, seen)
    return seen


async def _kill_one(url: str, random: Random) -> list[str]:
    """Start a writer, kill it at some moment, mostly while it writes, and return the keys that it acknowledged."""
    child = await start("write", url)
    assert child.stdout is not None
    said = b""
    if random.random() < 0.8:
        said = await child.stdout.readline()
        await asyncio.sleep(random.uniform(0, 0.1))
    else:
        await asyncio.sleep(random.uniform(0, 1))
    child.kill()
    said += await child.stdout.read()
    await child.wait()
    return said.decode().split()


async def look(database: Database, seen: Kills) -> None:
    """Add to `seen` what is lost, half or damaged of what its writers acknowledged."""
    async with database.engine.connect() as connection:
        rows = (await connection.execute(COUNTED)).all()
        if database.is_sqlite:
            found = (await connection.exec_driver_sql("PRAGMA integrity_check")).scalars().all()
            orphans = (await connection.exec_driver_sql("PRAGMA foreign_key_check")).all()
            seen.faults += [f"damaged: {words}" for words in found if words != "ok"] + [f"orphan: {row}" for row in orphans]
    counted = {row.key: row.times for row in rows}
    seen.faults += [f"numbers: {row.taken} taken for {len(counted)} bets" for row in rows[:1] if row.taken != len(counted)]
    seen.unspoken = counted.keys() - seen.kept
    seen.faults += [f"lost: {key}" for key in sorted(seen.kept - counted.keys())]
    seen.faults += [f"half: {key}" for key, count in counted.items() if count != TABLES]


@dataclass(frozen=True)
class Migrated:
    rows: dict[str, int]
    changed: list[str]  # tables that are not what they were
    seconds: float


async def migrate_graph(url: str, size: int, folder: Path) -> Migrated:
    """Alter two tables that others refer to, under a graph of `size` objects, and compare every table with what it was."""
    async with ready(url) as database:
        await add_graph(database, size)
        before = await digests(database)
        began = stopwatch.monotonic()
        await to_newest(database, with_step(folder, ALTER_PARENTS))
        seconds = stopwatch.monotonic() - began
        after = await digests(database)
    changed = [name for name in before if before[name] != after[name]]
    return Migrated({name: count for name, (count, _) in before.items()}, changed, seconds)


async def upgrade_graph(url: str, size: int, folder: Path, earlier: str) -> Migrated:
    """Take a graph of `size` objects from the schema that `earlier` made to the newest, and compare it with what it was."""
    async with opened(url) as database:
        await to_newest(database, [steps_until(earlier, folder)])
        schema = await fill(database, size, size // 5)
        before = await digests(database, schema)
        began = stopwatch.monotonic()
        await to_newest(database)
        seconds = stopwatch.monotonic() - began
        after = await digests(database, schema)
    grown = {"revisions": size // 5} if earlier == STEPS[0].stem else {}  # the making of each value that was there
    expected = {name: count + grown.get(name, 0) for name, (count, _) in before.items()}
    changed = [name for name in before if name not in grown and before[name] != after[name]]
    changed += [name for name in grown if after[name][0] != expected[name]]
    return Migrated({name: count for name, (count, _) in before.items()}, changed, seconds)


@contextmanager
def _engines() -> Iterator[dict[str, tuple[str, ...]]]:
    """New databases on each engine: for the kills, for the migration that alters tables, and for each earlier schema."""
    names = ("kills", "graph", *EARLIER)
    with tempfile.TemporaryDirectory() as folder, running_server() as server:
        yield {
            "SQLite": tuple(f"sqlite:///{folder}/{name}.db" for name in names),
            "PostgreSQL": tuple(server.url(server.create_database()) for _ in names),
        }


async def _ask(times: int, size: int, random: Random, console: Console) -> list[str]:
    killed = Table(
        "engine", "kills", "before a word", "acknowledged and kept", "kept unspoken", "lost, half or damaged", "minutes"
    )
    migrated = Table("engine", "migration", "objects", "links", "rows in all", "tables changed", "seconds")
    faults: list[str] = []
    with _engines() as engines, tempfile.TemporaryDirectory() as folder:
        for engine, (kills_url, graph_url, *earlier_urls) in track(engines.items(), "Engines", console=Console(stderr=True)):
            began = stopwatch.monotonic()
            seen = await kill_often(kills_url, times, random)
            minutes = (stopwatch.monotonic() - began) / 60
            numbers = (seen.kills, seen.early, len(seen.kept), len(seen.unspoken), len(seen.faults))
            killed.add_row(engine, *(f"{number:,}" for number in numbers), f"{minutes:.0f}")
            faults += [f"{engine}: {fault}" for fault in seen.faults]
            graphs = {"two tables altered": await migrate_graph(graph_url, size, Path(folder) / engine)}
            for earlier, url in zip(EARLIER, earlier_urls, strict=True):
                graphs[f"{earlier[:4]} to newest"] = await upgrade_graph(
                    url, size, Path(folder) / f"{engine} {earlier}", earlier
                )
            for what, graph in graphs.items():
                counts = (graph.rows["objects"], graph.rows["links"], sum(graph.rows.values()), len(graph.changed))
                migrated.add_row(engine, what, *(f"{number:,}" for number in counts), f"{graph.seconds:.1f}")
                faults += [f"{engine}, {what}: {name}" for name in graph.changed]
    console.print(killed, migrated)
    return faults


def main() -> int:
    """Ask, and print the tables; the exit code is 1 where something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.long.kills")
    for name, default in (("times", 1_000), ("size", 50_000), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    chosen = parser.parse_args()
    console = Console(width=120)
    faults = asyncio.run(_ask(chosen.times, chosen.size, Random(chosen.seed), console))
    console.print(*faults[:20], f"{len(faults)} faults.", sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
