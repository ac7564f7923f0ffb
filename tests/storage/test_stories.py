"""Which post of an object's story tells an act: one takes up all of ten minutes, whoever acts at the same time."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from storage import outbox, stories
from storage.database import Database, Transaction
from storage.stories import TAKES_UP
from storage.tables import outbox as letters
from storage.tables import stories as posts
from tests.storage.rows import WORKSPACE, ready

CHANNEL = "C01GROWTH"


@dataclass
class Hands:
    """A clock that is set by hand."""

    at: datetime = datetime(2026, 9, 17, 8, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


async def told(tx: Transaction, key: str) -> list[list[list[str]]]:
    """Return the chains of acts of each post of `key`, in order."""
    rows = await tx.rows(select(posts.c.acts).where(posts.c.key == key).order_by(posts.c.id))
    return [row["acts"] for row in rows]


async def tell(database: Database, act: str, *keys: str) -> None:
    async with database.writing(WORKSPACE) as tx:
        await stories.tell(tx, keys, act)


async def test_one_post_takes_up_ten_minutes_and_says_what_was_taken_back(database_url: str) -> None:
    async with ready(database_url) as database:
        database.clock = hands = Hands()
        await tell(database, "before there is a card", "BET-1")
        async with database.writing(WORKSPACE) as tx:
            for key in ("BET-1", "INP-1"):
                await outbox.show(tx, f"card:{key}", CHANNEL)
        for act in ("a", "b", "a"):
            await tell(database, act, "BET-1", "INP-1", "NST-1")
        hands.at += TAKES_UP - timedelta(seconds=1)
        await asyncio.gather(*(tell(database, act, "BET-1", "INP-1") for act in ("c", "d", "e")))
        hands.at += timedelta(seconds=1)
        await asyncio.gather(*(tell(database, act, "INP-1", "BET-1") for act in ("f", "g", "h")))  # they begin one post
        async with database.writing(WORKSPACE) as tx:
            first, second = await told(tx, "BET-1")
            assert sorted(chain for chain in first) == [["a"], ["b"], ["c"], ["d"], ["e"]]
            assert sorted(chain for chain in second) == [["f"], ["g"], ["h"]]
            assert await told(tx, "NST-1") == []  # it has no card, and so no thread
            assert await stories.go_on(tx, ["BET-1", "NST-1"], "b", "undone") == ["BET-1"]
            assert await stories.go_on(tx, ["BET-1"], "undone", "redone") == ["BET-1"]
            assert await stories.go_on(tx, ["BET-1"], "b", "once more") == []  # its chain does not end there any more
            first, _ = await told(tx, "BET-1")
            assert ["b", "undone", "redone"] in first
            shown = await tx.rows(select(letters.c.subject, letters.c.thread_of).where(letters.c.subject.like("story:%")))
    assert {row["thread_of"] for row in shown} == {"card:BET-1", "card:INP-1"}
    assert len({row["subject"] for row in shown}) == 4
