"""Any sequence of adds, links, edits, removals, undos keeps the invariants; the long form is `python -m tests.long.model`."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from storage.database import Database
from storage.migrate import to_newest
from tests.storage.graph_files import Still
from tests.storage.machine import GraphMachine, World

SHORT = settings(
    max_examples=12,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@contextmanager
def world(url: str, *, is_thorough: bool = False) -> Iterator[World]:
    """A database with its tables, in which each run of the machine has a workspace of its own."""
    with asyncio.Runner() as runner:
        clock = Still()
        database = Database(url, clock)
        try:
            runner.run(to_newest(database))
            yield World(runner, database, clock, is_thorough)
        finally:
            runner.run(database.close())


@pytest.mark.slow
def test_any_sequence_of_acts_keeps_the_graph_as_a_plain_model_has_it(database_url: str) -> None:
    with world(database_url) as made:
        run_state_machine_as_test(type("Machine", (GraphMachine,), {"world": made}), settings=SHORT)
