"""Mentions: they come with the text and go with it, whoever writes it and in whichever field."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, insert, select

from storage.addresses import Held, held
from storage.audience import ADMINISTRATOR, EVERYBODY
from storage.database import Database, Transaction, ours
from storage.errors import Refused
from storage.files.graph_file import read
from storage.files.importing import import_graph
from storage.graph import Graph, Tie
from storage.history import of_object
from storage.kinds import Kinds
from storage.objects import Draft, Link, Object, find
from storage.older_texts import AUTHOR, OlderTexts, are_read
from storage.packs.pack import starter
from storage.past.undo import undo
from storage.tables import addresses, links, messages, objects, workspaces
from tests.storage.graph_files import exported
from tests.storage.rows import WORKSPACE, ready

ANA = "U01ANA"
KINDS = starter()
PLAN, OTHER = "https://docs.example.com/plan", "https://docs.example.com/other?page=2"
Pair = tuple[str, str]


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with ready(database_url) as database:
        yield database


@asynccontextmanager
async def writing(database: Database, workspace: str = WORKSPACE, kinds: Kinds = KINDS) -> AsyncIterator[Graph]:
    async with database.writing(workspace) as tx:
        yield Graph(tx, kinds, ANA)


async def add(database: Database, kind: str, title: str = "Something", *ties: Tie, **parts: Any) -> str:
    async with writing(database) as graph:
        return (await graph.add(Draft(kind, title, **parts), ties)).key


async def revise(database: Database, key: str, **changes: Any) -> None:
    async with writing(database) as graph:
        await graph.revise(key, changes)


async def mentioned(database: Database, workspace: str = WORKSPACE) -> set[Pair]:
    async with database.reading(workspace) as tx:
        rows = await tx.rows(select(links.c.from_key, links.c.to_key).where(ours(links), links.c.relation == "mentions"))
    return {(row["from_key"], row["to_key"]) for row in rows}


@pytest.mark.parametrize(
    ("kind", "parts"),
    [
        ("insight", {"title": "As with BET-1"}),
        ("insight", {"description": "As with bet-1"}),
        ("insight", {"fields": {"who_is_affected": "those of BET-1"}}),
        ("artifact", {"fields": {"text": "Part one\n\n* BET-1"}}),
    ],
)
async def test_a_key_in_any_text_is_a_mention_that_goes_with_it(database: Database, kind: str, parts: dict[str, Any]) -> None:
    await add(database, "bet")
    key = await add(database, kind, **parts)
    assert await mentioned(database) == {(key, "BET-1")}
    await revise(database, key, title="Plain", description="", fields=dict.fromkeys(parts.get("fields", {})))
    assert await mentioned(database) == set()


async def test_what_one_text_no_longer_says_another_may_still_say(database: Database) -> None:
    await add(database, "bet")
    key = await add(database, "insight", "BET-1", description="BET-1")
    await revise(database, key, title="Plain")
    assert await mentioned(database) == {(key, "BET-1")}
    await add(database, "option", "Other", Tie("frames", await add(database, "opportunity"), backward=True))
    await revise(database, key, description="")
    assert await mentioned(database) == set()


async def test_what_is_not_there_and_the_object_itself_are_not_mentioned(database: Database) -> None:
    await add(database, "bet", "BET-1 is better than BET-7 and INS-3")
    assert await mentioned(database) == set()


async def test_a_document_is_mentioned_by_its_address_in_any_spelling(database: Database) -> None:
    await add(database, "artifact", "The plan", fields={"url": PLAN})
    key = await add(database, "bet", "Guide them", description="Said in <HTTPS://Docs.Example.com/plan/#risks|the plan>.")
    assert await mentioned(database) == {(key, "ART-1")}


async def test_a_document_that_is_made_later_finds_who_speaks_of_it(database: Database) -> None:
    speaker = await add(database, "bet", "Guide them", description=f"See {PLAN}.")
    opportunity = await add(database, "opportunity", "Teams stall")
    async with writing(database) as graph:
        await graph.link(speaker, Tie("part of", opportunity, why=f"{PLAN} says so"))
    made = await add(database, "artifact", "The plan", fields={"url": f"{PLAN}/"})
    assert await mentioned(database) == {(speaker, made)}
    await revise(database, speaker, description="")
    assert await mentioned(database) == {(speaker, made)}
    await revise(database, made, fields={"url": OTHER})
    assert await mentioned(database) == set()
    await revise(database, made, fields={"url": PLAN})
    assert await mentioned(database) == {(speaker, made)}


async def test_two_documents_at_one_place_say_nothing_of_each_other(database: Database) -> None:
    for title in ("The plan", "The plan again"):
        await add(database, "artifact", title, fields={"url": PLAN})
    work = await add(database, "work", "Write it", fields={"tracker": PLAN})
    assert await mentioned(database) == {(work, "ART-1"), (work, "ART-2"), ("ART-1", work), ("ART-2", work)}


async def test_the_permalink_of_a_card_is_a_mention(database: Database) -> None:
    bet = await add(database, "bet")
    async with database.writing(WORKSPACE) as tx:
        for subject, ts in ((f"card:{bet}", "1790000000.123456"), ("run:1", "1790000000.123457")):
            await tx.run(insert(messages), subject=subject, channel="C01GROWTH", ts=ts)
    card = "https://acme.slack.com/archives/C01GROWTH/p1790000000123456"
    first = await add(database, "insight", "Said there", description=f"<{card}?thread_ts=1790000000.123456&amp;cid=C01GROWTH>")
    await add(database, "insight", "Said elsewhere", description=f"{card[:-1]}7 and {card.replace('C01', 'C02')}")
    assert await mentioned(database) == {(first, bet)}


async def test_why_and_evidence_of_a_link_speak_for_where_it_begins(database: Database) -> None:
    for kind in ("bet", "bet", "input", "insight"):
        await add(database, kind)
    async with writing(database) as graph:
        await graph.link(
            "BET-1", Tie("targets", "INP-1", why="As BET-2 showed; INP-1 and BET-1 are its ends", fields={"evidence": "INS-1"})
        )
    assert await mentioned(database) == {("BET-1", "BET-2"), ("BET-1", "INS-1")}
    async with writing(database) as graph:
        await graph.unlink("BET-1", "targets", "INP-1")
    assert await mentioned(database) == set()


async def test_a_mention_that_somebody_made_stays_where_no_text_makes_it(database: Database) -> None:
    bet, insight = await add(database, "bet"), await add(database, "insight")
    async with writing(database) as graph:
        await graph.link(insight, Tie("mentions", bet, why="it is what Ivo meant"))
    await revise(database, insight, title="Plain")
    assert await mentioned(database) == {(insight, bet)}
    await revise(database, insight, title=f"Like {bet}")
    with pytest.raises(Refused, match=r"A text of INS-1 speaks of BET-1\. When it no longer does, the link goes\."):
        async with writing(database) as graph:
            await graph.unlink(insight, "mentions", bet)
    await revise(database, insight, title="Plain")
    assert await mentioned(database) == set()


async def test_what_a_mention_itself_says_does_not_keep_it(database: Database) -> None:
    for kind in ("bet", "bet", "insight"):
        await add(database, kind)
    await revise(database, "INS-1", title="BET-1")
    async with writing(database) as graph:
        await graph.link("INS-1", Tie("mentions", "BET-1", why="see BET-1 and BET-2"))
    assert await mentioned(database) == {("INS-1", "BET-1")}
    await revise(database, "INS-1", title="Plain")
    assert await mentioned(database) == set()


async def test_the_text_and_its_mentions_are_one_act_of_one_person(database: Database) -> None:
    bet = await add(database, "bet")
    key = await add(database, "insight", f"Like {bet}")
    await revise(database, key, title="Plain")
    async with database.reading(WORKSPACE) as tx:
        told = await of_object(tx, key, ADMINISTRATOR)
    acts = [
        [(each.author, each.to_key, each.after is None) for each in told if each.act == act]
        for act in dict.fromkeys(each.act for each in told)
    ]
    assert acts == [[(ANA, None, False), (ANA, bet, False)], [(ANA, None, False), (ANA, bet, True)]]


@pytest.mark.parametrize("ends", [None, [{"from": ["artifact"], "to": ["bet"]}]])
async def test_a_pack_may_have_no_mentions_or_fewer(database: Database, ends: list[dict[str, list[str]]] | None) -> None:
    pack = KINDS.model_dump(by_alias=True)
    if ends is None:
        del pack["relations"]["mentions"]
    else:
        pack["relations"]["mentions"]["ends"] = ends
    async with writing(database, kinds=Kinds.model_validate(pack)) as graph:
        bet = await graph.add(Draft("bet", "Guide them"))
        await graph.add(Draft("insight", f"Like {bet.key}"))
        document = await graph.add(Draft("artifact", f"On {bet.key}"))
    assert await mentioned(database) == (set() if ends is None else {(document.key, bet.key)})


async def test_what_refers_to_nothing_asks_nothing_of_the_database(database: Database) -> None:
    bet = await add(database, "bet")
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    key = await add(database, "insight", "UTF-8 is plain", Tie("informs", bet, why="it is"), description="- one\n- two")
    await revise(database, key, title="UTF-16 is not")
    event.remove(database.engine.sync_engine, "before_cursor_execute", note)
    assert statements
    assert [each for each in statements if "addresses" in each or ("FROM links" in each and "from_key IN" in each)] == []


async def test_two_who_name_the_same_side_by_side_make_one_mention(database: Database) -> None:
    for _ in range(10):
        speaker, named = await add(database, "insight"), await add(database, "bet")
        other = await add(database, "opportunity")

        async def tell(speaker: str = speaker, named: str = named, other: str = other) -> None:
            async with writing(database) as graph:
                await graph.link(speaker, Tie("informs", other, why=f"as {named}"))

        await asyncio.gather(
            revise(database, speaker, title=f"Like {named}"), tell(), revise(database, speaker, description=named)
        )
        assert (speaker, named) in await mentioned(database)


def a_file(*objects: dict[str, Any], links: Iterable[tuple[str, str, str]] = ()) -> dict[str, Any]:
    made = [{"from": one, "relation": relation, "to": other} for one, relation, other in links]
    return {"version": 1, "objects": list(objects), "links": made}


async def take_in(database: Database, file: Any, workspace: str = WORKSPACE) -> None:
    async with database.writing(workspace) as tx:
        await import_graph(tx, KINDS, read(json.dumps(file).encode()))


async def another(database: Database, name: str) -> str:
    async with database.writing(name) as tx:
        await tx.connection.execute(insert(workspaces), {"id": name, "name": name, "created_at": tx.now})
    return name


async def test_a_file_makes_the_mentions_of_its_texts_whatever_comes_first_in_it(database: Database) -> None:
    file = a_file(
        {"key": "INS-1", "kind": "insight", "title": "Like BET-1", "description": f"and {PLAN}"},
        {"key": "BET-1", "kind": "bet", "title": "Guide them", "fields": {"hypothesis": "as in ART-1, and BET-9"}},
        {"key": "ART-1", "kind": "artifact", "title": "The plan", "fields": {"url": PLAN}},
        links=[("INS-1", "mentions", "BET-1"), ("BET-1", "mentions", "INS-1")],
    )
    expected = {("INS-1", "BET-1"), ("INS-1", "ART-1"), ("BET-1", "ART-1"), ("BET-1", "INS-1")}
    for _ in range(2):
        await take_in(database, file)
        assert await mentioned(database) == expected
    file["objects"][0] |= {"title": "Plain", "description": "plain"}
    for _ in range(2):
        await take_in(database, file)
        assert await mentioned(database) == expected - {("INS-1", "ART-1")}


async def test_out_and_in_again_the_mentions_are_the_same(database: Database) -> None:
    bet = await add(database, "bet")
    insight = await add(database, "insight", f"Like {bet}", description=PLAN)
    await add(database, "artifact", "The plan", fields={"url": PLAN, "text": f"after {insight}"})
    async with writing(database) as graph:
        await graph.link(bet, Tie("mentions", insight, why="by hand"))
    for name, history in (("W2", False), ("W3", True)):
        async with database.reading(WORKSPACE) as tx:
            file = await exported(tx, KINDS, history=history)
        await take_in(database, file, await another(database, name))
        assert await mentioned(database, name) == await mentioned(database)
        async with database.reading(name) as tx:
            assert (await exported(tx, KINDS, history=history))["links"] == file["links"]


async def test_nobody_learns_of_what_they_may_not_see(database: Database) -> None:
    secret = await add(database, "bet", "Secret", visibility="channel", channel="C02SECRET")
    key = await add(database, "insight", f"Nobody knows {secret}")
    async with database.reading(WORKSPACE) as tx:
        told = await of_object(tx, key, EVERYBODY)
    assert await mentioned(database) == {(key, secret)}
    assert [each.to_key for each in told] == [None]
    async with database.writing(WORKSPACE) as tx:
        await undo(tx, KINDS, told[0].act, ANA, EVERYBODY)  # as it would be, were there no such key
    assert await mentioned(database) == set()


async def test_taken_back_and_taken_back_again_the_mentions_follow(database: Database) -> None:
    bet = await add(database, "bet")
    key = await add(database, "insight", "Plain")
    async with writing(database) as graph:
        await graph.revise(key, {"title": f"Like {bet}"})
    await revise(database, key, description=f"As {bet}")
    async with database.writing(WORKSPACE) as tx:
        await undo(tx, KINDS, graph.act.id, ANA, ADMINISTRATOR)
    assert await mentioned(database) == {(key, bet)}
    await revise(database, key, description="")
    assert await mentioned(database) == set()


async def test_texts_that_were_there_before_are_read_once(database: Database) -> None:
    """As in a database that is older than mentions: rows of objects and links, and nothing that their texts make."""
    await add(database, "bet")
    first = await add(database, "insight", "Like BET-1", description=PLAN)
    await add(database, "artifact", "The plan", fields={"url": PLAN})
    expected = await mentioned(database)
    async with database.writing(WORKSPACE) as tx:
        await tx.run(links.delete().where(ours(links)))
        await tx.run(addresses.delete().where(ours(addresses)))
    for _ in range(2):
        await OlderTexts(database, WORKSPACE).read_on()
        assert await mentioned(database) == expected == {(first, "BET-1"), (first, "ART-1")}
    async with database.reading(WORKSPACE) as tx:
        assert await are_read(tx)
        assert [each.author for each in await of_object(tx, first, ADMINISTRATOR)][-2:] == [AUTHOR, AUTHOR]


# ---- any texts, any edits: the links equal what a plain reading says

KEYS = ("INS-1", "BET-1", "ART-1", "WRK-1")
PLACES = {"A": PLAN, "B": OTHER, "C": "https://acme.slack.com/canvas/1"}
Piece = tuple[str, str]
_FILLERS = ("and", "UTF-8", "BETTER-1", "x/BET-1", "BET-77", "—", "(see)", "https://docs.example.com/BET-1", "bet", "1")
_PIECES = st.one_of(
    st.sampled_from(_FILLERS).map(lambda word: ("", word)),
    st.sampled_from(KEYS).flatmap(
        lambda key: st.sampled_from([key, key.lower(), f"({key})", f"*{key}*,"]).map(lambda said: (key, said))
    ),
    st.sampled_from(sorted(PLACES)).flatmap(
        lambda name: st.sampled_from(["{}", "{}.", "<{}#top>", "<{}|there>", "({})"]).map(
            lambda form: (name, form.format(PLACES[name]))
        )
    ),
)
_TEXTS = st.lists(_PIECES, max_size=4).map(tuple)
_FIELDS = {
    "INS-1": ("title", "description", "who_is_affected"),
    "BET-1": ("title", "description", "hypothesis", "appetite"),
    "ART-1": ("title", "description", "text"),
    "WRK-1": ("title", "description"),
}
_LINKS = (("INS-1", "informs", "BET-1"), ("INS-1", "informs", "ART-1"), ("BET-1", "executes", "WRK-1"))
_WRITES = st.sampled_from(KEYS).flatmap(
    lambda key: st.tuples(st.just("write"), st.just(key), st.sampled_from(_FIELDS[key]), _TEXTS)
)
_EDITS = st.one_of(
    _WRITES,
    st.tuples(st.just("move"), st.sampled_from([("ART-1", "url"), ("WRK-1", "tracker")]), st.sampled_from([None, *PLACES])),
    st.tuples(st.just("link"), st.sampled_from(_LINKS), _TEXTS),
    st.tuples(st.just("unlink"), st.sampled_from(_LINKS)),
    st.tuples(st.just("by hand"), st.sampled_from(KEYS), st.sampled_from(KEYS)),
    st.tuples(st.just("add"), st.sampled_from([None, *PLACES]), _TEXTS),
)


@dataclass
class Model:
    """What a person who reads every text would say."""

    texts: dict[str, dict[str, tuple[Piece, ...]]] = field(default_factory=lambda: {key: {} for key in KEYS})
    whys: dict[tuple[str, str, str], tuple[Piece, ...]] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    links: set[Pair] = field(default_factory=set)

    def said(self) -> set[Pair]:
        found = {(key, name) for key, texts in self.texts.items() for text in texts.values() for name, _ in text}
        found |= {(ends[0], name) for ends, text in self.whys.items() for name, _ in text if name not in (ends[0], ends[2])}
        by_key = {(key, name) for key, name in found if name in self.texts}
        by_place = {(key, owner) for key, name in found for owner, place in self.places.items() if name == place}
        beside = {
            (key, owner)
            for key, place in self.places.items()
            for owner, other in self.places.items()
            if place == other and key[:3] != owner[:3]
        }
        return {(key, to) for key, to in by_key | by_place | beside if key != to}

    def edited(self, before: set[Pair]) -> None:
        after = self.said()
        self.links = (self.links - (before - after)) | after


def words(text: Iterable[Piece]) -> str:
    return " ".join(said for _, said in text)


async def act(graph: Graph, model: Model, edit: tuple[Any, ...]) -> None:
    before = model.said()
    match edit:
        case ("write", key, name, text):
            model.texts[key][name] = text
            said = words(text) or ("Plain" if name == "title" else "")
            await graph.revise(key, {name: said} if name in ("title", "description") else {"fields": {name: said}})
        case ("move", (key, name), place):
            model.places = {**{one: at for one, at in model.places.items() if one != key}, **({key: place} if place else {})}
            await graph.revise(key, {"fields": {name: PLACES[place] if place else None}})
        case ("link", (one, relation, other), text):
            if words(text):  # an empty why leaves the one that is there
                model.whys[one, relation, other] = text
            await graph.link(one, Tie(relation, other, why=words(text)))
        case ("unlink", ends):
            model.whys.pop(ends, None)
            await graph.unlink(*ends)
        case ("by hand", one, other):
            if one != other:
                model.links.add((one, other))
                await graph.link(one, Tie("mentions", other))
        case ("add", place, text):
            fields = {"text": words(text), "url": PLACES[place] if place else None}
            made = await graph.add(Draft("artifact", "Another", fields=fields))
            model.texts[made.key] = {"text": text}
            model.places |= {made.key: place} if place else {}
    model.edited(before)


async def _all_held(tx: Transaction) -> tuple[set[Held], set[Held]]:
    rows = await tx.rows(select(*(addresses.c[name] for name in Held._fields)).where(ours(addresses)))
    stored = {Held(**row) for row in rows}
    items = await find(tx, ADMINISTRATOR)
    rows = await tx.rows(select(*(links.c[name] for name in Link.__dataclass_fields__)).where(ours(links)))
    things: list[Object | Link] = [*items, *(Link(**row) for row in rows)]
    return stored, {each for thing in things for each in held(KINDS, thing)}


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(edits=st.lists(_EDITS, min_size=1, max_size=12))
async def test_the_mentions_are_what_a_plain_reading_says(database: Database, edits: list[tuple[Any, ...]]) -> None:
    async with database.reading(WORKSPACE) as tx:
        taken = len((await tx.connection.execute(select(workspaces.c.id))).all())
    workspace = await another(database, f"W{taken + 1}")
    model = Model()
    async with writing(database, workspace) as graph:
        for kind in ("insight", "bet", "artifact", "work"):
            await graph.add(Draft(kind, "Plain"))
    for edit in edits:
        async with writing(database, workspace) as graph:
            await act(graph, model, edit)
        assert await mentioned(database, workspace) == model.links
    async with database.reading(workspace) as tx:
        stored, expected = await _all_held(tx)
        assert stored == expected
        assert await tx.value(select(objects.c.key).where(ours(objects), objects.c.key == "BET-77")) is None
