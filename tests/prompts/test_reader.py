"""Figures and days as the reader is used to; words as ours."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts.reader import day_of, number, read_by
from prompts.render import day, percent

MARCH = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("locale", "large", "small", "said"),
    [
        (None, "12,380", "40.25", "2 March"),
        ("en-GB", "12,380", "40.25", "2 March"),
        ("en-US", "12,380", "40.25", "March 2"),
        ("de-DE", "12.380", "40,25", "2 March"),
        ("de-CH", "12’380", "40.25", "2 March"),
        ("fr-FR", "12\u202f380", "40,25", "2 March"),
        ("en-IN", "12,380", "40.25", "2 March"),
        ("ja-JP", "12,380", "40.25", "2 March"),
        ("pt-BR", "12.380", "40,25", "2 March"),
        ("", "12,380", "40.25", "2 March"),
        ("xx-XX", "12,380", "40.25", "2 March"),
        ("../../etc/passwd", "12,380", "40.25", "2 March"),
    ],
)
def test_a_reader_sees_figures_and_days_as_they_write_them(locale: str | None, large: str, small: str, said: str) -> None:
    with read_by(locale):
        assert (number(12_380), number(40.254), day_of(MARCH), day("2026-03-02")) == (large, small, said, said)
    assert number(40.25) == "40.25"


def test_a_percentage_has_the_readers_comma() -> None:
    with read_by("de-DE"):
        assert percent(43.5) == "43,5 %"
    assert percent("60") == "60 %"


@given(st.text(max_size=20), st.floats(-1e12, 1e12))
def test_whatever_slack_says_of_a_reader_something_is_written(locale: str, value: float) -> None:
    with read_by(locale):
        assert number(value)
        assert day_of(MARCH)
