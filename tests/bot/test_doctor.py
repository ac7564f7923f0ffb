"""What `throughline doctor` finds, and what it says to do."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.commands.doctor import Finding, examine
from bot.manifest import SCOPES
from bot.settings import Settings
from sandbox.server import Sandbox
from storage import migrate
from storage.clock import RealClock
from storage.database import Database
from tests.support.sample import sample_config
from tests.support.story import settings_for

WELL = [
    Finding("Settings"),
    Finding("Database"),
    Finding("Bot token: throughline in Acme"),
    Finding("Scopes"),
    Finding("Socket Mode"),
]
NO_SOCKETS = Finding(
    "Socket Mode",
    "Slack does not take SLACK_APP_TOKEN (invalid_auth). "
    "Turn Socket Mode on, and make an app-level token with connections:write under Basic Information.",
)


@pytest.fixture
async def slack() -> AsyncIterator[Sandbox]:
    async with Sandbox(sample_config()) as living:
        yield living


@pytest.fixture
async def settings(slack: Sandbox, database_url: str) -> Settings:
    database = Database(database_url, RealClock())
    await migrate.to_newest(database)
    await database.close()
    return settings_for(slack, database_url, "socket", 3000)


async def found(settings: Settings, **changes: object) -> list[Finding]:
    return [finding async for finding in examine(settings.model_copy(update=changes))]


async def test_all_is_well(settings: Settings) -> None:
    assert await found(settings) == WELL
    assert all(finding.is_well for finding in WELL)


async def test_over_http_nothing_is_said_of_socket_mode(settings: Settings) -> None:
    assert await found(settings, slack_app_token=None) == WELL[:-1]


@pytest.mark.parametrize("scope", ["chat:write", "im:history"])
async def test_a_missing_scope_is_named_with_what_it_is_for(database_url: str, scope: str) -> None:
    config = sample_config()
    [app] = config.apps
    kept = app.model_copy(update={"scopes": tuple(name for name in SCOPES if name != scope)})
    async with Sandbox(config.model_copy(update={"apps": (kept,)})) as slack:
        findings = await found(settings_for(slack, database_url, "socket", 3000))
    advice = f"Missing: {scope} ({SCOPES[scope]}). Add them under OAuth & Permissions, then reinstall the app."
    assert Finding("Scopes", advice) in findings


async def test_a_token_that_slack_refuses_is_to_be_copied_anew(settings: Settings) -> None:
    refused = Finding("Bot token", "Slack does not take it (invalid_auth). Copy it anew: OAuth & Permissions.")
    assert await found(settings, slack_bot_token=SecretStr("xoxb-of-another-app")) == [*WELL[:2], refused, WELL[-1]]


async def test_a_wrong_app_token_is_said_with_how_to_make_one(settings: Settings) -> None:
    assert await found(settings, slack_app_token=SecretStr("xapp-wrong")) == [*WELL[:-1], NO_SOCKETS]


async def test_without_any_token_the_settings_say_so_and_slack_is_not_asked(settings: Settings) -> None:
    bare = {"slack_bot_token": None, "slack_app_token": None, "slack_signing_secret": None}
    token, secret, database = await found(settings, **bare)
    assert token.advice.startswith("SLACK_BOT_TOKEN is not set. Copy the bot token (xoxb-…)")
    assert secret.advice.startswith("SLACK_SIGNING_SECRET is not set")
    assert database == Finding("Database")


async def test_a_database_that_does_not_open_is_said(settings: Settings, tmp_path: Path) -> None:
    findings = await found(settings, database_url=f"sqlite:///{tmp_path}/no-such-folder/throughline.db")
    advice = "It does not open (OperationalError). Check DATABASE_URL, and that the server runs."
    assert findings == [WELL[0], Finding("Database", advice), *WELL[2:]]


async def test_a_database_of_a_newer_program_is_said(settings: Settings) -> None:
    database = Database(settings.database_url, RealClock())
    async with database.writing("") as tx:
        await tx.connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    await database.close()
    advice = "Its schema is newer than this program. Install the newer Throughline."
    assert await found(settings) == [WELL[0], Finding("Database", advice), *WELL[2:]]


async def test_a_new_database_is_well_since_run_migrates_it(settings: Settings, tmp_path: Path) -> None:
    assert await found(settings, database_url=f"sqlite:///{tmp_path / 'new.db'}") == WELL


async def test_a_slack_that_cannot_be_reached_is_said(settings: Settings) -> None:
    findings = await found(settings, slack_api_url="http://127.0.0.1:9/api/", slack_app_token=None)
    advice = "Slack could not be asked (ClientConnectorError). Check SLACK_API_URL and the network."
    assert findings == [*WELL[:2], Finding("Bot token", advice)]
