"""A course of values as blocks: as many as there are, higher where the value is, on a fixed scale."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.letters.sparkline import BLOCKS, MOST, sparkline

VALUES = st.lists(st.floats(-50, 150), max_size=20)


def test_a_course_is_as_high_as_its_values() -> None:
    assert sparkline([0, 30, 60, 100]) == "▁▃▅█"
    assert sparkline([45, 60]) == "▄▅"
    assert sparkline([1, 2, 3], lowest=1, highest=3) == "▁▅█"


def test_one_value_is_no_course() -> None:
    assert sparkline([]) == sparkline([60]) == ""


@given(VALUES)
def test_each_of_the_newest_has_its_block_and_a_higher_one_is_never_lower(values: list[float]) -> None:
    line = sparkline(values)
    assert len(line) == (min(len(values), MOST) if len(values) > 1 else 0)
    for (value, block), (later, its) in pairwise(zip(values[-MOST:], line, strict=False)):
        assert value > later or BLOCKS.index(block) <= BLOCKS.index(its)
