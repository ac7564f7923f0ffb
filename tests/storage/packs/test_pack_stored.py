"""Packs over an organisation that is there: what a pack drops stays readable, and nothing stored is ever lost."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

import bot.demo
from storage.database import Database
from storage.errors import Refused
from storage.files.graph_file import read
from storage.files.importing import Imported, import_graph
from storage.graph import Graph, Tie
from storage.kinds import Kinds
from storage.objects import Draft
from storage.packs.changes import Outcome, outcome
from storage.packs.pack import as_file, effective_text, read_pack, read_stored, starter
from storage.tables import LOCAL_WORKSPACE
from storage.workspaces import kinds_of, set_pack
from tests.storage.graph_files import exported as content_of
from tests.storage.graph_files import workplace

SAMPLE = files(bot.demo).joinpath("organisation.json").read_bytes()
STARTER: dict[str, Any] = yaml.safe_load(files("storage").joinpath("packs/starter.yaml").read_text("utf-8"))
NOTHING = Imported(0, 0, 0, 0, 0, 0)
EXAMPLE = Path(__file__).parents[3] / "docs/example-pack.yaml"

CHANGES_OF_THE_EXAMPLE = [
    'kind "customer" is new',
    'kind "growth" goes; 1 object keeps it',
    'kind "funding" goes; 2 objects keep it',
    'kind "insight" is called Finding instead of Insight',
    'kind "insight" changes: emoji, aliases',
    'kind "bet" changes: running, transitions',
    'kind "bet": status "on hold" is new',
    'kind "bet": field "reach" is new',
    'kind "bet": field "mandate" goes; 16 values keep it',
    'kind "bet": field "kind": choice "platform" is new',
    'kind "driver": field "cluster" changes: type',
    'kind "driver": field "cluster": choice "Acquisition" is new',
    'kind "driver": field "cluster": choice "Habit" is new',
    'kind "driver": field "cluster": choice "Money" is new',
    'kind "driver": field "cluster": choice "Trust" goes; 1 value keeps it',
    'kind "outcome" changes: links',
    'relation "helps" is new',
    'relation "informs" leads from customer to bet, too',
    'relation "informs" leads from customer to opportunity, too',
    'relation "contributes to" leads no longer from outcome to growth; 2 links keep it',
    'horizon "Someday" is new',
    'horizon "1-3 months" is called Now instead of 1-3 months',
    'horizon "1-3 months" changes: span',
    'horizon "1-3 quarters" is called Next instead of 1-3 quarters',
    'horizon "1-3 quarters" changes: span',
    'horizon "1-3 years" is called Later instead of 1-3 years',
    'horizon "1-3 years" changes: span',
    'ritual "bet check-in" is called Monday check-in instead of Bet check-in',
    'ritual "bet check-in" changes: cadence',
]


@asynccontextmanager
async def organisation(url: str) -> AsyncIterator[Database]:
    """The sample organisation, in a database that the test has used before or not; its pack is the starter again."""
    async with workplace(url) as database:
        async with database.writing(LOCAL_WORKSPACE) as tx:
            await set_pack(tx, starter())
            await import_graph(tx, starter(), read(SAMPLE))
        yield database


async def apply(database: Database, pack: Kinds) -> Outcome:
    async with database.writing(LOCAL_WORKSPACE) as tx:
        found = await outcome(tx, await kinds_of(tx), pack)
        if found.kinds:
            await set_pack(tx, found.kinds)
    return found


async def used(database: Database) -> Kinds:
    async with database.reading(LOCAL_WORKSPACE) as tx:
        return await kinds_of(tx)


async def exported(database: Database) -> dict[str, Any]:
    async with database.reading(LOCAL_WORKSPACE) as tx:
        return await content_of(tx, await kinds_of(tx), history=True)


def by_name(content: Mapping[str, Any]) -> dict[str, set[str]]:
    """Return every entry of an export word for word, whatever the order of the kinds is."""
    return {
        name: {json.dumps(each, sort_keys=True) for each in content[name]}
        for name in ("teams", "objects", "links", "values", "history")
    }


def changing(**parts: Any) -> Kinds:
    return read_pack(yaml.safe_dump({"version": 1, "extends": "starter", **parts}, allow_unicode=True))


async def test_the_same_pack_changes_nothing(database_url: str) -> None:
    async with organisation(database_url) as database:
        assert await apply(database, changing()) == Outcome([], starter())


async def test_the_example_of_the_docs_says_what_it_changes_and_loses_nothing(database_url: str) -> None:
    async with organisation(database_url) as database:
        before = by_name(await exported(database))
        found = await apply(database, read_pack(EXAMPLE.read_text("utf-8")))
        assert [each.words for each in found.differences] == CHANGES_OF_THE_EXAMPLE
        assert by_name(await exported(database)) == before
        assert await used(database) == found.kinds


async def test_what_is_dropped_is_read_but_not_offered(database_url: str) -> None:
    pack = changing(
        horizons=["1-3 months"],
        kinds={
            "drop": ["growth"],
            "bet": {"lifecycle": {"drop": ["running"]}, "fields": {"drop": ["risk"], "kind": {"choices": ["delivery"]}}},
        },
        relations={"drop": ["mentions"], "informs": {"ends": [{"from": ["insight"], "to": ["opportunity"]}]}},
        link_fields={"drop": ["size"]},
    )
    async with organisation(database_url) as database:
        await apply(database, pack)
        kinds = await used(database)
    bet, informs = kinds.kind("bet"), kinds.relations["informs"]
    assert kinds.kind("growth") not in kinds.offered
    assert kinds.of_key("GRO-1") == kinds.kind("growth")
    assert "running" not in bet.offered
    assert bet.lifecycle == starter().kind("bet").lifecycle
    assert (bet.fields["risk"].ask, bet.fields["risk"].wanted_from) == ("never", None)
    assert (bet.fields["kind"].offered, bet.fields["kind"].choices) == (("delivery",), ("delivery", "exploratory"))
    assert [horizon.name for horizon in kinds.offered_horizons] == ["1-3 months"]
    assert kinds.horizon("1–3 years") == "1-3 years"
    assert kinds.relations["mentions"].allows("artifact", "scope")
    assert not kinds.offers(kinds.relations["mentions"], "artifact", "scope")
    assert (informs.allows("insight", "bet"), kinds.offers(informs, "insight", "bet")) == (True, False)
    assert kinds.link_fields["size"].retired


async def test_nothing_new_is_made_of_what_is_dropped(database_url: str) -> None:
    async with organisation(database_url) as database:
        await apply(database, changing(kinds={"drop": ["growth"]}, relations={"drop": ["mentions"]}))
        async with database.writing(LOCAL_WORKSPACE) as tx:
            graph = Graph(tx, await kinds_of(tx), "U01ANA")
            with pytest.raises(Refused, match="Growth is out of use here"):
                await graph.add(Draft("growth", "More of it"))
            with pytest.raises(Refused, match='"mentions" from a bet to a scope is out of use here'):
                await graph.link("BET-1", Tie("mentions", "SCO-1"))
            assert (await graph.revise("GRO-1", {"title": "Growth, as it was"})).title == "Growth, as it was"


async def test_an_export_goes_into_the_same_and_into_an_empty_database_of_the_same_pack(
    database_url: str, tmp_path: Path
) -> None:
    pack = read_pack(EXAMPLE.read_text("utf-8"))
    async with organisation(database_url) as database:
        kinds = (await apply(database, pack)).kinds
        content = await exported(database)
        file = json.dumps(content).encode()
        async with database.writing(LOCAL_WORKSPACE) as tx:
            assert await import_graph(tx, await kinds_of(tx), read(file)) == NOTHING
    assert kinds is not None
    async with workplace(f"sqlite:///{tmp_path / 'other.db'}") as other:
        assert (await apply(other, read_pack(as_file(kinds)))).kinds == kinds
        async with other.writing(LOCAL_WORKSPACE) as tx:
            await import_graph(tx, await kinds_of(tx), read(file))
        assert by_name(await exported(other)) == by_name(content)


async def test_what_nothing_uses_any_more_is_let_go_by_the_next_pack(database_url: str) -> None:
    pack = changing(kinds={"bet": {"lifecycle": {"add": {"on hold": "after running"}}}})
    async with organisation(database_url) as database:
        await apply(database, pack)
        await apply(database, changing())
        assert (await used(database)).kind("bet").retired_statuses == ("on hold",)  # another process may still offer it
        found = await apply(database, changing())
        assert [each.words for each in found.differences] == [
            'kind "bet": status "on hold", which nothing uses any more, is let go'
        ]
        assert await used(database) == starter()


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ({"kinds": {"bet": {"prefix": "WAG"}}}, 'kind "bet" should have keys with WAG-, but BET- is in use (19 objects)'),
        (
            {"kinds": {"drop": ["growth"], "reach": {"prefix": "GRO", "label": "Reach", "emoji": "R", "lifecycle": ["open"]}}},
            'kind "reach" should have keys with GRO-, but kind "growth" has them (1 object)',
        ),
        (
            {"kinds": {"input": {"fields": {"unit": {"type": "number"}}}}},
            'kind "input": field "unit" should be number, but these values are not: ',
        ),
    ],
)
async def test_what_cannot_be_is_refused_in_words(database_url: str, parts: dict[str, Any], sentence: str) -> None:
    async with organisation(database_url) as database:
        found = await apply(database, changing(**parts))
        assert found.kinds is None
        assert found.differences[0].words.startswith(sentence)
        assert found.differences[0].refused
        assert await used(database) == starter()


async def test_what_was_measured_stays_so_as_long_as_there_are_values(database_url: str) -> None:
    async with organisation(database_url) as database:
        less = changing(kinds={"input": {"drop": ["measured"]}, "outcome": {"drop": ["measured"]}})
        for _ in range(2):
            assert (await apply(database, less)).kinds is not None
        kinds = await used(database)
        has_values = {each["key"][:3] for each in (await exported(database))["values"]}
    assert ("INP" in has_values, "OUT" in has_values) == (True, kinds.kind("outcome").measured is not None)
    assert kinds.kind("input").measured == starter().kind("input").measured


async def test_a_horizon_keeps_its_objects_however_often_it_is_renamed(database_url: str) -> None:
    async with organisation(database_url) as database:
        for given in ([{"name": "Now", "was": "1-3 months"}], ["Now"], [{"name": "Soon", "was": "Now"}], ["SOON"]):
            await apply(database, changing(horizons=given))
            kinds = await used(database)
            assert [horizon.name for horizon in kinds.offered_horizons] == ["1-3 months"]
        assert kinds.horizon_label("1-3 months") == "SOON"
        assert [kinds.horizon(words) for words in ("soon", "1–3 months", "1-3 years")] == [
            "1-3 months",
            "1-3 months",
            "1-3 years",
        ]


async def test_a_status_that_is_spelled_in_another_way_is_refused_with_its_place(database_url: str) -> None:
    lifecycle = ["Proposed", *starter().kind("bet").lifecycle[1:]]
    async with organisation(database_url) as database:
        found = await apply(database, changing(kinds={"bet": {"lifecycle": lifecycle}}))
        assert [each.words for each in found.differences] == [
            'with what is in use, kinds → bet: the status "proposed" is there twice'
        ]


def some_of(names: list[str]) -> some.SearchStrategy[list[str]]:
    return some.lists(some.sampled_from(sorted(names)), unique=True, max_size=4)


@some.composite
def changed_kind(draw: some.DrawFn, name: str) -> dict[str, Any]:
    kind = STARTER["kinds"][name]
    fields = kind.get("fields", {})
    made: dict[str, Any] = {"label": draw(some.sampled_from([kind["label"], f"My {name}"]))}
    if len(kind["lifecycle"]) > 1:
        made["lifecycle"] = {"drop": draw(some_of(kind["lifecycle"][1:])), "add": draw(some.sampled_from([[], ["asleep"]]))}
    if fields:
        made["fields"] = {"drop": draw(some_of(list(fields))), "mood": {"label": "Mood", "type": "line", "ask": "first"}}
        for field in (field for field in fields if field not in made["fields"]["drop"] and fields[field]["type"] == "choice"):
            made["fields"][field] = {"choices": {"drop": draw(some_of(fields[field]["choices"][1:])), "add": ["quite else"]}}
    return made


@some.composite
def packs(draw: some.DrawFn) -> Kinds:
    """Draw a pack that drops, renames and adds at random."""
    gone = draw(some_of(list(STARTER["kinds"])))
    touched = [name for name in draw(some_of(list(STARTER["kinds"]))) if name not in gone]
    kinds: dict[str, Any] = {"drop": gone, **{name: draw(changed_kind(name)) for name in touched}}
    if draw(some.booleans()):
        kinds["wish"] = {"prefix": "WIS", "label": "Wish", "emoji": "W", "lifecycle": ["open", "granted"]}
    horizons = draw(some_of(["1-3 months", "1–3 quarters", "1-3 years", "Someday"]))
    return changing(
        horizons=[*horizons, {"name": "Soon", "was": "1-3 months"}] if "1-3 months" not in horizons else horizons,
        kinds=kinds,
        relations={"drop": draw(some_of(list(STARTER["relations"])))},
        link_fields={"drop": draw(some_of(list(STARTER["link_fields"])))},
        rituals={"drop": draw(some_of(list(STARTER["rituals"])))},
    )


@pytest.mark.slow
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some.lists(packs(), min_size=1, max_size=2))
async def test_no_pack_loses_a_word(database_url: str, given_packs: list[Kinds]) -> None:
    async with organisation(database_url) as database:
        before = by_name(await exported(database))
        for pack in given_packs:
            assert (await apply(database, pack)).kinds is not None
            kinds = await used(database)
            content = await exported(database)
            assert by_name(content) == before
            assert read_stored(effective_text(kinds)) == read_pack(as_file(kinds)) == kinds
            async with database.writing(LOCAL_WORKSPACE) as tx:
                assert await import_graph(tx, kinds, read(json.dumps(content).encode())) == NOTHING
        for _ in range(2):
            await apply(database, changing())
        assert await used(database) == starter()
