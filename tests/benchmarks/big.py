"""The big database that benchmarks share: a workspace of 1,000,000 objects and 2,500,000 links beside 100 small ones.

The graph is made of neighbourhoods of 320 objects, each the whole way from insights to impacts and back. They hang on the same
inputs and scopes, and mention one another at random. A neighbourhood is the same however large the graph is.
"""

import asyncio
import json
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from operator import attrgetter
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import asyncpg
from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex, DropIndex

from storage.clock import RealClock
from storage.database import Database
from storage.migrate import to_newest
from storage.objects import Link, Object
from storage.packs.pack import starter
from storage.tables import counters, links, objects, workspaces
from storage.text import folded
from tests.support.postgres import running_server

OBJECTS, OTHERS, OTHERS_OBJECTS = 1_000_000, 100, 1_000
LINKS_EACH = 2.5  # for each object
WORKSPACE = "T01BENCH"
NEAR = 320  # objects in a neighbourhood: the lineage of a bet in it is about 300 of them, in either direction
MADE = datetime(2026, 3, 2, 9, tzinfo=UTC)
# Of a hundred objects of a neighbourhood, so many are of each kind, in the order in which they come from one another.
SHARES = {"insight": 40, "opportunity": 12, "option": 20, "decision": 4, "bet": 8, "work": 6, "release": 4, "impact": 6}
FLOW = {
    ("opportunity", "option"): "frames",
    ("option", "bet"): "becomes",
    ("decision", "bet"): "decides",
    ("bet", "work"): "executes",
    ("work", "release"): "ships",
    ("release", "impact"): "results in",
    ("impact", "insight"): "yields",
}
VERBS = (
    "Guide",
    "Shorten",
    "Explain",
    "Repair",
    "Measure",
    "Rethink",
    "Invite",
    "Automate",
    "Simplify",
    "Merge",
    "Move",
    "Test",
)
THINGS = (
    "first board",
    "invoice",
    "search results",
    "weekly review",
    "import",
    "permission dialog",
    "trial",
    "onboarding call",
)
PEOPLE = ("new teams", "administrators", "returning guests", "finance leads", "mobile readers", "agencies", "teachers")
KINDS = starter()


class Drawing(NamedTuple):
    """A graph: the keys of its objects, its links as (from, relation, to), and a bet of each neighbourhood to ask about."""

    keys: list[str]
    links: list[tuple[str, str, str]]
    bets: list[str]


def drawing(size: int = OBJECTS) -> Drawing:
    """Return the graph of `size` objects, the same each time."""
    drawn = _Draw()
    inputs = [drawn.add("input") for _ in range(max(10, size // 500))]
    scopes = [drawn.add("scope") for _ in range(max(5, size // 2_000))]
    bets: list[str] = []
    while len(drawn.keys) <= size - NEAR:
        bets.append(drawn.neighbourhood(Random(len(bets)), inputs, scopes))
    random = Random(size)
    while len(drawn.keys) < size:
        drawn.add("question")
    while len(drawn.links) < LINKS_EACH * size:
        drawn.tie(random.choice(drawn.keys), "mentions", random.choice(drawn.keys))
    return Drawing(drawn.keys, list(drawn.links), bets)


class _Draw:
    def __init__(self) -> None:
        self.keys: list[str] = []
        self.links: dict[tuple[str, str, str], None] = {}
        self._counts: dict[str, int] = {}

    def add(self, kind: str) -> str:
        self._counts[kind] = self._counts.get(kind, 0) + 1
        self.keys.append(f"{KINDS.kind(kind).prefix}-{self._counts[kind]}")
        return self.keys[-1]

    def tie(self, from_key: str, relation: str, to_key: str) -> None:
        if from_key != to_key:
            self.links[from_key, relation, to_key] = None

    def neighbourhood(self, random: Random, inputs: Sequence[str], scopes: Sequence[str]) -> str:
        """Add objects and links from insights to impacts and back; return the bet that all its options became."""
        near = {kind: [self.add(kind) for _ in range(NEAR * share // 100)] for kind, share in SHARES.items()}
        for key in near["insight"]:
            self.tie(key, "informs", random.choice(near[random.choice(("opportunity", "option", "decision"))]))
        for (from_kind, to_kind), relation in FLOW.items():
            for place in range(max(len(near[from_kind]), len(near[to_kind]))):  # so that each has a link at either end
                from_key = near[from_kind][place % len(near[from_kind])]
                self.tie(from_key, relation, near[to_kind][place % len(near[to_kind])])
                if random.random() < 0.1:
                    self.tie(from_key, relation, random.choice(near[to_kind]))
        asked = near["bet"][0]
        for option in near["option"]:
            self.tie(option, "becomes", asked)
        for key in [*near["bet"], *near["opportunity"]]:
            self.tie(key, "targets", random.choice(inputs))
            self.tie(key, "part of", random.choice(scopes))
        for impact in near["impact"]:
            self.tie(impact, "moves", random.choice(inputs))
        return asked


def the_object(key: str) -> Object:
    """Return the object `key` of a drawing, the same each time."""
    kind = KINDS.of_key(key)
    assert kind is not None
    number = int(key.rpartition("-")[2])
    verb, thing, person = VERBS[number % len(VERBS)], THINGS[number % len(THINGS)], PEOPLE[number % len(PEOPLE)]
    return Object(
        key=key,
        kind=kind.name,
        title=f"{verb} the {thing} for {person} {number}",
        description="What we saw, where we saw it, and why we think that it matters to those who come next.",
        status=kind.first_status,
        owner=f"U{number % 50:02d}",
        team=None,
        horizon="1-3 months",
        tags=["onboarding"],
        fields={"source": "user research", "how_sure": 75} if kind.name == "insight" else {"kind": "problem"},
        source=None,
        channel="C01GROWTH",
        visibility="workspace",
        version=1,
        created_by="U01ANA",
        created_at=MADE,
        updated_at=MADE,
    )


def the_link(from_key: str, relation: str, to_key: str) -> Link:
    return Link(from_key, relation, to_key, "because", 70, {}, 1, "U01ANA", MADE)


async def fill(url: str, size: int = OBJECTS, others: int = OTHERS) -> None:
    """Fill the empty database `url` with a workspace of `size` objects and `others` small ones.

    Without revisions and names, which belong to the benchmarks that are about them.
    """
    database = Database(url, RealClock())
    await to_newest(database)
    await database.close()
    if url.startswith("sqlite"):
        await asyncio.to_thread(_fill_sqlite, url.removeprefix("sqlite:///"), size, others)
    else:
        await _fill_postgres(url, size, others)


def _fill_sqlite(file: str, size: int, others: int) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for statement in (
            "PRAGMA synchronous=OFF",
            "PRAGMA cache_size=-400000",
            "BEGIN",
            *_index_statements(DropIndex, sqlite),
        ):
            connection.execute(statement)
        for table, columns, rows in _tables(size, others, MADE.strftime("%Y-%m-%dT%H:%M:%S.%fZ")):
            names, marks = ", ".join(columns), ", ".join("?" for _ in columns)
            connection.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", rows)
        for statement in (*_index_statements(CreateIndex, sqlite), "COMMIT", "ANALYZE"):
            connection.execute(statement)


async def _fill_postgres(url: str, size: int, others: int) -> None:
    connection = await asyncpg.connect(url)
    for statement in ("SET session_replication_role = replica", *_index_statements(DropIndex, postgresql)):
        await connection.execute(statement)  # the rows are known to fit together: no trigger needs to check each
    for table, columns, rows in _tables(size, others, MADE):
        await connection.copy_records_to_table(table.name, records=rows, columns=columns)
    # As autovacuum leaves a database that has been in use: it can mark as seen by all only what has reached the disk.
    for statement in (*_index_statements(CreateIndex, postgresql), "CHECKPOINT", "VACUUM ANALYZE"):
        await connection.execute(statement)
    await connection.close()


def _index_statements(change: type[CreateIndex | DropIndex], dialect: Any) -> list[str]:
    """Return the statements for the indexes of the large tables: what has none is filled in a fraction of the time."""
    indexes = [index for table in (objects, links) for index in sorted(table.indexes, key=lambda each: str(each.name))]
    return [str(change(index).compile(dialect=dialect.dialect())) for index in indexes]


def _tables(size: int, others: int, moment: Any) -> Iterator[tuple[Table, list[str], Iterable[Sequence[Any]]]]:
    """Yield each table with its columns and rows; `moment` is MADE as the driver takes it."""
    drawings = {WORKSPACE: drawing(size)}
    if others:
        drawings |= dict.fromkeys((f"T{number:04d}" for number in range(1, others + 1)), drawing(OTHERS_OBJECTS))
    yield workspaces, ["id", "name", "created_at"], [(name, name, moment) for name in drawings]
    yield (
        counters,
        ["workspace", "name", "value"],
        [(name, *count) for name, drawn in drawings.items() for count in _counts(drawn)],
    )
    columns = [*Object.__dataclass_fields__]
    yield objects, ["workspace", "folded_title", *columns], _object_rows(drawings, moment)
    yield links, ["workspace", *Link.__dataclass_fields__], _link_rows(drawings, moment)


def _counts(drawn: Drawing) -> list[tuple[str, int]]:
    """Return how many objects there are of each key prefix."""
    return list(Counter(key.rpartition("-")[0] for key in drawn.keys).items())


def _object_rows(drawings: Mapping[str, Drawing], moment: Any) -> Iterator[tuple[Any, ...]]:
    values = attrgetter(*Object.__dataclass_fields__)
    for workspace, drawn in drawings.items():
        for key in drawn.keys:
            item = the_object(key)
            yield (workspace, folded(item.title), *(_stored(value, moment) for value in values(item)))


def _link_rows(drawings: Mapping[str, Drawing], moment: Any) -> Iterator[tuple[Any, ...]]:
    values = attrgetter(*Link.__dataclass_fields__)
    for workspace, drawn in drawings.items():
        for ends in drawn.links:
            yield (workspace, *(_stored(value, moment) for value in values(the_link(*ends))))


def _stored(value: Any, moment: Any) -> Any:
    if value is MADE:
        return moment
    return json.dumps(value) if isinstance(value, (list, dict)) else value


@contextmanager
def filled(size: int = OBJECTS, others: int = OTHERS) -> Iterator[dict[str, str]]:
    """Give the addresses of two databases with the same graph, by the name of their engine; they are gone afterwards."""
    with tempfile.TemporaryDirectory() as folder, running_server() as server:
        urls = {"SQLite": f"sqlite:///{Path(folder) / 'big.db'}", "PostgreSQL": server.url(server.create_database())}
        for url in urls.values():
            asyncio.run(fill(url, size, others))
        yield urls
