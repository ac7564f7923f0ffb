"""What was expected of the sample organisation's bets, and what happened; each figure was worked out by hand beforehand."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from storage.audience import ADMINISTRATOR, EVERYBODY
from storage.database import Transaction
from storage.expected import Effect, effects, expected_and_happened
from storage.files.graph_file import read
from storage.files.importing import import_graph
from storage.graph import Graph
from storage.measures import Measure
from storage.packs.pack import read_pack
from storage.tables import LOCAL_WORKSPACE
from tests.storage.graph_files import link, take_in, workplace
from tests.storage.graphs import KINDS, NOW, sample

EXAMPLE = Path(__file__).parents[2] / "docs" / "example-pack.yaml"

# Who, on what: verdict, how sure, level at the beginning, level now, the change that was expected.
TOLD = {
    ("BET-1", "DRV-4"): ("too early", None, 54, 58, 10),  # two values since it was placed
    ("BET-2", "INP-4"): ("not measured", None, None, None, None),  # it was over before anybody measured
    ("BET-3", "INP-10"): ("not measured", None, None, None, None),
    ("BET-6", "INP-6"): ("too early", None, 1.3, 1.3, -0.65),  # "by half" of the one value before it was won
    ("BET-8", "DRV-1"): ("less", 99, 33.2, 34.5, 12),
    ("BET-11", "INP-5"): ("other way", 82, 12.85, 12.5, 2),  # 4 x 5 pairs, 16 fall, 4 rise: z = 11 / √66.7
    ("BET-12", "INP-1"): ("less", 99, 38.1, 40.2, 5),  # 5 x 5 pairs, all rise: z = 24 / √91.7
    ("BET-13", "INP-7"): ("less", 98, 4.05, 3.0, -2),
    ("BET-14", "INP-1"): ("too early", None, None, None, None),  # placed the day before
    ("BET-15", "INP-3"): ("less", 99, 45.9, 48, 8),
    ("BET-16", "DRV-4"): ("too early", None, None, None, None),  # nobody measured since
    ("BET-17", "INP-2"): ("not begun", None, None, None, None),
    ("BET-18", "INP-9"): ("not begun", None, None, None, None),
    ("GOA-1", "DRV-1"): ("less", 99, 33.2, 34.5, 16.8),  # "to 50 %"
    ("GOA-4", "INP-6"): ("nothing", None, 1.3, 1.3, None),
    ("OPP-2", "INP-1"): ("as expected", 99, 38.1, 40.2, None),  # up, and nobody said how far
}


def told(effect: Effect) -> tuple[Any, ...]:
    moved = effect.since_begun
    figures = (moved.before if moved else None, moved.after if moved else None, effect.wanted)
    return effect.verdict, effect.sure, *(None if each is None else pytest.approx(each) for each in figures)


async def test_the_sample_organisations_bets(database_url: str) -> None:
    async with sample(database_url) as tx:
        found = await effects(tx, KINDS, {by for by, _ in TOLD}, EVERYBODY, NOW)
    assert {(each.by.key, each.on.key): told(each) for each in found if (each.by.key, each.on.key) in TOLD} == TOLD


async def test_a_bet_with_its_releases_its_claims_and_what_ran_beside_it(database_url: str) -> None:
    async with sample(database_url) as tx:
        [effect] = await expected_and_happened(tx, KINDS, "BET-12", EVERYBODY, NOW)
    expected, moved = effect.expected, effect.since_begun
    assert (expected.direction, expected.size, expected.by_when) == ("up", "+5 points", date(2026, 11, 30))
    assert expected.confidence == 60
    assert (effect.life.begun, effect.life.ended, effect.is_due) == (datetime(2026, 3, 9, 10, tzinfo=UTC), None, False)
    assert moved is not None
    assert (moved.is_from_first, moved.first_at.date(), moved.count, moved.newest) == (True, date(2026, 6, 1), 16, 43)
    releases = [
        (each.item.key, each.at.date(), round(since.before, 2), round(since.after, 2), since.sure)
        for each, since in effect.since_release
        if since
    ]
    assert releases == [("REL-5", date(2026, 8, 31), 38.8, 41, 96), ("REL-6", date(2026, 9, 3), 39.1, 42, 92)]
    assert effect.to_target == pytest.approx((40.2 - 38.1) / (44 - 38.1))
    assert [(claim.impact.key, claim.size, claim.sure) for claim in effect.claims] == [("IMP-7", "+2 points", 70)]
    assert [each.key for each in effect.beside] == ["BET-14"]


async def test_an_input_with_every_bet_on_it(database_url: str) -> None:
    async with sample(database_url) as tx:
        found = await expected_and_happened(tx, KINDS, "INP-2", EVERYBODY, NOW)
        nothing = await expected_and_happened(tx, KINDS, "INS-1", EVERYBODY, NOW)
    assert [(each.by.key, each.verdict, [other.key for other in each.beside]) for each in found] == [
        ("BET-4", "not measured", []),
        ("BET-7", "less", ["BET-8", "BET-9"]),
        ("BET-8", "less", ["BET-7", "BET-9"]),
        ("BET-9", "less", ["BET-7", "BET-8"]),
        ("BET-17", "not begun", []),
    ]
    assert [[claim.impact.key for claim in each.claims] for each in found] == [[], ["IMP-3"], [], [], []]
    assert nothing == []


START = datetime(2026, 1, 1, tzinfo=UTC)


@asynccontextmanager
async def small(url: str, after: list[float], *, size: str = "+5 points", **more: Any) -> AsyncIterator[Transaction]:
    """A bet that began after five weekly values of 20, and one value in each week since."""
    values = [20.0] * 5 + after
    dated = [(START + timedelta(weeks=week), value) for week, value in enumerate(values)]
    began = (START + timedelta(weeks=5, days=-1)).isoformat()
    content = {
        "objects": [
            {"key": "BET-1", "kind": "bet", "title": "Guide", "status": "running", "created_at": began},
            {"key": "INP-1", "kind": "input", "title": "Activation", "fields": {"unit": "%", "good_direction": "up"}},
            *more.get("objects", []),
        ],
        "links": [link("BET-1", "targets", "INP-1", fields={"size": size, **more.get("fields", {})}), *more.get("links", [])],
        "values": [{"key": "INP-1", "at": at.isoformat(), "value": value} for at, value in dated],
    }
    async with workplace(url) as database:
        await take_in(database, content)
        async with database.writing(LOCAL_WORKSPACE) as tx:
            yield tx


@pytest.mark.parametrize(
    ("after", "size", "verdict"),
    [
        ([25, 26, 25, 27, 25], "+5 points", "as expected"),
        ([24.5, 26, 24, 25, 24.5], "+5 points", "less"),
        ([24.5, 26, 24, 25, 24.5], "to 24 %", "as expected"),
        ([24.5, 26, 24, 25, 24.5], "a lot", "as expected"),
        ([18, 17, 18, 16, 17], "+5 points", "other way"),
        ([18, 17, 18, 16, 17], "-3 points", "as expected"),
        ([20, 20, 20, 20, 20], "+5 points", "nothing"),
        ([21, 19, 20, 21, 19], "+5 points", "nothing"),
        ([30], "+5 points", "too early"),
        ([], "+5 points", "too early"),
    ],
)
async def test_every_verdict(database_url: str, after: list[float], size: str, verdict: str) -> None:
    async with small(database_url, after, size=size) as tx:
        [effect] = await expected_and_happened(tx, KINDS, "BET-1", EVERYBODY, NOW)
    assert effect.verdict == verdict


async def test_what_moved_while_nobody_had_said_which_way(database_url: str) -> None:
    async with small(database_url, [25, 26, 25, 27, 25], size="5") as tx:
        await Graph(tx, KINDS, "U01ANA").revise("INP-1", {"fields": {"good_direction": None}})
        [effect] = await expected_and_happened(tx, KINDS, "BET-1", EVERYBODY, NOW)
    assert (effect.verdict, effect.direction, effect.wanted) == ("unsaid", None, None)


async def test_values_in_another_unit_do_not_count(database_url: str) -> None:
    async with small(database_url, [25, 26, 25, 27, 25]) as tx:
        stray = [Measure("INP-1", NOW - timedelta(days=day), 9_000, unit="teams") for day in range(1, 9)]
        await Graph(tx, KINDS, "U01ANA").measure(*stray)
        [effect] = await expected_and_happened(tx, KINDS, "BET-1", EVERYBODY, NOW)
    assert (effect.verdict, effect.unit) == ("as expected", "%")


async def test_a_bet_that_is_over_is_judged_by_its_own_time(database_url: str) -> None:
    async with small(database_url, [20, 20, 20, 20, 20, 90, 90, 90], fields={"by_when": "2026-03-05"}) as tx:
        await tx.connection.exec_driver_sql("UPDATE objects SET status = 'lost', updated_at = created_at")
        await tx.connection.exec_driver_sql("UPDATE objects SET status = 'active' WHERE kind = 'input'")
        [effect] = await expected_and_happened(tx, KINDS, "BET-1", EVERYBODY, NOW)
    assert (effect.verdict, effect.is_due, effect.until) == ("nothing", True, datetime(2026, 3, 6, tzinfo=UTC))


async def test_a_companys_own_kinds_and_relations_are_judged_alike(database_url: str) -> None:
    kinds = read_pack(EXAMPLE.read_text("utf-8"))
    content = {
        "version": 1,
        "objects": [
            {"key": "BET-1", "kind": "bet", "title": "Kits", "status": "on hold", "created_at": "2026-02-04T00:00:00Z"},
            {"key": "CUS-1", "kind": "customer", "title": "Schools", "fields": {"good_direction": "up", "target": "40"}},
        ],
        "links": [link("BET-1", "helps", "CUS-1", fields={"size": "+10"})],
        "values": [
            {"key": "CUS-1", "at": (START + timedelta(weeks=week)).isoformat(), "value": value}
            for week, value in enumerate([20, 21, 20, 20, 21, 30, 31, 32, 33, 31])
        ],
    }
    async with workplace(database_url) as database, database.writing(LOCAL_WORKSPACE) as tx:
        await import_graph(tx, kinds, read(json.dumps(content).encode()))
        [effect] = await expected_and_happened(tx, kinds, "CUS-1", EVERYBODY, NOW)
    assert (effect.by.key, effect.verdict, effect.sure, effect.wanted) == ("BET-1", "as expected", 99, 10)
    assert effect.to_target == pytest.approx(11 / 20)


async def test_what_a_reader_may_not_see_is_no_part_of_a_judgement(database_url: str) -> None:
    hidden = {"channel": "C05LEADS", "visibility": "channel", "status": "running", "created_at": "2026-01-02T00:00:00Z"}
    beside = {"key": "BET-2", "kind": "bet", "title": "Hidden", **hidden}
    more: dict[str, Any] = {"objects": [beside], "links": [link("BET-2", "targets", "INP-1")]}
    async with small(database_url, [25, 26, 25, 27, 25], **more) as tx:
        [for_all] = await expected_and_happened(tx, KINDS, "INP-1", EVERYBODY, NOW)
        for_administrators = await expected_and_happened(tx, KINDS, "INP-1", ADMINISTRATOR, NOW)
        of_hidden = await expected_and_happened(tx, KINDS, "BET-2", EVERYBODY, NOW)
    assert (for_all.by.key, for_all.beside) == ("BET-1", ())
    assert [[other.key for other in each.beside] for each in for_administrators] == [["BET-2"], ["BET-1"]]
    assert of_hidden == []


async def test_many_bets_take_no_more_statements_than_one(database_url: str) -> None:
    def crowd(count: int) -> dict[str, Any]:
        bets = [
            {"key": f"BET-{number}", "kind": "bet", "title": f"Bet {number}", "status": "running"}
            for number in range(2, count + 2)
        ]
        return {"objects": bets, "links": [link(bet["key"], "targets", "INP-1") for bet in bets]}

    async with small(database_url, [25, 26, 25, 27, 25]) as tx:
        alone = await _statements(tx)
    async with small(database_url + ("2" if "sqlite" in database_url else ""), [25, 26], **crowd(200)) as tx:
        crowded = await _statements(tx)
    assert alone == (1, crowded[1])
    assert crowded[0] == 201
    assert crowded[1] <= 10


async def _statements(tx: Transaction) -> tuple[int, int]:
    """Return how many effects there are on the input, and how many statements that took."""
    ran: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        ran.append(statement)

    engine = tx.connection.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        found = await expected_and_happened(tx, KINDS, "INP-1", EVERYBODY, NOW)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(found), len(ran)
