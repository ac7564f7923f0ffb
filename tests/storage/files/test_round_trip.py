"""Export then import gives the same graph, whatever is in it: odd texts, private objects, values, what was changed and went."""

import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.audience import ADMINISTRATOR
from storage.changes import Change, store
from storage.database import Database
from storage.files.exporting import export_graph
from storage.files.findings import LISTS
from storage.files.graph_file import read
from storage.files.importing import import_graph
from storage.files.strict_json import JsonStream
from storage.graph import Graph, Tie
from storage.history import Act, of_object
from storage.migrate import to_newest
from storage.objects import Draft, get
from storage.packs.pack import starter
from storage.past.undo import undo
from storage.tables import LOCAL_WORKSPACE
from tests.storage.graph_files import (
    MARCH,
    NOW,
    Json,
    Still,
    another,
    bet,
    insight,
    link,
    refused,
    take_in,
    workplace,
    write_out,
)

_numbers = count(1)  # of workspaces: each example has its own


def _texts(limit: int = 40) -> st.SearchStrategy[str]:
    return st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=limit).filter(str.strip)


_MOMENTS = st.datetimes(min_value=NOW.replace(tzinfo=None, year=1990), max_value=NOW.replace(tzinfo=None)).map(
    lambda at: at.isoformat() + "Z"
)
_USERS = st.from_regex(r"\AU[A-Z0-9]{2,8}\Z")
_NUMBERS = st.one_of(st.integers(-(10**9), 10**9), st.floats(-1e9, 1e9, allow_nan=False, width=32))
_OBJECT_PARTS = st.fixed_dictionaries(
    {"title": _texts()},
    optional={
        "description": _texts(),
        "owner": _USERS,
        "team": st.sampled_from(["Growth", "Pay"]),
        "horizon": st.sampled_from(list(starter().horizons)),
        "tags": st.lists(_texts(10), max_size=3),
        "created_at": _MOMENTS,
        "source": st.just("https://example.com/a?b=c"),
    },
)
_READERS = st.sampled_from([{}, {"channel": "C01GROWTH"}, {"channel": "C02SECRET", "visibility": "channel"}])


@st.composite
def _graphs(draw: st.DrawFn) -> Json:
    kinds = list(starter())
    objects = []
    for number, parts in enumerate(draw(st.lists(_OBJECT_PARTS, max_size=8))):
        kind = draw(st.sampled_from(kinds))
        texts = [name for name, field in kind.fields.items() if field.type == "text"]
        fields = {name: draw(_texts()) for name in texts if draw(st.booleans())}
        whole = {**parts, **draw(_READERS), "status": draw(st.sampled_from(kind.lifecycle)), "fields": fields}
        objects.append({"key": f"{kind.prefix}-{number + 1}", "kind": kind.name, **whole})
    keys = [str(each["key"]) for each in objects]
    pairs = draw(st.lists(st.tuples(st.sampled_from(keys), st.sampled_from(keys)), unique=True, max_size=8)) if keys else []
    return {
        "version": 1,
        "teams": [{"name": "Growth", "members": draw(st.lists(_USERS, max_size=3))}],
        "objects": objects,
        "links": [
            link(from_key, "mentions", to_key, why=draw(_texts()), confidence=draw(st.integers(0, 100)))
            for from_key, to_key in pairs
        ],
        "values": [
            {"key": each["key"], "at": draw(_MOMENTS), "value": draw(_NUMBERS), "unit": draw(_texts(5)), "note": draw(_texts())}
            for each in objects
            if starter().kind(str(each["kind"])).measured
        ],
    }


def _changed(draw: st.DataObject, graph: Json) -> Json:
    """Return a file that changes some of what `graph` has."""
    objects = [{**each, "title": draw.draw(_texts())} for each in graph["objects"] if draw.draw(st.booleans())]
    links = [{**each, "confidence": 50} for each in graph["links"] if draw.draw(st.booleans())]
    values = [{**each, "value": 7, "source": "Corrected"} for each in graph["values"] if draw.draw(st.booleans())]
    return {"version": 1, "objects": objects, "links": links, "values": values}


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(graph=_graphs(), draw=st.data())
async def test_every_graph_comes_back_as_it_was_written(database_url: str, graph: Json, draw: st.DataObject) -> None:
    async with _opened(database_url) as database:
        first, second, third = [await another(database, f"W{next(_numbers)}") for _ in range(3)]
        await take_in(database, graph, first)
        await take_in(database, _changed(draw, graph), first)
        await _unlink_one(database, first, graph["links"])
        whole = await write_out(database, first, history=True)
        await take_in(database, whole, second)
        assert await write_out(database, second, history=True) == whole
        plain = await write_out(database, first)
        await take_in(database, plain, third)
        assert await write_out(database, third) == plain
        assert {each["key"] for each in plain["objects"]} == {each["key"] for each in graph["objects"]}


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[Database]:
    database = Database(url, Still())
    await to_newest(database)
    yield database
    await database.close()


async def _unlink_one(database: Database, workspace: str, links: list[Json]) -> None:
    for each in links[:1]:
        async with database.writing(workspace) as tx:
            await Graph(tx, starter(), "U01ANA").unlink(each["from"], each["relation"], each["to"])


async def test_the_lists_may_stand_in_any_order(database_url: str) -> None:
    lists: Json = {
        "history": [],
        "values": [{"key": "INP-1", "at": MARCH, "value": 3}],
        "comments": [{"key": "INP-1", "at": MARCH, "author": "U01ANA", "text": "It moved"}],
        "links": [link("INS-1", "informs", "BET-1"), link("BET-1", "targets", "INP-1")],
        "objects": [insight(1), bet(1, team="Growth"), {"key": "INP-1", "kind": "input", "title": "Activation"}],
        "teams": [{"name": "Growth", "channel": "C01GROWTH"}],
        "version": 1,
    }
    async with workplace(database_url) as database:
        await take_in(database, json.dumps(lists).encode())
        forwards = await write_out(database)
        other = await another(database, "W2")
        await take_in(database, {name: lists[name] for name in LISTS}, other)
        assert await write_out(database, other) == forwards
        assert [len(forwards[name]) for name in LISTS[:-1]] == [1, 3, 2, 1, 1]


async def test_what_was_restored_has_its_versions_authors_and_times(database_url: str) -> None:
    measured = {"key": "INP-1", "kind": "input", "title": "Activation"}
    first: Json = {"objects": [insight(1), measured], "links": [link("INS-1", "mentions", "INP-1")]}
    value = {"key": "INP-1", "at": MARCH, "value": 3}
    async with workplace(database_url) as database:
        await take_in(database, {**first, "values": [value]})
        async with database.writing(LOCAL_WORKSPACE) as tx:
            graph = Graph(tx, starter(), "U02IVO", reason="heard more")
            await graph.revise("INS-1", {"title": "They stall"})
            await graph.link("INS-1", Tie("mentions", "INP-1", confidence=80))
        await take_in(database, {"values": [{**value, "value": 4, "unit": "%"}]})
        other = await another(database, "W2")
        await take_in(database, await write_out(database, history=True), other)
        async with database.reading(LOCAL_WORKSPACE) as tx, database.reading(other) as restored:
            assert await get(restored, "INS-1", ADMINISTRATOR) == await get(tx, "INS-1", ADMINISTRATOR)
            for key in ("INS-1", "INP-1"):
                assert await of_object(restored, key, ADMINISTRATOR) == await of_object(tx, key, ADMINISTRATOR)
        async with database.writing(other) as tx:
            assert (await Graph(tx, starter(), "U01ANA").add(Draft(kind="insight", title="Next"))).key == "INS-2"


async def test_what_was_removed_stays_in_history_and_its_number_is_not_given_again(database_url: str) -> None:
    async with workplace(database_url) as database:
        await take_in(database, {"objects": [insight(1), bet(9)], "links": [link("INS-1", "informs", "BET-9")]})
        async with database.writing(LOCAL_WORKSPACE) as tx:
            gone = await get(tx, "BET-9", ADMINISTRATOR)
            await Graph(tx, starter(), "U01ANA").unlink("INS-1", "informs", "BET-9")
            await store(tx, starter(), Act("U01ANA"), [Change(gone, None)])
        whole = await write_out(database, history=True)
        assert [each["key"] for each in whole["objects"]] == ["INS-1"]
        other = await another(database, "W2")
        await take_in(database, whole, other)
        assert await write_out(database, other, history=True) == whole
        async with database.writing(other) as tx:
            assert (await Graph(tx, starter(), "U01ANA").add(Draft(kind="bet", title="Next"))).key == "BET-10"


async def test_a_history_does_not_go_where_another_one_is_of_what_was_removed(database_url: str) -> None:
    async with workplace(database_url) as database:
        async with database.writing(LOCAL_WORKSPACE) as tx:
            graph = Graph(tx, starter(), "U01ANA")
            await graph.add(Draft("bet", "Guide them"))
        whole = await write_out(database, history=True)
        async with database.writing(LOCAL_WORKSPACE) as tx:
            await undo(tx, starter(), graph.act.id, "U01ANA", ADMINISTRATOR)
        other = {**whole, "history": [{**each, "act": "another"} for each in whole["history"]]}
        assert await refused(database, other) == [
            'history: can only be restored into an empty database; without "history" the file updates this one'
        ]
        assert (await take_in(database, whole)).objects_added == 1
        told = (await write_out(database, history=True))["history"]
    assert [(each["key"], each["version"], each["after"] is None) for each in told] == [
        ("BET-1", 1, False),
        ("BET-1", 2, True),
        ("BET-1", 3, False),
    ]


async def test_an_export_is_of_one_moment(database_url: str) -> None:
    async with workplace(database_url) as database:
        await take_in(database, {"objects": [insight(1), bet(1)], "links": [link("INS-1", "informs", "BET-1")]})
        before = await write_out(database, history=True)
        async with database.snapshot(LOCAL_WORKSPACE) as tx:
            pieces = aiter(export_graph(tx, starter(), history=True))
            text = await anext(pieces) + await anext(pieces) + await anext(pieces)  # the teams have been read
            await take_in(database, {"objects": [insight(1, title="Changed"), insight(2)], "teams": [{"name": "Pay"}]})
            text += "".join([piece async for piece in pieces])
        assert json.loads(text) == before


class Dribble(io.BytesIO):
    """A file that gives three bytes at a time."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(3)


@pytest.mark.parametrize(
    "content",
    [
        {"a": [12345, -2.5e-3, 1e5, "\u20ac\U0001f680", '"\\\n', True, None, {"b": {"c": [[], {}, ""]}}], "d": {}, "e": []},
        {"a": 10**15, "b": [0.1 + 0.2]},
    ],
)
@pytest.mark.parametrize("indent", [None, 3])
@pytest.mark.parametrize("escaped", [True, False])
def test_a_piece_may_end_anywhere(content: Json, indent: int | None, escaped: bool) -> None:
    stream = JsonStream(Dribble(b"\xef\xbb\xbf" + json.dumps(content, indent=indent, ensure_ascii=escaped).encode()))
    assert stream.next() == "{"
    found = {name: list(stream.items()) if stream.next() == "[" else stream.value() for name in stream.members()}
    stream.end()
    assert found == content


async def test_a_file_that_comes_in_pieces_is_the_same_file(database_url: str) -> None:
    content = {"version": 1, "objects": [insight(number, description="ä" * 500) for number in range(1, 1_200)]}
    async with workplace(database_url) as database:
        async with database.writing(LOCAL_WORKSPACE) as tx:
            done = await import_graph(tx, starter(), read(Dribble(json.dumps(content, ensure_ascii=False).encode())))
        assert done.objects_added == 1_199
        assert [each["key"] for each in (await write_out(database))["objects"]] == [f"INS-{at}" for at in range(1, 1_200)]
