"""What is hidden from a reader does not exist for them, whatever they do; and leaks that are planted are caught."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.storage.leaks import LEAKS
from tests.storage.reads import Leaked
from tests.storage.talking import Talking

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
WATCH = settings(max_examples=3, stateful_step_count=15, deadline=None, suppress_health_check=SLOW)
HUNT = settings(WATCH, max_examples=30, phases=[Phase.generate], derandomize=True, database=None, print_blob=False)

pytestmark = pytest.mark.slow


def machine_for(url: str) -> type[Talking]:
    """Return the machine for the database at `url`, which has its tables."""
    return type("Companies", (Talking,), {"url": url, "TestCase": None})


def test_nobody_is_told_what_they_may_not_see(database_url: str) -> None:
    run_state_machine_as_test(machine_for(database_url), settings=WATCH)


@pytest.mark.parametrize("name", LEAKS)
def test_a_planted_leak_is_caught(new_sqlite_url: Callable[[], str], monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    machine = machine_for(new_sqlite_url())
    LEAKS[name](monkeypatch)
    with pytest.raises(Leaked):
        run_state_machine_as_test(machine, settings=HUNT)
