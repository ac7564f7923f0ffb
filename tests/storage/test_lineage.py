"""Where things came from and what came of them: whole answers, with their paths, for who may see them."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Select, event

from storage import lineage as walks
from storage.audience import ADMINISTRATOR, EVERYBODY, Audience
from storage.database import Transaction
from storage.errors import NotFound
from storage.lineage import Direction, Edge, Way, lineage, reached, steps, walk
from tests.storage.graphs import KINDS, drawn, reading

CHAIN = """
    INS-1 informs OPP-1
    OPP-1 frames OPT-1
    OPP-1 frames OPT-2
    OPT-1 becomes BET-1
    BET-1 considers OPT-2
    BET-1 executes WRK-1
    WRK-1 ships REL-1
    REL-1 results in IMP-1
    IMP-1 moves INP-1
    BET-1 targets INP-1
    INP-1 contributes to DRV-1
    DRV-1 contributes to NST-1
    BET-1 part of SCO-1
    TEAM-1 owns SCO-1
"""
HIDDEN = {"visibility": "channel", "channel": "C9LEADS"}


@pytest.mark.parametrize(
    ("key", "direction", "expected"),
    [
        ("BET-1", "origin", {"OPT-1": [["OPT-1", "BET-1"]], "OPT-2": [["OPT-2", "BET-1"]],
                             "OPP-1": [["OPP-1", "OPT-1", "BET-1"], ["OPP-1", "OPT-2", "BET-1"]],
                             "INS-1": [["INS-1", "OPP-1", "OPT-1", "BET-1"], ["INS-1", "OPP-1", "OPT-2", "BET-1"]]}),
        ("BET-1", "outcome", {"WRK-1": [["WRK-1", "BET-1"]], "REL-1": [["REL-1", "WRK-1", "BET-1"]],
                              "IMP-1": [["IMP-1", "REL-1", "WRK-1", "BET-1"]],
                              "INP-1": [["INP-1", "IMP-1", "REL-1", "WRK-1", "BET-1"]]}),
        ("BET-1", "purpose", {"INP-1": [["INP-1", "BET-1"]], "DRV-1": [["DRV-1", "INP-1", "BET-1"]],
                              "NST-1": [["NST-1", "DRV-1", "INP-1", "BET-1"]],
                              "OPT-1": [["OPT-1", "BET-1"]], "OPT-2": [["OPT-2", "BET-1"]],
                              "OPP-1": [["OPP-1", "OPT-1", "BET-1"], ["OPP-1", "OPT-2", "BET-1"]],
                              "INS-1": [["INS-1", "OPP-1", "OPT-1", "BET-1"], ["INS-1", "OPP-1", "OPT-2", "BET-1"]]}),
        ("NST-1", "feeds", {"DRV-1": [["DRV-1", "NST-1"]], "INP-1": [["INP-1", "DRV-1", "NST-1"]]}),
        ("INS-1", "origin", {}),
    ],
)  # fmt: skip
async def test_a_walk_finds_every_object_of_its_direction_with_its_paths(
    database_url: str, key: str, direction: Direction, expected: dict[str, list[list[str]]]
) -> None:
    async with drawn(database_url, CHAIN) as tx:
        found = await lineage(tx, KINDS, key, direction, EVERYBODY)
    assert found.paths == expected
    assert list(found.objects) == list(found.paths)
    assert list(found.asked) == [key]


async def test_the_links_that_were_followed_are_told_as_they_are_stored(database_url: str) -> None:
    async with drawn(database_url, "OPT-1 becomes BET-1\nBET-1 considers OPT-2\nART-1 mentions BET-1") as tx:
        found = await lineage(tx, KINDS, "BET-1", "origin", EVERYBODY)
    assert set(found.edges) == {Edge("OPT-1", "becomes", "BET-1"), Edge("BET-1", "considers", "OPT-2")}


async def test_a_loop_ends(database_url: str) -> None:
    links = "INS-1 informs BET-1\nBET-1 yields INS-2\nINS-2 informs BET-1\nBET-1 results in IMP-1\nIMP-1 yields INS-1"
    async with drawn(database_url, links) as tx:
        found = await lineage(tx, KINDS, "BET-1", "origin", EVERYBODY)
    assert found.paths == {
        "INS-1": [["INS-1", "BET-1"]],
        "INS-2": [["INS-2", "BET-1"]],
        "IMP-1": [["IMP-1", "INS-1", "BET-1"]],
    }


async def test_what_the_audience_may_not_see_and_what_lies_only_behind_it_does_not_exist(database_url: str) -> None:
    async with drawn(database_url, CHAIN + "INS-2 informs OPP-1\nINS-3 informs OPT-1", OPP_1=HIDDEN) as tx:
        for_all = await lineage(tx, KINDS, "BET-1", "origin", EVERYBODY)
        for_leads = await lineage(tx, KINDS, "BET-1", "origin", Audience(frozenset({"C9LEADS"})))
        with pytest.raises(NotFound):
            await lineage(tx, KINDS, "OPP-1", "origin", EVERYBODY)
    assert set(for_all.objects) == {"OPT-1", "OPT-2", "INS-3"}
    assert set(for_leads.objects) == {"OPT-1", "OPT-2", "INS-3", "OPP-1", "INS-1", "INS-2"}


async def test_what_was_learned_first_ends_a_walk_for_learnings(database_url: str) -> None:
    links = "BET-1 results in IMP-1\nIMP-1 yields INS-1\nINS-1 informs BET-2\nBET-2 yields INS-2\nBET-1 yields INS-3"
    async with drawn(database_url, links) as tx:
        found = await walk(tx, KINDS, ["BET-1"], steps(KINDS, "learned"), EVERYBODY)
    assert set(found.objects) == {"IMP-1", "INS-1", "INS-3"}


async def test_several_objects_can_be_asked_about_at_once(database_url: str) -> None:
    async with drawn(database_url, "INS-1 informs BET-1\nINS-1 informs BET-2\nINS-2 informs BET-2") as tx:
        found = await walk(tx, KINDS, ["BET-1", "BET-2", "BET-9"], steps(KINDS, "origin"), ADMINISTRATOR)
    assert list(found.asked) == ["BET-1", "BET-2"]
    assert found.paths == {"INS-1": [["INS-1", "BET-1"], ["INS-1", "BET-2"]], "INS-2": [["INS-2", "BET-2"]]}


@pytest.mark.parametrize("length", [1, 3, 60])
async def test_a_lineage_takes_two_statements_however_long_it_is(database_url: str, length: int) -> None:
    links = "\n".join(f"BET-{number + 1} replaces BET-{number}" for number in range(1, length + 1))
    async with drawn(database_url, links) as tx:
        told: list[str] = []
        event.listen(tx.connection.sync_connection, "before_cursor_execute", lambda *said: told.append(said[2]))
        found = await lineage(tx, KINDS, f"BET-{length + 1}", "origin", EVERYBODY)
    assert len(found.objects) == length
    assert len([statement for statement in told if statement != "BEGIN"]) == 2


async def test_whole_objects_come_back(database_url: str) -> None:
    more = {"title": "New teams stall", "fields": {"source": "user research"}, "created_at": "2026-03-02T09:00:00Z"}
    async with drawn(database_url, "INS-1 informs BET-1", INS_1=more) as tx:
        found = (await lineage(tx, KINDS, "BET-1", "origin", EVERYBODY)).objects["INS-1"]
    assert (found.kind, found.title, found.fields) == ("insight", "New teams stall", {"source": "user research"})
    assert found.created_at == datetime.fromisoformat("2026-03-02T09:00:00+00:00")


async def test_nothing_is_found_in_an_object_that_does_not_exist(database_url: str) -> None:
    async with reading(database_url, b'{"version": 1}') as tx:
        with pytest.raises(NotFound):
            await lineage(tx, KINDS, "BET-1", "origin", ADMINISTRATOR)


@pytest.mark.parametrize("direction", ["origin", "outcome", "purpose", "feeds", "any"])
async def test_the_ids_alone_are_those_of_the_whole_objects(database_url: str, direction: Direction) -> None:
    async with drawn(database_url, CHAIN + "IMP-1 yields INS-2\nINS-2 informs OPP-1", OPT_2=HIDDEN) as tx:
        for key in ("BET-1", "NST-1", "INS-1", "IMP-1", "SCO-1"):
            for audience in (EVERYBODY, Audience(frozenset({"C9LEADS"}))):
                found = await lineage(tx, KINDS, key, direction, audience)
                keys = await reached(tx, KINDS, key, direction, audience)
                assert sorted(keys) == sorted(found.objects)
        with pytest.raises(NotFound):
            await reached(tx, KINDS, "OPT-2", direction, EVERYBODY)


async def test_the_ids_come_nearest_first(database_url: str) -> None:
    links = "\n".join(f"BET-{number + 1} replaces BET-{number}" for number in range(1, 9))
    async with drawn(database_url, links) as tx:
        assert await reached(tx, KINDS, "BET-9", "origin", EVERYBODY) == [f"BET-{number}" for number in range(8, 0, -1)]


async def test_a_walk_is_bounded_whatever_hangs_there(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walks, "REACH", 10)
    walks._edges.cache_clear()
    walks._keys.cache_clear()
    links = "\n".join(f"INS-{number} informs BET-1\nBET-1 yields INS-{number}" for number in range(1, 60))
    try:
        async with drawn(database_url, links) as tx:
            found = await lineage(tx, KINDS, "BET-1", "any", EVERYBODY)
            keys = await reached(tx, KINDS, "BET-1", "any", EVERYBODY)
    finally:
        walks._edges.cache_clear()
        walks._keys.cache_clear()
    assert len(keys) == 9
    assert 9 <= len(found.objects) <= 59


@pytest.mark.parametrize("way", ["origin", "outcome", "above", "touched", "any"])
async def test_each_step_is_one_lookup_in_an_index_that_covers_it(database_url: str, way: Way) -> None:
    """Also where the database knows that there are many objects: it must not read them all."""
    async with drawn(database_url, "\n".join(f"INS-{number} informs BET-{number}" for number in range(1, 700))) as tx:
        dialect = tx.connection.dialect
        await tx.connection.exec_driver_sql("ANALYZE")
        for statement in (
            walks._edges(steps(KINDS, way), dialect.name, is_one=True),
            walks._keys(steps(KINDS, way), dialect.name),
        ):
            plan = await _plan(tx, statement)
            assert ("links_1" in plan or "pk_links" in plan) == bool(steps(KINDS, way).along)
            assert ("ix_links_backwards" in plan) == bool(steps(KINDS, way).against)
            for slow in ("SCAN links", "SCAN objects", "BLOOM FILTER ON objects", "Seq Scan"):
                assert slow not in plan


async def _plan(tx: Transaction, statement: Select[Any]) -> str:
    """Return how the database carries out `statement`, in its own words."""
    told: list[tuple[str, Any]] = []
    event.listen(tx.connection.sync_connection, "before_cursor_execute", lambda *said: told.append((said[2], said[3])))
    await tx.run(statement, keys="BET-1", **EVERYBODY.binds)
    verb = "EXPLAIN QUERY PLAN" if tx.connection.dialect.name == "sqlite" else "EXPLAIN"
    words, values = next(said for said in told if "walked" in said[0])
    return "\n".join(str(row[-1]) for row in await tx.connection.exec_driver_sql(f"{verb} {words}", values))
