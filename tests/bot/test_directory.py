"""What Slack is asked for of channels, and when: nobody stays in what they left because an event was lost."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp

from bot.directory import Directory
from bot.slack import Slack
from sandbox.server import Sandbox
from storage.database import Database
from storage.migrate import to_newest
from storage.people import channel_of
from storage.teams import Team, put
from storage.workspaces import take_over
from tests.support.sample import WORKSPACE, sample_config

LEADS = "C04LEADS"
IVO, ZOE, HELENA = "U02IVO", "U03ZOE", "U17HELENA"


@asynccontextmanager
async def asking(url: str) -> AsyncIterator[tuple[Sandbox, Database, Directory]]:
    """The sandbox's Slack, a database with one team, at home in the leads' private channel, and what tells one of the other."""
    async with Sandbox(sample_config()) as slack, aiohttp.ClientSession() as session:
        database = Database(url, slack.clock)
        try:
            await to_newest(database)
            async with database.writing(WORKSPACE) as tx:
                await take_over(tx, WORKSPACE, "Acme", slack.url)
                await put(tx, Team("Leads", LEADS))
            token = slack.app().bot_tokens[WORKSPACE]
            yield slack, database, Directory(database, Slack(session, slack.api_url, token))
        finally:
            await database.close()


async def members(database: Database, channel: str = LEADS) -> set[str] | None:
    async with database.reading(WORKSPACE) as tx:
        known = await channel_of(tx, channel)
    return None if known is None else set(known.members or ())


async def test_a_teams_home_is_learned_before_anything_is_posted_there(database_url: str) -> None:
    async with asking(database_url) as (slack, database, directory):
        await directory.learn_homes(WORKSPACE)
        assert await members(database) == slack.workspace().channels[LEADS].members


async def test_who_is_in_a_channel_is_asked_anew_after_an_hour(database_url: str) -> None:
    async with asking(database_url) as (slack, database, directory):
        await directory.learn_channels(WORKSPACE)
        before = await members(database)
        slack.workspace().channels[LEADS].members.discard(HELENA)
        await directory.learn_channels(WORKSPACE)
        assert await members(database) == before
        slack.clock.move_to(slack.clock.now() + timedelta(hours=2))
        await directory.learn_channels(WORKSPACE)
        assert before is not None
        assert await members(database) == before - {HELENA}


async def test_where_slack_hides_who_is_in_a_channel_everybody_counts_who_was_seen_there(database_url: str) -> None:
    async with asking(database_url) as (slack, database, directory):
        slack.workspace().channels[LEADS].members.discard("U0THREAD")
        await directory.channel(WORKSPACE, LEADS, seen_by=IVO)
        await directory.channel(WORKSPACE, LEADS, seen_by=ZOE)
        assert await members(database) == {IVO, ZOE}
        slack.workspace().channels[LEADS].members.add("U0THREAD")
        slack.workspace().channels[LEADS].members.discard(ZOE)
        await directory.membership_changed(WORKSPACE, LEADS)
        assert await members(database) == slack.workspace().channels[LEADS].members
