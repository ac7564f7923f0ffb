"""The questions of the model: each has the calls of the graph that it needs. In words where they are understood already."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from storage.asking.answers import ask
from storage.audience import EVERYBODY, NOBODY, Audience
from storage.database import Database, Transaction
from storage.graph import Graph, Tie
from storage.past.beliefs import beliefs_as_of
from storage.players import players
from storage.project_mode import project_mode
from storage.tables import LOCAL_WORKSPACE, rituals, runs
from tests.storage.graph_files import NOW, Still, bet, link, take_in, workplace
from tests.storage.graphs import KINDS, sample

SECRET = {"visibility": "channel", "channel": "C9LEADS"}
LEADS = Audience(frozenset({"C9LEADS"}))

# Question, about, keys: those of the model that the other tests of answers do not ask.
TOLD = [
    ("What came of INS-4?", None, {"OPP-2", "OPT-5", "BET-12", "WRK-8", "REL-5", "IMP-7", "INP-1", "DEC-8"}),
    ("What are we trying to achieve?", None, {"GOA-1", "GOA-2", "GOA-3", "NST-1"}),
    ("What is Growth trying to achieve?", None, {"GOA-1"}),
    ("Which problems is Growth focused on?", None, {"OPP-1", "OPP-2", "OPP-7", "OPP-8"}),
    ("What is stale in Growth?", None, {"BET-8", "ART-1", "ART-6"}),
]


@pytest.mark.parametrize(("words", "about", "keys"), TOLD)
async def test_the_model_asks(database_url: str, words: str, about: str | None, keys: set[str]) -> None:
    async with sample(database_url) as tx:
        found = await ask(tx, KINDS, words, about=about, audience=EVERYBODY)
    assert keys <= {item.key for item in found.objects}


async def test_what_changed_since_the_last_review(database_url: str) -> None:
    clock = Still(NOW - timedelta(days=10))
    async with workplace(database_url, clock) as database:
        await take_in(database, {"objects": [bet(1), bet(2), bet(3)]})
        await _revised(database, "BET-1")
        clock.at = NOW - timedelta(days=7)
        async with database.writing(LOCAL_WORKSPACE) as tx:
            await _reviewed(tx)
        clock.at = NOW
        await _revised(database, "BET-2")
        async with database.reading(LOCAL_WORKSPACE) as tx:
            found = await ask(tx, KINDS, "What changed since the last review?", about=None, audience=EVERYBODY)
    assert [item.key for item in found.objects] == ["BET-2"]


async def test_what_did_we_believe_on_the_first_of_march(database_url: str) -> None:
    clock = Still(datetime(2026, 2, 1, 9, tzinfo=UTC))
    async with workplace(database_url, clock) as database:
        running = {"status": "running", "fields": {"hypothesis": "Because it is empty", "confidence": 70}}
        lever = {"key": "INP-1", "kind": "input", "title": "Activation"}
        objects = [bet(1, **running), bet(2), bet(3, **running, **SECRET), bet(4, status="lost"), lever]
        links = [link("BET-1", "targets", "INP-1", confidence=60), link("BET-4", "targets", "INP-1", confidence=20)]
        await take_in(database, {"objects": objects, "links": links})
        clock.at = NOW
        async with database.writing(LOCAL_WORKSPACE) as tx:
            graph = Graph(tx, KINDS, "U01ANA")
            await graph.revise("BET-1", {"status": "lost", "fields": {"hypothesis": "Something else", "confidence": 5}})
            await graph.link("BET-1", Tie("targets", "INP-1", confidence=10))
            await graph.revise("BET-2", {"status": "running"})
        async with database.reading(LOCAL_WORKSPACE) as tx:
            then = await beliefs_as_of(tx, KINDS, datetime(2026, 3, 1, tzinfo=UTC), EVERYBODY)
            for_leads = await beliefs_as_of(tx, KINDS, datetime(2026, 3, 1, tzinfo=UTC), LEADS)
            now = await beliefs_as_of(tx, KINDS, NOW, EVERYBODY)
    assert [(item.key, item.fields) for item in then.underway] == [("BET-1", running["fields"])]
    assert [(each.from_key, each.to_key, each.confidence) for each in then.links] == [("BET-1", "INP-1", 60)]
    assert [item.key for item in for_leads.underway] == ["BET-1", "BET-3"]
    assert ([item.key for item in now.underway], now.links) == (["BET-2"], ())


@pytest.mark.parametrize(
    ("words", "believed"),
    [
        ("What did we believe on 1 March?", "BET-1 60 BET-2 80 BET-5 55 BET-6 70 BET-8 45 BET-9 50"),
        ("what did we think of BET-12 in September", "BET-12 60"),
        ("What did we believe about BET-12 on 11 September?", "BET-12 45"),
        ("What did we believe about BET-12 on 1 March?", ""),  # it was made a day later
    ],
)
async def test_it_is_asked_in_words(database_url: str, words: str, believed: str) -> None:
    async with sample(database_url) as tx:
        found = await ask(tx, KINDS, words, about=None, audience=EVERYBODY)
    assert found.understood
    assert " ".join(f"{item.key} {item.fields['confidence']}" for item in found.objects) == believed


async def test_the_players_are_asked_for_in_words(database_url: str) -> None:
    async with sample(database_url) as tx:
        asked = [
            await ask(tx, KINDS, words, about=None, audience=EVERYBODY)
            for words in ("Who are the players?", "who is in Growth")
        ]
        unknown = await ask(tx, KINDS, "Who are the players in Nowhere?", about=None, audience=EVERYBODY)
        outside = await ask(tx, KINDS, "Who are the players?", about=None, audience=NOBODY)
    assert [len(answer.people) for answer in asked] == [14, 6]
    assert not unknown.understood
    assert (outside.understood, outside.people, outside.objects) == (True, (), ())


async def test_who_are_the_players(database_url: str) -> None:
    async with sample(database_url) as tx:
        growth = await players(tx, KINDS, EVERYBODY, ["Growth"])
        everybody = await players(tx, KINDS, EVERYBODY)
        nobody = await players(tx, KINDS, NOBODY)
    assert ([team.name for team in growth.teams], [item.key for item in growth.holders]) == (["Growth"], ["TEAM-1"])
    assert growth.people == ("U02IVO", "U03ZOE", "U04JONAS", "U01ANA", "U05LEA", "U06TOMAS")
    assert [item.key for item in everybody.holders] == ["ROL-1", "ROL-2", "TEAM-1", "TEAM-2", "TEAM-3"]
    assert len(everybody.people) == len(set(everybody.people)) == 14
    assert (nobody.teams, nobody.holders, nobody.people) == ((), (), ())


async def test_where_scope_and_dates_stand_in_for_outcomes(database_url: str) -> None:
    async with sample(database_url) as tx:
        found = await project_mode(tx, KINDS, EVERYBODY, NOW)
        later = await project_mode(tx, KINDS, EVERYBODY, NOW + timedelta(weeks=2))
        growth = await project_mode(tx, KINDS, EVERYBODY, NOW, ["Growth"])
    assert [(gap.key, gap.name) for gap in found.unsaid] == [("BET-16", "hypothesis"), ("BET-19", "to targets")]
    assert [item.key for item in found.without_impact] == []
    assert {item.key for item in later.without_impact} == {"BET-15", "BET-8"}  # which holds it
    assert (found.ended, found.ended_with_impact, found.share) == (6, 3, 0.5)
    assert (growth.unsaid, growth.ended, growth.share) == ((), 2, 0.0)


async def test_where_no_bet_has_ended_there_is_no_share(database_url: str) -> None:
    async with workplace(database_url) as database:
        await take_in(database, {"objects": [bet(1, status="running"), bet(2, status="declined")]})
        async with database.reading(LOCAL_WORKSPACE) as tx:
            found = await project_mode(tx, KINDS, EVERYBODY, NOW)
    assert (found.ended, found.share) == (0, None)


async def _revised(database: Database, key: str) -> None:
    async with database.writing(LOCAL_WORKSPACE) as tx:
        await Graph(tx, KINDS, "U01ANA").revise(key, {"title": f"{key} anew"})


async def _reviewed(tx: Transaction) -> None:
    """Hold a weekly review now."""
    hours = {"open_for_hours": 72, "late_window_hours": 24}
    ritual = {"id": "R1", "plan": "weekly review", "cadence": "weekly on friday at 15:00", "is_on": True, **hours}
    run = {"id": "1", "ritual": "R1", "subject": "", "local_date": "2026-09-10", "slot_at": tx.now, "state": "closed"}
    await tx.connection.execute(insert(rituals), {"workspace": tx.workspace, **ritual})
    await tx.connection.execute(insert(runs), {"workspace": tx.workspace, **run, "brings": {}, "opened_at": tx.now})
