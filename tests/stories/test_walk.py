"""A walk over every button, select and submit of every surface, with random answers: nothing is unhandled, Slack refuses
nothing, nothing fails. Longer walks by a command: `python -m tests.long.walks`.
"""

import asyncio
from collections import Counter
from collections.abc import Callable

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.support.walks import names, never_met, walk_all_over

TEXTS = st.lists(st.text(max_size=300), min_size=4, max_size=8)


def test_a_walk_over_everything_ends_well_and_meets_nearly_every_name(new_sqlite_url: Callable[[], str]) -> None:
    met: Counter[str] = Counter()

    @settings(max_examples=2, derandomize=True, phases=[Phase.generate])
    @given(st.integers(0, 2**32), TEXTS)
    def walk(seed: int, texts: list[str]) -> None:
        asyncio.run(walk_all_over(new_sqlite_url(), seed, texts, met, steps=150))

    walk()
    assert len(never_met(met)) <= len(names()) // 20, never_met(met)  # long walks come by all of them: docs/proofs/walks.md
