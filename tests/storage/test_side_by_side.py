"""Two who write at the same time in one workspace: whoever is second works with what the first left, and nobody fails."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from datetime import UTC, datetime
from typing import Any

import pytest

from storage import measures, objects
from storage.audience import ADMINISTRATOR
from storage.database import Database
from storage.errors import Clashes, Refused
from storage.graph import Graph, Tie
from storage.measures import Measure
from storage.objects import Draft
from storage.older_texts import OlderTexts
from storage.packs.pack import starter
from storage.past.undo import Undone, undo
from tests.storage.graph_files import Json, take_in, workplace

KINDS = starter()
ANA, IVO = "U01ANA", "U02IVO"
MONDAY = datetime(2026, 9, 7, 9, tzinfo=UTC)
A_WHILE = 0.3  # seconds, in which the second one comes as far as the first one lets it


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with workplace(database_url) as database:
        yield database


async def beside(database: Database, second: Awaitable[Any], *doing: Any, author: str = IVO) -> Any:
    """Do what `doing` says to a graph, have the `second` begin before that is committed, and return what comes of it."""
    async with database.writing("local") as tx:
        graph = Graph(tx, KINDS, author)
        for step in doing:
            await step(graph)
        task = asyncio.ensure_future(second)
        await asyncio.sleep(A_WHILE)
    return (await asyncio.gather(task, return_exceptions=True))[0]


async def taken_back(database: Database, act: str, author: str = ANA) -> Undone:
    async with database.writing("local") as tx:
        return await undo(tx, KINDS, act, author, ADMINISTRATOR)


async def act_of(database: Database, *doing: Any) -> str:
    async with database.writing("local") as tx:
        graph = Graph(tx, KINDS, ANA)
        for step in doing:
            await step(graph)
    return graph.act.id


async def links(database: Database, key: str) -> list[tuple[str, str, str, str, int]]:
    async with database.reading("local") as tx:
        found = await objects.links_of(tx, [key], ADMINISTRATOR)
    return [(link.from_key, link.relation, link.to_key, link.why, link.version) for link in found]


async def test_a_link_that_somebody_makes_again_meanwhile_is_not_overwritten_by_taking_back(database: Database) -> None:
    tie = Tie("informs", "BET-1", why="it shows it")
    await act_of(database, lambda graph: graph.add(Draft("insight", "They stall")), lambda graph: graph.add(Draft("bet", "B")))
    await act_of(database, lambda graph: graph.link("INS-1", tie))
    gone = await act_of(database, lambda graph: graph.unlink("INS-1", "informs", "BET-1"))
    again = Tie("informs", "BET-1", why="said anew")
    refused = await beside(database, taken_back(database, gone), lambda graph: graph.link("INS-1", again))
    assert isinstance(refused, Clashes), refused
    assert await links(database, "INS-1") == [("INS-1", "informs", "BET-1", "said anew", 3)]


async def test_a_value_that_somebody_enters_again_meanwhile_is_not_overwritten_by_taking_back(database: Database) -> None:
    await act_of(database, lambda graph: graph.add(Draft("input", "Activation")))
    await act_of(database, lambda graph: graph.measure(Measure("INP-1", MONDAY, 41)))
    gone = await act_of(database, lambda graph: graph.unmeasure("INP-1", MONDAY))
    refused = await beside(database, taken_back(database, gone), lambda graph: graph.measure(Measure("INP-1", MONDAY, 42)))
    assert isinstance(refused, Clashes), refused


async def test_what_is_taken_back_twice_at_once_comes_back_once(database: Database) -> None:
    made = await act_of(database, lambda graph: graph.add(Draft("bet", "Guide them")))
    gone = (await taken_back(database, made)).act
    both = await asyncio.gather(*(taken_back(database, gone) for _ in range(2)), return_exceptions=True)
    assert sorted(type(each).__name__ for each in both) == ["Refused", "Undone"], both
    assert str(next(each for each in both if isinstance(each, Refused))) == "There is nothing of it left to take back."


async def take_file(database: Database, **lists: list[Json]) -> Any:
    return await take_in(database, {"version": 1, **lists})


async def test_a_file_updates_what_somebody_adds_to_an_empty_workspace_meanwhile(database: Database) -> None:
    file = take_file(database, objects=[{"key": "BET-1", "kind": "bet", "title": "From the file"}])
    done = await beside(database, file, lambda graph: graph.add(Draft("bet", "Mine")))
    assert done.objects_changed == 1, done
    async with database.reading("local") as tx:
        item = await objects.get(tx, "BET-1", ADMINISTRATOR)
    assert item is not None
    assert (item.title, item.version) == ("From the file", 2)


async def test_a_file_updates_the_link_and_the_value_that_somebody_enters_meanwhile(database: Database) -> None:
    await act_of(
        database, lambda graph: graph.add(Draft("bet", "Guide")), lambda graph: graph.add(Draft("input", "Activation"))
    )
    file = take_file(
        database,
        links=[{"from": "BET-1", "relation": "targets", "to": "INP-1", "why": "of the file"}],
        values=[{"key": "INP-1", "at": "2026-09-07T09:00:00Z", "value": 43}],
    )
    done = await beside(
        database,
        file,
        lambda graph: graph.link("BET-1", Tie("targets", "INP-1", why="mine")),
        lambda graph: graph.measure(Measure("INP-1", MONDAY, 41)),
    )
    assert (done.links_changed, done.values) == (1, 1), done
    assert await links(database, "BET-1") == [("BET-1", "targets", "INP-1", "of the file", 2)]
    async with database.reading("local") as tx:
        ((value,),) = (await measures.series(tx, ["INP-1"], ADMINISTRATOR)).values()
    assert (value.value, value.version) == (43, 2)


async def test_a_file_closes_no_loop_with_a_link_that_somebody_makes_meanwhile(database: Database) -> None:
    await act_of(database, lambda graph: graph.add(Draft("bet", "A")), lambda graph: graph.add(Draft("bet", "B")))
    file = take_file(database, links=[{"from": "BET-1", "relation": "part of", "to": "BET-2"}])
    refused = await beside(database, file, lambda graph: graph.link("BET-2", Tie("part of", "BET-1")))
    assert isinstance(refused, Refused), refused


async def test_two_who_take_the_same_file_in_add_it_once(database: Database) -> None:
    entries: list[Json] = [{"kind": "bet", "title": "Without a key"}, {"key": "INS-4", "kind": "insight", "title": "With one"}]
    both = await asyncio.gather(*(take_file(database, objects=entries) for _ in range(2)))
    assert sorted(each.objects_added for each in both) == [0, 2], both


async def test_a_text_that_is_read_later_and_changed_meanwhile_is_read_as_it_is(database: Database) -> None:
    await act_of(database, lambda graph: graph.add(Draft("bet", "B")))
    await act_of(database, lambda graph: graph.add(Draft("insight", "I", description="See BET-1")))
    await beside(
        database,
        OlderTexts(database, "local").read_on(),
        lambda graph: graph.revise("INS-1", {"description": "Nothing"}),
    )
    assert await links(database, "INS-1") == []
