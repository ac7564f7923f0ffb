"""What an object serves, and what would be touched if it changed: for every kind, on any graph, for who may see it."""

import json
from collections import deque
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import event, insert

from storage.audience import ADMINISTRATOR, EVERYBODY, Audience
from storage.context import Context, context, touched
from storage.database import Database, Transaction
from storage.errors import NotFound
from storage.files.graph_file import read
from storage.files.importing import import_graph
from storage.ids import new_id
from storage.lineage import Edge, Steps, steps
from storage.migrate import to_newest
from storage.packs.pack import read_pack
from storage.tables import workspaces
from storage.weakness import edge_of
from tests.storage.graphs import KINDS, StillClock, drawn, sample

CHAIN = """
    OPP-1 frames OPT-1
    OPT-1 becomes BET-1
    BET-1 executes WRK-1
    WRK-1 ships REL-1
    BET-1 part of BET-2
    BET-1 targets INP-1
    OPP-1 targets DRV-2
    INP-1 contributes to DRV-1
    DRV-1 contributes to NST-1
    NST-1 contributes to OUT-1
    BET-2 part of SCO-1
    TEAM-1 owns SCO-1
    ART-1 mentions DRV-1
    ART-2 mentions DRV-1
    GOA-1 targets INP-1
    INS-1 informs OPP-1
"""
STRATEGY = {"fields": {"kind": "strategy"}}
HIDDEN = {"visibility": "channel", "channel": "C9LEADS"}
ABOVE_BET_1 = {
    "BET-2": ["BET-2", "BET-1"],
    "INP-1": ["INP-1", "BET-1"],
    "OPP-1": ["OPP-1", "OPT-1", "BET-1"],
    "SCO-1": ["SCO-1", "BET-2", "BET-1"],
    "DRV-1": ["DRV-1", "INP-1", "BET-1"],
    "GOA-1": ["GOA-1", "INP-1", "BET-1"],
    "DRV-2": ["DRV-2", "OPP-1", "OPT-1", "BET-1"],
    "TEAM-1": ["TEAM-1", "SCO-1", "BET-2", "BET-1"],
    "NST-1": ["NST-1", "DRV-1", "INP-1", "BET-1"],
    "ART-1": ["ART-1", "DRV-1", "INP-1", "BET-1"],
    "OUT-1": ["OUT-1", "NST-1", "DRV-1", "INP-1", "BET-1"],
}


def paths(found: Context) -> dict[str, list[str]]:
    return {each.item.key: each.path for each in found.served}


async def test_a_bet_shows_what_is_above_it_with_the_path_that_proves_each(database_url: str) -> None:
    async with drawn(database_url, CHAIN, ART_1=STRATEGY) as tx:
        found = await context(tx, KINDS, "BET-1", EVERYBODY)
    assert paths(found) == ABOVE_BET_1
    assert [len(each.path) for each in found.served] == sorted(len(path) for path in ABOVE_BET_1.values())


async def test_what_came_of_a_bet_serves_what_the_bet_serves(database_url: str) -> None:
    async with drawn(database_url, CHAIN, ART_1=STRATEGY) as tx:
        found = await context(tx, KINDS, "REL-1", EVERYBODY)
    onward = {key: [*path, "WRK-1", "REL-1"] for key, path in ABOVE_BET_1.items()}
    assert paths(found) == {"BET-1": ["BET-1", "WRK-1", "REL-1"], **onward}


async def test_what_says_something_of_another_thing_serves_what_that_serves(database_url: str) -> None:
    onward = {key: [*path, "INS-2"] for key, path in ABOVE_BET_1.items()}
    async with drawn(database_url, f"{CHAIN.rstrip()}\nINS-2 informs BET-1\nDEC-1 decides BET-2\nQUE-1 asks about DEC-1") as tx:
        of_insight = await context(tx, KINDS, "INS-2", EVERYBODY)
        of_question = await context(tx, KINDS, "QUE-1", EVERYBODY)
        of_bet = await context(tx, KINDS, "BET-1", EVERYBODY)
        below = await touched(tx, KINDS, "DRV-1", EVERYBODY)
    without_strategy = {key: path for key, path in onward.items() if key != "ART-1"}
    assert paths(of_insight) == {"BET-1": ["BET-1", "INS-2"], **without_strategy}
    assert list(paths(of_question).values()) == [
        ["DEC-1", "QUE-1"],
        ["BET-2", "DEC-1", "QUE-1"],
        ["SCO-1", "BET-2", "DEC-1", "QUE-1"],
        ["TEAM-1", "SCO-1", "BET-2", "DEC-1", "QUE-1"],
    ]
    assert set(paths(of_bet)) == ABOVE_BET_1.keys() - {"ART-1"}  # it is not for the sake of what was said of it
    assert not {"INS-1", "INS-2", "DEC-1", "QUE-1"} & set(below.objects)  # said is said, whatever becomes of the driver


async def test_it_is_grouped_by_kind_and_says_which_horizons_are_above(database_url: str) -> None:
    more = {"BET_1": {"horizon": "1-3 months"}, "BET_2": {"horizon": "1-3 quarters"}, "DRV_1": {"horizon": "1-3 years"}}
    async with drawn(database_url, "BET-1 part of BET-2\nBET-1 targets DRV-1\nBET-1 targets DRV-2", **more) as tx:
        found = await context(tx, KINDS, "BET-1", EVERYBODY)
    groups = {kind: [each.item.key for each in group] for kind, group in found.by_kind(KINDS).items()}
    assert groups == {"bet": ["BET-2"], "driver": ["DRV-1", "DRV-2"]}
    assert found.horizons(KINDS) == ["1-3 quarters", "1-3 years"]


async def test_only_current_documents_of_the_kinds_that_the_pack_names_are_guides(database_url: str) -> None:
    links = "ART-1 mentions BET-1\nART-2 mentions BET-1\nART-3 mentions BET-1\nBET-1 mentions ART-4"
    more: dict[str, dict[str, Any]] = {
        "ART_1": {"fields": {"kind": "strategy"}, "status": "superseded"},
        "ART_2": {"fields": {"kind": "research"}},
        "ART_3": STRATEGY,
        "ART_4": {"fields": {"kind": "vision"}},
    }
    async with drawn(database_url, links, **more) as tx:
        found = await context(tx, KINDS, "BET-1", EVERYBODY)
    assert paths(found) == {"ART-3": ["ART-3", "BET-1"], "ART-4": ["ART-4", "BET-1"]}


async def test_what_the_audience_may_not_see_hides_what_lies_only_behind_it(database_url: str) -> None:
    async with drawn(database_url, CHAIN, ART_1={**STRATEGY, **HIDDEN}, INP_1=HIDDEN, WRK_1=HIDDEN) as tx:
        for_all = await context(tx, KINDS, "BET-1", EVERYBODY)
        for_leads = await context(tx, KINDS, "BET-1", Audience(frozenset({"C9LEADS"})))
        below = await touched(tx, KINDS, "BET-1", EVERYBODY)
        with pytest.raises(NotFound):
            await context(tx, KINDS, "INP-1", EVERYBODY)
        with pytest.raises(NotFound):
            await touched(tx, KINDS, "INP-1", EVERYBODY)
    assert set(paths(for_all)) == {"BET-2", "OPP-1", "DRV-2", "SCO-1", "TEAM-1"}
    assert paths(for_leads) == ABOVE_BET_1
    assert set(below.objects) == set()


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("BET-1", {"WRK-1": ["WRK-1", "BET-1"], "REL-1": ["REL-1", "WRK-1", "BET-1"]}),
        ("DRV-2", {"OPP-1": ["OPP-1", "DRV-2"], "OPT-1": ["OPT-1", "OPP-1", "DRV-2"],
                   "BET-1": ["BET-1", "OPT-1", "OPP-1", "DRV-2"], "WRK-1": ["WRK-1", "BET-1", "OPT-1", "OPP-1", "DRV-2"],
                   "REL-1": ["REL-1", "WRK-1", "BET-1", "OPT-1", "OPP-1", "DRV-2"]}),
        ("TEAM-1", {"SCO-1": ["SCO-1", "TEAM-1"], "BET-2": ["BET-2", "SCO-1", "TEAM-1"],
                    "BET-1": ["BET-1", "BET-2", "SCO-1", "TEAM-1"],
                    "WRK-1": ["WRK-1", "BET-1", "BET-2", "SCO-1", "TEAM-1"],
                    "REL-1": ["REL-1", "WRK-1", "BET-1", "BET-2", "SCO-1", "TEAM-1"]}),
        ("REL-1", {}),
    ],
)  # fmt: skip
async def test_what_would_be_touched_is_what_serves_it_hangs_on_it_and_came_of_it(
    database_url: str, key: str, expected: dict[str, list[str]]
) -> None:
    async with drawn(database_url, CHAIN) as tx:
        found = await touched(tx, KINDS, key, EVERYBODY)
    assert {each: ways[0] for each, ways in found.paths.items()} == expected
    assert list(found.objects) == list(expected)


async def test_the_weakest_link_is_named_and_why(database_url: str) -> None:
    async with sample(database_url) as tx:
        found = {each.item.key: each.weakest for each in (await context(tx, KINDS, "BET-12", EVERYBODY)).served}
        above_input = {each.item.key: each.weakest for each in (await context(tx, KINDS, "INP-1", EVERYBODY)).served}
    star, near, driver = found["NST-1"], found["INP-1"], above_input["DRV-1"]
    assert star is not None
    assert near is not None
    assert driver is not None
    assert (edge_of(star.link), star.because, star.confidence) == (Edge("INP-1", "contributes to", "NST-1"), "doubted", 30)
    assert (edge_of(near.link), near.because, near.has_evidence) == (Edge("BET-12", "targets", "INP-1"), "unsaid", False)
    assert (driver.confidence, driver.evidence_at) == (75, datetime(2025, 11, 3, 9, tzinfo=UTC))
    assert found["SCO-1"] is None


async def test_loops_end(database_url: str) -> None:
    links = "GOA-1 contributes to GOA-2\nGOA-2 contributes to GOA-1\nGOA-2 contributes to DRV-1"
    async with drawn(database_url, links) as tx:
        above = await context(tx, KINDS, "GOA-1", EVERYBODY)
        below = await touched(tx, KINDS, "DRV-1", EVERYBODY)
    assert paths(above) == {"GOA-2": ["GOA-2", "GOA-1"], "DRV-1": ["DRV-1", "GOA-2", "GOA-1"]}
    assert set(below.objects) == {"GOA-1", "GOA-2"}


async def test_kinds_of_ones_own_work_the_same(database_url: str) -> None:
    pack = read_pack("""
    version: 1
    horizons: [now]
    kinds:
      wager: {prefix: WAG, label: Wager, emoji: W, lifecycle: [open]}
      try: {prefix: TRY, label: Try, emoji: T, lifecycle: [open]}
      lever: {prefix: LEV, label: Lever, emoji: L, lifecycle: [there]}
      guild: {prefix: GLD, label: Guild, emoji: G, anchor: true, lifecycle: [there]}
      hunch: {prefix: HUN, label: Hunch, emoji: H, lifecycle: [had]}
      creed: {prefix: CRE, label: Creed, emoji: C, guides: {}, lifecycle: [held]}
    relations:
      pulls: {words: [pulls, is pulled by], ends: [{from: [wager], to: [lever]}], serves: true}
      tries: {words: [tries, is tried in], ends: [{from: [try], to: [wager]}], flow: backward, inherits: true}
      hints: {words: [hints at, is hinted at by], ends: [{from: [hunch], to: [try]}], flow: forward, concerns: true}
      runs: {words: [runs, is run by], ends: [{from: [guild], to: [wager]}]}
      names: {words: [names, is named in], ends: [{from: [creed], to: [lever]}]}
    """)
    file = b"""{"version": 1, "objects": [
        {"key": "TRY-1", "kind": "try", "title": "t"}, {"key": "WAG-1", "kind": "wager", "title": "w"},
        {"key": "LEV-1", "kind": "lever", "title": "l"}, {"key": "GLD-1", "kind": "guild", "title": "g"},
        {"key": "CRE-1", "kind": "creed", "title": "c"}, {"key": "HUN-1", "kind": "hunch", "title": "h"}],
      "links": [{"from": "TRY-1", "relation": "tries", "to": "WAG-1"}, {"from": "WAG-1", "relation": "pulls", "to": "LEV-1"},
        {"from": "GLD-1", "relation": "runs", "to": "WAG-1"}, {"from": "CRE-1", "relation": "names", "to": "LEV-1"},
        {"from": "HUN-1", "relation": "hints", "to": "TRY-1"}]}"""
    async with anew(database_url, [], []) as tx:
        await import_graph(tx, pack, read(file))
        above = await context(tx, pack, "TRY-1", ADMINISTRATOR)
        of_hunch = await context(tx, pack, "HUN-1", ADMINISTRATOR)
        below = await touched(tx, pack, "LEV-1", ADMINISTRATOR)
    assert paths(above) == {
        "LEV-1": ["LEV-1", "WAG-1", "TRY-1"],
        "GLD-1": ["GLD-1", "WAG-1", "TRY-1"],
        "CRE-1": ["CRE-1", "LEV-1", "WAG-1", "TRY-1"],
    }
    assert list(paths(of_hunch)) == ["TRY-1", "LEV-1", "GLD-1", "CRE-1"]
    assert list(below.objects) == ["WAG-1", "TRY-1"]


async def test_what_links_carry_is_looked_up_link_by_link(tmp_path: Path) -> None:
    """SQLite would read all links of the workspace where three columns at once are compared with a list."""
    async with drawn(f"sqlite:///{tmp_path / 'throughline.db'}", CHAIN) as tx:
        told: list[tuple[str, Any]] = []
        event.listen(tx.connection.sync_connection, "before_cursor_execute", lambda *said: told.append((said[2], said[3])))
        await context(tx, KINDS, "BET-1", EVERYBODY)
        words, values = next(said for said in told if "json_extract" in said[0])
        plan = (await tx.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", values)).all()
    (lookup,) = (row[-1] for row in plan if "links" in row[-1])
    assert all(f"{column}=?" in lookup for column in ("workspace", "from_key", "to_key", "relation"))


KEYS = [f"{prefix}-{number}" for prefix in ("OPP", "OPT", "BET", "INP", "DRV", "SCO", "WRK") for number in (1, 2)]


def _kind(key: str) -> str:
    kind = KINDS.of_key(key)
    assert kind is not None
    return kind.name


LINKS = [
    Edge(from_key, relation.name, to_key)
    for from_key in KEYS
    for to_key in KEYS
    for relation in KINDS.relations.values()
    if from_key != to_key and relation.allows(_kind(from_key), _kind(to_key)) and relation.loops
]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])  # a database for all examples
@given(some.sets(some.sampled_from(LINKS), min_size=5, max_size=30), some.sampled_from(KEYS))
async def test_on_any_graph_it_is_what_a_search_in_memory_finds(database_url: str, links: set[Edge], key: str) -> None:
    async with anew(database_url, KEYS, links) as tx:
        above = await context(tx, KINDS, key, ADMINISTRATOR)
        below = await touched(tx, KINDS, key, ADMINISTRATOR)
    nearest = distances(links, key, steps(KINDS, "above"))
    assert {each.item.key: len(each.path) - 1 for each in above.served} == {
        key: far
        for key, far in nearest.items()
        if not key.startswith(("OPT", "WRK"))  # they are only steps
    }
    assert {key: len(ways[0]) - 1 for key, ways in below.paths.items()} == distances(links, key, steps(KINDS, "touched"))


def distances(edges: Iterable[Edge], key: str, way: Steps) -> dict[str, int]:
    """Return how far each key is that `way` leads to from `key`."""
    onward = [(edge.from_key, edge.to_key) for edge in edges if edge.relation in way.along]
    onward += [(edge.to_key, edge.from_key) for edge in edges if edge.relation in way.against]
    far, waiting = {key: 0}, deque([key])
    while waiting:
        here = waiting.popleft()
        for other in [end for start, end in onward if start == here]:
            if other not in far:
                far[other] = far[here] + 1
                waiting.append(other)
    return {other: distance for other, distance in far.items() if other != key}


@asynccontextmanager
async def anew(url: str, keys: Iterable[str], edges: Iterable[Edge]) -> AsyncIterator[Transaction]:
    """Read a graph in a workspace of its own, in a database that may have others."""
    database = Database(url, StillClock())
    try:
        await to_newest(database)
        async with database.writing(f"W{new_id()}") as tx:
            await tx.connection.execute(insert(workspaces), {"id": tx.workspace, "name": "", "created_at": tx.now})
            listed = [{"key": key, "kind": _kind(key), "title": key} for key in keys]
            linked = [{"from": edge.from_key, "relation": edge.relation, "to": edge.to_key} for edge in edges]
            file = json.dumps({"version": 1, "objects": listed, "links": linked})
            await import_graph(tx, KINDS, read(file.encode()))
            yield tx
    finally:
        await database.close()
