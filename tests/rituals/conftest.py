from collections.abc import AsyncIterator

import pytest

from tests.rituals.house import House, a_house


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    """A workspace without anything in it, Thursday 17 September 2026, 10:00 in Berlin."""
    async with a_house(database_url) as house:
        yield house
