"""A living workspace for stories: the sandbox, the sample organisation and the real bot, over real HTTP and WebSockets."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import aiohttp

from bot.deliver import Timing
from bot.processes import run
from bot.settings import Settings
from sandbox.person import Person
from sandbox.server import Sandbox
from sandbox.workspace import Message, View
from storage.clock import RealClock
from storage.database import Database
from tests.support.copies import put_organisation
from tests.support.sample import QUICK, THURSDAY, WORKSPACE, sample_config
from tests.support.spoken import check_spoken
from tests.support.transcript import transcript

Transport = Literal["socket", "http"]
PATIENCE = 10.0  # seconds


@dataclass
class Story:
    """`slack`: the workspace that people see. `settings`: what the bot runs with. `database_url`: what it remembers in."""

    slack: Sandbox
    settings: Settings

    def person(self, user: str) -> Person:
        return self.slack.person(user)

    async def until(self, what: Callable[[], Any], why: str = "", patience: float = PATIENCE) -> Any:
        """Wait until `what` returns something true, and return it; fail in words where it never does."""
        deadline = asyncio.get_running_loop().time() + patience
        while asyncio.get_running_loop().time() < deadline:
            found = what()
            if found:
                return found
            await asyncio.sleep(0.02)
        raise AssertionError(f"it never came: {why or what}")

    async def message(self, user: str, channel: str, containing: str, thread_ts: str | None = None) -> Message:
        """Wait until `user` sees a message in `channel` whose words contain `containing`; return the latest such."""
        person = self.person(user)

        def newest() -> Message | None:
            found = [each for each in person.sees(channel, thread_ts) if containing in words_of(each)]
            return found[-1] if found else None

        found: Message = await self.until(newest, f"{containing!r} in {channel} for {user}")
        return found

    async def modal(self, user: str, containing: str = "") -> View:
        """Wait until `user` has a modal open that contains `containing`."""
        person = self.person(user)

        def shown() -> View | None:
            view = person.modal()
            return view if view and containing in str(view.blocks) else None

        found: View = await self.until(shown, f"a modal with {containing!r} for {user}")
        return found

    async def move_to(self, at: datetime) -> None:
        """Move everybody's clock."""
        self.slack.clock.move_to(at)
        await asyncio.sleep(0)

    async def read(self, look: Callable[[Any], Awaitable[Any]]) -> Any:
        """Return what `look` finds in a read transaction of the bot's database."""
        database = Database(self.settings.database_url, RealClock())
        try:
            async with database.reading(WORKSPACE) as tx:
                return await look(tx)
        finally:
            await database.close()


def words_of(message: Message) -> str:
    """Return all that a message says: its text, and what stands in its blocks."""
    return "\n".join([message.text, *_strings(message.blocks)])


def _strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["text"]] if isinstance(value.get("text"), str) else []
        return own + [text for part in value.values() for text in _strings(part)]
    return [text for part in value for text in _strings(part)] if isinstance(value, list | tuple) else []


def free_port() -> int:
    """Return a port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def settings_for(slack: Sandbox, database_url: str, transport: Transport, port: int) -> Settings:
    """Return what the bot needs to work in `slack`."""
    app = slack.app()
    return Settings(
        slack_bot_token=app.bot_tokens[slack.workspace().id],
        slack_app_token=app.app_token if transport == "socket" else None,
        slack_signing_secret=app.signing_secret,
        slack_api_url=slack.api_url,
        database_url=database_url,
        port=port,
        throughline_clock_url=f"{slack.url}/clock",
    )


def environment(settings: Settings) -> dict[str, str]:
    """Return `settings` as the environment of a process of its own."""
    secrets = ("slack_bot_token", "slack_app_token", "slack_signing_secret")
    hidden = {name.upper(): value.get_secret_value() for name in secrets if (value := getattr(settings, name))}
    return {
        **hidden,
        "SLACK_API_URL": settings.slack_api_url,
        "DATABASE_URL": settings.database_url,
        "THROUGHLINE_CLOCK_URL": settings.throughline_clock_url or "",
        "PORT": str(settings.http_port),
    }


async def load_sample(database_url: str, slack: Sandbox) -> None:
    """Bring the database to the newest schema and load the sample organisation into it."""
    await put_organisation(database_url, slack.clock)


@asynccontextmanager
async def working_bot(settings: Settings, timing: Timing = QUICK) -> AsyncIterator[None]:
    """Run the bot, in this process, while the block lasts."""
    told = asyncio.Event()
    work = asyncio.create_task(run(settings, timing, told))
    try:
        await up(settings, work)
        yield
    finally:
        told.set()
        code = await asyncio.wait_for(work, 20)
    assert code == 0


async def up(settings: Settings, work: asyncio.Task[int] | None = None) -> None:
    """Wait until a bot with these settings says that it is ready; raise what `work` raised where it ended before."""
    async with aiohttp.ClientSession() as session:
        for _ in range(1_000):
            if work and work.done():
                work.result()
            with suppress(aiohttp.ClientError):
                async with session.get(f"http://127.0.0.1:{settings.http_port}/readyz") as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.02)
    raise AssertionError("the bot never became ready")


@asynccontextmanager
async def sample_story(database_url: str, transport: Transport = "socket", starts: datetime = THURSDAY) -> AsyncIterator[Story]:
    """The sample organisation on a Thursday morning, with the bot at work. All that it says has to read well."""
    port = free_port()
    request_url = f"http://127.0.0.1:{port}/slack/events" if transport == "http" else ""
    async with Sandbox(sample_config(request_url, starts), retry_factor=0.01) as slack:
        await load_sample(database_url, slack)
        settings = settings_for(slack, database_url, transport, port)
        try:
            async with working_bot(settings):
                yield Story(slack, settings)
        finally:
            sys.stdout.write(f"{transcript(slack)}\n")
        check_spoken(slack)


def days(count: float) -> timedelta:
    return timedelta(days=count)
