"""The composition root: the only place that builds engines, clients and schedulers."""

import asyncio
import logging
import os
import socket
import zoneinfo
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

import aiohttp
import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot.clock import FollowedClock
from bot.deliver import Delivery, Timing
from bot.desk import Desk
from bot.directory import Directory
from bot.errors import logged
from bot.flows.messages.reactions import render_reaction
from bot.flows.objects.handing_over import catch_up
from bot.flows.setup.welcome import greet
from bot.identity import Identity, identify
from bot.letters.cards import render_card
from bot.letters.handovers import render_handover
from bot.letters.pitches import render_ask, render_pitch
from bot.letters.proposals import render_proposal
from bot.letters.stories import render_story
from bot.listeners import register
from bot.mail import Mail
from bot.metrics import Metrics
from bot.settings import Settings, secret
from bot.slack import Slack
from bot.tick import Step, Tick
from bot.upcoming import announce
from rituals.closing import close_due
from rituals.opening import open_due
from rituals.runs import render_run
from rituals.schedules import set_up
from storage import drafts, inbox
from storage.clock import Clock, RealClock
from storage.database import Database
from storage.older_texts import OlderTexts

A_MINUTE, AN_HOUR = 60.0, 3600.0  # seconds
log = structlog.get_logger("app")


@dataclass(frozen=True)
class Throughline:
    """Everything of one process, built and tied together; nothing runs yet."""

    settings: Settings
    database: Database
    desk: Desk
    mail: Mail
    tick: Tick
    bolt: AsyncApp
    identity: Identity
    metrics: Metrics
    clock: Clock
    clock_moved: asyncio.Event


@asynccontextmanager
async def assembled(settings: Settings, timing: Timing = Timing()) -> AsyncIterator[Throughline]:  # noqa: B008  # a frozen value
    """Build a process's parts; the database must have the newest schema. Everything is closed at the end."""
    zoneinfo.reset_tzpath(to=())  # the rules that we ship, not those that the machine happens to have
    async with aiohttp.ClientSession() as session:
        clock = await _clock(settings, session)
        database = Database(settings.database_url, clock)
        try:
            slack = Slack(session, settings.slack_api_url, secret(settings.slack_bot_token))
            identity = await identify(database, slack)
            house = _tied_together(settings, database, slack, identity, clock, timing)
            try:
                yield house
            finally:
                await house.desk.idle()
        finally:
            await database.close()


async def _clock(settings: Settings, session: aiohttp.ClientSession) -> Clock:
    if not settings.throughline_clock_url:
        return RealClock()
    followed = FollowedClock(session, settings.throughline_clock_url)
    await followed.read()
    return followed


def _tied_together(
    settings: Settings, database: Database, slack: Slack, identity: Identity, clock: Clock, timing: Timing
) -> Throughline:
    renderers = {
        "card": render_card,
        "reaction": render_reaction,
        "run": render_run,
        "story": render_story,
        "proposal": render_proposal,
        "handover": render_handover,
        "pitch": render_pitch,
        "decide": render_ask,
    }
    delivery = Delivery(database, identity.workspace, slack, renderers, timing)
    desk = Desk(database, slack, delivery, Directory(database, slack))
    mail = Mail(desk, identity.workspace)
    bolt = _bolt(slack, identity)
    register(bolt, desk, identity.workspace, mail.arrived)
    tick = Tick(database, f"{socket.gethostname()}:{os.getpid()}", _steps(desk, identity, clock))
    return Throughline(
        settings, database, desk, mail, tick, bolt, identity, Metrics(database, identity, tick), clock, asyncio.Event()
    )


def _steps(desk: Desk, identity: Identity, clock: Clock) -> list[Step]:
    """What a tick does, in order: it catches up with whatever was not done at once."""
    workspace = identity.workspace

    async def open_runs() -> None:
        if await open_due(desk.database, workspace, await desk.kinds(workspace)):
            desk.delivery.wake()

    async def close_runs() -> None:
        if await close_due(desk.database, workspace):
            desk.delivery.wake()

    async def plan() -> None:
        await _set_up(desk, workspace)

    async def forget() -> None:
        async with desk.database.writing(workspace) as tx:
            await inbox.forget_old(tx)
            await drafts.forget_old(tx)

    async def tell_clock() -> None:
        if isinstance(clock, FollowedClock):
            await announce(desk, workspace, clock)

    texts = OlderTexts(desk.database, workspace)
    return [
        Step("plan", plan, A_MINUTE),  # teams that were imported, people who moved to another zone
        Step("open", open_runs),
        Step("close", close_runs),
        Step("learn channels", partial(desk.directory.learn_channels, workspace), A_MINUTE),
        Step("learn people", partial(desk.directory.learn_people, workspace), AN_HOUR),
        Step("hand over", partial(catch_up, desk, workspace), AN_HOUR),
        Step("forget", forget, AN_HOUR),
        Step("tell the clock", tell_clock),
        Step("read older texts", texts.read_on),
    ]


def _bolt(slack: Slack, identity: Identity) -> AsyncApp:
    """Bolt, without its own ways of asking who we are (a call for each request) and of acknowledging (10 ms later)."""

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None,
            team_id=identity.workspace,
            bot_token=slack.token,
            bot_user_id=identity.bot_user,
            bot_id=identity.bot_id,
        )

    logger = logging.getLogger("bolt")
    logger.setLevel(logging.ERROR)  # it would warn at each start that `authorize` is used instead of the token, which is meant
    return AsyncApp(
        logger=logger,
        client=slack.client,
        authorize=authorize,
        process_before_response=True,
        request_verification_enabled=False,  # done before the body is parsed: bot/web.py; a socket needs none
        ignoring_self_events_enabled=True,
    )


async def prepare(house: Throughline) -> None:
    """Learn who is here and give the teams their rituals; what Slack does not answer now, the tick asks again."""
    workspace = house.identity.workspace
    await logged(house.desk.directory.learn_people(workspace), "learn people", workspace=workspace)
    await logged(_set_up(house.desk, workspace), "plan", workspace=workspace)
    await logged(greet(house.desk, workspace, house.settings.throughline_installer), "greet", workspace=workspace)
    log.info("ready", workspace=workspace)


async def _set_up(desk: Desk, workspace: str) -> None:
    await desk.directory.learn_homes(workspace)
    kinds = await desk.kinds(workspace)
    async with desk.database.writing(workspace) as tx:
        await set_up(tx, kinds)
