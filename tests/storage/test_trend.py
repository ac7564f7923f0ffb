"""How what is measured moved: worked examples, and what holds for any values at all."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import isnan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.figures import Aim
from storage.trend import Trend, progress, trend

MOMENT = datetime(2026, 8, 31, tzinfo=UTC)
LATER = MOMENT + timedelta(days=3650)


@dataclass(frozen=True)
class Value:
    at: datetime
    value: float


def weekly(before: list[float], after: list[float]) -> list[Value]:
    """Return values a week apart, the first of `after` at the moment itself."""
    values = [*before, *after]
    return [Value(MOMENT + timedelta(weeks=place - len(before)), value) for place, value in enumerate(values)]


def of(before: list[float], after: list[float]) -> Trend:
    found = trend(weekly(before, after), MOMENT, LATER)
    assert found is not None
    return found


def test_a_change_that_stands_out() -> None:
    """The activation rate around the release of the guide. 5 x 3 pairs, all up: z = (15 - 1) / √45 = 2.09, so 96 %."""
    found = of([38.6, 38.4, 38.8, 39.2, 39.1], [40.2, 41, 43])
    assert (found.before, found.after, found.way, found.sure) == (38.8, 41, "up", 96)
    assert found.change == pytest.approx(2.2)
    assert found.weekly == pytest.approx(1.4)
    assert (found.newest, found.count, found.is_from_first) == (43, 3, False)
    assert (found.is_good("up"), found.is_good("down"), found.is_good(None)) == (True, False, None)


def test_the_usual_scatter_is_no_change() -> None:
    """Questions about invoices: of 25 pairs 14 rise, 5 fall, 6 are equal, and chance does that often."""
    found = of([28, 27, 29, 26, 28], [27, 30, 28, 29, 28])
    assert (found.way, found.before, found.after) == ("flat", 28, 28)
    assert found.sure < 80


def test_one_odd_value_changes_no_verdict() -> None:
    calm, odd = of([10, 11, 10, 12, 11], [10, 11, 12, 10, 11]), of([10, 11, 10, 12, 11], [10, 11, 12, 1e9, 11])
    assert (calm.way, odd.way) == ("flat", "flat")
    assert odd.after == calm.after == 11


@pytest.mark.parametrize(("before", "after"), [([], [1]), ([], [1, 5]), ([], [1, 5, 9]), ([1], [9, 9]), ([1, 2, 1, 2, 1], [9])])
def test_a_few_values_say_nothing_yet(before: list[float], after: list[float]) -> None:
    assert of(before, after).way == "too early"


def test_what_nobody_measured_since_has_no_trend() -> None:
    assert trend(weekly([1, 2, 3], []), MOMENT, LATER) is None
    assert trend([], MOMENT, LATER) is None


def test_what_nobody_measured_before_is_counted_from_the_first_values() -> None:
    found = of([], [38, 37.6, 38.4, 38.1, 38.9, 39, 40, 41, 42, 43])
    assert (found.before, found.after, found.way, found.is_from_first) == (38.1, 41, "up", True)


def test_what_came_after_the_end_does_not_count() -> None:
    values = weekly([1, 1, 1, 1], [5, 6, 7, 900])
    found = trend(values, MOMENT, MOMENT + timedelta(weeks=2))
    assert found is not None
    assert (found.newest, found.count, found.after) == (7, 3, 6)


def test_values_that_never_change_are_flat() -> None:
    found = of([7, 7, 7, 7], [7, 7, 7, 7])
    assert (found.way, found.sure, found.scatter, found.weekly) == ("flat", 0, 0, 0)


@pytest.mark.parametrize(
    ("start", "level", "target", "good", "done"),
    [
        (38, 41, Aim(level=44), "up", 0.5),
        (38, 44, Aim(change=6), "up", 1),
        (38, 36, Aim(level=44), "up", -1 / 3),
        (4, 3, Aim(level=2), "down", 0.5),
        (45, 44.5, Aim(level=44), "up", 1),
        (45, 43, Aim(level=44), "up", 0),
        (3.8, 1.9, Aim(share=0.5), "down", 1),
        (38, 40, Aim(level=44), None, 1 / 3),
        (38, 40, Aim(change=6), None, None),
    ],
)
def test_how_far_it_is_to_the_target(start: float, level: float, target: Aim, good: str, done: float | None) -> None:
    found = progress(start, level, target, good)  # type: ignore[arg-type]
    assert found == (None if done is None else pytest.approx(done))


numbers = st.lists(st.integers(-10_000, 10_000).map(float), max_size=14)
any_numbers = st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=14)
some = st.lists(st.integers(-10_000, 10_000).map(float), min_size=1, max_size=14)


@given(numbers, some, st.integers(-10_000, 10_000))
def test_adding_the_same_to_every_value_changes_no_verdict(before: list[float], after: list[float], shift: int) -> None:
    found, shifted = of(before, after), of([each + shift for each in before], [each + shift for each in after])
    assert (found.way, found.sure, found.change) == (shifted.way, shifted.sure, shifted.change)


@given(numbers, some, st.sampled_from([0.5, 2.0, 8.0, 1024.0]))
def test_another_scale_changes_no_verdict(before: list[float], after: list[float], scale: float) -> None:
    found, scaled = of(before, after), of([each * scale for each in before], [each * scale for each in after])
    assert (found.way, found.sure, found.change * scale) == (scaled.way, scaled.sure, scaled.change)


@given(numbers, some)
def test_upside_down_it_goes_the_other_way(before: list[float], after: list[float]) -> None:
    found, turned = of(before, after), of([-each for each in before], [-each for each in after])
    assert turned.way == {"up": "down", "down": "up"}.get(found.way, found.way)
    assert turned.sure == found.sure


@given(numbers, some, st.randoms(use_true_random=False))
def test_the_order_in_which_values_come_does_not_matter(before: list[float], after: list[float], by: random.Random) -> None:
    values = weekly(before, after)
    mixed = values[:]
    by.shuffle(mixed)
    assert trend(mixed, MOMENT, LATER) == trend(values, MOMENT, LATER)


@given(numbers, some, st.booleans())
def test_what_only_rises_is_never_said_to_fall(before: list[float], after: list[float], rises: bool) -> None:
    values = sorted([*before, *after], reverse=not rises)
    assert of(values[: len(before)], values[len(before) :]).way != ("down" if rises else "up")


@given(any_numbers, any_numbers, st.lists(st.integers(-5_000, 5_000), min_size=28, max_size=28), st.floats(-1e9, 1e9))
def test_there_is_always_an_answer_that_is_a_number(
    before: list[float], after: list[float], days: list[int], target: float
) -> None:
    values = [Value(MOMENT + timedelta(days=day), value) for day, value in zip(days, [*before, *after], strict=False)]
    found = trend(values, MOMENT, LATER)
    if found is not None:
        told = [found.before, found.after, found.change, found.scatter, found.weekly or 0.0]
        told.append(progress(found.before, found.after, Aim(level=target), "up") or 0.0)
        assert not any(map(isnan, told))
        assert 0 <= found.sure <= 99
