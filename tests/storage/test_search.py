"""Finding objects by what people type."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert

from storage import names
from storage.audience import ADMINISTRATOR, EVERYBODY, NOBODY, Audience
from storage.backup import backup
from storage.database import Transaction, ours
from storage.graph import Graph
from storage.migrate import to_newest
from storage.objects import Draft, Object
from storage.search import entitled, named, search
from storage.tables import objects, teams
from storage.workspaces import take_over
from tests.storage.graphs import KINDS, drawn, sample
from tests.storage.many_names import put, put_all, titled
from tests.storage.rows import opened

TITLES = {
    "BET_1": {"title": "Guide the first board"},
    "BET_12": {"title": "Weekly summary e-mail"},
    "INP_1": {"title": "Activation rate"},
    "INP_2": {"title": "Über 100 % of _everything_"},
    "INS_1": {"title": "Secret", "visibility": "channel", "channel": "C9"},
}


async def test_a_key_a_title_a_part_of_it_and_a_slip_find_an_object(database_url: str) -> None:
    async with drawn(database_url, "BET-1 targets INP-1", **TITLES) as tx:
        found = {words: [item.key for item in await search(tx, words, EVERYBODY)] for words in (
            *("bet-12", "BET 12", "activation rate", "Activ", "rate activation", "activtion rate", "wekly sumary", "first"),
            *("uber 100", "%", "_", "zzzz", "secret"),
        )}  # fmt: skip
    assert found == {
        "bet-12": ["BET-12"],
        "BET 12": ["BET-12"],
        "activation rate": ["INP-1"],
        "Activ": ["INP-1"],
        "rate activation": ["INP-1"],
        "activtion rate": ["INP-1"],
        "wekly sumary": ["BET-12"],
        "first": ["BET-1"],
        "uber 100": ["INP-2"],
        "%": [],
        "_": [],
        "zzzz": [],
        "secret": [],
    }


async def test_without_words_the_most_recent_of_the_kinds_come_first(database_url: str) -> None:
    async with sample(database_url) as tx:
        bets = await search(tx, "", EVERYBODY, kinds=["bet"], limit=3)
        everything = await search(tx, "", EVERYBODY)
    moments = [item.updated_at for item in everything]
    assert [item.kind for item in bets] == ["bet"] * 3
    assert len(everything) == 20
    assert moments == sorted(moments, reverse=True)


async def test_a_name_means_one_object_or_is_unclear(database_url: str) -> None:
    async with sample(database_url) as tx:
        whole = await named(tx, "guide the first board", ADMINISTRATOR)
        part = await named(tx, "first board", ADMINISTRATOR, ["bet", "option"])
        nobody = await named(tx, "qwertz", ADMINISTRATOR)
    assert [item.key for item in whole] == ["BET-12"]
    assert {item.key for item in part} == {"BET-12", "OPT-5"}
    assert nobody == []


async def keys(tx: Transaction, words: str, audience: Audience = EVERYBODY, **how: Any) -> list[str]:
    return [item.key for item in await search(tx, words, audience, **how)]


@asynccontextmanager
async def holding(url: str, *every: Object) -> AsyncIterator[Transaction]:
    async with opened(url) as database:
        await to_newest(database)
        await put_all(database, {"W1": every, "W2": [titled(1, "Somebody else's board")]})
        async with database.writing("W1") as tx:
            yield tx


async def test_a_renamed_object_is_found_by_its_old_name_after_those_that_are_called_so_now(database_url: str) -> None:
    async with holding(database_url, titled(1, "Empty board"), titled(2, "The empty board of a trial")) as tx:
        graph = Graph(tx, KINDS, "U1")
        await graph.revise("BET-1", {"title": "A first board that teaches"})
        assert await keys(tx, "empty board") == ["BET-2", "BET-1"]
        assert [item.key for item in await named(tx, "empty board", EVERYBODY)] == ["BET-1"]
        assert await entitled(tx, "empty board", EVERYBODY) == []
        await graph.revise("BET-1", {"title": "Empty board"})
        assert await keys(tx, "empty board") == ["BET-1", "BET-2"]
        assert await keys(tx, "teaches") == ["BET-1"]


async def test_only_the_latest_former_titles_are_kept(database_url: str) -> None:
    async with holding(database_url, titled(1, "Title 0 zero")) as tx:
        for number in range(1, 13):
            await Graph(tx, KINDS, "U1").revise("BET-1", {"title": f"Title {number} of the board"})
        found = {words: await keys(tx, words) for words in ("zero", "title 1 of", "title 2 of", "title 12 of")}
    assert found == {"zero": [], "title 1 of": ["BET-1"], "title 2 of": ["BET-1"], "title 12 of": ["BET-1"]}


async def test_what_a_pack_flags_as_another_name_is_a_name(database_url: str) -> None:
    async with holding(database_url) as tx:
        made = await Graph(tx, KINDS, "U1").add(Draft("input", "Activation rate", fields={"metric": "first_board_share"}))
        assert await keys(tx, "board share") == [made.key]
        assert [item.key for item in await named(tx, "first board share", EVERYBODY)] == [made.key]
        await Graph(tx, KINDS, "U1").revise(made.key, {"fields": {"metric": "week_two_return"}})
        assert await keys(tx, "board share") == []
        assert await keys(tx, "week two") == [made.key]


async def test_it_finds_only_what_is_wanted_and_may_be_seen(database_url: str) -> None:
    every = [
        titled(1, "Board of ours"),
        titled(2, "Board of the trial", kind="option", key="OPT-2"),
        titled(3, "Board in a channel", visibility="channel", channel="C9"),
        titled(4, "Board shown in a channel", channel="C9"),
    ]
    async with holding(database_url, *every) as tx:
        member, guest = Audience(frozenset({"C9"})), Audience(frozenset({"C9"}), sees_workspace=False)
        found = {
            "everybody": await keys(tx, "board"),
            "options": await keys(tx, "board", kinds=["option", "scope"]),
            "none of them": await keys(tx, "board", kinds=[]),
            "member": await keys(tx, "board", member),
            "guest": await keys(tx, "board", guest),
            "guest, no words": await keys(tx, "", guest),
            "nobody": await keys(tx, "board", NOBODY),
            "by key": await keys(tx, "bet-3"),
            "with a slip": await keys(tx, "baord of the trail"),
            "no words": await keys(tx, "", kinds=["bet"]),
        }
    assert found == {
        "everybody": ["BET-4", "OPT-2", "BET-1"],
        "options": ["OPT-2"],
        "none of them": [],
        "member": ["BET-4", "BET-3", "OPT-2", "BET-1"],
        "guest": ["BET-4", "BET-3"],
        "guest, no words": ["BET-4", "BET-3"],
        "nobody": [],
        "by key": [],
        "with a slip": ["OPT-2"],
        "no words": ["BET-4", "BET-1"],
    }


async def test_of_a_team_only_its_own(database_url: str) -> None:
    async with holding(database_url, titled(1, "Board of ours"), titled(2, "Board of theirs")) as tx:
        await tx.run(insert(teams), name="Growth")
        await Graph(tx, KINDS, "U1").revise("BET-1", {"team": "Growth"})
        found = [await keys(tx, words, team="Growth") for words in ("board", "", "baord", "bet-1", "bet-2", "theirs")]
    assert found == [["BET-1"], ["BET-1"], ["BET-1"], ["BET-1"], [], []]


async def test_what_was_changed_last_comes_first(database_url: str) -> None:
    async with holding(database_url, *(titled(number, f"Board {number}") for number in range(1, 301))) as tx:
        await Graph(tx, KINDS, "U1").revise("BET-7", {"status": "placed"})
        assert (await keys(tx, "board", limit=3)) == ["BET-7", "BET-300", "BET-299"]
        assert (await keys(tx, "board 12", limit=1)) == ["BET-12"]


async def test_a_slip_is_found_among_many_names_that_are_nearly_like_it(database_url: str) -> None:
    words = ("action", "motivation", "activity", "interaction", "station", "activate", "reaction", "elation", "rate")
    others = (titled(number, f"{words[number % 9]} number {number} of {words[number // 9 % 9]}") for number in range(2, 3_002))
    async with holding(database_url, titled(1, "Activation rate of new teams"), *others) as tx:
        for slip in ("activtion", "acitvation", "activatoin", "activvation", "xctivation", "activatiom", "activation rtae"):
            assert (slip, (await keys(tx, slip))[:1]) == (slip, ["BET-1"])


async def test_any_script_is_found_by_a_part_of_it(database_url: str) -> None:
    titles = {
        1: ("Доска для новых команд", "новых ком"),
        2: ("לוח ראשון לצוותים", "ראשון"),
        3: ("لوحة أولى للفرق", "أولى"),
        4: ("新しいチームのボード", "チームの"),
        5: ("Straße zur Größe", "STRASSE grosse"),
        6: ("🚀 Launch it", "🚀"),
        7: ("पहला बोर्ड", "बोर्ड"),
        8: ("बोर्", "zzzz"),
        9: ("Ünïcödé Ωmega", "unicode ωm"),
    }
    async with holding(database_url, *(titled(number, title) for number, (title, _) in titles.items())) as tx:
        found = {number: await keys(tx, typed) for number, (_, typed) in titles.items()}
    assert found == {number: [f"BET-{number}"] if number != 8 else [] for number in titles}


# fmt: off
ODD = ("\0", "\ud800", "a\0b", '"', "'", "''\"", "%", "_", "\\", "*", "(", "AND", "NEAR(", "a OR", "-", "^board", "text:",
       "{x}", "🚀" * 200, "a" * 100_000, "board " * 50_000, "\u202eboard", "\u200d", "1" * 400, "ﷺ" * 400, "x:y | z & !w", "$1",
       ":match")
# fmt: on


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
async def test_nothing_that_can_be_typed_is_an_error(database_url: str, odd: str) -> None:
    async with holding(database_url, titled(1, "Board")) as tx:
        for ask in (search, named, entitled):
            assert all(item.key == "BET-1" for item in await ask(tx, odd, EVERYBODY))


async def test_what_went_is_not_found_and_the_rest_still_is(database_url: str) -> None:
    gone, stays = titled(1, "Empty board"), titled(2, "Full board")
    async with holding(database_url, gone, stays) as tx:
        await names.keep(tx, KINDS, [(gone, None)])
        assert await keys(tx, "board") == ["BET-2"]
        await tx.run(delete(objects).where(ours(objects), objects.c.key == "BET-2"))
        assert await keys(tx, "board") == []
        await put(tx, [titled(3, "Next board")])
        assert await keys(tx, "board") == ["BET-3"]


async def test_the_first_slack_workspace_finds_what_the_local_one_had(database_url: str) -> None:
    async with drawn(database_url, "BET-1 targets INP-1", **TITLES) as tx, opened(database_url) as database:
        assert await keys(tx, "weekly") == ["BET-12"]
        async with database.writing("local") as first:
            await take_over(first, "T01", "Acme")
        async with database.writing("T01") as ours_now:
            await put(ours_now, [titled(77, "Weekly review")])
            assert await keys(ours_now, "weekly") == ["BET-77", "BET-12"]
            assert await keys(ours_now, "wekly") == ["BET-77", "BET-12"]


async def test_a_backup_can_be_searched(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'first.db'}"
    async with opened(url) as database:
        await to_newest(database)
        await put_all(database, {"W1": [titled(number, f"Board {number}") for number in range(50)]})
        async with database.writing("W1") as tx:
            await names.keep(tx, KINDS, [(titled(7, "Board 7"), None)])
        await backup(database, tmp_path / "copy.db")
    async with opened(f"sqlite:///{tmp_path / 'copy.db'}") as copy, copy.writing("W1") as tx:
        await put(tx, [titled(99, "Board 99")])
        assert await keys(tx, "board 7") == []
        assert await keys(tx, "board 9") == ["BET-9", "BET-99"]
