from collections.abc import AsyncIterator

import pytest

from tests.support.story import Story, sample_story


@pytest.fixture
async def story(database_url: str) -> AsyncIterator[Story]:
    """The sample organisation on a Thursday morning, with the bot at work, once on each engine."""
    async with sample_story(database_url) as living:
        yield living
