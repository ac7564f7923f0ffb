"""A walk over every button, select and submit of every surface, with random answers: nothing is unhandled, Slack refuses
nothing, nothing fails. Longer walks by a command: `python -m tests.long.walks`.
"""

import asyncio
from collections import Counter
from collections.abc import Callable

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.support.walks import never_met, walk_all_over

TEXTS = st.lists(st.text(max_size=300), min_size=4, max_size=8)
met: Counter[str] = Counter()


@settings(max_examples=2, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32), TEXTS)
def test_a_walk_over_everything_ends_well(new_sqlite_url: Callable[[], str], seed: int, texts: list[str]) -> None:
    asyncio.run(walk_all_over(new_sqlite_url(), seed, texts, met, steps=150))


def test_every_name_on_the_wire_was_met() -> None:
    assert never_met(met) == set(), "see ELSEWHERE in tests/support/walks.py"
