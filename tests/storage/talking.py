"""The two companies of `tests.storage.tenants`, whose people also talk of what there is, in threads, proposals and pitches.

What was said in a private channel is told to nobody else, though it is of something that all can see.
"""

from dataclasses import asdict
from itertools import product
from random import Random
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule
from sqlalchemy import select

from bot.flows.home.waiting import waiting_for
from bot.letters.pitches import render_ask, render_pitch
from bot.letters.proposals import render_proposal
from bot.letters.stories import render_story
from rituals import weekly_note
from rituals.records import Run
from storage import follows, outbox, pitches, stories
from storage.comments import comment, comments_of
from storage.database import Transaction, ours
from storage.graph import Tie
from storage.mine import under_way, untold
from storage.objects import get
from storage.proposals import propose
from storage.tables import pitches as pitches_table
from storage.tables import proposals, revisions
from storage.tables import stories as stories_table
from tests.storage.reads import EVER, READS, Look, Read
from tests.storage.tenants import HERS, KINDS, OPEN, PEOPLE, PLACES, READERS, THEIRS, Companies, Company


class Talking(Companies):
    """Beside what they do anyway, people comment, propose, pitch, follow, and post cards whose threads tell what is done."""

    @initialize(chance=st.randoms())
    def begin(self, chance: Random) -> None:
        """Each company has talked already, and some look at once: most leaks are caught there."""
        super().begin(chance)
        for which, user in product(range(2), PEOPLE):
            self.say(which, user, HERS if user in self.companies[which].members[HERS] else THEIRS, chance)
            self.suggest(which, user, chance)
            self.put_forward(which, user, chance)
            self.follow(which, user)
            self.measure(which, chance)
        for which, reader in product(range(2), chance.sample(READERS, 4)):
            self.look(which, reader, chance)

    @rule(which=st.integers(0, 1), user=st.sampled_from(PEOPLE), place=st.sampled_from(PLACES), chance=st.randoms())
    def say(self, which: int, user: str, place: str | None, chance: Random) -> None:
        """Keep a message beside an object; of one in a private channel only that channel is told."""
        company = self.companies[which]
        key = chance.choice(sorted(company.kinds))
        heard = [key, place] if place else [key]

        async def keep(tx: Transaction) -> None:
            seen_by = "channel" if place else "workspace"
            words = company.canary(*heard)
            said, _ = await comment(tx, key, words, author=user, added_by=user, channel=place or OPEN, visibility=seen_by)
            await outbox.show(tx, f"card:{key}", OPEN)
            await stories.tell(tx, [key], said.id)

        self._write(company, keep)

    @rule(which=st.integers(0, 1), chance=st.randoms())
    def tell(self, which: int, chance: Random) -> None:
        """Tell all that was ever done to an object in the thread of its card."""
        company = self.companies[which]
        key = chance.choice(sorted(company.kinds))

        async def post(tx: Transaction) -> None:
            await outbox.show(tx, f"card:{key}", company.places[key] or OPEN)
            for row in await tx.rows(select(revisions.c.act).where(ours(revisions), revisions.c.key == key).distinct()):
                await stories.tell(tx, [key], row["act"])

        self._write(company, post)

    @rule(which=st.integers(0, 1), user=st.sampled_from(PEOPLE), chance=st.randoms())
    def suggest(self, which: int, user: str, chance: Random) -> None:
        """Propose edits of some bets, each with a link to an insight."""
        company = self.companies[which]
        bets, insights = ([each for each, of in company.kinds.items() if of == kind] for kind in ("bet", "insight"))

        async def ask(tx: Transaction) -> None:
            for key in bets[:3]:
                other, before = chance.choice(insights), await get(tx, key, await self._audience(tx, user))
                if before is not None and company.sees(user, other):
                    tie = Tie("informs", other, backward=True, why=company.canary(key, other), confidence=20)
                    changes = {"fields": {"hypothesis": company.canary(key, other)}}
                    await propose(tx, KINDS, user, before, changes, [tie], why=company.canary(key, other))

        self._write(company, ask)

    @rule(which=st.integers(0, 1), user=st.sampled_from(PEOPLE), chance=st.randoms())
    def put_forward(self, which: int, user: str, chance: Random) -> None:
        """Pitch a bet in a channel whose readers may see it, and say something to it there."""
        company = self.companies[which]
        key = chance.choice([each for each, kind in company.kinds.items() if kind == "bet"])
        channel = company.places[key] or chance.choice((OPEN, HERS, THEIRS))
        heard = (key,) if channel == OPEN else (key, channel)

        async def pitch(tx: Transaction) -> None:
            made = await pitches.pitch(tx, key, channel, PEOPLE[0], user)
            await pitches.say(tx, made.id, user, chance.choice(pitches.SORTS), company.canary(*heard))

        self._write(company, pitch)

    @rule(which=st.integers(0, 1), user=st.sampled_from(PEOPLE))
    def follow(self, which: int, user: str) -> None:
        company = self.companies[which]

        async def follow_all(tx: Transaction) -> None:
            for key in company.seen_by(user) & company.kinds.keys():
                await follows.follow(tx, user, key)

        self._write(company, follow_all)

    def _write(self, company: Company, what: Any) -> None:
        async def write() -> None:
            async with self.database.writing(company.id) as tx:
                await what(tx)

        self.runner.run(write())


async def _comments(look: Look) -> Any:
    return [asdict(each) for found in (await comments_of(look.tx, look.keys, look.audience)).values() for each in found]


async def _stories(look: Look) -> list[Any]:
    ids = [row["id"] for row in await look.tx.rows(select(stories_table.c.id).where(ours(stories_table)).limit(12))]
    return [await render_story(look.tx, each, look.reader) for each in ids]


async def _proposed(look: Look) -> list[Any]:
    ids = [row["id"] for row in await look.tx.rows(select(proposals.c.id).where(ours(proposals)).limit(12))]
    return [await render_proposal(look.tx, each, look.reader) for each in ids] if look.reader.startswith("U") else []


async def _pitched(look: Look) -> list[Any]:
    """A pitch stands in its own channel; the word to who decides it goes to that person."""
    columns = (pitches_table.c.id, pitches_table.c.channel)
    there = await look.tx.rows(select(*columns).where(ours(pitches_table)).limit(12))
    if look.reader.startswith("U"):
        waits = await pitches.waiting_for(look.tx, look.reader, look.audience)
        return [waits, *[await render_ask(look.tx, row["id"], look.reader) for row in there]]
    return [await render_pitch(look.tx, row["id"], look.reader) for row in there if row["channel"] == look.reader]


async def _mine(look: Look) -> list[Any]:
    some = [await under_way(look.tx, look.kinds, look.audience, PEOPLE[0], 20)]
    return [*some, await untold(look.tx, look.kinds, look.audience, PEOPLE[0], 20)]


async def _waiting(look: Look) -> Any:
    return await waiting_for(look.tx, look.kinds, look.audience, look.reader, 20) if look.reader.startswith("U") else None


async def _note(look: Look) -> Any:
    since, until = EVER
    brings = {"since": since.isoformat(), "until": until.isoformat()}
    run = Run("run", weekly_note.WEEKLY_NOTE, None, look.reader, "2026-03-02", since, "open", brings, since, None)
    return await weekly_note.message(look.tx, look.kinds, run, look.reader) if look.reader.startswith("U") else None


TALK: dict[str, Read] = {
    "comments": _comments,
    "stories": _stories,
    "proposed": _proposed,
    "pitched": _pitched,
    "what is mine": _mine,
    "what waits": _waiting,
    "weekly note": _note,
}
READS.update(TALK)
