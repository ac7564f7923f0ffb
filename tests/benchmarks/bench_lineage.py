"""The lineage of a bet in a graph of 100,000 objects, against a breadth-first search in memory that finds the same.

The search is over networkx's graph of the same objects and links, over the same relations and by the same rules: never
through what the audience may not see, never into what only holds others. Both return whole objects and their paths: the
search the shortest of each, the lineage a few.
"""

import asyncio
import gc
import tempfile
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import networkx as nx
from rich.console import Console
from rich.table import Table
from sqlalchemy import insert, text

from storage.audience import EVERYBODY
from storage.clock import RealClock
from storage.database import Database
from storage.kinds import Kinds
from storage.lineage import Lineage, lineage, steps
from storage.objects import Link, Object
from storage.pack import starter
from storage.tables import links, metadata, objects, workspaces
from tests.support.postgres import running_server

OBJECTS, LINKS, BOUND = 100_000, 250_000, 6.0
NEAR = 320  # objects in a neighbourhood: what a bet in it came from is about 300 of them
BETS = 60
WORKSPACE = "T01BENCH"
MADE = datetime(2026, 3, 2, 9, tzinfo=UTC)
# Of a hundred objects of a neighbourhood, so many are of each kind, in the order in which they come from one another.
SHARES = {"insight": 40, "opportunity": 12, "option": 20, "decision": 4, "bet": 8, "work": 6, "release": 4, "impact": 6}
FLOW = {
    ("insight", "opportunity"): "informs",
    ("insight", "option"): "informs",
    ("insight", "decision"): "informs",
    ("opportunity", "option"): "frames",
    ("option", "bet"): "becomes",
    ("decision", "bet"): "decides",
    ("bet", "work"): "executes",
    ("work", "release"): "ships",
    ("release", "impact"): "results in",
    ("impact", "insight"): "yields",
}


def graph(kinds: Kinds, seed: int = 4) -> tuple[list[Object], list[Link], list[str]]:
    """Return objects, links and the bets to ask about, one in each of some neighbourhoods that all hang on the same inputs."""
    random = Random(seed)  # the same graph each time
    every: list[Object] = []
    made: dict[tuple[str, str, str], Link] = {}
    bets: list[str] = []
    counts: dict[str, int] = {}

    def add(kind: str) -> str:
        counts[kind] = counts.get(kind, 0) + 1
        every.append(_object(kinds, kind, counts[kind]))
        return every[-1].key

    def tie(from_key: str, relation: str, to_key: str) -> None:
        if from_key != to_key:
            made[from_key, relation, to_key] = Link(from_key, relation, to_key, "because", 70, {}, 1, "U01ANA", MADE)

    inputs = [add("input") for _ in range(200)]
    scopes = [add("scope") for _ in range(50)]
    while len(every) < OBJECTS - NEAR:
        near = {kind: [add(kind) for _ in range(NEAR * share // 100)] for kind, share in SHARES.items()}
        asked = near["bet"][0]
        bets.append(asked)
        _tie_flow(random, near, tie)
        for option in near["option"]:
            tie(option, "becomes", asked)
        for key in [*near["bet"], *near["opportunity"]]:
            tie(key, "targets", random.choice(inputs))
            tie(key, "part of", random.choice(scopes))
        for impact in near["impact"]:
            tie(impact, "moves", random.choice(inputs))
    while len(made) < LINKS:
        tie(random.choice(every).key, "mentions", random.choice(every).key)
    return every, list(made.values()), bets[:BETS]


def _tie_flow(random: Random, near: Mapping[str, list[str]], tie: Callable[[str, str, str], None]) -> None:
    for (from_kind, to_kind), relation in FLOW.items():
        for key in near[from_kind]:
            tie(key, relation, random.choice(near[to_kind]))
            if random.random() < 0.3:
                tie(key, relation, random.choice(near[to_kind]))


def _object(kinds: Kinds, kind: str, number: int) -> Object:
    return Object(
        key=f"{kinds.kind(kind).prefix}-{number}",
        kind=kind,
        title=f"{kind.capitalize()} {number}: new teams stall at the empty board",
        description="What we saw, where we saw it, and why we think that it matters to those who come next.",
        status=kinds.kind(kind).first_status,
        owner="U01ANA",
        team=None,
        horizon="1-3 months",
        tags=["onboarding"],
        fields={"source": "user research", "how_sure": 75} if kind == "insight" else {"kind": "problem"},
        source=None,
        channel="C01GROWTH",
        visibility="workspace",
        version=1,
        created_by="U01ANA",
        created_at=MADE,
        updated_at=MADE,
    )


async def store(database: Database, every: Sequence[Object], made: Sequence[Link]) -> None:
    """Write the graph in bulk, into an empty database."""
    async with database.engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
        await connection.execute(insert(workspaces), {"id": WORKSPACE, "name": "Bench", "created_at": MADE})
        for start in range(0, len(every), 5_000):
            rows = [{**asdict(item), "workspace": WORKSPACE, "folded_title": ""} for item in every[start : start + 5_000]]
            await connection.execute(insert(objects), rows)
        for start in range(0, len(made), 5_000):
            rows = [{**asdict(item), "workspace": WORKSPACE} for item in made[start : start + 5_000]]
            await connection.execute(insert(links), rows)
    async with database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        # As autovacuum leaves a database that has been in use: it can mark as seen by all only what has reached the disk.
        for statement in ["ANALYZE"] if database.is_sqlite else ["CHECKPOINT", "VACUUM ANALYZE"]:
            await connection.execute(text(statement))


def in_memory(every: Sequence[Object], made: Sequence[Link]) -> "nx.MultiDiGraph[str]":
    """Return the same graph in memory, whole objects on its nodes."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.add_nodes_from((item.key, {"object": item}) for item in every)
    graph.add_edges_from((link.from_key, link.to_key, link.relation) for link in made)
    return graph


def search(graph: "nx.MultiDiGraph[str]", kinds: Kinds, key: str) -> tuple[dict[str, Object], dict[str, list[str]]]:
    """Return what `key` came from, and a shortest path for each, by a breadth-first search over `graph`."""
    way = steps(kinds, "origin")
    along, against = frozenset(way.along), frozenset(way.against)
    anchors = {kind.name for kind in kinds if kind.anchor}
    found: dict[str, Object] = {}
    paths: dict[str, list[str]] = {key: [key]}
    waiting = deque([key])
    while waiting:
        here = waiting.popleft()
        nexts = [other for _, other, relation in graph.out_edges(here, keys=True) if relation in along]
        nexts += [other for other, _, relation in graph.in_edges(here, keys=True) if relation in against]
        for other in nexts:
            item: Object = graph.nodes[other]["object"]
            if other not in paths and item.kind not in anchors and EVERYBODY.sees(item.visibility, item.channel):
                found[other] = item
                paths[other] = [other, *paths[here]]
                waiting.append(other)
    return found, paths


async def measure(
    database: Database, kinds: Kinds, graph: "nx.MultiDiGraph[str]", bets: Sequence[str]
) -> tuple[float, float, float]:
    """Return seconds for a lineage and for a search (medians), and how many objects each found on average."""
    ours: list[float] = []
    theirs: list[float] = []
    sizes: list[int] = []
    for key in bets:
        async with database.reading(WORKSPACE) as tx:
            await tx.value(text("SELECT 1"))  # the transaction begins with the first statement
            began = time.perf_counter()
            found: Lineage = await lineage(tx, kinds, key, "origin", EVERYBODY)
            ours.append(time.perf_counter() - began)
        began = time.perf_counter()
        expected, paths = search(graph, kinds, key)
        theirs.append(time.perf_counter() - began)
        sizes.append(len(found.objects))
        if found.objects != expected or any(len(ways[0]) != len(paths[each]) for each, ways in found.paths.items()):
            raise RuntimeError(f"the lineage of {key} is not what the search found")
    return median(ours), median(theirs), sum(sizes) / len(sizes)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    database = Database(url, RealClock())
    yield database
    await database.close()


async def run(urls: Mapping[str, str], report: Callable[..., Any]) -> None:
    kinds = starter()
    every, made, bets = graph(kinds)
    memory = in_memory(every, made)
    gc.collect()
    gc.freeze()  # a million objects that live for ever: no bot has them, and each collection would look at them all
    for engine, url in urls.items():
        async with opened(url) as database:
            await store(database, every, made)
            await measure(database, kinds, memory, bets[:5])  # warm
            ours, theirs, size = await measure(database, kinds, memory, bets)
            report(
                engine, f"{size:.0f}", f"{ours * 1e3:.1f} ms", f"{theirs * 1e3:.1f} ms", f"{ours / theirs:.1f}", f"{BOUND:g}"
            )


def main() -> None:
    """Print how many times longer a lineage takes than the search; at most BOUND."""
    table = Table("engine", "objects", "lineage", "search in memory", "times", "at most", title="Lineage of a bet")
    with tempfile.TemporaryDirectory() as folder, running_server() as server:
        urls = {"SQLite": f"sqlite:///{Path(folder) / 'bench.db'}", "PostgreSQL": server.url(server.create_database())}
        asyncio.run(run(urls, table.add_row))
    Console().print(table)


if __name__ == "__main__":
    main()
