"""Sends the outbox; the only place that posts.

A letter is claimed and marked as being sent, then called once. Slack has it: record where. Slack refused it: park it and tell
its author. Anything else: Slack may have it, so after a quiet period it is looked up by its id before it is sent again.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.ending import ended
from bot.errors import attempted, logged, report
from bot.fitting import fitted
from bot.slack import CALL_TIMEOUT, CallFailed, Failure, Slack, call
from prompts import Words, labels, parts
from prompts.blocks import Message, actions, button, section
from prompts.reader import read_by
from storage import outbox
from storage.database import Database, Transaction
from storage.outbox import Letter, Place
from storage.people import is_gone, locale_of

METADATA_TYPE = "throughline_letter"
MOST_LOOKUPS = 6
CHANNELS_AT_ONCE = 8
IDLE_SECONDS = 1.0
WHERE_TO_ACT = {"not_in_channel", "channel_not_found", "is_archived", "restricted_action", "messages_tab_disabled"}

Renderer = Callable[[Transaction, str, str], Awaitable[Message | None]]  # name of the subject, channel or person it is for
log = structlog.get_logger("deliver")


@dataclass(frozen=True)
class Timing:
    """How long delivery waits, in seconds of real time.

    `quiet`: before a letter that Slack may have is looked up; at least the call's timeout and 5 more, or it may still arrive.
    """

    quiet: float = CALL_TIMEOUT + 5
    retry: float = 2
    disconnected: float = 60


@dataclass(frozen=True)
class Call:
    """One call to Slack, ready to be made."""

    method: str
    arguments: dict[str, Any]


class Delivery:
    """The delivery loop of a workspace, in one process."""

    def __init__(
        self,
        database: Database,
        workspace: str,
        slack: Slack,
        renderers: Mapping[str, Renderer],
        timing: Timing = Timing(),
    ) -> None:
        self._database = database
        self._workspace = workspace
        self._slack = slack
        self._renderers = renderers
        self._timing = timing
        self._mail = asyncio.Event()
        self._limited: dict[str, float] = {}  # method → until, on the loop's clock

    def wake(self) -> None:
        """Say that there is mail, so that it is sent at once."""
        self._mail.set()

    async def resolve_abandoned(self) -> None:
        """Call at the start of the only process of a database, before `run`."""
        async with self._database.writing(self._workspace) as tx:
            await outbox.resolve_abandoned(tx, timedelta(seconds=self._timing.quiet))

    async def run(self) -> None:
        """Send what is due, for ever."""
        while True:
            self._mail.clear()
            await ended(logged(self._send_all(), "delivery"))
            with suppress(TimeoutError):
                async with asyncio.timeout(IDLE_SECONDS):  # wait_for of Python 3.11 can swallow a cancellation
                    await self._mail.wait()

    async def _send_all(self) -> None:
        while await self.send_due():
            pass

    async def send_due(self) -> int:
        """Send the letters that are due, at most a batch; return how many were tried."""
        async with self._database.writing(self._workspace) as tx:
            letters = await outbox.claim(tx)
        by_channel: dict[str, list[Letter]] = defaultdict(list)
        for letter in letters:
            by_channel[letter.channel].append(letter)
        limit = asyncio.Semaphore(CHANNELS_AT_ONCE)

        async def send(channel: Sequence[Letter]) -> int:
            async with limit:
                return await self._send_in_order(channel)

        return sum(await asyncio.gather(*(send(channel) for channel in by_channel.values())))

    async def _send_in_order(self, letters: Sequence[Letter]) -> int:
        """Send the letters of one channel; where one is put off, or time is up, those behind it are given back."""
        tried = 0
        for letter in letters:
            if not outbox.is_in_time(letter):
                break
            tried += 1
            if not await self._send(letter):
                break
        if letters[tried:]:
            async with self._database.writing(self._workspace) as tx:
                await outbox.release(tx, letters[tried:])
        return tried

    async def _send(self, letter: Letter) -> bool:
        """Send one letter; return whether those behind it may follow."""
        place, error = await attempted(self._sent(letter))
        if isinstance(error, CallFailed):
            return await self._handle(letter, error)
        async with self._database.writing(self._workspace) as tx:
            if error:  # it would fail the next time too, and hold up its channel for ever
                await self._park(tx, letter, report(error, "letter", workspace=self._workspace, letter=letter.id))
            elif place:
                await outbox.sent(tx, letter, place)
            else:
                await outbox.drop(tx, letter, "nothing to say any more")
        return True

    async def _sent(self, letter: Letter) -> Place | None:
        """Have Slack take the letter and return where it stands; None where there is nothing to say. Raise CallFailed."""
        client = self._slack.client
        prepared = await self._prepare(letter)
        if prepared is None:
            return None
        if letter.state != "waiting" and prepared.method == "chat.postMessage":
            found = await self._look_up(client, letter, prepared)
            if found is not None:
                return found
        if not outbox.is_in_time(letter):
            raise CallFailed(Failure.RETRY, "too_slow", prepared.method)
        self._respect_limit(prepared.method)
        answer = await call(client, prepared.method, **prepared.arguments)
        return Place(answer["channel"], answer["ts"])

    async def _prepare(self, letter: Letter) -> Call | None:
        """Render what is to be rendered, and choose between posting and editing; None where nobody is there to read it."""
        async with self._database.reading(self._workspace) as tx:
            if await is_gone(tx, letter.channel):
                return None
            place = await outbox.place_of(tx, letter.subject) if letter.subject else None
            thread = await outbox.place_of(tx, letter.thread_of) if letter.thread_of else None
            with read_by(await locale_of(tx, letter.channel)):  # a channel has none: it has many readers
                arguments = _fitted(letter.payload) if letter.payload else await self._render(tx, letter)
        if arguments is None:
            return None
        if place:
            return Call("chat.update", {**arguments, "channel": place.channel, "ts": place.ts})
        if letter.thread_of and thread is None:
            raise CallFailed(Failure.REFUSED, "thread_not_posted")
        where = {"channel": thread.channel, "thread_ts": thread.ts} if thread else {"channel": letter.channel}
        metadata = {"event_type": METADATA_TYPE, "event_payload": {"id": letter.id}}
        quiet = {"unfurl_links": False, "unfurl_media": False}
        return Call("chat.postMessage", {**arguments, **where, **quiet, "metadata": metadata})

    async def _render(self, tx: Transaction, letter: Letter) -> dict[str, Any] | None:
        family, _, name = (letter.subject or "").partition(":")
        message = await self._renderers[family](tx, name, letter.channel)
        return fitted(message) if message else None

    async def _look_up(self, client: AsyncWebClient, letter: Letter, prepared: Call) -> Place | None:
        """Return where Slack has the letter, or None where it certainly does not."""
        channel = prepared.arguments["channel"]
        if channel.startswith(("U", "W")):
            channel = (await call(client, "conversations.open", users=channel))["channel"]["id"]
        thread = prepared.arguments.get("thread_ts")
        method = "conversations.replies" if thread else "conversations.history"
        since = {"ts": thread} if thread else {"oldest": f"{(letter.created_at - timedelta(hours=1)).timestamp():.6f}"}
        cursor = ""
        while True:
            page = await call(
                client, method, channel=channel, **since, include_all_metadata=True, limit=200, **_without_empty(cursor=cursor)
            )
            for message in page["messages"]:
                if message.get("metadata", {}).get("event_payload", {}).get("id") == letter.id:
                    return Place(channel, message["ts"])
            cursor = page.get("response_metadata", {}).get("next_cursor", "")
            if not cursor:
                return None

    async def _handle(self, letter: Letter, failed: CallFailed) -> bool:
        log.warning("not delivered", workspace=self._workspace, letter=letter.id, code=failed.code, failure=failed.failure.name)
        async with self._database.writing(self._workspace) as tx:
            match failed.failure:
                case Failure.RETRY:
                    await outbox.put_off(tx, letter, _certain(letter), self._retry_after(failed), failed.code)
                case Failure.DISCONNECTED:
                    wait = timedelta(seconds=self._timing.disconnected)
                    await outbox.put_off(tx, letter, _certain(letter), wait, failed.code)
                case Failure.AMBIGUOUS if letter.attempts < MOST_LOOKUPS:
                    await outbox.put_off(tx, letter, "ambiguous", timedelta(seconds=self._timing.quiet), failed.code, 1)
                case Failure.GONE if letter.subject:
                    await outbox.forget_place(tx, letter.subject)
                    await outbox.put_off(tx, letter, "waiting", timedelta(0), failed.code)
                case _:
                    await self._park(tx, letter, failed.code)
                    return True
        return False

    async def _park(self, tx: Transaction, letter: Letter, code: str) -> None:
        await outbox.park(tx, letter, code)
        if letter.author and letter.channel != letter.author:
            await outbox.say(tx, letter.author, _refusal(letter, code).payload)

    def _retry_after(self, failed: CallFailed) -> timedelta:
        if failed.retry_after:
            self._limited[failed.method] = asyncio.get_running_loop().time() + failed.retry_after
        return timedelta(seconds=failed.retry_after or self._timing.retry)

    def _respect_limit(self, method: str) -> None:
        wait = self._limited.get(method, 0.0) - asyncio.get_running_loop().time()
        if wait > 0:
            raise CallFailed(Failure.RETRY, "ratelimited", method, wait)


def _fitted(payload: dict[str, Any]) -> dict[str, Any]:
    return {**payload, **fitted(Message(payload["text"], payload["blocks"]))} if "blocks" in payload else payload


def _without_empty(**arguments: str) -> dict[str, str]:
    return {name: value for name, value in arguments.items() if value}


def _certain(letter: Letter) -> str:
    """A letter that was not sent this time is still as uncertain as it was before."""
    return "waiting" if letter.state == "waiting" else "ambiguous"


def _refusal(letter: Letter, code: str) -> Message:
    said = parts("not_delivered", channel=letter.channel, code=code, can_invite=code in WHERE_TO_ACT)
    ways = [button(labels()["send_again"], "letters.again", channel=letter.channel)]
    if letter.subject and code in WHERE_TO_ACT:
        ways.append(button(labels()["send_elsewhere"], "letters.elsewhere", letter=letter.id, channel=letter.channel))
    return Message(said["line"], [section(Words(said["line"])), actions(ways)])
