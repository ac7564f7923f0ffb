"""The Home of a person, as it is built for each visit, against the Home of somebody in an empty workspace.

The person leads the team to which half of all objects belong, and owns a tenth of them; some wait for them, in every way.

    python -m tests.benchmarks.bench_home [OBJECTS …]
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import insert, text

from bot.flows.home.home import home
from storage.clock import RealClock
from storage.database import Database
from storage.migrate import to_newest
from storage.packs.pack import starter
from storage.people import Person, put_people
from storage.tables import objects, revisions, workspaces
from storage.teams import Team, put
from tests.support.postgres import running_server

SIZES = (500, 50_000)
VISITS, SLOWEST = 30, 1_000.0  # milliseconds: a Home opens in under a second
WORKSPACE, ANA = "T01BENCH", "U01ANA"
MADE = datetime(2026, 3, 2, 9, tzinfo=UTC)
KINDS = starter()
SHARES = ("insight", "insight", "opportunity", "option", "bet", "bet", "work", "release", "impact", "input")


def rows_of(size: int) -> Iterator[dict[str, Any]]:
    """Yield `size` objects in every status of their kinds."""
    for number in range(size):
        kind = KINDS.kind(SHARES[number % len(SHARES)])
        yield {
            "key": f"{kind.prefix}-{number}",
            "kind": kind.name,
            "title": f"Guide teams through their {number}th board",
            "description": "What we saw, and why it matters.",
            "status": kind.lifecycle[number // len(SHARES) % len(kind.lifecycle)],
            "owner": ANA if number // len(SHARES) % 10 == 0 else f"U{number % 500}",
            "team": "Growth" if number % 2 else None,
            "horizon": list(KINDS.horizons)[number % 3],
            "tags": [],
            "fields": {"confidence": number % 100, "review_date": "2026-04-01"} if kind.running else {},
            "visibility": "workspace",
            "folded_title": "",
            "version": 2,
            "created_by": ANA,
            "created_at": MADE,
            "updated_at": MADE + timedelta(seconds=number),
        }


def history_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return one change of how sure somebody was of an object."""
    before, after = {"fields": {"confidence": 10}}, {"fields": {"confidence": row["fields"].get("confidence")}}
    about = {"author": ANA, "at": MADE, "version": 2, "before": before, "after": after, "position": 0}
    return {"act": f"act {row['key']}", "key": row["key"], **about}


async def fill(database: Database, size: int) -> None:
    """Fill an empty database with `size` objects, a team and its lead."""
    await to_newest(database)
    async with database.writing(WORKSPACE) as tx:
        await tx.connection.execute(insert(workspaces), {"id": WORKSPACE, "name": "Acme", "created_at": MADE})
        await put_people(tx, [Person(ANA, "Ana", "Europe/Berlin", is_admin=True)])
        await put(tx, Team("Growth", "C01GROWTH", "Europe/Berlin", (ANA,), (ANA,)))
        rows = list(rows_of(size))
        await tx.run_many(insert(objects), rows)
        await tx.run_many(insert(revisions), [history_of(row) for row in rows if row["fields"]])
    async with database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        await connection.execute(text("ANALYZE" if database.is_sqlite else "VACUUM ANALYZE"))


async def measure(database: Database) -> list[float]:
    """Return milliseconds for each of some visits."""
    times: list[float] = []
    for _ in range(VISITS):
        async with database.reading(WORKSPACE) as tx:
            began = time.perf_counter()
            await home(tx, KINDS, ANA)
            times.append((time.perf_counter() - began) * 1e3)
    return times


async def run(engine: str, new_url: Callable[[], str], sizes: tuple[int, ...], report: Callable[..., Any]) -> None:
    empty = 0.0
    for size in (0, *sizes):
        database = Database(new_url(), RealClock())
        await fill(database, size)
        await measure(database)  # warm
        times = await measure(database)
        await database.close()
        empty = empty or median(times)
        slowest = quantiles(times, n=20, method="inclusive")[18]
        report(engine, f"{size:,}", f"{median(times):.1f} ms", f"{slowest:.1f} ms", f"{median(times) / empty:.1f}")


def main(*sizes: int) -> None:
    """Print how long a Home takes; at most SLOWEST milliseconds."""
    head = ("engine", "objects", "median", f"95 % (at most {SLOWEST:,.0f})", "times an empty one")
    table = Table(*head, title="The Home of a person")
    with tempfile.TemporaryDirectory() as folder, running_server() as server:
        names = iter(range(100))
        new_url: dict[str, Callable[[], str]] = {
            "SQLite": lambda: f"sqlite:///{Path(folder) / f'{next(names)}.db'}",
            "PostgreSQL": lambda: server.url(server.create_database()),
        }
        for engine, new in new_url.items():
            asyncio.run(run(engine, new, sizes or SIZES, table.add_row))
    Console(width=132).print(table)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
