"""Who we are in Slack: asked once for a token, and kept, so that a moment of trouble there does not stop us here."""

import asyncio
from dataclasses import dataclass

import structlog

from bot.slack import CallFailed, Failure, Slack, call
from storage.database import Database
from storage.workspaces import take_over

RETRY_SECONDS = 5.0
log = structlog.get_logger("identity")


@dataclass(frozen=True)
class Identity:
    """The workspace that the bot token belongs to, and the bot's own ids there."""

    workspace: str
    bot_user: str
    bot_id: str
    url: str


class TokenRefused(Exception):
    """Slack does not take SLACK_BOT_TOKEN. Copy it anew from your app's page, under OAuth & Permissions."""


async def identify(database: Database, slack: Slack) -> Identity:
    """Ask Slack until it answers who we are; the workspace is then known to the database. Raise TokenRefused."""
    while True:
        try:
            answer = await call(slack.client, "auth.test")
            break
        except CallFailed as failed:
            if failed.failure is Failure.DISCONNECTED:
                raise TokenRefused(f"{TokenRefused.__doc__} (Slack says: {failed.code})") from failed
            log.warning("Slack does not answer yet", code=failed.code)
            await asyncio.sleep(failed.retry_after or RETRY_SECONDS)
    identity = Identity(answer["team_id"], answer["user_id"], answer.get("bot_id", ""), answer["url"])
    async with database.writing(identity.workspace) as tx:
        await take_over(tx, identity.workspace, answer["team"], identity.url, answer.get("app_id"), identity.bot_user)
    return identity
