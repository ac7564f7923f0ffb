"""The lineage of a bet in a graph of 1,000,000 objects, against a breadth-first search in memory that finds the same.

The search is over networkx's graph of the same objects and links, over the same relations and by the same rules: never
through what the audience may not see, never into what only holds others. Both return either the ids alone, or whole objects and
the path that proves each: the search the shortest, the lineage a few. And the same lineage in a graph of 1,000 objects.
"""

import asyncio
import gc
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import cycle
from statistics import median, quantiles
from typing import Any, Literal

import networkx as nx
from rich.console import Console
from rich.table import Table
from sqlalchemy import text

from storage.audience import EVERYBODY
from storage.clock import RealClock
from storage.database import Database
from storage.lineage import Lineage, lineage, reached, steps
from storage.objects import Object
from tests.benchmarks.big import KINDS, OBJECTS, WORKSPACE, Drawing, drawing, filled, the_object

SMALL = 1_000  # objects
ASKED = 200  # bets
MOST_TIMES = {"ids": 2.0, "objects": 6.0}  # as long as the search
MOST_SPREAD = 4.0  # the 99th percentile, in medians
MOST_GROWTH = 2.0  # from SMALL to OBJECTS
WAYS: tuple[Literal["origin", "outcome"], ...] = ("origin", "outcome")
COLUMNS = ("engine", "what", "objects", "lineage", "search", "times", "p99 / median", f"from {SMALL:,} objects")
Graph = Any  # networkx has no types


def in_memory(drawn: Drawing) -> Graph:
    """Return the graph in memory, whole objects on its nodes."""
    graph = nx.MultiDiGraph()
    graph.add_nodes_from((key, {"object": the_object(key)}) for key in drawn.keys)
    graph.add_edges_from((from_key, to_key, relation) for from_key, relation, to_key in drawn.links)
    return graph


@dataclass
class Search:
    """A breadth-first search from `key` over `graph`: what it found, and with `has_paths` a shortest path for each."""

    graph: Graph
    key: str
    way: Literal["origin", "outcome"]
    has_paths: bool
    found: dict[str, Object] = field(default_factory=dict)
    paths: dict[str, list[str]] = field(default_factory=dict)

    def run(self) -> None:
        way = steps(KINDS, self.way)
        along, against = frozenset(way.along), frozenset(way.against)
        anchors = {kind.name for kind in KINDS if kind.anchor}
        graph, found, paths, has_paths = self.graph, self.found, self.paths, self.has_paths
        paths[self.key] = [self.key]
        waiting = deque([self.key])
        while waiting:
            here = waiting.popleft()
            nexts = [other for _, other, relation in graph.out_edges(here, keys=True) if relation in along]
            nexts += [other for other, _, relation in graph.in_edges(here, keys=True) if relation in against]
            for other in nexts:
                item: Object = graph.nodes[other]["object"]
                if other in found or other == self.key or item.kind in anchors:
                    continue
                if EVERYBODY.sees(item.visibility, item.channel):
                    found[other] = item
                    waiting.append(other)
                    if has_paths:
                        paths[other] = [other, *paths[here]]


@dataclass
class Times:
    """Seconds that each of the compared took, asked in turns."""

    ours: list[float] = field(default_factory=list)
    search: list[float] = field(default_factory=list)
    small: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)

    def row(self, engine: str, what: str, way: str) -> list[str]:
        ours, search, small = median(self.ours), median(self.search), median(self.small)
        spread = quantiles(self.ours, n=100)[98] / ours
        return [
            engine,
            f"{what}, {way}",
            f"{median(self.sizes):.0f}",
            f"{ours * 1e3:.1f} ms",
            f"{search * 1e3:.1f} ms",
            _judged(ours / search, MOST_TIMES[what]),
            _judged(spread, MOST_SPREAD),
            _judged(ours / small, MOST_GROWTH),
        ]


def _judged(figure: float, most: float) -> str:
    return f"{figure:.1f} (≤ {most:g})" + ("" if figure <= most else " !")


async def measure(big: Database, small: Database, graph: Graph, drawn: Drawing, what: str, way: Any, number: int) -> Times:
    """Ask for the lineages of `number` bets, each in both databases and in memory. Raise RuntimeError where they differ."""
    times = Times()
    bets = drawn.bets[:: max(1, len(drawn.bets) // number)][:number]
    for key, small_key in zip(bets, cycle(drawing(SMALL).bets), strict=False):
        search = Search(graph, key, way, has_paths=what == "objects")
        began = time.perf_counter()
        search.run()
        times.search.append(time.perf_counter() - began)
        seconds, found = await _timed(big, key, what, way)
        times.ours.append(seconds)
        times.small.append((await _timed(small, small_key, what, way))[0])
        times.sizes.append(len(search.found))
        _check(search, found)
    return times


async def _timed(database: Database, key: str, what: str, way: Any) -> tuple[float, Lineage | list[str]]:
    async with database.reading(WORKSPACE) as tx:
        await tx.value(text("SELECT 1"))  # the transaction begins with the first statement
        began = time.perf_counter()
        found = await (lineage if what == "objects" else reached)(tx, KINDS, key, way, EVERYBODY)
        return time.perf_counter() - began, found


def _check(search: Search, found: Lineage | list[str]) -> None:
    if isinstance(found, list):
        is_same = len(found) == len(search.found) and set(found) == search.found.keys()
    else:
        is_same = found.objects == search.found
        is_same &= all(len(ways[0]) == len(search.paths[key]) for key, ways in found.paths.items())
    if not is_same:
        raise RuntimeError(f"the lineage of {search.key} is not what the search found")


async def run(urls: Mapping[str, str], small_urls: Mapping[str, str], report: Callable[..., Any]) -> None:
    """Measure on the databases of each engine that `big.filled` has filled: with OBJECTS objects, and with SMALL."""
    drawn = drawing()
    gc.disable()  # while millions of objects are made that stay
    graph = in_memory(drawn)
    gc.freeze()  # no bot has them, and each collection would look at them all
    gc.enable()
    for engine, url in urls.items():
        big, small = Database(url, RealClock()), Database(small_urls[engine], RealClock())
        for what in MOST_TIMES:
            for way in WAYS:
                for _ in range(2):  # the first time only to have read from the disk what the graph in memory has as well
                    times = await measure(big, small, graph, drawn, what, way, ASKED)
                report(*times.row(engine, what, way))
        await big.close()
        await small.close()
    gc.unfreeze()


def measured(urls: Mapping[str, str]) -> Table:
    """Return how many times longer a lineage takes than the search, how far it spreads and how it grows with the graph.

    `urls`: by engine, the databases that `big.filled` has filled with OBJECTS objects.
    """
    shown = Table(*COLUMNS, title=f"Lineage of a bet among {OBJECTS:,} objects")
    with filled(SMALL, others=0) as small_urls:
        asyncio.run(run(urls, small_urls, shown.add_row))
    return shown


def main() -> None:
    with filled() as urls:
        Console(width=132).print(measured(urls))


if __name__ == "__main__":
    main()
