"""The graph file: what is refused and with which words, and what comes of what is taken in."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from storage import history
from storage.audience import ADMINISTRATOR
from storage.changes import REVISABLE
from storage.errors import Refused
from storage.files.graph_file import read
from storage.files.strict_json import NotJson
from storage.graph import Graph
from storage.objects import Draft, get, links_from
from storage.packs.pack import starter
from storage.tables import LOCAL_WORKSPACE
from tests.storage.graph_files import MARCH, NOW, Json, Still, bet, insight, link, refused, take_in, workplace, write_out

CONTRACT_EXAMPLE: Json = {
    "version": 1,
    "teams": [
        {
            "name": "Growth",
            "channel": "C01GROWTH",
            "timezone": "Europe/Berlin",
            "members": ["U01ANA", "U02IVO"],
            "leads": ["U02IVO"],
        }
    ],
    "objects": [
        {
            "key": "INS-1",
            "kind": "insight",
            "title": "New teams stall at the empty board",
            "description": "They look at it for a minute, and go.",
            "team": "Growth",
            "owner": "U01ANA",
            "horizon": "1-3 months",
            "status": "promoted",
            "tags": ["onboarding"],
            "fields": {"source": "user research"},
            "source": "https://example.com/notes",
            "channel": "C01GROWTH",
            "visibility": "workspace",
            "created_at": MARCH,
        },
        {
            "key": "OPP-1",
            "kind": "opportunity",
            "title": "The first minute",
            "status": "open",
            "visibility": "workspace",
            "created_at": MARCH,
        },
        {
            "key": "INP-1",
            "kind": "input",
            "title": "Activation",
            "status": "active",
            "visibility": "workspace",
            "created_at": MARCH,
        },
    ],
    "links": [
        {"from": "INS-1", "relation": "informs", "to": "OPP-1", "why": "Ten of twelve teams did.", "confidence": 70},
    ],
    "values": [{"key": "INP-1", "at": "2026-09-01T00:00:00Z", "value": 41.2, "note": "After the release"}],
    "comments": [
        {
            "key": "INS-1",
            "author": "U02IVO",
            "added_by": "U01ANA",
            "at": "2026-09-01T09:30:00Z",
            "text": "So did we.",
            "source": "https://acme.slack.com/archives/C01GROWTH/p1788255000000000",
            "visibility": "workspace",
        },
    ],
}


async def test_what_is_taken_in_is_written_out_word_for_word(database_url: str) -> None:
    async with workplace(database_url) as database:
        await take_in(database, CONTRACT_EXAMPLE)
        assert await write_out(database) == CONTRACT_EXAMPLE


async def test_the_same_file_twice_changes_nothing(database_url: str) -> None:
    content = {**CONTRACT_EXAMPLE, "objects": [*CONTRACT_EXAMPLE["objects"], {"kind": "bet", "title": "Without a key"}]}
    clock = Still()
    async with workplace(database_url, clock) as database:
        await take_in(database, content)
        before = await write_out(database, history=True)
        clock.at += timedelta(days=1)
        await take_in(database, content)
        assert await write_out(database, history=True) == before


async def test_a_title_is_enough_and_the_rest_takes_its_default(database_url: str) -> None:
    async with workplace(database_url) as database:
        await take_in(database, {"objects": [{"kind": "north star", "title": "Boards that live"}]})
        assert (await write_out(database))["objects"] == [
            {
                "key": "NST-1",
                "kind": "north star",
                "title": "Boards that live",
                "status": "active",
                "visibility": "workspace",
                "created_at": "2026-09-17T08:00:00Z",
            }
        ]


async def test_every_problem_is_told_in_one_go_with_its_place_and_nothing_is_stored(database_url: str) -> None:
    content: Json = {
        "objcts": [],
        "teams": [
            {"name": "Growth", "timezone": "?", "members": ["ana"]},
            {"name": "growth"},
        ],
        "objects": [
            insight(1),
            {"kind": "insigt", "title": "Misspelt"},
            insight(1),
            insight(2, sorce="x", fields={"sorce": "user research"}),
            {"key": "INS-3", "kind": "bet", "title": "Another's key"},
            {"kind": "bet"},
            bet(1, title=" ", horizon="soon", status="runing", owner="Ana", fields={"confidence": 140, "kind": "delivry"}),
            bet(2, visibility="channel", created_at="2026-03-02T09:00:00", tags="a", title=5),
            "INS-9",
        ],
        "links": [
            link("INS-1", "informs", "BET-1"),
            link("BET-1", "informs", "INS-1"),
            link("INS-1", "inform", "BET-99"),
            link("INS-1", "informs", "BET-2", confidence=101, fields={"sze": "x"}),
            {"from": "INS-1", "relation": "informs"},
        ],
        "values": [
            {"key": "INP-1", "at": "2026-09-01T00:00:00Z", "value": 1},
            {"key": "INS-1", "at": "2026-09-01", "value": "1"},
        ],
    }
    async with workplace(database_url) as database:
        before = await write_out(database, history=True)
        fitting = "Between them fit: yields, mentions."
        lifecycle = ", ".join(starter().kind("bet").lifecycle)
        assert await refused(database, content) == [
            'file: unknown list "objcts"; did you mean "objects"?',
            'teams[0] Growth: "timezone" should be a time zone, such as Europe/Berlin, not "?"',
            'teams[0] Growth: "members" should be a Slack user id, such as U01ANA.',
            "teams[1] growth: the same team is at teams[0] Growth",
            'objects[1] "Misspelt": unknown kind "insigt"; did you mean "insight"?',
            "objects[2] INS-1: the key is given twice, first at objects[0] INS-1",
            'objects[3] INS-2: unknown field "sorce"; did you mean "source"?',
            'objects[3] INS-2: unknown field "sorce"; did you mean "source"?',
            "objects[4] INS-3: the key of kind bet begins with BET-",
            'objects[5]: "title" is missing',
            'objects[6] BET-1: "owner" should be a Slack user id, such as U01ANA.',
            "objects[6] BET-1: title: Please give it a title; everything else can wait.",
            "objects[6] BET-1: confidence: Confidence should be between 0 and 100.",
            "objects[6] BET-1: kind: Kind of bet should be one of: exploratory, delivery.",
            f'objects[6] BET-1: unknown status "runing"; did you mean "running"? Bet: {lifecycle}',
            'objects[6] BET-1: unknown horizon "soon"; known: 1-3 months, 1-3 quarters, 1-3 years',
            'objects[7] BET-2: "title" should be text, not a number',
            'objects[7] BET-2: "created_at" should be a moment with its time zone, such as 2026-03-02T09:00:00Z',
            'objects[7] BET-2: "tags" should be a list, not text',
            "objects[7] BET-2: visibility: visibility channel needs a channel",
            "objects[8]: should be an object, not text",
            f'links[1] BET-1 informs INS-1: "informs" does not lead from a bet to an insight. {fitting}',
            'links[2] INS-1 inform BET-99: unknown relation "inform"; did you mean "informs"?',
            'links[2] INS-1 inform BET-99: unknown end "BET-99"',
            'links[3] INS-1 informs BET-2: unknown field "sze"; did you mean "size"?',
            "links[3] INS-1 informs BET-2: confidence: Confidence should be between 0 and 100.",
            'links[4] INS-1 informs: "to" is missing',
            'values[0] INP-1 2026-09-01T00:00:00Z: unknown object "INP-1"',
            'values[1] INS-1 2026-09-01: "at" should be a moment with its time zone, such as 2026-03-02T09:00:00Z',
            'values[1] INS-1 2026-09-01: "value" should be a number that people use',
        ]
        assert await write_out(database, history=True) == before


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "This is not JSON: Expecting value (line 1, column 1)."),
        (b'{"version": 1,', "This is not JSON: Expecting property name enclosed in double quotes (line 1, column 15)."),
        (b'{"version": 1, "objects": "\xff"}', "Byte 27 is not UTF-8. Please save the file as UTF-8."),
        (b"[]", "A graph file is a JSON object with the lists teams, objects, links, values, comments; this is a list."),
        (b"[" * 100_000, "This is not a graph file: it is nested too deeply."),
        (b'{"version": 1, "x": ' + b'{"a":' * 100_000, "This is not a graph file: it is nested too deeply."),
    ],
)
def test_what_is_no_graph_file_at_all_is_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(NotJson) as refusal:
        read(data)
    assert str(refusal.value) == words


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"{}", ["version: is missing; it should be 1"]),
        (b'{"version": 2}', ["version: should be 1; I know no other"]),
        (b'{"version": true}', ["version: should be 1; I know no other"]),
        (b'{"version": 1, "objects": {}}', ["objects: should be a list, not an object"]),
        (b'{"version": 1, "teams": [], "teams": []}', ["teams: is given twice"]),
        (b'{"version": 1, "values": [{"key": "INP-1", "at": "2026-09-01T00:00:00Z", "value": NaN}]}', None),
        (b'{"version": 1, "values": [{"key": "INP-1", "at": "2026-09-01T00:00:00Z", "value": 1e999}]}', None),
        (b'{"version": 1, "values": [{"key": "INP-1", "at": "2026-09-01T00:00:00Z", "value": ' + b"9" * 5_000 + b"}]}", None),
        (
            b'{"version": 1, "objects": [{"kind": "bet", "kind": "bet", "title": "T"}]}',
            ['objects[0] "T": "kind" is given twice'],
        ),
        (
            b'{"version": 1, "objects": [{"kind": "bet", "title": "T", "fields": {"risk": 1, "risk": 2}}]}',
            ['objects[0] "T": "risk" is given twice'],
        ),
        (
            b'{"version": 1, "objects": [{"kind": "bet", "title": "T", "fields": {"risk": Infinity}}]}',
            ['objects[0] "T": "fields" has a number that cannot be kept: risk Infinity'],
        ),
        (
            b'{"version": 1, "objects": [{"kind": "bet", "title": "a\\u0000b"}]}',
            ['objects[0] "a\x00b": title: The title has a character that can\'t be shown (U+0000). Please take it out.'],
        ),
        (
            b'{"version": 1, "objects": [{"kind": "bet", "title": "a", "horizon": "\\ud800"}]}',
            ['objects[0] "a": unknown horizon "\ud800"; known: 1-3 months, 1-3 quarters, 1-3 years'],
        ),
    ],
)
async def test_what_no_column_could_hold_is_refused(tmp_path: Path, data: bytes, words: list[str] | None) -> None:
    async with workplace(f"sqlite:///{tmp_path / 'throughline.db'}") as database:
        number = ['values[0] INP-1 2026-09-01T00:00:00Z: "value" should be a number that people use']
        assert await refused(database, data) == (words or number)


async def test_names_are_taken_in_any_case_and_with_any_dash(database_url: str) -> None:
    written = {"key": "bet-7", "kind": "Bet", "title": "Loose", "status": "Running", "horizon": "1–3 Months", "fields": {}}
    async with workplace(database_url) as database:
        await take_in(database, {"objects": [written, insight(1)], "links": [link("ins-1", "Informs", "BET-7")]})
        exported = await write_out(database)
        assert [(each["key"], each.get("horizon"), each["status"]) for each in exported["objects"]] == [
            ("INS-1", None, "new"),
            ("BET-7", "1-3 months", "running"),
        ]
        assert exported["links"] == [link("INS-1", "informs", "BET-7")]


async def test_an_import_updates_what_has_the_same_key_and_leaves_the_rest(database_url: str) -> None:
    async with workplace(database_url) as database:
        await take_in(database, {"objects": [bet(1, owner="U01ANA", tags=["a"], fields={"risk": "Slow"}), bet(2)]})
        done = await take_in(database, {"objects": [bet(1, title="Better", fields={"confidence": 60}), bet(3)]})
        assert (done.objects_added, done.objects_changed) == (1, 1)
        async with database.reading(LOCAL_WORKSPACE) as tx:
            changed = await get(tx, "BET-1", ADMINISTRATOR)
            revisions = await history.of_object(tx, "BET-1", ADMINISTRATOR)
        assert changed is not None
        assert (changed.title, changed.owner, changed.tags, changed.version) == ("Better", "U01ANA", ["a"], 2)
        assert changed.fields == {"risk": "Slow", "confidence": 60}
        assert [(each.author, each.version, each.before) for each in revisions] == [
            ("import", 1, None),
            ("import", 2, {"title": "Bet 1", "fields": {"risk": "Slow"}}),
        ]


async def test_null_takes_away_what_was_there(database_url: str) -> None:
    whole = bet(1, owner="U01ANA", description="Long", tags=["a"], horizon="1-3 years", fields={"risk": "Slow"})
    gone = bet(1, owner=None, description=None, tags=None, horizon=None, status=None, fields={"risk": None})
    async with workplace(database_url) as database:
        await take_in(database, {"objects": [whole]})
        await take_in(database, {"objects": [gone]})
        assert (await write_out(database))["objects"] == [
            {
                "key": "BET-1",
                "kind": "bet",
                "title": "Bet 1",
                "status": "proposed",
                "visibility": "workspace",
                "created_at": "2026-09-17T08:00:00Z",
            }
        ]


async def test_a_link_is_updated_as_a_person_would_update_it(database_url: str) -> None:
    content: Json = {"objects": [insight(1), bet(1)], "links": [link("INS-1", "informs", "BET-1", why="Seen", confidence=50)]}
    async with workplace(database_url) as database:
        await take_in(database, content)
        done = await take_in(database, {"links": [link("INS-1", "informs", "BET-1", confidence=80, fields={"size": "big"})]})
        assert (done.links_added, done.links_changed) == (0, 1)
        async with database.reading(LOCAL_WORKSPACE) as tx:
            (changed,) = await links_from(tx, ["INS-1"], ADMINISTRATOR)
            revisions = await history.of_object(tx, "INS-1", ADMINISTRATOR)
        assert (changed.why, changed.confidence, changed.fields, changed.version) == ("Seen", 80, {"size": "big"}, 2)
        assert revisions[-1].before == {"confidence": 50, "fields": {}}


async def test_a_link_twice_is_one_unless_it_says_two_things(database_url: str) -> None:
    base: Json = {"objects": [insight(1), bet(1)]}
    async with workplace(database_url) as database:
        twice = [link("INS-1", "informs", "BET-1", why="Seen")] * 2
        assert (await take_in(database, {**base, "links": twice})).links_added == 1
        assert await refused(database, {**base, "links": [twice[0], link("INS-1", "informs", "BET-1")]}) == [
            "links[1] INS-1 informs BET-1: says something else than the same link at links[0] INS-1 informs BET-1"
        ]


async def test_part_of_may_not_loop_within_the_file_or_with_what_is_there(database_url: str) -> None:
    async with workplace(database_url) as database:
        ring = [link("BET-1", "part of", "BET-2"), link("BET-2", "part of", "BET-3"), link("BET-3", "part of", "BET-1")]
        objects = [bet(number) for number in range(1, 5)]
        (problem,) = await refused(database, {"objects": objects, "links": ring})
        assert '"part of" leads back to where it began: ' in problem
        await take_in(database, {"objects": objects, "links": ring[:2]})
        (problem,) = await refused(database, {"links": [ring[2]]})
        assert problem.startswith('links[0] BET-3 part of BET-1: "part of" leads back to where it began: ')
        assert len(await refused(database, {"links": [link("BET-4", "part of", "BET-4")]})) == 1


async def test_new_keys_come_after_those_of_the_file(database_url: str) -> None:
    async with workplace(database_url) as database:
        nameless = {"kind": "bet", "title": "Nameless"}
        await take_in(database, {"objects": [bet(41), nameless, {"kind": "bet", "title": "Another"}]})
        async with database.writing(LOCAL_WORKSPACE) as tx:
            made = await Graph(tx, starter(), "U01ANA").add(Draft(kind="bet", title="By hand"))
        keys = [each["key"] for each in (await write_out(database))["objects"]]
        assert (keys, made.key) == (["BET-41", "BET-42", "BET-43", "BET-44"], "BET-44")


async def test_an_object_without_a_key_that_is_there_word_for_word_is_not_added_again(database_url: str) -> None:
    nameless = {"kind": "bet", "title": "Nameless", "owner": "U01ANA"}
    async with workplace(database_url) as database:
        await take_in(database, {"objects": [nameless, nameless]})
        assert (await take_in(database, {"objects": [nameless, nameless]})).objects_added == 0
        assert (await take_in(database, {"objects": [nameless] * 3})).objects_added == 1
        assert (await take_in(database, {"objects": [{**nameless, "owner": "U02IVO"}]})).objects_added == 1


async def test_a_team_that_is_named_nowhere_comes_into_being(database_url: str) -> None:
    async with workplace(database_url) as database:
        await take_in(database, {"teams": [{"name": "Growth"}], "objects": [bet(1, team="growth"), bet(2, team="Pay")]})
        exported = await write_out(database)
        assert exported["teams"] == [{"name": "Growth"}, {"name": "Pay"}]
        assert [each["team"] for each in exported["objects"]] == ["Growth", "Pay"]


async def test_a_team_is_updated_by_its_name(database_url: str) -> None:
    team = {
        "name": "Growth",
        "channel": "C01",
        "timezone": "Europe/Berlin",
        "members": ["U01ANA", "U02IVO"],
        "leads": ["U02IVO"],
    }
    async with workplace(database_url) as database:
        await take_in(database, {"teams": [team]})
        await take_in(database, {"teams": [{"name": "Growth", "timezone": "Asia/Kolkata", "leads": ["U03ZOE"]}]})
        assert (await write_out(database))["teams"] == [
            {**team, "timezone": "Asia/Kolkata", "members": ["U01ANA", "U02IVO", "U03ZOE"], "leads": ["U03ZOE"]}
        ]


async def test_values_are_one_for_each_moment(database_url: str) -> None:
    activation = {"key": "INP-1", "kind": "input", "title": "Activation"}
    value = {"key": "INP-1", "at": "2026-09-01T02:00:00+02:00", "value": 41.2, "note": "First"}
    async with workplace(database_url) as database:
        await take_in(database, {"objects": [activation], "values": [value]})
        done = await take_in(database, {"values": [{"key": "INP-1", "at": "2026-09-01T00:00:00Z", "value": 42}]})
        assert done.values == 1
        assert (await write_out(database))["values"] == [
            {"key": "INP-1", "at": "2026-09-01T00:00:00Z", "value": 42, "note": "First"}
        ]
        name = "INP-1 2026-09-01T02:00:00+02:00"
        assert await refused(database, {"values": [value, {**value, "value": 3}]}) == [
            f"values[1] {name}: says something else than the value of the same moment at values[0] {name}"
        ]


async def test_what_was_made_long_ago_is_no_news_of_today(database_url: str) -> None:
    content: Json = {"objects": [insight(1, created_at=MARCH), bet(1, created_at="2026-04-01T00:00:00Z"), bet(2)]}
    content["links"] = [link("INS-1", "informs", "BET-1"), link("INS-1", "informs", "BET-2")]
    async with workplace(database_url) as database:
        await take_in(database, content)
        async with database.reading(LOCAL_WORKSPACE) as tx:
            news = await history.between(tx, NOW, NOW + timedelta(seconds=1), ADMINISTRATOR)
            made = await get(tx, "INS-1", ADMINISTRATOR)
        assert made is not None
        assert made.updated_at == made.created_at
        assert {(each.key, each.to_key) for each in news} == {("BET-2", None), ("INS-1", "BET-2")}


async def test_a_history_is_restored_into_an_empty_database_and_only_there(database_url: str, tmp_path: Path) -> None:
    clock = Still()
    async with workplace(f"sqlite:///{tmp_path / 'first.db'}", clock) as first, workplace(database_url) as second:
        await take_in(first, CONTRACT_EXAMPLE)
        clock.at += timedelta(days=1)
        async with first.writing(LOCAL_WORKSPACE) as tx:
            graph = Graph(tx, starter(), "U01ANA", reason="learned")
            await graph.revise("INS-1", {"title": "They stall", "fields": {"how_sure": 80}})
            await graph.unlink("INS-1", "informs", "OPP-1")
        whole = await write_out(first, history=True)
        assert len(whole["history"]) == 7
        await take_in(second, whole)
        assert await write_out(second, history=True) == whole
        async with first.reading(LOCAL_WORKSPACE) as tx, second.reading(LOCAL_WORKSPACE) as other:
            assert await get(other, "INS-1", ADMINISTRATOR) == await get(tx, "INS-1", ADMINISTRATOR)
        await take_in(second, whole)
        assert await write_out(second, history=True) == whole
        await take_in(second, {"objects": [bet(1)]})
        whole["history"][0]["act"] = "another"
        assert await refused(second, whole) == [
            'history: can only be restored into an empty database; without "history" the file updates this one'
        ]


async def test_a_wrong_history_is_refused_with_its_places(database_url: str) -> None:
    entry = {
        "act": "A",
        "position": 0,
        "key": "BET-1",
        "version": 1,
        "author": "U01ANA",
        "at": MARCH,
        "before": None,
        "after": {},
    }
    deep = {"fields": {"a": [["b"]]}}
    content: Json = {
        "objects": [bet(1)],
        "history": [
            entry,
            entry,
            {**entry, "position": -1},
            {**entry, "position": 2, "key": "BET-2"},
            {**entry, "position": 3, "relation": "informs"},
            {**entry, "position": 4, "after": deep},
            {**entry, "position": 5, "after": {"title": "\x00"}},
            {**entry, "position": 6, "after": {"titel": "Bet"}},
            {**entry, "position": 7, "before": dict.fromkeys((*REVISABLE, "kind")), "after": None},
        ],
    }
    async with workplace(database_url) as database:
        assert await refused(database, content) == [
            "history[1] A BET-1: is there twice",
            'history[2] A BET-1: "position" should be a whole number',
            'history[3] A BET-2: unknown object "BET-2"',
            'history[4] A BET-1: a link has both "relation" and "to"',
            'history[5] A BET-1: "after" is nested too deeply',
            'history[6] A BET-1: "after" has a character that can\'t be shown (U+0000). Please take it out.',
            'history[7] A BET-1: says "titel", which an object has not',
            "history[8] A BET-1: what went is not told whole: created_at and created_by are missing",
        ]


async def test_a_kind_stays_what_it_is(database_url: str) -> None:
    async with workplace(database_url) as database:
        await take_in(database, {"objects": [insight(1)]})
        assert await refused(database, {"objects": [{"key": "INS-1", "kind": "bet", "title": "x"}]}) == [
            "objects[0] INS-1: is of kind insight in the database, and stays so"
        ]


async def test_a_refused_file_leaves_no_number_behind(database_url: str) -> None:
    async with workplace(database_url) as database:
        with pytest.raises(Refused):
            await take_in(database, {"objects": [bet(900), {"kind": "nothing", "title": "x"}]})
        await take_in(database, {"objects": [{"kind": "bet", "title": "First"}]})
        assert [each["key"] for each in (await write_out(database))["objects"]] == ["BET-1"]


async def test_a_file_is_taken_in_whole_by_both_engines_alike(postgres_url: str, tmp_path: Path) -> None:
    async with workplace(f"sqlite:///{tmp_path / 'one.db'}") as one, workplace(postgres_url) as other:
        for database in (one, other):
            await take_in(database, CONTRACT_EXAMPLE)
        exports = [json.dumps(await write_out(database), ensure_ascii=False) for database in (one, other)]
        assert exports[0] == exports[1]


async def test_what_is_archived_goes_out_and_comes_in_as_such(database_url: str) -> None:
    async with workplace(database_url) as database:
        await take_in(database, {"objects": [insight(1, archived=True), bet(1)]})
        whole = await write_out(database)
        assert [each.get("archived") for each in whole["objects"]] == [True, None]
        await take_in(database, {"objects": [insight(1, archived=False)]})
        assert [each.get("archived") for each in (await write_out(database))["objects"]] == [None, None]
        await take_in(database, whole)
        assert await write_out(database) == whole
        refusal = await refused(database, {"objects": [insight(1, archived="yes")]})
        assert refusal == ['objects[0] INS-1: "archived" should be true or false']
