"""A small company for the tests of rituals: one workspace, a clock that is set by hand, and shorthands to fill the graph."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from prompts.blocks import Message
from prompts.escape import plain
from rituals.closing import close_due
from rituals.opening import open_due
from rituals.records import Run, run_of
from rituals.runs import render_run
from rituals.schedules import set_up
from storage.database import Database, Transaction
from storage.graph import Graph, Tie
from storage.kinds import Kinds
from storage.migrate import to_newest
from storage.objects import Draft, Object
from storage.packs.pack import starter
from storage.people import Channel, Person, channel_of, put_channel, put_people
from storage.tables import outbox, runs, schedules
from storage.teams import Team, all_teams, put
from storage.workspaces import take_over

WORKSPACE = "T01ACME"
CHANNEL = "C01GROWTH"
ANA, IVO = "U01ANA", "U02IVO"
THURSDAY = datetime(2026, 9, 17, 8, 0, tzinfo=UTC)
FRIDAY = datetime(2026, 9, 18, 13, 0, tzinfo=UTC)  # 15:00 in Berlin
MONDAY = datetime(2026, 9, 21, 7, 30, tzinfo=UTC)  # 09:30 in Berlin

_RUNS = select(runs.c.id, runs.c.ritual, runs.c.subject, runs.c.local_date, runs.c.state, runs.c.slot_at)
_LETTERS = select(outbox.c.subject, outbox.c.channel).where(outbox.c.subject.like("run:%")).order_by(outbox.c.id)
_SCHEDULES = select(schedules.c.ritual, schedules.c.subject, schedules.c.timezone, schedules.c.next_run_at)


class SetClock:
    """A clock that says what it was told."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


@dataclass
class House:
    """The database and its clock, with what the tests do to them."""

    database: Database
    clock: SetClock
    kinds: Kinds

    async def set_up(self) -> None:
        """Plan, once Slack has said that every team's home is an open channel of the company's own."""
        async with self.writing() as tx:
            for home in {team.channel for team in await all_teams(tx) if team.channel}:
                if await channel_of(tx, home) is None:
                    await put_channel(tx, Channel(home, home.lower(), False, False, None, tx.now))
            await set_up(tx, self.kinds)

    async def tick(self, at: datetime | None = None) -> tuple[int, int]:
        """Do what a tick does, at a moment; return how many runs were opened and closed."""
        self.clock.at = at or self.clock.at
        opened = await open_due(self.database, WORKSPACE, self.kinds)
        return opened, await close_due(self.database, WORKSPACE)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Transaction]:
        async with self.database.writing(WORKSPACE) as tx:
            yield tx

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Transaction]:
        async with self.database.reading(WORKSPACE) as tx:
            yield tx

    async def add_person(self, user: str, timezone: str | None, **about: Any) -> None:
        async with self.writing() as tx:
            await put_people(tx, [Person(user, user[3:].title(), timezone, **about)])

    async def add_team(self, name: str, channel: str | None, timezone: str | None, members: Sequence[str] = (ANA,)) -> None:
        async with self.writing() as tx:
            await put(tx, Team(name, channel, timezone, tuple(members)))

    async def add(
        self, kind: str, title: str, *ties: Tie, at: datetime | None = None, author: str = ANA, **about: Any
    ) -> Object:
        self.clock.at = at or self.clock.at
        async with self.writing() as tx:
            draft = Draft(kind, title, **{"owner": author, "team": "Growth", "channel": CHANNEL, **about})
            return await Graph(tx, self.kinds, author).add(draft, ties)

    async def add_bet(self, title: str = "Guide the first board", *ties: Tie, **about: Any) -> Object:
        fields = {"confidence": 60, "review_date": "2026-12-01"} | about.pop("fields", {})
        return await self.add("bet", title, *ties, **{"status": "running", "fields": fields, **about})

    async def revise(self, key: str, at: datetime | None = None, reason: str | None = None, **changes: Any) -> Object:
        self.clock.at = at or self.clock.at
        async with self.writing() as tx:
            return await Graph(tx, self.kinds, ANA, reason).revise(key, changes)

    async def runs(self) -> list[dict[str, Any]]:
        """Return every run, by the moment it was due at."""
        async with self.reading() as tx:
            return [dict(row) for row in await tx.rows(_RUNS.order_by(runs.c.slot_at, runs.c.ritual, runs.c.subject))]

    async def states(self) -> list[tuple[str, str, str]]:
        """Return ritual, local date and state of every run."""
        return [(run["ritual"], run["local_date"], run["state"]) for run in await self.runs()]

    async def letters(self) -> list[tuple[str, str]]:
        """Return subject and channel of every letter that shows a run."""
        async with self.reading() as tx:
            return [(row["subject"], row["channel"]) for row in await tx.rows(_LETTERS)]

    async def schedules(self) -> dict[tuple[str, str], tuple[str, datetime]]:
        """Return zone and next slot by ritual and subject."""
        async with self.reading() as tx:
            rows = await tx.rows(_SCHEDULES)
        return {(row["ritual"], row["subject"]): (row["timezone"], row["next_run_at"]) for row in rows}

    async def only_run(self) -> Run:
        (run,) = await self.runs()
        async with self.reading() as tx:
            found = await run_of(tx, run["id"])
        assert found is not None
        return found

    async def message(self, run: str, channel: str) -> Message:
        async with self.reading() as tx:
            message = await render_run(tx, run, channel)
        assert message is not None
        return message


@asynccontextmanager
async def a_house(url: str, at: datetime = THURSDAY, *, is_new: bool = True) -> AsyncIterator[House]:
    """A migrated database with one workspace; `is_new` False: one that is there already, as after a restart."""
    clock = SetClock(at)
    database = Database(url, clock)
    try:
        if is_new:
            await to_newest(database)
            async with database.writing(WORKSPACE) as tx:
                await take_over(tx, WORKSPACE, "Acme", "https://acme.slack.com")
        yield House(database, clock, starter())
    finally:
        await database.close()


def seen(message: Message) -> str:
    """Return a message as its reader sees it: blocks as paragraphs, small print after a dot, buttons in brackets."""
    return "\n\n".join(_seen(block) for block in message.blocks)


def _seen(block: dict[str, Any]) -> str:
    match block["type"]:
        case "section":
            beside = f" [{block['accessory']['text']['text']}]" if "accessory" in block else ""
            return plain(block["text"]["text"]) + beside
        case "context":
            return "· " + plain(block["elements"][0]["text"])
        case _:
            return " ".join(f"[{element.get('text', element.get('placeholder'))['text']}]" for element in block["elements"])


def hours(number: float) -> timedelta:
    return timedelta(hours=number)
