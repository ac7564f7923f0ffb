"""`throughline doctor`: is everything set up, and if not, what to do. It asks; it changes nothing."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from sqlalchemy.exc import SQLAlchemyError

from bot.manifest import SCOPES
from bot.settings import Settings, missing_for_run, secret
from bot.slack import CallFailed, Slack, call
from storage import migrate
from storage.clock import RealClock
from storage.database import Database


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `advice`: what to do where it is not well; empty where it is."""

    what: str
    advice: str = ""

    @property
    def is_well(self) -> bool:
        return not self.advice


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Look at settings, database, token, scopes and Socket Mode, one after the other."""
    for advice in missing_for_run(settings) or [""]:
        yield Finding("Settings", advice)
    yield await _database(settings)
    if settings.slack_bot_token:
        async with aiohttp.ClientSession() as session:
            slack = Slack(session, settings.slack_api_url, secret(settings.slack_bot_token))
            for finding in await _token_and_scopes(slack):
                yield finding
            if settings.slack_app_token:
                yield await _sockets(Slack(session, settings.slack_api_url, secret(settings.slack_app_token)))


async def _database(settings: Settings) -> Finding:
    database = Database(settings.database_url, RealClock())
    try:
        state = await migrate.state(database)
    except (SQLAlchemyError, OSError) as error:
        return Finding("Database", f"It does not open ({type(error).__name__}). Check DATABASE_URL, and that the server runs.")
    finally:
        await database.close()
    advice = {
        migrate.SchemaState.BEHIND: "Its schema is older than this program. Run: throughline migrate.",
        migrate.SchemaState.NEWER: "Its schema is newer than this program. Install the newer Throughline.",
    }
    return Finding("Database", advice.get(state, ""))


async def _token_and_scopes(slack: Slack) -> list[Finding]:
    """Slack names the scopes of a token in a header of every answer (https://docs.slack.dev/authentication/installing-with-oauth)."""
    try:
        response = await slack.client.api_call("auth.test")
    except SlackApiError as error:
        return [Finding("Bot token", f"Slack does not take it ({error.response['error']}). Copy it anew: OAuth & Permissions.")]
    except aiohttp.ClientError as error:
        return [
            Finding("Bot token", f"Slack could not be asked ({type(error).__name__}). Check SLACK_API_URL and the network.")
        ]
    known = Finding(f"Bot token: {response['user']} in {response['team']}")
    granted = {scope.strip() for scope in _header(response, "x-oauth-scopes").split(",") if scope.strip()}
    missing = sorted(set(SCOPES) - granted)
    if not granted or not missing:
        return [known, Finding("Scopes")]
    named = "; ".join(f"{scope} ({SCOPES[scope]})" for scope in missing)
    return [known, Finding("Scopes", f"Missing: {named}. Add them under OAuth & Permissions, then reinstall the app.")]


def _header(response: AsyncSlackResponse, name: str) -> str:
    headers: dict[str, str] = response.headers or {}
    return next((value for header, value in headers.items() if header.lower() == name), "")


async def _sockets(slack: Slack) -> Finding:
    try:
        await call(slack.client, "apps.connections.open")
    except CallFailed as failed:
        advice = "Turn Socket Mode on, and make an app-level token with connections:write under Basic Information."
        return Finding("Socket Mode", f"Slack does not take SLACK_APP_TOKEN ({failed.code}). {advice}")
    return Finding("Socket Mode")
