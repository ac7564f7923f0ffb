"""Each letter is in Slack exactly once, whatever happens on the way there (FAULTS 21 to 24, 26, 32 and 33)."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import aiohttp
import pytest

from bot.deliver import Delivery, Timing
from bot.slack import Slack
from prompts import Words
from prompts.blocks import Message, section
from sandbox.server import Sandbox
from storage import migrate, outbox
from storage.clock import RealClock
from storage.database import Database, Transaction
from storage.workspaces import take_over
from tests.support.sample import BOT, QUICK, WORKSPACE, sample_config

CHANNEL = "C01GROWTH"
ANA = "U01ANA"
REFUSALS = ["not_in_channel", "channel_not_found", "is_archived", "restricted_action", "a_code_nobody_has_seen"]


class Post:
    """A post office: the outbox, the delivery loop, and the workspace that the letters go to."""

    def __init__(self, slack: Sandbox, database: Database, delivery: Delivery) -> None:
        self.slack = slack
        self.database = database
        self.delivery = delivery
        self.shown = "first"

    async def say(self, *words: str, channel: str = CHANNEL) -> None:
        async with self.database.writing(WORKSPACE) as tx:
            for each in words:
                await outbox.say(tx, channel, Message(each, [section(Words(each))]).payload, author=ANA)

    async def send_all(self) -> dict[str, int]:
        """Send until nothing is open any more; return how many letters are in each state."""
        for _ in range(400):
            await self.delivery.send_due()
            async with self.database.reading(WORKSPACE) as tx:
                counts = await outbox.counts(tx)
            if not {"waiting", "ambiguous", "sending"} & set(counts):
                return counts
            await asyncio.sleep(0.02)
        raise AssertionError(counts)

    def seen(self, channel: str = CHANNEL) -> list[str]:
        return [message.text for message in self.slack.person(ANA).sees(channel) if not message.text.startswith("I could not")]

    def direct_channel(self) -> str:
        """Return the direct message of the bot with Ana."""
        found = self.slack.workspace().find_conversation([ANA, BOT])
        assert found is not None
        return found.id

    def texts(self, channel: str) -> list[str]:
        """Return what this test said in a channel, as it stands there."""
        timeline = self.slack.workspace().channels[channel].timeline
        return [message.text for message in timeline if message.text.startswith(channel)]


@asynccontextmanager
async def post_office(database_url: str, timing: Timing = QUICK) -> AsyncIterator[Post]:
    async with Sandbox(sample_config()) as slack, aiohttp.ClientSession() as session:
        database = Database(database_url, slack.clock)
        await migrate.to_newest(database)
        async with database.writing(WORKSPACE) as tx:
            await take_over(tx, WORKSPACE, "Acme", "https://acme.slack.com/")
        token = slack.app().bot_tokens[WORKSPACE]
        renderers: dict[str, Callable[..., object]] = {}
        delivery = Delivery(database, WORKSPACE, Slack(session, slack.api_url, token), renderers, timing)  # type: ignore[arg-type]
        post = Post(slack, database, delivery)

        async def render(tx: Transaction, name: str, channel: str) -> Message | None:
            return Message(post.shown, [section(Words(post.shown))]) if post.shown else None

        renderers["note"] = render
        try:
            yield post
        finally:
            await database.close()


async def test_letters_to_a_channel_arrive_in_order(database_url: str) -> None:
    async with post_office(database_url) as post:
        await post.say("one", "two", "three")
        assert await post.send_all() == {"sent": 3}
        assert post.seen() == ["one", "two", "three"]


@pytest.mark.parametrize(
    "fault",
    [
        {"act": "lost", "stored": 1},
        {"act": "lost", "stored": 0},
        {"act": "late", "seconds": 0.15},
        {"act": "error", "error": "internal_error", "stored": 1},
        {"act": "error", "error": "fatal_error", "stored": 0},
        {"act": "http_error", "status": 503, "stored": 1},
        {"act": "http_error", "status": 500, "stored": 0},
        {"act": "rate_limited", "retry_after": "0.2"},
    ],
    ids=lambda fault: "-".join(str(value) for value in fault.values()),
)
async def test_an_answer_that_never_came_leaves_one_message_in_its_place(database_url: str, fault: dict[str, object]) -> None:
    async with post_office(database_url) as post:
        await post.say("one", "two", "three")
        post.slack.faults.add(**{"what": "chat.postMessage", "skip": 1, **fault})  # type: ignore[arg-type]
        assert await post.send_all() == {"sent": 3}
        assert post.seen() == ["one", "two", "three"]


@pytest.mark.parametrize("retry_after", [None, "soon"])
async def test_a_limit_without_a_number_is_waited_out_and_holds_up_no_other_method(
    database_url: str, retry_after: str | None
) -> None:
    async with post_office(database_url) as post:
        post.slack.faults.add("rate_limited", "chat.postMessage", retry_after=retry_after)
        await post.say("one")
        await post.delivery.send_due()
        async with post.database.reading(WORKSPACE) as tx:
            assert await outbox.counts(tx) == {"waiting": 1}
            assert await outbox.claim(tx) == []  # for the next 30 seconds


@pytest.mark.parametrize(
    "code", ["token_revoked", "account_inactive", "token_expired", "team_added_to_org", "org_login_required"]
)
async def test_what_cannot_be_said_while_slack_does_not_know_us_is_said_when_it_does(database_url: str, code: str) -> None:
    async with post_office(database_url) as post:
        post.slack.faults.add("error", "chat.*", error=code, times=3)
        await post.say("one", "two")
        assert await post.send_all() == {"sent": 2}
        assert post.seen() == ["one", "two"]


@pytest.mark.parametrize("code", REFUSALS)
async def test_what_slack_refuses_is_kept_told_and_sent_when_somebody_has_acted(database_url: str, code: str) -> None:
    async with post_office(database_url) as post:
        refusing = post.slack.faults.add("error", "chat.postMessage", error=code, where={"channel": CHANNEL}, times=None)
        await post.say("one")
        assert await post.send_all() == {"parked": 1, "sent": 1}
        [told] = post.slack.person(ANA).sees(post.direct_channel())
        assert told.text.startswith(f"I could not post in <#{CHANNEL}>")
        assert "Nothing is lost" in told.text
        post.slack.faults.rules.remove(refusing)
        async with post.database.writing(WORKSPACE) as tx:
            assert await outbox.unpark(tx, CHANNEL) == 1
        await post.send_all()
        assert post.seen() == ["one"]


async def test_the_one_message_of_a_subject_is_edited_in_place(database_url: str) -> None:
    async with post_office(database_url) as post:
        for words in ("first", "second"):
            post.shown = words
            async with post.database.writing(WORKSPACE) as tx:
                await outbox.show(tx, "note:1", CHANNEL)
            await post.send_all()
        assert post.seen() == ["second"]


async def test_a_subject_whose_message_was_deleted_is_posted_anew(database_url: str) -> None:
    async with post_office(database_url) as post:
        async with post.database.writing(WORKSPACE) as tx:
            await outbox.show(tx, "note:1", CHANNEL)
        await post.send_all()
        [message] = [each for each in post.slack.person(ANA).sees(CHANNEL) if each.text == "first"]
        post.slack.workspace().delete(message, by=ANA)
        async with post.database.writing(WORKSPACE) as tx:
            await outbox.show(tx, "note:1", CHANNEL)
        assert await post.send_all() == {"sent": 2}
        assert post.seen() == ["first"]


async def test_a_subject_with_nothing_to_say_any_more_is_dropped_with_a_record(database_url: str) -> None:
    async with post_office(database_url) as post:
        post.shown = ""
        async with post.database.writing(WORKSPACE) as tx:
            await outbox.show(tx, "note:1", CHANNEL)
        assert await post.send_all() == {"dropped": 1}


@pytest.mark.parametrize("stored", [0, 1])
async def test_a_letter_that_a_dead_process_was_sending_is_looked_up_first(database_url: str, stored: int) -> None:
    async with post_office(database_url) as post:
        await post.say("one")
        post.slack.faults.add("slow", "chat.postMessage", seconds=5, stored=stored)
        dying = asyncio.create_task(post.delivery.send_due())
        await asyncio.sleep(0.2)
        dying.cancel()  # between claiming and recording
        await asyncio.gather(dying, return_exceptions=True)
        await post.delivery.resolve_abandoned()
        assert await post.send_all() == {"sent": 1}
        assert post.seen() == ["one"]


async def test_two_hundred_letters_through_a_storm_arrive_once_each_and_in_order(database_url: str) -> None:
    dice = random.Random(7)  # repeatable on purpose
    async with post_office(database_url, Timing(quiet=0.15, retry=0.02)) as post:
        channels = ["C01GROWTH", "C02PAYMENTS", "C03PLATFORM", "C06VOICE"]
        sent = {channel: [f"{channel} {number}" for number in range(50)] for channel in channels}
        for channel in channels:
            await post.say(*sent[channel], channel=channel)
        for act, stored in (("lost", 0.5), ("error", 0.5), ("http_error", 0.5)):
            post.slack.faults.add(act, "chat.postMessage", probability=0.05, stored=stored, times=None)  # type: ignore[arg-type]
        post.slack.faults.seed(dice.randrange(1000))
        await post.send_all()
        in_slack = {channel: post.texts(channel) for channel in channels}
        assert Counter(text for texts in in_slack.values() for text in texts).most_common(1)[0][1] == 1
        assert in_slack == sent


async def test_the_clock_of_schedules_does_not_hold_up_delivery(database_url: str) -> None:
    async with post_office(database_url) as post:
        assert post.slack.clock.now() != RealClock().now()  # it stands still, in another month
        await post.say("one")
        assert await post.send_all() == {"sent": 1}


async def test_a_letter_that_cannot_be_rendered_is_parked_and_holds_up_nobody(database_url: str) -> None:
    async with post_office(database_url) as post:
        async with post.database.writing(WORKSPACE) as tx:
            await outbox.show(tx, "nobody-renders-this:1", CHANNEL)
        await post.say("one")
        assert await post.send_all() == {"parked": 1, "sent": 1}
        assert post.seen() == ["one"]
