"""Several things changed at once: one call, one act, and where it is refused, nothing of it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from storage.audience import ADMINISTRATOR
from storage.changes import state_of
from storage.database import Database
from storage.errors import NotFound, Refused
from storage.graph import Graph, Tie
from storage.history import of_object
from storage.kinds import Kinds
from storage.objects import Draft, Object, find, get, links_of
from storage.packs.pack import starter
from storage.past.undo import undo
from storage.shaping import Shaping, Weighed
from tests.storage.rows import WORKSPACE, ready

ANA, IVO = "U01ANA", "U02IVO"
KINDS = starter()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with ready(database_url) as database:
        yield database


@asynccontextmanager
async def shaping(database: Database, kinds: Kinds = KINDS, author: str = ANA) -> AsyncIterator[Shaping]:
    async with database.writing(WORKSPACE) as tx:
        yield Shaping(tx, kinds, author)


async def add(database: Database, *drafts: Draft, kinds: Kinds = KINDS) -> None:
    async with database.writing(WORKSPACE) as tx:
        for draft in drafts:
            await Graph(tx, kinds, IVO).add(draft)


async def there(database: Database, key: str) -> Object:
    async with database.reading(WORKSPACE) as tx:
        found = await get(tx, key, ADMINISTRATOR)
    assert found is not None
    return found


async def links(database: Database, key: str) -> set[tuple[str, str, str, str]]:
    async with database.reading(WORKSPACE) as tx:
        found = await links_of(tx, [key], ADMINISTRATOR)
    return {(link.from_key, link.relation, link.to_key, link.why) for link in found}


async def everything(database: Database) -> Any:
    async with database.reading(WORKSPACE) as tx:
        items = sorted(await find(tx, ADMINISTRATOR), key=lambda item: item.key)
        return items, sorted(map(repr, await links_of(tx, [item.key for item in items], ADMINISTRATOR)))


async def acts(database: Database, *keys: str) -> set[str]:
    """The acts of Ana that changed `keys`."""
    async with database.reading(WORKSPACE) as tx:
        return {each.act for key in keys for each in await of_object(tx, key, ADMINISTRATOR) if each.author == ANA}


OPTIONS = [Draft("option", title) for title in ("Templates", "A guide", "A call", "Nothing")]


async def test_several_options_become_one_bet(database: Database) -> None:
    await add(database, *OPTIONS, Draft("insight", "New teams stall"))
    weighed = [
        Weighed("OPT-1", "chosen", "teaches most"),
        Weighed("OPT-2", "chosen"),
        Weighed("OPT-3", "considered", "later, perhaps"),
        Weighed("OPT-4", "rejected", "nobody would come"),
    ]
    async with shaping(database) as shape:
        bet = await shape.make_of(Draft("bet", "Guide them", fields={"confidence": 40}), weighed, ["INS-1"])
    assert await links(database, bet.key) == {
        ("OPT-1", "becomes", "BET-1", "teaches most"),
        ("OPT-2", "becomes", "BET-1", ""),
        ("BET-1", "considers", "OPT-3", "later, perhaps"),
        ("BET-1", "considers", "OPT-4", "nobody would come"),
        ("INS-1", "informs", "BET-1", ""),
    }
    options = [await there(database, f"OPT-{number}") for number in (1, 2, 3, 4)]
    assert [(item.status, item.fields.get("reason")) for item in options] == [
        ("chosen", "teaches most"),
        ("chosen", None),
        ("considered", None),
        ("rejected", "nobody would come"),
    ]
    assert await acts(database, "BET-1", "OPT-1", "OPT-2", "OPT-4", "INS-1") == {shape.act}


def several_into_one(shape: Shaping) -> Awaitable[Any]:
    weighed = [Weighed("OPT-1", "chosen", "teaches most"), Weighed("OPT-2", "chosen"), Weighed("OPT-3", "rejected", "no")]
    return shape.make_of(Draft("bet", "Guide them"), weighed, ["INS-1"])


SHAPES: dict[str, Callable[[Shaping], Awaitable[Any]]] = {
    "several options into one bet": several_into_one,
    "an impact opens an opportunity": lambda shape: shape.teach("IMP-1", [Draft("opportunity", "They want more")]),
    "a closed bet teaches": lambda shape: shape.close("BET-1", "lost", [Draft("insight", "They skip it")], {"confidence": 5}),
    "nested over horizons": lambda shape: shape.nest("BET-1", ["BET-2", "BET-3"]),
    "a newer version": lambda shape: shape.renew("ART-1", {"fields": {"text": "Anew"}}),
}


@pytest.mark.parametrize("name", SHAPES)
async def test_each_is_taken_back_as_one(database: Database, name: str) -> None:
    bets = [Draft("bet", f"Bet {number}", status="running", horizon=horizon) for number, horizon in enumerate(KINDS.horizons)]
    other = [Draft("insight", "New teams stall"), Draft("impact", "They came back"), Draft("artifact", "The plan")]
    await add(database, *OPTIONS, *bets, *other)
    before = plain(await everything(database))
    async with shaping(database) as shape:
        await SHAPES[name](shape)
    assert plain(await everything(database)) != before
    async with database.writing(WORKSPACE) as tx:
        await undo(tx, KINDS, shape.act, ANA, ADMINISTRATOR)
    assert plain(await everything(database)) == before


def plain(found: Any) -> Any:
    """What there is, without when and how often it was changed."""
    items, links = found
    return [(item.key, state_of(item)) for item in items], links


async def test_weighed_anew_an_option_stands_on_one_side_only(database: Database) -> None:
    await add(database, *OPTIONS, Draft("bet", "Guide them"))
    async with shaping(database) as shape:
        await shape.weigh("BET-1", [Weighed("OPT-1", "chosen"), Weighed("OPT-2", "rejected", "too dear")])
    async with shaping(database) as shape:
        await shape.weigh("BET-1", [Weighed("OPT-1", "rejected", "too slow"), Weighed("OPT-2", "chosen", "cheaper now")])
    assert await links(database, "BET-1") == {
        ("BET-1", "considers", "OPT-1", "too slow"),
        ("OPT-2", "becomes", "BET-1", "cheaper now"),
    }
    assert [(await there(database, key)).status for key in ("OPT-1", "OPT-2")] == ["rejected", "chosen"]


@pytest.mark.parametrize(
    ("weighed", "insights", "sentence"),
    [
        ([Weighed("OPT-1", "chosen"), Weighed("OPT-9", "rejected")], [], "I don't know OPT-9"),
        ([Weighed("OPT-1", "chosen"), Weighed("OPT-1", "rejected")], [], "OPT-1 can only be weighed once"),
        ([Weighed("OPT-1", "chosen"), Weighed("INS-1", "rejected")], [], "does not lead from a bet to an insight"),
        ([Weighed("OPT-1", "chosen")], ["OPT-2"], "does not lead from an option to a bet"),
    ],
)
async def test_what_is_refused_leaves_nothing(
    database: Database, weighed: list[Weighed], insights: list[str], sentence: str
) -> None:
    await add(database, *OPTIONS, Draft("insight", "New teams stall"))
    before = await everything(database)
    with pytest.raises(Refused, match=sentence):
        async with shaping(database) as shape:
            await shape.make_of(Draft("bet", "Guide them"), weighed, insights)
    assert await everything(database) == before


async def test_an_impact_opens_an_opportunity(database: Database) -> None:
    private: dict[str, Any] = {
        "channel": "C02SECRET",
        "visibility": "channel",
        "source": "https://acme.slack.com/archives/C02/p1",
    }
    await add(database, Draft("impact", "They came back", **private))
    async with shaping(database) as shape:
        (made,) = await shape.teach("IMP-1", [Draft("opportunity", "They want more")], why="they asked for it")
    assert await links(database, "OPP-1") == {("IMP-1", "yields", "OPP-1", "they asked for it")}
    assert (made.channel, made.visibility, made.source) == tuple(private.values())
    assert await acts(database, "OPP-1", "IMP-1") == {shape.act}


async def test_a_closed_bet_yields_insights(database: Database) -> None:
    permalink = "https://acme.slack.com/archives/C01GROWTH/p1790000000123456"
    await add(database, Draft("bet", "Guide them", status="running", source=permalink))
    drafts = [
        Draft("insight", "They skip it"),
        Draft("insight", "Templates", fields={"source": "user research"}, source="https://x.example"),
    ]
    async with shaping(database) as shape:
        taught = await shape.close("BET-1", "lost", drafts, {"confidence": 5})
    assert [(item.fields["source"], item.source) for item in taught] == [
        ("closed bet", permalink),
        ("user research", "https://x.example"),
    ]
    bet = await there(database, "BET-1")
    assert (bet.status, bet.fields["confidence"]) == ("lost", 5)
    assert {each[:3] for each in await links(database, "BET-1")} == {("BET-1", "yields", "INS-1"), ("BET-1", "yields", "INS-2")}
    assert await acts(database, "BET-1", "INS-1", "INS-2") == {shape.act}


async def test_what_still_runs_teaches_without_being_closed(database: Database) -> None:
    await add(database, Draft("bet", "Guide them", status="running"))
    async with shaping(database) as shape:
        (made,) = await shape.teach("BET-1", [Draft("insight", "They skip it")])
    assert made.fields == {}


async def test_only_a_status_that_ends_it_closes(database: Database) -> None:
    await add(database, Draft("bet", "Guide them"))
    with pytest.raises(Refused, match="Bet is closed as one of: won, lost, inconclusive, declined, stopped"):
        async with shaping(database) as shape:
            await shape.close("BET-1", "running", [Draft("insight", "They skip it")])


async def test_a_whole_set_is_nested_over_horizons_and_taken_out_again(database: Database) -> None:
    horizons = ("1-3 years", "1-3 quarters", "1-3 months", "1-3 months")
    await add(database, Draft("opportunity", "Teams stall", horizon="1-3 years"))
    await add(database, *(Draft("bet", horizon, horizon=horizon) for horizon in horizons))
    async with shaping(database) as shape:
        await shape.nest("OPP-1", ["BET-1"])
        await shape.nest("BET-1", ["BET-2", "BET-3", "BET-4"], why="first steps")
    assert {each for each in await links(database, "BET-1") if each[2] == "BET-1"} == {
        (f"BET-{number}", "part of", "BET-1", "first steps") for number in (2, 3, 4)
    }
    assert await acts(database, "BET-1", "BET-2", "BET-3", "BET-4") == {shape.act}
    before = await everything(database)
    with pytest.raises(Refused, match="BET-2 is itself part of BET-1"):
        async with shaping(database) as shape:
            await shape.nest("BET-2", ["BET-3", "BET-1"])
    with pytest.raises(Refused, match="OPP-1 is not part of BET-1"):
        async with shaping(database) as shape:
            await shape.unnest("BET-1", ["BET-3", "OPP-1"])
    assert await everything(database) == before
    async with shaping(database) as shape:
        await shape.unnest("BET-1", ["BET-2", "BET-4"])
    assert {each[0] for each in await links(database, "BET-1") if each[2] == "BET-1"} == {"BET-3"}


async def test_a_newer_version_takes_the_place_of_the_older_one(database: Database) -> None:
    fields = {"kind": "strategy", "url": "https://docs.example.com/plan", "refresh": "quarterly"}
    await add(database, Draft("artifact", "The plan", owner=IVO, tags=("plan",), fields=fields))
    async with shaping(database) as shape:
        newer = await shape.renew(
            "ART-1", {"title": "The plan, second edition", "fields": {"url": "https://docs.example.com/plan2"}}
        )
    assert (newer.key, newer.status, newer.owner, newer.tags) == ("ART-2", "current", IVO, ["plan"])
    assert newer.fields == {**fields, "url": "https://docs.example.com/plan2"}
    assert (await there(database, "ART-1")).status == "superseded"
    assert await links(database, "ART-1") == {("ART-2", "replaces", "ART-1", "")}
    assert await acts(database, "ART-1", "ART-2") == {shape.act}


async def test_an_insight_is_merged_into_another(database: Database) -> None:
    await add(database, Draft("insight", "New teams stall"), Draft("insight", "Teams stall at the start"))
    async with shaping(database) as shape:
        await shape.replace("INS-1", "INS-2")
    assert (await there(database, "INS-1")).status == "merged"


async def test_what_is_not_there_cannot_be_shaped(database: Database) -> None:
    with pytest.raises(NotFound, match="I don't know BET-7"):
        async with shaping(database) as shape:
            await shape.close("BET-7", "lost")


def renamed() -> Kinds:
    """The starter pack, in which an option is called an idea, with statuses of its own."""
    pack = KINDS.model_dump(by_alias=True)
    idea = {**pack["kinds"].pop("option"), "name": "idea", "prefix": "IDEA", "label": "Idea"}
    idea |= {
        "lifecycle": ("fresh", "picked", "dropped"),
        "closed": ("dropped",),
        "moves": {},
        "fields": {"because": {"label": "Why?", "type": "text"}},
    }
    idea["marks"] = {"chosen": "picked", "rejected": "dropped", "reason": "because"}
    pack["kinds"]["idea"] = idea
    for relation in pack["relations"].values():
        for ends in relation["ends"]:
            for side in ("from", "to"):
                ends[side] = tuple("idea" if name == "option" else name for name in ends[side])
    return Kinds.model_validate(pack)


async def test_a_kind_of_ones_own_is_shaped_alike(database: Database) -> None:
    kinds = renamed()
    await add(database, Draft("idea", "Templates"), Draft("idea", "A call"), kinds=kinds)
    async with shaping(database, kinds) as shape:
        await shape.make_of(
            Draft("bet", "Guide them"), [Weighed("IDEA-1", "chosen"), Weighed("IDEA-2", "rejected", "too dear")]
        )
    ideas = [await there(database, key) for key in ("IDEA-1", "IDEA-2")]
    assert [(item.status, item.fields) for item in ideas] == [("picked", {}), ("dropped", {"because": "too dear"})]


async def test_a_pack_without_such_relations_says_so(database: Database) -> None:
    pack = KINDS.model_dump(by_alias=True)
    for name in ("becomes", "yields"):
        del pack["relations"][name]
    for kind in pack["kinds"].values():
        kind["links"] = [prompt for prompt in kind["links"] if prompt["relation"] in pack["relations"]]
    kinds = Kinds.model_validate(pack)
    await add(database, *OPTIONS, Draft("bet", "Guide them"), kinds=kinds)
    with pytest.raises(Refused, match='Here nothing is linked by "becomes": your pack has no such relation'):
        async with shaping(database, kinds) as shape:
            await shape.weigh("BET-1", [Weighed("OPT-1", "chosen")])
    with pytest.raises(Refused, match='Here nothing is linked by "yields"'):
        async with shaping(database, kinds) as shape:
            await shape.teach("BET-1", [Draft("insight", "They skip it")])


async def test_ties_of_a_draft_and_shaping_share_a_transaction(database: Database) -> None:
    await add(database, *OPTIONS)
    async with database.writing(WORKSPACE) as tx:
        bet = await Graph(tx, KINDS, ANA).add(Draft("bet", "Guide them"), [Tie("considers", "OPT-1", why="first")])
        await Shaping(tx, KINDS, ANA).weigh(bet.key, [Weighed("OPT-1", "chosen", "now")])
    assert await links(database, bet.key) == {("OPT-1", "becomes", "BET-1", "now")}
