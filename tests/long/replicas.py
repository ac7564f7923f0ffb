"""Is every occurrence opened exactly once by several processes on one database, with some of them killed at random?

`python -m tests.long.replicas [--processes 4] [--occurrences 10000] [--weeks 4] [--seed 1]` asks it of PostgreSQL and prints a
table; a test asks the same in a shorter form. Each week as many people are due at the same moment as make the occurrences.
"""

import argparse
import asyncio
import os
import sys
import time as stopwatch
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import func, insert, select

from rituals.closing import close_due
from rituals.opening import open_due
from storage.packs.pack import starter
from storage.tables import objects, outbox, rituals, runs, schedules
from tests.rituals.house import WORKSPACE, House, a_house
from tests.support.postgres import running_server

ROOT = Path(__file__).parents[2]
WEEK = timedelta(days=7)
FIRST = datetime(2026, 9, 21, 9, 30, tzinfo=UTC)  # nobody has a time zone here, so it is Monday, 09:30, in UTC


@dataclass
class Found:
    """What is in the database afterwards. `faults`: whatever is not there exactly once, in words."""

    opened: int = 0
    closed: int = 0
    letters: int = 0
    kills: int = 0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)


async def replicate(url: str, processes: int, people: int, weeks: int, random: Random, kills: bool = True) -> Found:
    """Let `processes` open and close what is due for `people` in each of some `weeks`, and kill some of them."""
    found, began = Found(), stopwatch.monotonic()
    async with a_house(url) as house:
        await _fill(house, people)
        for week in range(weeks):
            await _one_week(house, url, FIRST + week * WEEK, processes, random, kills, found)
        await _look(house, people, weeks, found)
    found.seconds = stopwatch.monotonic() - began
    return found


async def _fill(house: House, people: int) -> None:
    """Store a running bet for each of `people`, and their schedules, as plain rows: the graph would take a minute."""
    users = [f"U{number:06}" for number in range(people)]
    async with house.writing() as tx:
        common: dict[str, Any] = {
            "kind": "bet",
            "description": "",
            "status": "running",
            "tags": [],
            "fields": {"confidence": 60},
        }
        common |= {"visibility": "workspace", "version": 1, "created_at": tx.now, "updated_at": tx.now}
        bets = [
            {**common, "key": f"BET-{number}", "title": user, "folded_title": user, "owner": user, "created_by": user}
            for number, user in enumerate(users, 1)
        ]
        await tx.run_many(insert(objects), bets)
    await house.set_up()


async def _one_week(house: House, url: str, now: datetime, processes: int, random: Random, kills: bool, found: Found) -> None:
    """Keep so many processes at work until nothing is due at `now`; kill one of them now and then."""
    workers: list[asyncio.subprocess.Process] = []
    while await _is_due(house, now):
        workers = [worker for worker in workers if worker.returncode is None]
        workers += await asyncio.gather(*(_start(url, now) for _ in range(processes - len(workers))))
        await asyncio.sleep(random.uniform(0, 0.8))
        for victim in random.sample(workers, random.randint(1, len(workers)) if kills else 0):
            if victim.returncode is None:
                victim.kill()
                await victim.wait()
                found.kills += 1
    await asyncio.gather(*(worker.communicate() for worker in workers))


async def _is_due(house: House, now: datetime) -> bool:
    async with house.reading() as tx:
        waiting = await tx.value(select(func.count()).select_from(schedules).where(schedules.c.next_run_at <= now))
        over = await tx.value(select(func.count()).select_from(runs).where(runs.c.next_step_at <= now))
    return bool(waiting or over)


async def _start(url: str, now: datetime) -> asyncio.subprocess.Process:
    """Start one of the processes; return when it is at work, so that a kill comes in the middle of it."""
    words = ("-m", "tests.long.replicas", "--work", url, now.isoformat())
    worker = await asyncio.create_subprocess_exec(
        sys.executable, *words, cwd=ROOT, env=os.environ, stdout=asyncio.subprocess.PIPE
    )
    assert worker.stdout is not None
    await worker.stdout.readline()
    return worker


async def work(url: str, now: datetime) -> None:
    """Be one of the processes: do what a tick does until nothing is due any more."""
    async with a_house(url, now, is_new=False) as house:
        sys.stdout.write("at work\n")
        sys.stdout.flush()
        while await _is_due(house, now):
            opened = await open_due(house.database, WORKSPACE, starter())
            closed = await close_due(house.database, WORKSPACE)
            if not opened and not closed:  # the others have the rest in hand
                await asyncio.sleep(0.05)


async def _look(house: House, people: int, weeks: int, found: Found) -> None:
    """Count what is there: for each person and week one run, said once and, but for the last week's, once more at its end."""
    async with house.reading() as tx:
        rows = await tx.rows(select(runs.c.id, runs.c.subject, runs.c.local_date, runs.c.state))
        letters = Counter(row["subject"] for row in await tx.rows(select(outbox.c.subject)))
        nexts = await tx.value(
            select(func.count()).select_from(schedules).where(schedules.c.next_run_at == FIRST + weeks * WEEK)
        )
        ours = await tx.value(select(func.count()).select_from(rituals))
    last = f"{FIRST + (weeks - 1) * WEEK:%Y-%m-%d}"
    found.opened, found.closed, found.letters = len(rows), sum(row["state"] == "closed" for row in rows), letters.total()
    once = Counter((row["subject"], row["local_date"]) for row in rows)
    found.faults += [f"{subject} on {day}: {count} runs" for (subject, day), count in once.items() if count != 1]
    found.faults += [f"{people * weeks - len(once)} occurrences without a run"] if len(once) != people * weeks else []
    for row in rows:
        state, said = ("open", 1) if row["local_date"] == last else ("closed", 2)
        if (row["state"], letters[f"run:{row['id']}"]) != (state, said):
            found.faults.append(f"{row['subject']} on {row['local_date']}: {row['state']}, not said {said} times")
    found.faults += [f"{people - nexts} schedules without a next slot"] if nexts != people else []
    found.faults += [f"{ours} rituals instead of one"] if ours != 1 else []


def main() -> int:
    """Ask, and print the table; the exit code is 1 where something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.long.replicas")
    for name, default in (("processes", 4), ("occurrences", 10_000), ("weeks", 4), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--work", nargs=2, metavar=("URL", "NOW"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.work:
        asyncio.run(work(chosen.work[0], datetime.fromisoformat(chosen.work[1])))
        return 0
    people = chosen.occurrences // chosen.weeks
    with running_server() as server:
        url = server.url(server.create_database())
        found = asyncio.run(replicate(url, chosen.processes, people, chosen.weeks, Random(chosen.seed)))
    table = Table("processes", "people", "weeks", "kills", "runs", "closed", "letters", "not exactly once", "seconds")
    numbers = (chosen.processes, people, chosen.weeks, found.kills, found.opened, found.closed, found.letters)
    table.add_row(*(f"{number:,}" for number in (*numbers, len(found.faults))), f"{found.seconds:.0f}")
    Console(width=120).print(table, *found.faults[:20], sep="\n")
    return 1 if found.faults else 0


if __name__ == "__main__":
    sys.exit(main())
