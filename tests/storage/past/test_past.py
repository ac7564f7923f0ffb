"""The graph as of a moment, the difference between two, and what a conflict shows; for whom each is to be seen."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from storage.audience import ADMINISTRATOR, EVERYBODY, NOBODY, Audience
from storage.changes import Change, store
from storage.database import Database, Transaction
from storage.errors import Conflict
from storage.graph import Graph, Tie
from storage.history import Act, Revision, State, between, in_order, last_before, of_object
from storage.measures import Measure
from storage.migrate import VERSIONS, to_newest
from storage.objects import Draft, get_many
from storage.packs.pack import starter
from storage.past.as_of import PAGE, graph_as_of, links_as_of, object_as_of, values_as_of
from storage.past.difference import difference
from storage.past.things import name_of
from storage.tables import LOCAL_WORKSPACE, links, objects, revisions, workspaces
from tests.storage.graph_files import Still, workplace
from tests.storage.rows import a_link, an_object, opened

ANA, IVO = "U01ANA", "U02IVO"
SECRET = "C05SECRET"
INSIDERS = Audience(frozenset({SECRET}))
BEGIN = datetime(2026, 9, 1, 9, tzinfo=UTC)


class Desk:
    """The graph on a clock that goes on an hour with each act; `hour(3)` is the moment just after the third act."""

    def __init__(self, database: Database, clock: Still) -> None:
        self._database, self._clock = database, clock

    def hour(self, number: int) -> datetime:
        return BEGIN + timedelta(hours=number, minutes=1)

    @asynccontextmanager
    async def act(self, author: str = ANA, reason: str | None = None) -> AsyncIterator[Graph]:
        self._clock.at += timedelta(hours=1)
        async with self._database.writing(LOCAL_WORKSPACE) as tx:
            yield Graph(tx, starter(), author, reason)

    def wait(self, **how_long: float) -> None:
        self._clock.at += timedelta(**how_long)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Transaction]:
        async with self._database.writing(LOCAL_WORKSPACE) as tx:
            yield tx

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Transaction]:
        async with self._database.reading(LOCAL_WORKSPACE) as tx:
            yield tx

    async def title(self, at: int, audience: Audience) -> str | None:
        async with self.reading() as tx:
            found = await object_as_of(tx, "BET-1", self.hour(at), audience)
        return found.title if found else None

    async def differences(self, since: int, until: int, audience: Audience = ADMINISTRATOR) -> list[tuple[str, list[Any]]]:
        async with self.reading() as tx:
            found = [each async for each in difference(tx, self.hour(since), self.hour(until), audience)]
        return [(name_of(each.item), [(step.name, step.before, step.after) for step in each.steps]) for each in found]


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    clock = Still(BEGIN)
    async with workplace(database_url, clock) as database:
        yield Desk(database, clock)


async def revise(desk: Desk, author: str = ANA, reason: str | None = None, **changes: Any) -> None:
    async with desk.act(author, reason) as graph:
        await graph.revise("BET-1", changes)


async def test_an_object_its_links_and_its_values_are_shown_as_they_were(desk: Desk) -> None:
    async with desk.act() as graph:
        await graph.add(Draft("input", "Activation"))
        await graph.add(Draft("bet", "Guide them", fields={"confidence": 45}), [Tie("targets", "INP-1", why="it leads there")])
        await graph.measure(Measure("INP-1", BEGIN, 41))
    async with desk.act(IVO) as graph:
        await graph.revise("BET-1", {"title": "Guide all", "fields": {"confidence": 60}})
        await graph.unlink("BET-1", "targets", "INP-1")
        await graph.measure(Measure("INP-1", BEGIN, 43))
    async with desk.act() as graph:
        await graph.link("BET-1", Tie("targets", "INP-1"))
    async with desk.reading() as tx:
        was = await object_as_of(tx, "bet-1", desk.hour(1), ADMINISTRATOR)
        assert was is not None
        assert (was.title, was.fields, was.version) == ("Guide them", {"confidence": 45}, 1)
        assert was.updated_at == desk.hour(1) - timedelta(minutes=1)
        for key in ("BET-1", "INP-1"):
            told = [await links_as_of(tx, [key], desk.hour(hour), ADMINISTRATOR) for hour in (0, 1, 2, 3)]
            assert [[(link.why, link.version) for link in found] for found in told] == [
                [],
                [("it leads there", 1)],
                [],
                [("", 3)],
            ]
        values = [await values_as_of(tx, ["INP-1"], desk.hour(hour), ADMINISTRATOR) for hour in (0, 1, 2)]
        assert values[0] == {}
        assert [(each["INP-1"][0].value, each["INP-1"][0].author) for each in values[1:]] == [(41, ANA), (43, IVO)]
        before = [each async for each in graph_as_of(tx, desk.hour(0), ADMINISTRATOR)]
        assert [item for part in before for item in part.objects] == []
        (bets,) = [each async for each in graph_as_of(tx, desk.hour(1), ADMINISTRATOR, kind="bet")]
    assert ([item.key for item in bets.objects], len(bets.links), bets.values) == (["BET-1"], 1, [])


async def test_what_was_narrowed_since_tells_nothing_of_itself_any_more(desk: Desk) -> None:
    async with desk.act() as graph:
        await graph.add(Draft("bet", "Open plan"))
    await revise(desk, visibility="channel", channel=SECRET, title="Secret plan")
    assert [await desk.title(hour, EVERYBODY) for hour in (1, 2)] == [None, None]
    assert [await desk.title(hour, INSIDERS) for hour in (1, 2)] == ["Open plan", "Secret plan"]
    async with desk.reading() as tx:
        assert await of_object(tx, "BET-1", EVERYBODY) == []
        assert await between(tx, desk.hour(0), desk.hour(9), EVERYBODY) == []
    assert await desk.differences(0, 2, EVERYBODY) == []


async def test_what_was_written_in_private_stays_private_after_the_object_was_shown(desk: Desk) -> None:
    async with desk.act() as graph:
        await graph.add(Draft("bet", "Secret plan", visibility="channel", channel=SECRET, fields={"confidence": 10}))
    await revise(desk, visibility="workspace", title="Open plan", fields={"confidence": 20})
    await revise(desk, IVO, "heard more", fields={"confidence": 30})
    assert [await desk.title(hour, EVERYBODY) for hour in (1, 2, 3)] == [None, "Open plan", "Open plan"]
    assert [await desk.title(hour, NOBODY.within(SECRET)) for hour in (1, 2)] == ["Secret plan", "Open plan"]
    async with desk.reading() as tx:
        told = await of_object(tx, "BET-1", EVERYBODY)
        assert [(each.version, each.reason) for each in told] == [(3, "heard more")]
        assert await last_before(tx, "BET-1", "confidence", EVERYBODY) == 20
        assert len(await of_object(tx, "BET-1", INSIDERS)) == 3
    assert await desk.differences(1, 3, EVERYBODY) == [("BET-1", [])]  # for them it came into being
    assert await desk.differences(2, 3, EVERYBODY) == [("BET-1", [("fields.confidence", 20, 30)])]


async def test_a_link_is_shown_as_of_a_moment_to_those_who_see_both_its_ends(desk: Desk) -> None:
    async with desk.act() as graph:
        await graph.add(Draft("input", "Activation"))
        await graph.add(Draft("bet", "Secret plan", visibility="channel", channel=SECRET), [Tie("targets", "INP-1")])
    await revise(desk, visibility="workspace")
    async with desk.reading() as tx:
        told = [await links_as_of(tx, ["INP-1"], desk.hour(hour), EVERYBODY) for hour in (1, 2)]
    assert [len(found) for found in told] == [0, 1]


async def test_a_difference_is_net_and_says_who_and_why(desk: Desk) -> None:
    async with desk.act() as graph:
        await graph.add(Draft("bet", "Guide them", fields={"confidence": 45}))
    await revise(desk, title="Guide all", fields={"confidence": 60})
    await revise(desk, IVO, "too bold", title="Guide them", fields={"confidence": 50})
    assert await desk.differences(1, 3) == [("BET-1", [("fields.confidence", 45, 50)])]
    await revise(desk, fields={"confidence": 45})
    assert await desk.differences(1, 4) == []
    async with desk.reading() as tx:
        (found,) = [each async for each in difference(tx, desk.hour(1), desk.hour(3), ADMINISTRATOR)]
    assert [(each.author, each.reason) for each in found.by] == [(ANA, None), (IVO, "too bold")]


async def test_a_conflict_carries_both_versions_of_objects_links_and_values(desk: Desk) -> None:
    async with desk.act() as graph:
        await graph.add(Draft("input", "Activation"))
        await graph.add(Draft("bet", "Guide them"), [Tie("targets", "INP-1", why="it leads there")])
        await graph.measure(Measure("INP-1", BEGIN, 41))
    async with desk.act(IVO) as graph:
        await graph.revise("BET-1", {"title": "Guide all"}, 1)
        await graph.link("BET-1", Tie("targets", "INP-1", why="it does"), 1)
        await graph.measure(Measure("INP-1", BEGIN, 43), expected_version=1)
    async with desk.act() as graph:
        with pytest.raises(Conflict, match=f"BET-1 was changed by {IVO} while you were writing") as of_object:
            await graph.revise("BET-1", {"title": "Guide nobody"}, 1)
        with pytest.raises(Conflict, match="BET-1 targets INP-1 was changed") as of_link:
            await graph.link("BET-1", Tie("targets", "INP-1", why="it may"), 1)
        with pytest.raises(Conflict, match="The value of INP-1 at 2026-09-01 09:00 was changed") as of_value:
            await graph.unmeasure("INP-1", BEGIN, 1)
    for conflict, name, both in (
        (of_object, "title", ("Guide them", "Guide all")),
        (of_link, "why", ("it leads there", "it does")),
        (of_value, "value", (41, 43)),
    ):
        assert (getattr(conflict.value.expected, name), getattr(conflict.value.theirs, name)) == both
    async with desk.act(IVO) as graph:
        await graph.unlink("BET-1", "targets", "INP-1", 2)
        with pytest.raises(Conflict) as of_gone:
            await graph.link("BET-1", Tie("targets", "INP-1", why="it may"), 2)
        again = await graph.link("BET-1", Tie("targets", "INP-1"), 0)
    assert (of_gone.value.theirs, getattr(of_gone.value.expected, "why", None)) == (None, "it does")
    assert again.version == 4


async def test_what_was_removed_by_a_slower_clock_is_gone_since_then(desk: Desk) -> None:
    async with desk.act() as graph:
        await graph.add(Draft("bet", "Guide them"))
    await revise(desk, title="Guide all")
    desk.wait(minutes=-30)
    async with desk.writing() as tx:
        [there] = (await get_many(tx, ["BET-1"], ADMINISTRATOR)).values()
        await store(tx, starter(), Act(IVO), [Change(there, None)])
    async with desk.reading() as tx:
        assert await object_as_of(tx, "BET-1", BEGIN + timedelta(hours=1.75), ADMINISTRATOR) is None


async def test_a_difference_goes_by_the_numbers_of_the_keys(desk: Desk) -> None:
    async with desk.act() as graph:
        for number in range(PAGE + 20):
            await graph.add(Draft("bet", f"Bet {number}"))
    assert [name for name, _ in await desk.differences(0, 1)] == [f"BET-{number + 1}" for number in range(PAGE + 20)]


def test_the_versions_of_a_thing_are_in_order_whatever_moments_their_clocks_told() -> None:
    def told(version: int, seconds: float, key: str = "BET-1") -> Revision:
        at = BEGIN + timedelta(seconds=seconds)
        return Revision(f"A{seconds}", 0, key, None, None, version, ANA, at, None, None, None)

    in_time = [told(1, 0), told(3, 0.3), told(1, 0.4, "BET-2"), told(2, 0.5)]
    assert [(each.key, each.version) for each in in_order(in_time)] == [("BET-1", 1), ("BET-1", 2), ("BET-2", 1), ("BET-1", 3)]


async def test_links_that_were_made_again_before_are_numbered_through(empty_database_url: str, tmp_path: Path) -> None:
    earlier = tmp_path / "versions"
    earlier.mkdir()
    for step in sorted(VERSIONS.glob("000[1-4]*.py")):
        shutil.copy(step, earlier)
    async with opened(empty_database_url) as database:
        await to_newest(database, (earlier,))
        async with database.writing("W1") as tx:
            await tx.connection.execute(insert(workspaces), {"id": "W1", "name": "Acme", "created_at": BEGIN})
            for key in ("BET-1", "BET-2"):
                await tx.run(insert(objects), **an_object(key, BEGIN))
            await tx.run(insert(links), **a_link("BET-1", "BET-2", BEGIN))
            states: list[tuple[int, State | None]] = [(1, {}), (2, {}), (3, None), (1, {})]
            for position, (version, after) in enumerate(states):
                row: dict[str, Any] = {"key": "BET-1", "relation": "supports", "to_key": "BET-2", "author": ANA}
                row["at"] = BEGIN + timedelta(hours=position)
                await tx.run(insert(revisions), act=f"A{position}", position=0, version=version, after=after, **row)
        await to_newest(database)
        async with database.reading("W1") as tx:
            numbered = await tx.rows(select(revisions.c.version).order_by(revisions.c.at))
            assert [row["version"] for row in numbered] == [1, 2, 3, 4]
            assert await tx.value(select(links.c.version)) == 4
