"""The import of a graph file against a bare bulk insert of the very same rows: of every table, history and names too.

`python -m tests.benchmarks.bench_import 1000000` takes a million objects and two and a half million links; by default it is a
tenth of that; an engine's name after the number takes that one alone. The file is taken in by a process of its own, as the
command does, whose memory is shown. Then the rows that it left are read back and given to the driver, ten thousand at a time,
in one transaction: executemany on SQLite, COPY on PostgreSQL. Only the driver's inserts and its commit are timed. The tables,
their indexes and triggers are the same.
"""

import asyncio
import json
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import asyncpg
from rich.console import Console
from rich.table import Table as Shown
from sqlalchemy import Table

from bot.commands.graph_files import import_file, read_file
from bot.commands.progress import unseen
from bot.settings import Settings
from storage.clock import RealClock
from storage.database import Database
from storage.kinds import Kind
from storage.migrate import to_newest
from storage.packs.pack import starter
from storage.tables import metadata, workspaces
from storage.workspaces import the_workspace
from tests.support.postgres import running_server

OBJECTS, BOUND = 100_000, 3.0
ENGINES = ("SQLite", "PostgreSQL")
IN_A_BATCH = 10_000
Ours = tuple[float, int, int]  # seconds, entries, and the most memory in MB
Bare = tuple[float, int]  # seconds, and rows
BEGUN = datetime(2024, 3, 2, 9, tzinfo=UTC)
# What leads from one kind to another, in the order in which things come from one another.
FLOW = {
    "insight": ("informs", "opportunity"),
    "opportunity": ("frames", "option"),
    "option": ("becomes", "bet"),
    "bet": ("executes", "work"),
    "work": ("ships", "release"),
    "release": ("results in", "impact"),
    "impact": ("yields", "insight"),
}
FIELDS: dict[str, dict[str, Any]] = {
    "insight": {"source": "user research", "how_sure": 75},
    "opportunity": {"kind": "problem", "segment": "New teams"},
    "bet": {"hypothesis": "We believe that it helps, because it did.", "confidence": 60},
}


def write_file(path: Path, count: int) -> None:
    """Write a graph file of `count` objects and two and a half times as many links to `path`."""
    each = count // len(FLOW)
    with path.open("w", encoding="utf-8") as file:
        file.write('{"version": 1,\n"teams": [{"name": "Growth", "channel": "C01GROWTH"}],\n"objects": [\n')
        for number, entry in enumerate(_objects(each)):
            file.write(f"{',' if number else ''}{json.dumps(entry, ensure_ascii=False)}\n")
        file.write('],\n"links": [\n')
        for number, entry in enumerate(_links(each)):
            file.write(f"{',' if number else ''}{json.dumps(entry, ensure_ascii=False)}\n")
        file.write("]}\n")


def _objects(each: int) -> Iterator[dict[str, Any]]:
    for kind in _kinds():
        for number in range(1, each + 1):
            made = (BEGUN + timedelta(seconds=61 * number)).isoformat()
            yield {
                "key": f"{kind.prefix}-{number}",
                "kind": kind.name,
                "title": f"{kind.label} {number}: new teams stall at the empty board",
                "description": "What we saw, where we saw it, and why we think that it matters to those who come next.",
                "team": "Growth",
                "owner": "U01ANA",
                "horizon": "1-3 months",
                "status": kind.first_status,
                "tags": ["onboarding"],
                "fields": FIELDS.get(kind.name, {}),
                "channel": "C01GROWTH",
                "visibility": "workspace",
                "created_at": made,
            }


def _links(each: int) -> Iterator[dict[str, Any]]:
    random = Random(4)  # the same links each time
    prefixes = {kind.name: kind.prefix for kind in _kinds()}
    for kind, (relation, other) in FLOW.items():
        for number in range(1, each + 1):
            others = random.sample(range(1, each + 1), 2 + number % 2)
            for further, to in enumerate(others):
                ends = {"from": f"{prefixes[kind]}-{number}", "to": f"{prefixes[other]}-{to}"}
                if further == 0 and number > 10 and number % 10 == 0:  # what holds it came before it
                    yield {**ends, "to": f"{prefixes[kind]}-{number // 10}", "relation": "part of"}
                else:
                    yield {**ends, "relation": relation, "why": "Ten of twelve teams did.", "confidence": 70}


def _kinds() -> list[Kind]:
    return [starter().kind(name) for name in FLOW]


def take_in(url: str, path: Path) -> tuple[float, int]:
    """Take the file at `path` into an empty database, as the command does; return the seconds and the entries."""
    asyncio.run(empty(url))
    began = time.perf_counter()
    file = read_file(path, unseen)
    entries = file.count()
    asyncio.run(import_file(Settings(database_url=url), file, None, unseen))
    return time.perf_counter() - began, entries


def in_a_process(url: str, path: Path) -> Ours:
    """Run `take_in` in a process of its own; return the seconds, the entries and the most memory that it had, in MB."""
    command = [sys.executable, "-m", "tests.benchmarks.bench_import", "--take-in", url, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds, entries, peak = json.loads(done.stdout)
    return seconds, entries, peak


async def empty(url: str) -> None:
    """Make the tables."""
    database = Database(url, RealClock())
    await to_newest(database)
    await the_workspace(database)
    await database.close()


def tables() -> list[Table]:
    """Return the tables of a workspace, in the order in which their rows name each other."""
    return [table for table in metadata.sorted_tables if table is not workspaces and "workspace" in table.c]


def bare_sqlite(source: Path, target: Path) -> Bare:
    """Copy the rows of one database into the tables of another; return the seconds that the inserts took, and the rows."""
    there, here = sqlite3.connect(source), sqlite3.connect(target, isolation_level=None)
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL"):
        here.execute(f"PRAGMA {pragma}")
    here.execute("BEGIN IMMEDIATE")
    took, count = 0.0, 0
    for table in tables():
        names = ", ".join(f'"{column.name}"' for column in table.columns)
        statement = f"INSERT INTO {table.name} ({names}) VALUES ({', '.join('?' for _ in table.columns)})"
        rows = there.execute(f"SELECT {names} FROM {table.name} ORDER BY rowid")
        while batch := rows.fetchmany(IN_A_BATCH):
            began = time.perf_counter()
            here.executemany(statement, batch)
            took += time.perf_counter() - began
            count += len(batch)
    began = time.perf_counter()
    here.execute("COMMIT")
    took += time.perf_counter() - began
    for connection in (there, here):
        connection.close()
    return took, count


async def bare_postgres(source: str, target: str) -> Bare:
    """Do as `bare_sqlite`, with COPY."""
    there, here = await asyncpg.connect(source), await asyncpg.connect(target)
    took, count = 0.0, 0
    async with there.transaction():
        transaction = here.transaction()
        await transaction.start()
        for table in tables():
            names = [column.name for column in table.columns]
            async for batch in _batches(there, table.name, names):
                began = time.perf_counter()
                await here.copy_records_to_table(table.name, columns=names, records=batch)
                took += time.perf_counter() - began
                count += len(batch)
        began = time.perf_counter()
        await transaction.commit()
        took += time.perf_counter() - began
    for connection in (there, here):
        await connection.close()
    return took, count


async def _batches(connection: Any, table: str, names: list[str]) -> AsyncIterator[list[tuple[Any, ...]]]:
    columns = ", ".join(f'"{name}"' for name in names)
    rows = await connection.cursor(f"SELECT {columns} FROM {table}")
    while batch := await rows.fetch(IN_A_BATCH):
        yield [tuple(row) for row in batch]


def peak_memory() -> int:
    """Return the most memory that this process had, in MB. What `resource` says counts the process that began it, too."""
    (peak,) = [line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(peak) // 1024


def measured(count: int = OBJECTS, engines: Sequence[str] = ENGINES) -> Shown:
    """Return the table of the engines."""
    columns = ("entries", "import", "memory", "rows", "bare inserts", "times", "goal")
    shown = Shown("engine", *columns, title=f"Import of {count:,} objects and {count * 5 // 2:,} links")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "graph.json")
        write_file(file, count)
        for engine in engines:
            ours, bare = _on_sqlite(Path(folder), file) if engine == "SQLite" else _on_postgres(file)
            shown.add_row(engine, *_figures(ours, bare))
    return shown


def _on_sqlite(folder: Path, file: Path) -> tuple[Ours, Bare]:
    one, other = folder / "one.db", folder / "other.db"
    ours = in_a_process(f"sqlite:///{one}", file)
    asyncio.run(empty(f"sqlite:///{other}"))
    return ours, bare_sqlite(one, other)


def _on_postgres(file: Path) -> tuple[Ours, Bare]:
    with running_server() as server:
        one, other = server.url(server.create_database()), server.url(server.create_database())
        ours = in_a_process(one, file)
        asyncio.run(empty(other))
        return ours, asyncio.run(bare_postgres(one, other))


def _figures(ours: Ours, bare: Bare) -> tuple[str, ...]:
    seconds, entries, peak = ours
    bare_seconds, rows = bare
    times = seconds / bare_seconds
    figures = (f"{entries:,}", f"{seconds:,.1f} s", f"{peak:,} MB", f"{rows:,}", f"{bare_seconds:,.1f} s")
    return (*figures, f"{times:.2f}{' !' if times > BOUND else ''}", f"≤ {BOUND:g}")


def main(count: int = OBJECTS, *engines: str) -> None:
    """Print how many times longer an import takes than the bare inserts; at most BOUND."""
    Console(width=132).print(measured(count, engines or ENGINES))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--take-in"]:
        took, entries = take_in(sys.argv[2], Path(sys.argv[3]))
        print(json.dumps([took, entries, peak_memory()]))  # noqa: T201
    else:
        main(int(sys.argv[1]) if sys.argv[1:] else OBJECTS, *sys.argv[2:])
