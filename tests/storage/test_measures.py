"""Dated values: written by hand, corrected, taken away, and read for an audience."""

from dataclasses import replace
from datetime import timedelta

import pytest

from storage import history, measures
from storage.audience import ADMINISTRATOR, EVERYBODY, Audience
from storage.database import Transaction
from storage.errors import Refused
from storage.graph import Graph
from storage.measures import Measure, comparable
from storage.tables import LOCAL_WORKSPACE
from tests.storage.graph_files import NOW, Still, refused, take_in, workplace
from tests.storage.graphs import KINDS

AUGUST = NOW.replace(month=8)
INPUT = {"key": "INP-1", "kind": "input", "title": "Activation"}
OTHERS = [
    {"key": "IMP-1", "kind": "impact", "title": "It helps"},
    {"key": "BET-1", "kind": "bet", "title": "Guide"},
    {"key": "INP-2", "kind": "input", "title": "Hidden", "channel": "C05LEADS", "visibility": "channel"},
]


async def test_the_newest_value_and_the_series_of_each_object(database_url: str) -> None:
    first, corrected = Measure("INP-1", AUGUST, 41.2), Measure("INP-1", NOW, 43.0, "Corrected")
    async with workplace(database_url) as database:
        await take_in(database, {"objects": [INPUT]})
        async with database.writing(LOCAL_WORKSPACE) as tx:
            await Graph(tx, KINDS, "U01ANA").measure(Measure("INP-1", NOW, 42.0, "After"), first)
            await Graph(tx, KINDS, "U02IVO").measure(corrected)
        async with database.reading(LOCAL_WORKSPACE) as tx:
            assert await measures.latest(tx, ["INP-1", "INP-2"], EVERYBODY) == {"INP-1": corrected}
            assert await measures.series(tx, ["INP-1", "INP-2"], EVERYBODY) == {"INP-1": [first, corrected]}
            assert await measures.all_measures(tx, EVERYBODY) == [first, corrected]


async def test_a_correction_and_a_removal_are_told_by_history(database_url: str) -> None:
    async with workplace(database_url) as database:
        await take_in(database, {"objects": [INPUT]})
        async with database.writing(LOCAL_WORKSPACE) as tx:
            [made] = await Graph(tx, KINDS, "U01ANA").measure(Measure("INP-1", AUGUST, 41.2, unit="%", source="dashboard"))
            [corrected] = await Graph(tx, KINDS, "U02IVO", "two cohorts were missing").measure(replace(made, value=40.8))
            again = await Graph(tx, KINDS, "U02IVO").measure(replace(made, value=40.8))
            assert await Graph(tx, KINDS, "U01ANA").unmeasure("INP-1", AUGUST)
            assert not await Graph(tx, KINDS, "U01ANA").unmeasure("INP-1", AUGUST)
        async with database.reading(LOCAL_WORKSPACE) as tx:
            told = [each for each in await history.of_object(tx, "INP-1", ADMINISTRATOR) if each.value_at]
            assert await measures.all_measures(tx, ADMINISTRATOR) == []
    assert (made.version, corrected.version, corrected.author, again) == (1, 2, "U02IVO", [])
    whole = {"value": 41.2, "unit": "%", "source": "dashboard", "note": ""}
    assert [(each.author, each.reason, each.value_at, each.before, each.after) for each in told] == [
        ("U01ANA", None, AUGUST, None, whole),
        ("U02IVO", "two cohorts were missing", AUGUST, {"value": 41.2}, {"value": 40.8}),
        ("U01ANA", None, AUGUST, {**whole, "value": 40.8}, None),
    ]


async def _refusal(tx: Transaction, value: Measure) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as refusal:
        await Graph(tx, KINDS, "U01ANA").measure(value)
    return [(problem.field, problem.sentence) for problem in refusal.value.problems]


async def test_what_cannot_have_been_measured_is_refused_in_words(database_url: str) -> None:
    async with workplace(database_url) as database:
        await take_in(database, {"objects": [INPUT, *OTHERS]})
        async with database.writing(LOCAL_WORKSPACE) as tx:
            of_a_bet = await _refusal(tx, Measure("BET-1", NOW, 1))
            too_early = await _refusal(tx, Measure("INP-1", NOW + timedelta(days=2), 1))
            wrong = await _refusal(tx, Measure("INP-1", NOW, float("nan"), unit="%\0"))
            assert await Graph(tx, KINDS, "U01ANA").measure(Measure("IMP-1", NOW, 2, unit="points"))
            assert await Graph(tx, KINDS, "U01ANA").measure(Measure("INP-1", NOW + timedelta(hours=14), 2))
    assert of_a_bet == [
        (
            "value",
            "BET-1 is one of the bets, which carry no values. "
            "They belong to impacts, inputs, drivers, north stars, business outcomes or goals.",
        )
    ]
    assert too_early == [("at", "2026-09-19 has not come yet, and a value says what was measured.")]
    assert [field for field, _ in wrong] == ["value", "unit"]


async def test_a_file_with_values_of_what_carries_none_is_refused_whole(database_url: str) -> None:
    values = [{"key": "BET-1", "at": "2026-09-01T00:00:00Z", "value": 3}]
    async with workplace(database_url) as database:
        assert await refused(database, {"objects": OTHERS, "values": values}) == [
            "values[0] BET-1 2026-09-01T00:00:00Z: the object carries no values; "
            "they belong to impacts, inputs, drivers, north stars, business outcomes or goals"
        ]


async def test_a_value_that_comes_later_is_not_the_newest_yet(database_url: str) -> None:
    values = [{"key": "INP-1", "at": f"2026-09-{day}T00:00:00Z", "value": day} for day in (10, 20)]
    clock = Still()
    async with workplace(database_url, clock) as database:
        await take_in(database, {"objects": [INPUT], "values": values})
        async with database.reading(LOCAL_WORKSPACE) as tx:
            now = await measures.latest(tx, ["INP-1"], EVERYBODY)
        clock.at = NOW + timedelta(days=5)
        async with database.reading(LOCAL_WORKSPACE) as tx:
            later = await measures.latest(tx, ["INP-1"], EVERYBODY)
    assert (now["INP-1"].value, later["INP-1"].value) == (10, 20)


async def test_values_of_what_a_reader_may_not_see_do_not_exist_for_them(database_url: str) -> None:
    values = [{"key": key, "at": "2026-09-01T00:00:00Z", "value": 3} for key in ("INP-1", "INP-2")]
    async with workplace(database_url) as database:
        await take_in(database, {"objects": [INPUT, *OTHERS], "values": values})
        async with database.reading(LOCAL_WORKSPACE) as tx:
            leads = Audience(frozenset({"C05LEADS"}))
            seen = [
                [
                    set(await measures.latest(tx, ["INP-1", "INP-2"], audience)),
                    set(await measures.series(tx, ["INP-1", "INP-2"], audience)),
                    {each.key for each in await measures.all_measures(tx, audience)},
                ]
                for audience in (EVERYBODY, leads)
            ]
            assert set(await measures.stored(tx, ["INP-1", "INP-2"])) == {"INP-1", "INP-2"}
    assert seen == [[{"INP-1"}] * 3, [{"INP-1", "INP-2"}] * 3]


def test_values_in_another_unit_stay_out_of_a_trend() -> None:
    plain, percent, euros = (Measure("INP-1", NOW, 1, unit=unit) for unit in ("", "percent", "€"))
    assert comparable([plain, percent, euros], "%") == [plain, percent]
    assert comparable([plain, euros], None) == [plain, euros]
    assert comparable([percent, euros], None) == [euros]
