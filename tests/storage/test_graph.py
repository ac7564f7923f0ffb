"""Adding, changing, linking: what is refused in words, what history keeps, and that nothing is lost between two editors."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from storage import objects
from storage.audience import ADMINISTRATOR
from storage.errors import Conflict, NotFound, Refused
from storage.graph import Graph, Tie
from storage.history import Revision, of_object
from storage.objects import Draft, Link, Object
from storage.packs.pack import starter
from tests.storage.rows import WORKSPACE, ready

ANA, IVO = "U01ANA", "U02IVO"


class Desk:
    """Short ways to the graph, each in a transaction of its own."""

    def __init__(self, database: Any) -> None:
        self.database = database

    @asynccontextmanager
    async def graph(self, author: str = ANA, reason: str | None = None) -> AsyncIterator[Graph]:
        async with self.database.writing(WORKSPACE) as tx:
            yield Graph(tx, starter(), author, reason)

    async def add(self, kind: str, title: str, *ties: Tie, **parts: Any) -> Object:
        async with self.graph() as graph:
            return await graph.add(Draft(kind, title, **parts), ties)

    async def revise(self, key: str, changes: dict[str, Any], version: int | None = None, author: str = ANA) -> Object:
        async with self.graph(author) as graph:
            return await graph.revise(key, changes, version)

    async def link(self, key: str, tie: Tie) -> Link:
        async with self.graph() as graph:
            return await graph.link(key, tie)

    async def history(self, key: str) -> list[Revision]:
        async with self.database.reading(WORKSPACE) as tx:
            return list(await of_object(tx, key, ADMINISTRATOR))

    async def links(self, key: str) -> list[tuple[str, str, str]]:
        async with self.database.reading(WORKSPACE) as tx:
            found = [*await objects.links_from(tx, [key], ADMINISTRATOR), *await objects.links_to(tx, [key], ADMINISTRATOR)]
        return sorted((link.from_key, link.relation, link.to_key) for link in found)

    async def get(self, key: str) -> Object | None:
        async with self.database.reading(WORKSPACE) as tx:
            return await objects.get(tx, key, ADMINISTRATOR)


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    async with ready(database_url) as database:
        yield Desk(database)


async def test_an_object_takes_the_next_key_of_its_kind_and_its_first_status(desk: Desk) -> None:
    made = [await desk.add("insight", "One"), await desk.add("bet", "Two"), await desk.add("insight", "Three")]
    assert [(item.key, item.status, item.version) for item in made] == [
        ("INS-1", "new", 1),
        ("BET-1", "proposed", 1),
        ("INS-2", "new", 1),
    ]


async def test_fields_are_stored_in_one_form_and_empty_ones_not_at_all(desk: Desk) -> None:
    said = {"source": "User Research", "how_sure": "60 %", "who_is_affected": " new  teams ", "kind": ""}
    made = await desk.add("insight", "New teams stall", fields=said)
    assert made.fields == {"source": "user research", "how_sure": 60, "who_is_affected": "new teams"}


async def test_everything_that_is_wrong_is_said_at_once_and_nothing_is_stored(desk: Desk) -> None:
    with pytest.raises(Refused) as refused:
        await desk.add(
            "bet",
            " ",
            Tie("targets", "INP-9"),
            Tie("targts", "INP-9"),
            status="runing",
            horizon="soon",
            fields={"confidence": 130, "reviewdate": "x"},
        )
    assert [(problem.field, problem.sentence) for problem in refused.value.problems] == [
        ("title", "Please give it a title; everything else can wait."),
        ("confidence", "Confidence should be between 0 and 100."),
        ("reviewdate", 'unknown field "reviewdate"; did you mean "review_date"?'),
        ("status", f'unknown status "runing"; did you mean "running"? Bet: {", ".join(starter().kind("bet").lifecycle)}'),
        ("horizon", 'unknown horizon "soon"; known: 1-3 months, 1-3 quarters, 1-3 years'),
        ("targts", 'unknown relation "targts"; did you mean "targets"?'),
        ("targets", "I don't know INP-9. Please choose another."),
    ]
    assert await desk.get("BET-1") is None


async def test_history_keeps_who_when_before_and_after(desk: Desk) -> None:
    await desk.add("bet", "Guide them", fields={"confidence": 45})
    async with desk.graph(IVO, "copy is done") as graph:
        await graph.revise("BET-1", {"status": "running", "fields": {"confidence": 60}})
    first, second = await desk.history("BET-1")
    assert (first.author, first.before, (first.after or {})["title"]) == (ANA, None, "Guide them")
    assert (second.author, second.reason, second.version) == (IVO, "copy is done", 2)
    assert (second.before, second.after) == (
        {"status": "proposed", "fields": {"confidence": 45}},
        {"status": "running", "fields": {"confidence": 60}},
    )


async def test_a_change_that_changes_nothing_is_none(desk: Desk) -> None:
    await desk.add("bet", "Guide them", fields={"confidence": 45})
    same = await desk.revise("BET-1", {"title": "Guide them", "fields": {"confidence": "45"}})
    assert (same.version, len(await desk.history("BET-1"))) == (1, 1)


async def test_a_field_that_is_emptied_is_taken_away(desk: Desk) -> None:
    await desk.add("bet", "Guide them", fields={"confidence": 45, "risk": "they skip it"})
    assert (await desk.revise("BET-1", {"fields": {"risk": None}})).fields == {"confidence": 45}


async def test_the_second_of_two_editors_meets_a_conflict_that_names_the_first(desk: Desk) -> None:
    await desk.add("bet", "Guide them")
    await desk.revise("BET-1", {"title": "Guide them all"}, 1, IVO)
    with pytest.raises(Conflict) as conflict:
        await desk.revise("BET-1", {"title": "Guide nobody"}, 1)
    assert (conflict.value.key, conflict.value.changed_by) == ("BET-1", IVO)
    assert (await desk.get("BET-1")).title == "Guide them all"  # type: ignore[union-attr]


async def test_only_its_owner_shows_a_private_object_to_more_people_and_history_says_so(desk: Desk) -> None:
    await desk.add("insight", "Churn is up", owner=IVO, visibility="channel", channel="C9")
    await desk.add("insight", "Nobody owns me", visibility="channel", channel="C9")
    for changes in ({"visibility": "workspace"}, {"channel": "C1"}, {"visibility": "workspace", "owner": ANA}):
        with pytest.raises(Refused, match="Only its owner can show INS-1"):
            await desk.revise("INS-1", changes, author=ANA)
    await desk.revise("INS-1", {"visibility": "workspace"}, author=IVO)
    await desk.revise("INS-1", {"visibility": "channel"}, author=ANA)
    await desk.revise("INS-2", {"visibility": "workspace"}, author=ANA)
    shown = (await desk.history("INS-1"))[1]
    assert (shown.author, shown.before, shown.after) == (IVO, {"visibility": "channel"}, {"visibility": "workspace"})


async def test_a_link_made_twice_is_one_link_updated(desk: Desk) -> None:
    insight, bet = await desk.add("insight", "Stalls"), await desk.add("bet", "Guide")
    await desk.link(bet.key, Tie("informs", insight.key, backward=True, why="it shows it"))
    again = await desk.link(insight.key, Tie("informs", bet.key, confidence=70))
    assert (again.why, again.confidence, again.version) == ("it shows it", 70, 2)
    assert await desk.links(bet.key) == [("INS-1", "informs", "BET-1")]


async def test_a_link_that_is_removed_stays_in_history(desk: Desk) -> None:
    insight, bet = await desk.add("insight", "Stalls"), await desk.add("bet", "Guide")
    await desk.link(insight.key, Tie("informs", bet.key, why="it shows it"))
    async with desk.graph(IVO) as graph:
        assert await graph.unlink(insight.key, "informs", bet.key)
        assert not await graph.unlink(insight.key, "informs", bet.key)
    gone = (await desk.history(insight.key))[-1]
    assert (gone.author, gone.relation, gone.to_key, gone.after) == (IVO, "informs", "BET-1", None)
    assert gone.before == {"why": "it shows it", "confidence": None, "fields": {}}
    assert await desk.links(bet.key) == []


async def test_ends_that_do_not_fit_are_refused_with_what_would(desk: Desk) -> None:
    insight, bet = await desk.add("insight", "Stalls"), await desk.add("bet", "Guide")
    with pytest.raises(Refused, match=r'"frames" does not lead from an insight to a bet\. Between them fit: informs'):
        await desk.link(insight.key, Tie("frames", bet.key))


async def test_an_unknown_relation_is_refused_with_the_nearest_one(desk: Desk) -> None:
    await desk.add("bet", "One")
    await desk.add("input", "Two")
    with pytest.raises(Refused, match='unknown relation "target"; did you mean "targets"'):
        await desk.link("BET-1", Tie("target", "INP-1"))


async def test_part_of_refuses_a_loop_and_all_else_may_cycle(desk: Desk) -> None:
    for title in ("Years", "Quarters", "Months"):
        await desk.add("bet", title)
    await desk.link("BET-2", Tie("part of", "BET-1"))
    await desk.link("BET-3", Tie("part of", "BET-2"))
    with pytest.raises(Refused, match="BET-3 is itself part of BET-1, so BET-1 can't be part of BET-3"):
        await desk.link("BET-1", Tie("part of", "BET-3"))
    await desk.add("insight", "Learned", Tie("yields", "BET-1", backward=True), Tie("informs", "BET-1"))


async def test_what_is_not_there_cannot_be_changed(desk: Desk) -> None:
    with pytest.raises(NotFound, match="I don't know BET-7"):
        await desk.revise("BET-7", {"title": "x"})


@pytest.mark.parametrize("seed", range(6))
async def test_history_replayed_is_the_graph(desk: Desk, seed: int) -> None:
    """Whatever is added, changed, linked and unlinked: what history says, played from the start, is what is stored."""
    dice = random.Random(seed)
    for step in range(40):
        await act_at_random(desk, dice, step)
    async with desk.database.reading(WORKSPACE) as tx:
        stored = {item.key: item for item in await objects.find(tx, ADMINISTRATOR)}
        links = {
            (link.from_key, link.relation, link.to_key): link
            for link in await objects.links_from(tx, list(stored), ADMINISTRATOR)
        }
        changes = [each for key in stored for each in await of_object(tx, key, ADMINISTRATOR)]
    played: dict[tuple[str, str | None, str | None], dict[str, Any]] = {}
    for change in changes:
        place = (change.key, change.relation, change.to_key)
        if change.after is None:
            del played[place]
        else:
            played[place] = {**played.get(place, {}), **change.after}
    assert {key for key, relation, _ in played if relation is None} == set(stored)
    assert {place for place in played if place[1]} == set(links)
    for place, state in played.items():
        holder: Any = stored[place[0]] if place[1] is None else links[place]  # type: ignore[index]
        assert {name: getattr(holder, name) for name in state if name != "created_at"} == {
            name: value for name, value in state.items() if name != "created_at"
        }


async def act_at_random(desk: Desk, dice: random.Random, step: int) -> None:
    async with desk.database.reading(WORKSPACE) as tx:
        keys = sorted(item.key for item in await objects.find(tx, ADMINISTRATOR))
    bets, insights = ([key for key in keys if key.startswith(prefix)] for prefix in ("BET", "INS"))
    deed = dice.choice(("add", "revise", "link", "unlink"))
    if deed == "add" or not bets or not insights:
        await desk.add(dice.choice(("bet", "insight")), f"Number {step}")
    elif deed == "revise":
        changes = dice.choice(({"title": f"Title {step}"}, {"fields": {"confidence": step}}, {"fields": {"confidence": None}}))
        await desk.revise(dice.choice(bets), changes)
    elif deed == "link":
        await desk.link(dice.choice(insights), Tie("informs", dice.choice(bets), confidence=step))
    else:
        async with desk.graph() as graph:
            await graph.unlink(dice.choice(insights), "informs", dice.choice(bets))


async def test_a_status_that_makes_no_sense_is_refused_with_those_that_do(desk: Desk) -> None:
    bet = await desk.add("bet", "Templates", status="declined")
    with pytest.raises(Refused, match=r"^A declined bet can become proposed or pitched\.$"):
        await desk.revise(bet.key, {"status": "won"})
    assert (await desk.revise(bet.key, {"status": "pitched"})).status == "pitched"
