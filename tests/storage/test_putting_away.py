"""What is archived is in no list, and comes back; two that say the same become one; people follow what they care about."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from storage import follows
from storage.audience import ADMINISTRATOR, EVERYBODY, Audience
from storage.database import Database
from storage.errors import NotFound, Refused
from storage.graph import Graph, Tie
from storage.measures import Measure, stored
from storage.objects import Draft, find, get, links_of
from storage.packs.pack import starter
from storage.past.undo import undo
from storage.search import named, search
from storage.shaping import Shaping
from tests.storage.rows import WORKSPACE, ready

ANA = "U01ANA"
KINDS = starter()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with ready(database_url) as database:
        yield database


async def test_what_is_archived_is_in_no_list_and_is_found_by_its_key_and_by_what_it_is_linked_with(database: Database) -> None:
    async with database.writing(WORKSPACE) as tx:
        graph = Graph(tx, KINDS, ANA)
        await graph.add(Draft("insight", "New teams stall"))
        await graph.add(Draft("bet", "Guide them"), [Tie("informs", "INS-1", backward=True)])
        away = await Shaping(tx, KINDS, ANA).archive("INS-1")
        assert away.archived
        assert [item.key for item in await find(tx, EVERYBODY)] == ["BET-1"]
        assert await search(tx, "teams stall", EVERYBODY) == []
        assert await search(tx, "", EVERYBODY, kinds=["insight"]) == []
        assert [item.key for item in await search(tx, "ins-1", EVERYBODY)] == ["INS-1"]
        assert [item.key for item in await named(tx, "new teams stall", EVERYBODY)] == ["INS-1"]  # nothing else is meant
        assert (await get(tx, "INS-1", EVERYBODY)) == away
        assert [link.from_key for link in await links_of(tx, ["BET-1"], EVERYBODY)] == ["INS-1"]
        await Graph(tx, KINDS, ANA).add(Draft("insight", "New teams stall early"))
        assert [item.key for item in await named(tx, "new teams stall", EVERYBODY)] == ["INS-2"]
        await Shaping(tx, KINDS, ANA).unarchive("INS-1")
        assert [item.key for item in await search(tx, "teams stall", EVERYBODY)] == ["INS-1", "INS-2"]


async def test_archiving_can_be_taken_back_and_is_told_by_history(database: Database) -> None:
    async with database.writing(WORKSPACE) as tx:
        made = await Graph(tx, KINDS, ANA).add(Draft("insight", "New teams stall"))
        shaping = Shaping(tx, KINDS, ANA)
        await shaping.archive("INS-1")
        await undo(tx, KINDS, shaping.act, ANA, EVERYBODY)
        back = await get(tx, "INS-1", EVERYBODY)
        assert back is not None
        assert (back.archived, back.version, back.title) == (False, 3, made.title)


async def test_merging_takes_over_links_values_and_what_was_left_unsaid(database: Database) -> None:
    async with database.writing(WORKSPACE) as tx:
        graph = Graph(tx, KINDS, ANA)
        for title in ("Activation rate", "Rate of activation"):
            await graph.add(Draft("input", title))
        await graph.revise("INP-2", {"description": "Teams with a second session", "fields": {"unit": "%"}, "tags": ["new"]})
        await graph.add(
            Draft("bet", "Guide them"), [Tie("targets", "INP-1"), Tie("targets", "INP-2", why="They stall", confidence=60)]
        )
        await graph.add(Draft("bet", "Call them"), [Tie("targets", "INP-2", fields={"size": "+5"})])
        before, now = tx.now - timedelta(days=2), tx.now - timedelta(days=1)
        await graph.measure(Measure("INP-1", before, 41), Measure("INP-2", before, 40), Measure("INP-2", now, 43))
        shaping = Shaping(tx, KINDS, ANA)
        kept = await shaping.merge("INP-2", "INP-1")
        assert (kept.title, kept.description, kept.fields, kept.tags) == (
            "Activation rate",
            "Teams with a second session",
            {"unit": "%"},
            ["new"],
        )
        found = {(link.from_key, link.relation, link.to_key) for link in await links_of(tx, ["INP-1"], ADMINISTRATOR)}
        assert found == {("BET-1", "targets", "INP-1"), ("BET-2", "targets", "INP-1"), ("INP-1", "replaces", "INP-2")}
        assert {value.at: value.value for value in (await stored(tx, ["INP-1"]))["INP-1"]} == {before: 41, now: 43}
        away = await get(tx, "INP-2", ADMINISTRATOR)
        assert away is not None
        assert away.archived
        await undo(tx, KINDS, shaping.act, ANA, EVERYBODY)
        again = {(link.from_key, link.to_key, link.why) for link in await links_of(tx, ["INP-2"], ADMINISTRATOR)}
        assert again == {("BET-1", "INP-2", "They stall"), ("BET-2", "INP-2", "")}
        back = await get(tx, "INP-1", ADMINISTRATOR)
        assert back is not None
        assert (back.description, back.fields) == ("", {})


async def test_an_insight_that_was_merged_says_so(database: Database) -> None:
    async with database.writing(WORKSPACE) as tx:
        for title in ("New teams stall", "Teams stall when new"):
            await Graph(tx, KINDS, ANA).add(Draft("insight", title))
        await Shaping(tx, KINDS, ANA).merge("INS-2", "INS-1")
        merged = await get(tx, "INS-2", EVERYBODY)
        assert merged is not None
        assert (merged.status, merged.archived) == ("merged", True)
        for key, into in (("INS-1", "INS-2"), ("INS-2", "INS-1")):  # the other way round both would be gone
            with pytest.raises(Refused, match="INS-2 is archived"):
                await Shaping(tx, KINDS, ANA).merge(key, into)


async def test_what_cannot_be_merged_is_refused_in_words(database: Database) -> None:
    async with database.writing(WORKSPACE) as tx:
        graph = Graph(tx, KINDS, ANA)
        await graph.add(Draft("insight", "New teams stall"))
        await graph.add(Draft("insight", "Between us", channel="C04LEADS", visibility="channel"))
        await graph.add(Draft("bet", "Guide them"))
        shaping = Shaping(tx, KINDS, ANA)
        for key, into, words in (
            ("INS-1", "INS-1", "INS-1 cannot be merged with itself."),
            ("INS-1", "BET-1", "INS-1 is an insight, so it can only be merged with another one."),
            ("INS-2", "INS-1", "INS-2 belongs to a private channel; with INS-1 more people would see it."),
        ):
            with pytest.raises(Refused, match=words.replace(".", r"\.")):
                await shaping.merge(key, into)
        with pytest.raises(NotFound):
            await shaping.merge("INS-9", "INS-1")


async def test_people_follow_what_they_may_see(database: Database) -> None:
    async with database.writing(WORKSPACE) as tx:
        graph = Graph(tx, KINDS, ANA)
        await graph.add(Draft("insight", "New teams stall"))
        await graph.add(Draft("insight", "Between us", channel="C04LEADS", visibility="channel"))
        assert [await follows.follow(tx, ANA, key) for key in ("INS-1", "INS-1", "INS-2")] == [True, False, True]
        assert [item.key for item in await follows.followed_by(tx, ANA, EVERYBODY)] == ["INS-1"]
        in_channel = Audience(frozenset({"C04LEADS"}))
        assert [item.key for item in await follows.followed_by(tx, ANA, in_channel)] == ["INS-1", "INS-2"]
        assert await follows.followers(tx) == [ANA]
        assert await follows.does_follow(tx, ANA, "INS-1")
        assert await follows.unfollow(tx, ANA, "INS-1")
        assert not await follows.unfollow(tx, ANA, "INS-1")
        await follows.pass_on(tx, "INS-2", "INS-1")
        assert [item.key for item in await follows.followed_by(tx, ANA, EVERYBODY)] == ["INS-1"]


async def test_archived_as_history_tells_it_is_understood(database: Database) -> None:
    async with database.writing(WORKSPACE) as tx:
        graph = Graph(tx, KINDS, ANA)
        await graph.add(Draft("insight", "New teams stall"))
        await graph.revise("INS-1", {"archived": True})
        back = await graph.revise("INS-1", {"archived": None})  # where it is not so, history has nothing
        assert back.archived is False
