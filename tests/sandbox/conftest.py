from collections.abc import AsyncIterator

import pytest

from sandbox.config import Config
from sandbox.server import Sandbox
from tests.sandbox.acme import CONFIG


@pytest.fixture
def config() -> Config:
    return Config.model_validate(CONFIG)


@pytest.fixture
async def slack(config: Config) -> AsyncIterator[Sandbox]:
    async with Sandbox(config, answer_seconds=1.0, retry_factor=0.0) as sandbox:
        yield sandbox
