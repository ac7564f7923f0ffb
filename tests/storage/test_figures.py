"""Figures as people write them, and how far something shall get."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.figures import Aim, Figure, read_aim, read_figure, same_unit


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("43", 43, ""),
        ("43 %", 43, "%"),
        ("43,5", 43.5, ""),
        ("0,125", 0.125, ""),
        ("1,200", 1200, ""),
        ("1 200", 1200, ""),
        ("1.234,5", 1234.5, ""),
        ("1,234.5", 1234.5, ""),
        ("1.234.567", 1234567, ""),
        ("12.345", 12.345, ""),
        ("1.2k", 1200, ""),
        ("2.3M", 2300000, ""),
        ("12 k€", 12000, "€"),
        ("3 million teams", 3000000, "teams"),
        ("5 m", 5, "m"),
        ("€ 1 200", 1200, "€"),
        ("-€5", -5, "€"),
        ("€ −5", -5, "€"),
        ("CHF 1'200.50", 1200.5, "CHF"),
        ("12 people", 12, "people"),
    ],
)
def test_a_figure_is_read_as_people_write_it(text: str, value: float, unit: str) -> None:
    assert read_figure(text) == Figure(value, unit)


@pytest.mark.parametrize("text", ["", "many", "3-6", "1 2", "2026-09-01", "about 5", "+-3", "1e5", "1,23,456", "9" * 16])
def test_what_is_not_one_number_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match=r"^should be (one|a) number"):
        read_figure(text)


def test_a_unit_that_says_thousands_itself_is_not_counted_twice() -> None:
    assert read_figure("742 thousand euros", "thousand euros") == Figure(742, "thousand euros")
    assert read_figure("742 thousand euros") == Figure(742000, "euros")


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    try:
        value = read_figure(text).value
    except ValueError:
        value = 0.0
    assert abs(value) <= 1e15


def test_units_that_are_plainly_the_same() -> None:
    assert same_unit("Percent", "%")
    assert not same_unit("€", "%")


@pytest.mark.parametrize(
    ("text", "unit", "as_target", "as_size"),
    [
        ("44 %", "%", Aim(level=44), Aim(change=44)),
        ("14,000 by the end of the year", "teams", Aim(level=14000), Aim(change=14000)),
        ("≥ 43", "%", Aim(level=43), Aim(level=43)),
        ("at least 43", "%", Aim(level=43), Aim(level=43)),
        ("to 50 %", "%", Aim(level=50), Aim(level=50)),
        ("by +3 points", "%", Aim(change=3, way="up"), Aim(change=3, way="up")),
        ("+5 points", "%", Aim(change=5, way="up"), Aim(change=5, way="up")),
        ("−2 seconds", "s", Aim(level=-2), Aim(change=2, way="down")),
        ("by 10 %", "s", Aim(share=0.1), Aim(share=0.1)),
        ("by half", "edits", Aim(share=0.5), Aim(share=0.5)),
        ("two thirds fewer", "edits", Aim(share=2 / 3), Aim(share=2 / 3)),
        ("30 November 2026", "", None, None),
        ("a lot", "%", None, None),
    ],
)
def test_how_far_something_shall_get(text: str, unit: str, as_target: Aim | None, as_size: Aim | None) -> None:
    assert read_aim(text, unit, is_change=False) == as_target
    assert read_aim(text, unit, is_change=True) == as_size


def test_the_change_that_is_wanted() -> None:
    assert Aim(level=44).change_from(38, None) == 6
    assert Aim(change=2).change_from(38, "down") == -2
    assert Aim(change=2).change_from(38, None) is None
    assert Aim(change=2, way="up").change_from(38, None) == 2
    assert Aim(share=0.5).change_from(3.8, "down") == -1.9
