"""Search as one types, over 100,000 titles in a workspace beside others, against the bare driver asking the same.

Titles are typed letter by letter, from their beginning and from a word inside, and whole with a slip of the hand; by readers
and for kinds that change in turn. The bare query looks the same words up in the same tables, and gets whole rows.

    python -m tests.benchmarks.bench_search [OBJECTS]
"""

import asyncio
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from random import Random
from statistics import median, quantiles
from typing import Any

import asyncpg
from rich.console import Console
from rich.table import Table
from sqlalchemy import insert, text

from storage import names
from storage.audience import ADMINISTRATOR, EVERYBODY, Audience
from storage.clock import RealClock
from storage.database import Database
from storage.migrate import to_newest
from storage.objects import Object
from storage.packs.pack import starter
from storage.search import search
from storage.tables import objects, workspaces
from storage.text import folded
from tests.support.postgres import running_server

OBJECTS, OTHERS, OTHERS_OBJECTS = 100_000, 50, 1_000
MEDIAN, SLOWEST = 10.0, 50.0  # milliseconds: at most, the median and the 99th percentile
WORKSPACE = "T01BENCH"
MADE = datetime(2026, 3, 2, 9, tzinfo=UTC)
TYPED = 25  # titles
LIMIT = 50  # as the type-ahead in Slack
KINDS = starter()
SHARES = {
    "insight": 40,
    "opportunity": 12,
    "option": 20,
    "bet": 8,
    "work": 10,
    "release": 4,
    "impact": 5,
    "input": 0.9,
    "scope": 0.1,
}
READERS = (EVERYBODY, ADMINISTRATOR, Audience(frozenset({"C1", "C7"})), Audience(frozenset({"C7"}), sees_workspace=False))
OF = (None, ["bet", "option", "opportunity"], ["scope"], ["insight", "input", "impact", "work"])
WORDS = """
guide new teams stall at the empty board first weekly summary e-mail activation rate retention onboarding checkout invoice
invite member workspace admin report export import dashboard search filter notification reminder mobile desktop login password
security audit role billing plan upgrade trial churn expansion customer support ticket response time latency error crash
performance loading page button form template integration calendar sync token limit usage analytics event funnel conversion
signup campaign message channel thread digest for interview survey feedback pattern signal learning pricing discount contract
renewal enterprise guest viewer editor owner comment mention reduce increase improve remove show hide explain suggest automate
simplify replace offer people managers designers engineers cannot find lose trust understand skip forget leave faster easier
clearer fewer without before after during from into of in on to and with
""".split()  # noqa: SIM905  # a list of them is 130 lines long
SYLLABLES = [f"{consonant}{vowel}" for consonant in "bdfklmnprstvz" for vowel in "aeiou"]


def titles(count: int, seed: int = 5) -> Iterator[str]:
    """Yield titles of words that are used as words are, some very often, and of names, which are rare."""
    random = Random(seed)
    often = random.sample(WORDS, len(WORDS))
    weights = [1 / (place + 3) for place in range(len(often))]
    for number in range(count):
        words = random.choices(often, weights, k=random.randint(2, 7))
        name = "".join(random.choices(SYLLABLES, k=random.randint(2, 4))).capitalize()
        words.insert(random.randint(0, len(words)), name if random.random() < 0.6 else str(number))
        yield " ".join(words).capitalize()


def objects_of(count: int, seed: int) -> Iterator[Object]:
    random = Random(seed)
    kinds = random.choices(list(SHARES), list(SHARES.values()), k=count)
    for number, (kind, title) in enumerate(zip(kinds, titles(count, seed), strict=True), start=1):
        private = random.random() < 0.1
        yield Object(
            key=f"{KINDS.kind(kind).prefix}-{number}",
            kind=kind,
            title=title,
            description="What we saw, and why it matters.",
            status=KINDS.kind(kind).first_status,
            owner="U01ANA",
            team=None,
            horizon=None,
            tags=[],
            fields={},
            source=None,
            channel=f"C{random.randint(1, 40)}",
            visibility="channel" if private else "workspace",
            version=1,
            created_by="U01ANA",
            created_at=MADE,
            updated_at=MADE + timedelta(seconds=number),
        )


async def fill(database: Database, size: int) -> None:
    """Fill an empty database: a large workspace and many small ones, object by object as they would come."""
    await to_newest(database)
    for number in range(OTHERS + 1):
        workspace, count = (f"T{number:04}", OTHERS_OBJECTS) if number else (WORKSPACE, size)
        async with database.writing(workspace) as tx:
            await tx.connection.execute(insert(workspaces), {"id": workspace, "name": workspace, "created_at": MADE})
            every = objects_of(count, number)
            while batch := list(islice(every, 5_000)):
                await tx.run_many(insert(objects), [{**vars(item), "folded_title": folded(item.title)} for item in batch])
                await names.keep(tx, KINDS, [(None, item) for item in batch])
    async with database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        await connection.execute(text("ANALYZE" if database.is_sqlite else "VACUUM ANALYZE"))


def typing(size: int) -> Iterator[tuple[str, str]]:
    """Yield what is typed: how, and the words."""
    random = Random(9)
    every = list(titles(size, 0))
    for title in random.sample(every, TYPED):
        yield from (("from the beginning", title[:end]) for end in range(1, len(title) + 1))
        inside = " ".join(title.split()[1:])
        yield from (("from inside", inside[:end]) for end in range(1, min(len(inside), 12) + 1))
        yield "with a slip", _with_slip(random, title)
        yield "with a slip", _with_slip(random, max(title.split(), key=len))
    yield from (
        ("not there", words)
        for words in ("zzz", "qwxy", "teams of the zzzz", "%", "x' OR 1", "🚀", "a" * 3_000, "board " * 500)
    )


def _with_slip(random: Random, words: str) -> str:
    place = random.randint(1, len(words) - 2)
    before, letter, after = words[:place], words[place], words[place + 1 :]
    return random.choice(
        [before + after, before + letter + letter + after, f"{before}x{after}", before + after[0] + letter + after[1:]]
    )


async def measure(database: Database, size: int) -> dict[str, list[float]]:
    """Return milliseconds for each search, by how the words were typed."""
    times: dict[str, list[float]] = {}
    for (how, words), audience, of in zip(typing(size), cycle(READERS), cycle(OF * 3 + (None,)), strict=False):
        async with database.reading(WORKSPACE) as tx:
            await tx.value(text("SELECT 1"))  # the transaction begins with the first statement
            began = time.perf_counter()
            await search(tx, words, audience, kinds=of, limit=LIMIT)
            times.setdefault(how, []).append((time.perf_counter() - began) * 1e3)
    return times


_ON_SQLITE = """
    SELECT objects.* FROM names_fts JOIN names ON names.id = names_fts.rowid
    JOIN objects ON objects.workspace = names.workspace AND objects.key = names.key
    WHERE names_fts MATCH ? AND names.workspace = ? ORDER BY names_fts.rowid DESC LIMIT 50
"""
_ON_POSTGRES = """
    SELECT objects.* FROM names JOIN objects ON objects.workspace = names.workspace AND objects.key = names.key
    WHERE names.workspace = $1 AND {} ORDER BY names.id DESC LIMIT 50
"""


async def measure_bare(url: str, size: int) -> list[float]:
    """Return milliseconds of the bare driver for each of the same words, as far as the engine's own syntax can ask for them."""
    asked = [pieces for _, words in typing(size) if (pieces := _pieces(words))]
    times: list[float] = []
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as bare:
            for pieces in asked:
                began = time.perf_counter()
                bare.execute(_ON_SQLITE, (" AND ".join(f'"{piece}"' for piece in pieces), WORKSPACE)).fetchall()
                times.append((time.perf_counter() - began) * 1e3)
        return times
    connection = await asyncpg.connect(url)
    for pieces in asked:
        likes = " AND ".join(f"names.text LIKE ${number}" for number in range(2, len(pieces) + 2))
        began = time.perf_counter()
        await connection.fetch(_ON_POSTGRES.format(likes), WORKSPACE, *(f"%{piece}%" for piece in pieces))
        times.append((time.perf_counter() - began) * 1e3)
    await connection.close()
    return times


def _pieces(words: str) -> list[str]:
    return [word if len(word) > 2 else f"  {word}" for word in names.words_of(words)[:8]]


async def run(urls: Mapping[str, str], size: int, report: Callable[..., Any]) -> None:
    for engine, url in urls.items():
        database = Database(url, RealClock())
        await fill(database, size)
        await measure(database, size)  # warm
        times = await measure(database, size)
        bare = median(await measure_bare(url, size))
        times["all"] = [each for of_one in times.values() for each in of_one]
        for how, found in times.items():
            slowest = quantiles(found, n=100, method="inclusive")[98]
            report(
                engine,
                how,
                f"{len(found):,}",
                f"{median(found):.1f} ms",
                f"{slowest:.1f} ms",
                f"{max(found):.1f} ms",
                f"{median(found) / bare:.1f}" if how == "all" else "",
            )
        await database.close()


def main(size: int = OBJECTS) -> None:
    """Print how long a search takes; the median at most MEDIAN, the 99th percentile at most SLOWEST milliseconds."""
    head = (
        "engine",
        "typed",
        "searches",
        f"median (at most {MEDIAN:g})",
        f"99 % (at most {SLOWEST:g})",
        "slowest",
        "times a bare query",
    )
    table = Table(*head, title=f"Search as one types, over {size:,} titles")
    with tempfile.TemporaryDirectory() as folder, running_server() as server:
        urls = {"SQLite": f"sqlite:///{Path(folder) / 'bench.db'}", "PostgreSQL": server.url(server.create_database())}
        asyncio.run(run(urls, size, table.add_row))
    Console().print(table)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
