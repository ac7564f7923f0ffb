"""Two processes on one PostgreSQL database; `python -m tests.long.replicas` asks the same of four, ten thousand times."""

from random import Random

import pytest

from tests.long.replicas import replicate


@pytest.mark.postgres
async def test_processes_that_are_killed_open_each_occurrence_exactly_once(postgres_url: str) -> None:
    found = await replicate(postgres_url, processes=2, people=60, weeks=2, random=Random(1))
    assert (found.faults, found.opened, found.closed, found.letters) == ([], 120, 60, 180)
