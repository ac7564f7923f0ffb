"""Two companies that write canaries, and readers who may find none but their own: what is hidden does not exist for them.

Every text that is written holds a canary, a word that stands nowhere else. A plain model knows of each canary which objects it
tells of, and of each reader which objects they may see. Whatever a read returns is searched for canaries and keys.
"""

import asyncio
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count, product
from random import Random
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from storage.audience import Audience
from storage.database import Database
from storage.graph import Graph, Tie
from storage.measures import Measure
from storage.members import audience_of_channel, audience_of_user
from storage.objects import Draft
from storage.packs.pack import starter
from storage.people import Channel, Person, put_channel, put_people
from storage.workspaces import take_over
from tests.storage.reads import QUESTIONS, READS, Leaked, Look

KINDS = starter()
PEOPLE = ("U1ANA", "U2IVO", "U3LEA")
GUEST = "U8GUEST"
OPEN, HERS, THEIRS, SHARED, UNKNOWN = "C1OPEN", "C2HERS", "C3THEIRS", "C4SHARED", "C9UNKNOWN"
PLACES = (None, HERS, THEIRS)  # where an object may belong: to all of the company, or to a private channel
READERS = (*PEOPLE, GUEST, OPEN, HERS, THEIRS, SHARED, UNKNOWN)
TIES = (
    ("insight", "informs", "bet"),
    ("bet", "targets", "input"),
    ("bet", "yields", "insight"),
    ("input", "contributes to", "driver"),
    ("insight", "part of", "insight"),
)
MADE = ("insight", "bet", "input", "driver")
FIELDS = {"insight": "who_is_affected", "bet": "hypothesis", "input": "metric", "driver": "cluster"}
_KEY = re.compile(r"\b(?:INS|BET|INP|DRV)-[1-9]\d*\b")
_CANARY = re.compile(r"zq\d{6}qz")
_numbers = count(1)  # no canary and no company twice in one run of the tests


@dataclass
class Company:
    """What the model knows of a workspace: where each object belongs, who is in which channel, what each canary tells of."""

    id: str
    places: dict[str, str | None] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    members: dict[str, set[str]] = field(default_factory=lambda: {HERS: {"U1ANA", "U2IVO"}, THEIRS: {"U3LEA"}})
    canaries: dict[str, tuple[str, ...]] = field(default_factory=dict)
    links: set[tuple[str, str, str]] = field(default_factory=set)

    def canary(self, *keys: str) -> str:
        """Return a new canary that only those may see who see all of `keys`."""
        word = f"zq{next(_numbers):06}qz"
        self.canaries[word] = keys
        return word

    def sees(self, reader: str, key: str) -> bool:
        """Tell whether a reader is told of an object, or, where `key` is a private channel, of what was said there."""
        place = self.places.get(key, key)
        if reader in (GUEST, SHARED):
            return False
        if reader in PEOPLE:
            return place is None or reader in self.members[place]
        return place == reader or (place is None and reader != UNKNOWN)

    def seen_by(self, reader: str) -> set[str]:
        return {key for key in (*self.places, HERS, THEIRS) if self.sees(reader, key)}


class Clock:
    def __init__(self) -> None:
        self.at = datetime(2026, 3, 2, 9, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


class Companies(RuleBasedStateMachine):
    """People of two companies write, link, open, close, come and go; at any time somebody looks, in every way that there is."""

    url = ""  # of a database that has its tables

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.clock = Clock()
        self.database = Database(self.url, self.clock)
        self.companies = tuple(Company(f"T{next(_numbers):06}") for _ in range(2))

    def teardown(self) -> None:
        self.runner.run(self.database.close())
        self.runner.close()

    @initialize(chance=st.randoms())
    def begin(self, chance: Random) -> None:
        """Both have something of each kind already, open and not."""
        self.runner.run(self._begin())
        for which, kind, place in product(range(2), MADE, PLACES):
            self.add(which, kind, place, chance)

    async def _begin(self) -> None:
        for company in self.companies:
            async with self.database.writing(company.id) as tx:
                await take_over(tx, company.id, company.id)
            async with self.database.writing(company.id) as tx:
                people = [Person(user, user.title(), "UTC") for user in PEOPLE]
                await put_people(tx, [*people, Person(GUEST, "Guest", "UTC", is_outsider=True)])
                await put_channel(tx, Channel(OPEN, "open", False, False, None, tx.now))
                await put_channel(tx, Channel(SHARED, "shared", False, True, None, tx.now))
                for channel, members in company.members.items():
                    await put_channel(tx, Channel(channel, "private", True, False, sorted(members), tx.now))

    @rule(which=st.integers(0, 1), kind=st.sampled_from(MADE), place=st.sampled_from(PLACES), chance=st.randoms())
    def add(self, which: int, kind: str, place: str | None, chance: Random) -> None:
        self.runner.run(self._add(self.companies[which], kind, place, chance))

    async def _add(self, company: Company, kind: str, place: str | None, chance: Random) -> None:
        self.clock.at += timedelta(hours=1)
        number = sum(each == kind for each in company.kinds.values()) + 1
        key = f"{KINDS.kind(kind).prefix}-{number}"
        company.places[key], company.kinds[key] = place, kind
        ties = [tie for tie in self._ties(company, key, chance) if chance.random() < 0.5]
        async with self.database.writing(company.id) as tx:
            made = await Graph(tx, KINDS, PEOPLE[0], company.canary(key)).add(
                Draft(
                    kind=kind,
                    title=f"Signups {company.canary(key)}",
                    description=f"About {company.canary(key)}",
                    status="running" if kind == "bet" else None,
                    owner=PEOPLE[0],
                    tags=(company.canary(key),),
                    fields={FIELDS[kind]: company.canary(key)},
                    channel=place,
                    visibility="channel" if place else "workspace",
                ),
                ties,
            )
        assert made.key == key

    def _ties(self, company: Company, key: str, chance: Random) -> list[Tie]:
        found = []
        for from_kind, relation, to_kind in TIES:
            for backward, mine, other_kind in ((False, from_kind, to_kind), (True, to_kind, from_kind)):
                others = [other for other, kind in company.kinds.items() if kind == other_kind and other != key]
                if mine == company.kinds[key] and others and not (backward and relation == "part of"):
                    other = chance.choice(others)
                    found.append(Tie(relation, other, backward, why=company.canary(key, other), confidence=50))
                    company.links.add((other, relation, key) if backward else (key, relation, other))
        return found

    @rule(which=st.integers(0, 1), chance=st.randoms())
    def revise(self, which: int, chance: Random) -> None:
        company = self.companies[which]
        if company.places:
            key = chance.choice(sorted(company.places))
            changes = {"description": f"Now {company.canary(key)}", "fields": {FIELDS[company.kinds[key]]: company.canary(key)}}
            self._change(company, key, changes)

    @rule(which=st.integers(0, 1), place=st.sampled_from(PLACES), chance=st.randoms())
    def move(self, which: int, place: str | None, chance: Random) -> None:
        """Open an object to all of the company, or keep it to a channel."""
        company = self.companies[which]
        if company.places:
            key = chance.choice(sorted(company.places))
            self._change(company, key, {"channel": place, "visibility": "channel" if place else "workspace"})
            company.places[key] = place

    def _change(self, company: Company, key: str, changes: dict[str, Any]) -> None:
        async def change() -> None:
            self.clock.at += timedelta(hours=1)
            async with self.database.writing(company.id) as tx:
                await Graph(tx, KINDS, PEOPLE[0], company.canary(key)).revise(key, changes)

        self.runner.run(change())

    @rule(which=st.integers(0, 1), chance=st.randoms())
    def measure(self, which: int, chance: Random) -> None:
        company = self.companies[which]
        inputs = [key for key, kind in company.kinds.items() if kind == "input"]
        if inputs:
            key = chance.choice(inputs)
            value = Measure(key, self.clock.at, chance.randrange(100), note=company.canary(key), source=company.canary(key))
            self.runner.run(self._measure(company, value))

    async def _measure(self, company: Company, value: Measure) -> None:
        async with self.database.writing(company.id) as tx:
            await Graph(tx, KINDS, PEOPLE[0], company.canary(value.key)).measure(value)

    @rule(which=st.integers(0, 1), chance=st.randoms())
    def unlink(self, which: int, chance: Random) -> None:
        company = self.companies[which]
        if company.links:
            link = chance.choice(sorted(company.links))
            company.links.discard(link)
            self.runner.run(self._unlink(company, *link))

    async def _unlink(self, company: Company, from_key: str, relation: str, to_key: str) -> None:
        self.clock.at += timedelta(hours=1)
        async with self.database.writing(company.id) as tx:
            await Graph(tx, KINDS, PEOPLE[0], company.canary(from_key, to_key)).unlink(from_key, relation, to_key)

    @rule(which=st.integers(0, 1), user=st.sampled_from(PEOPLE), channel=st.sampled_from((HERS, THEIRS)))
    def come_or_go(self, which: int, user: str, channel: str) -> None:
        company = self.companies[which]
        company.members[channel] ^= {user}
        self.runner.run(self._tell_members(company, channel))

    async def _tell_members(self, company: Company, channel: str) -> None:
        async with self.database.writing(company.id) as tx:
            await put_channel(tx, Channel(channel, "private", True, False, sorted(company.members[channel]), tx.now))

    @rule(which=st.integers(0, 1), reader=st.sampled_from(READERS), chance=st.randoms())
    def look(self, which: int, reader: str, chance: Random) -> None:
        self.runner.run(self._look(self.companies[which], reader, chance))

    async def _look(self, company: Company, reader: str, chance: Random) -> None:
        seen = company.seen_by(reader)
        key = chance.choice(sorted({key for each in self.companies for key in each.places}) or ["BET-1"])
        canary = chance.choice(sorted({word for each in self.companies for word in each.canaries}) or ["zq"])
        async with self.database.reading(company.id) as tx:
            audience = await self._audience(tx, reader)
            question, hours = chance.choice(QUESTIONS), chance.randrange(40)
            look = Look(tx, KINDS, audience, reader, key, sorted(company.places), canary, question, hours)
            for name, read in READS.items():
                self._check(name, company, reader, seen, {key, canary}, repr(await read(look)))

    async def _audience(self, tx: Any, reader: str) -> Audience:
        return await (audience_of_user if reader.startswith("U") else audience_of_channel)(tx, reader)

    def _check(self, name: str, company: Company, reader: str, seen: set[str], asked: set[str], said: str) -> None:
        for word in set(_CANARY.findall(said)) - asked:
            if word not in company.canaries:
                raise Leaked(f"{name}: {reader} of {company.id} was told {word} of another company")
            if not set(company.canaries[word]) <= seen:
                raise Leaked(f"{name}: {reader} was told {word}, which tells of {company.canaries[word]}")
        for key in set(_KEY.findall(said)) - asked - seen:
            raise Leaked(f"{name}: {reader} was told of {key}")
