"""What people said of an object in a message: kept once, seen by who may, never lost by an undo, and in the graph file."""

from datetime import UTC, datetime
from typing import Any

import pytest

from storage.audience import ADMINISTRATOR, EVERYBODY, Audience
from storage.comments import comment, comments_of
from storage.errors import NotFound, Refused
from storage.graph import Graph
from storage.objects import Draft
from storage.packs.pack import starter
from storage.past.undo import last_act, undo
from tests.storage.graph_files import another, refused, take_in, workplace, write_out
from tests.storage.rows import WORKSPACE, ready

SAM, LEA = "U16SAM", "U05LEA"
KINDS = starter()
THEN = datetime(2026, 9, 1, 9, 30, 0, 123456, tzinfo=UTC)
SOURCE = "https://acme.slack.com/archives/C06VOICE/p1788251400123456"
SAID = {"key": "BET-1", "author": SAM, "added_by": LEA, "at": "2026-09-01T09:30:00.123456Z", "text": "They *love* it\n😀"}


async def test_words_are_kept_once_and_seen_by_who_may_see_both_the_object_and_where_it_was_said(database_url: str) -> None:
    async with ready(database_url) as database, database.writing(WORKSPACE) as tx:
        await Graph(tx, KINDS, LEA).add(Draft("bet", "Guide them"))
        await Graph(tx, KINDS, LEA).add(Draft("bet", "Quiet", channel="G1", visibility="channel"))
        about: dict[str, Any] = {"author": SAM, "added_by": LEA, "source": SOURCE, "at": THEN}
        made, is_new = await comment(tx, "BET-1", "  They love it\x00 ", **about)
        assert (made.text, made.source, is_new) == ("They love it", SOURCE, True)
        assert await comment(tx, "BET-1", "They love it", **about) == (made, False)
        hidden, _ = await comment(tx, "BET-1", "Not for all", author=LEA, added_by=LEA, channel="G2", visibility="channel")
        on_quiet, _ = await comment(tx, "BET-2", "Quietly", author=LEA, added_by=LEA)
        keys = ["BET-1", "BET-2"]
        assert await comments_of(tx, keys, EVERYBODY) == {"BET-1": [made]}
        assert await comments_of(tx, keys, Audience(frozenset({"G2"}))) == {"BET-1": [made, hidden]}
        assert await comments_of(tx, keys, ADMINISTRATOR) == {"BET-1": [made, hidden], "BET-2": [on_quiet]}
        with pytest.raises(NotFound):
            await comment(tx, "BET-9", "Nobody", author=SAM, added_by=LEA)
        for empty, words in (("\x00 \n", "no words"), ("x" * 100_001, "100,000 fit")):
            with pytest.raises(Refused, match=words):
                await comment(tx, "BET-1", empty, author=SAM, added_by=LEA)


async def test_the_making_of_what_was_commented_on_is_not_taken_back(database_url: str) -> None:
    async with ready(database_url) as database, database.writing(WORKSPACE) as tx:
        await Graph(tx, KINDS, LEA).add(Draft("bet", "Guide them"))
        act = await last_act(tx, LEA, EVERYBODY)
        assert act is not None
        await comment(tx, "BET-1", "Yes!", author=SAM, added_by=LEA)
        with pytest.raises(Refused, match=f"while this hangs on it: a comment of {SAM}"):
            await undo(tx, KINDS, act.act, LEA, EVERYBODY)
        assert len((await comments_of(tx, ["BET-1"], EVERYBODY))["BET-1"]) == 1


async def test_comments_are_in_the_graph_file_and_come_in_once(database_url: str) -> None:
    bet = {"key": "BET-1", "kind": "bet", "title": "Guide them"}
    private = {**SAID, "author": LEA, "channel": "G1QUIET", "visibility": "channel"}
    given = {"objects": [bet], "comments": [{**SAID, "source": SOURCE}, private]}
    async with workplace(database_url) as database:
        assert (await take_in(database, given)).comments == 2
        assert (await take_in(database, given)).comments == 0
        written = await write_out(database)
        assert written["comments"] == [{**SAID, "source": SOURCE, "visibility": "workspace"}, private]
        assert (await take_in(database, {"comments": [{**SAID, "text": "They like it"}]})).comments == 1
        changed = (await write_out(database))["comments"][0]
        assert (changed["text"], changed["source"]) == ("They like it", SOURCE)
        other = await another(database, "T2")
        await take_in(database, written, other)
        assert await write_out(database, other) == written
        assert await refused(database, {"comments": [{**SAID, "key": "BET-7"}, {**SAID, "visibility": "channel"}]}) == [
            'comments[0] BET-7 U16SAM: unknown object "BET-7"',
            "comments[1] BET-1 U16SAM: visibility channel needs a channel",
        ]
