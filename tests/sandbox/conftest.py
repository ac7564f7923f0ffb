from collections.abc import AsyncIterator

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.config import Config
from sandbox.server import Sandbox
from tests.sandbox.acme import CONFIG
from tests.sandbox.helper import Helper, by_http, by_socket


@pytest.fixture
def config() -> Config:
    return Config.model_validate(CONFIG)


@pytest.fixture
async def slack(config: Config) -> AsyncIterator[Sandbox]:
    async with Sandbox(config, answer_seconds=1.0, retry_factor=0.0) as sandbox:
        yield sandbox


@pytest.fixture
def client(slack: Sandbox) -> AsyncWebClient:
    """The bot's client, without retries of its own."""
    return AsyncWebClient(token="xoxb-acme", base_url=slack.api_url, retry_handlers=[])


@pytest.fixture(params=["socket", "http"])
async def pair(request: pytest.FixtureRequest, config: Config) -> AsyncIterator[tuple[Sandbox, Helper]]:
    """A sandbox with the app on it, once over each wire."""
    if request.param == "http":
        async with by_http() as both:
            yield both
    else:
        async with Sandbox(config, answer_seconds=1.0, retry_factor=0.0) as slack, by_socket(slack) as helper:
            yield slack, helper
