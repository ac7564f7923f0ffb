"""Markdown, rich text and dates."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.page.dates import ago, day_heading, format_date
from sandbox.page.markdown import markdown
from sandbox.page.reader import Reader
from sandbox.page.rich_text import rich_text
from tests.sandbox.page.safe import bad_parts, hostile_text

NOW = datetime(2026, 9, 17, 8, tzinfo=UTC)
READER = Reader("U1", now=NOW, base="/as/U1")


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("{date_num}", "2026-02-03"),
        ("{date_slash}", "03/02/2026"),
        ("{date}", "February 3rd, 2026"),
        ("{date_short}", "Feb 3, 2026"),
        ("{date_long}", "Tuesday, February 3rd, 2026"),
        ("{date_long_full}", "February 3, 2026"),
        ("{date_pretty}", "February 3rd, 2026"),
        ("{day_divider_pretty}", "Tuesday, February 3rd"),
        ("at {time}, {time_secs}", "at 19:39, 19:39:45"),
        ("{ago}", "32 weeks ago"),
        ("{never}", "{never}"),
    ],
)
def test_fills_each_date_token(template: str, words: str, reader: Reader) -> None:
    moment = datetime(2026, 2, 3, 18, 39, 45, tzinfo=UTC).timestamp()
    assert format_date(template, moment, reader) == words


@pytest.mark.parametrize(("days", "words"), [(-1, "Yesterday"), (0, "Today"), (1, "Tomorrow"), (2, "Saturday, September 19th")])
def test_near_days_have_names_in_the_readers_zone(days: int, words: str, reader: Reader) -> None:
    # 22:30 UTC is already the next day in Berlin.
    moment = datetime(2026, 9, 16, 22, 30, tzinfo=UTC) + timedelta(days=days)
    assert day_heading(moment, reader) == words


@pytest.mark.parametrize(
    ("template", "words"), [("{date_short_pretty}, {time}", "Tomorrow, 10:00"), ("by {date_pretty}", "by tomorrow")]
)
def test_only_a_day_that_begins_the_template_has_a_capital(template: str, words: str, reader: Reader) -> None:
    assert format_date(template, (NOW + timedelta(days=1)).timestamp(), reader) == words


def test_american_readers_see_twelve_hours() -> None:
    assert READER.clock_time(datetime(2026, 9, 17, 16, 5, tzinfo=UTC)) == "4:05 PM"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "1 second ago"), (200, "3 minutes ago"), (90_000, "1 day ago"), (-7200, "in 2 hours"), (10**8, "3 years ago")],
)
def test_distances_are_told_in_their_largest_unit(seconds: int, words: str) -> None:
    assert ago(NOW - timedelta(seconds=seconds), NOW) == words


def test_markdown_is_standard_markdown_with_slacks_mentions(reader: Reader) -> None:
    assert str(markdown("**b** <@U02IVO> :tada:\n- [x] done\n\n![chart](https://a.b/c.png) <b>", reader)) == (
        '<p><strong>b</strong> <span class="mention" data-user="U02IVO">@Ivo Marin</span> '
        '<span class="emoji" role="img" aria-label="tada" title=":tada:">🎉</span></p>\n'
        "<ul>\n<li>☑ done</li>\n</ul>\n"
        '<p><a href="https://a.b/c.png" target="_blank" rel="noopener noreferrer">chart</a> &lt;b&gt;</p>\n'
    )


def test_markdown_tables_are_aligned_without_styles(reader: Reader) -> None:
    html = str(markdown("|a|b|\n|---|--:|\n|1|2|", reader))
    assert '<td class="align-left">1</td>\n<td class="align-right">2</td>' in html


@given(hostile_text)
def test_no_markdown_becomes_markup_of_its_own(text: str) -> None:
    assert bad_parts(markdown(text, READER)) == []


def rich(*elements: dict[str, Any], kind: str = "rich_text_section") -> dict[str, Any]:
    return {"type": "rich_text", "elements": [{"type": kind, "elements": list(elements)}]}


@pytest.mark.parametrize(
    ("element", "drawn"),
    [
        ({"type": "text", "text": "a<b", "style": {"bold": True, "code": True}}, "<code><b>a&lt;b</b></code>"),
        (
            {"type": "emoji", "name": "wave", "skin_tone": 3},
            '<span class="emoji" role="img" aria-label="wave::skin-tone-3" title=":wave::skin-tone-3:">👋🏼</span>',
        ),
        ({"type": "user", "user_id": "U02IVO"}, '<span class="mention" data-user="U02IVO">@Ivo Marin</span>'),
        ({"type": "channel", "channel_id": "C01GROWTH"}, '<a class="mention" href="/as/U01ANA/C01GROWTH">#growth</a>'),
        ({"type": "broadcast", "range": "here"}, '<span class="mention mention-me">@here</span>'),
        ({"type": "link", "url": "javascript:alert(1)", "text": "x"}, "x"),
        (
            {"type": "date", "timestamp": 1789632000, "format": "{date_num}"},
            '<time title="Thursday, September 17th, 2026 10:00:00">2026-09-17</time>',
        ),
        ({"type": "something new", "text": "still read"}, "still read"),
    ],
)
def test_draws_each_rich_element(element: dict[str, Any], drawn: str, reader: Reader) -> None:
    assert str(rich_text(rich(element), reader)) == f"<p>{drawn}</p>"


def test_lists_are_indented_and_go_on_counting(reader: Reader) -> None:
    items = [{"type": "rich_text_section", "elements": [{"type": "text", "text": "two"}]}]
    block = {"elements": [{"type": "rich_text_list", "style": "ordered", "indent": 1, "offset": 1, "elements": items}]}
    assert str(rich_text(block, reader)) == '<ol class="indent-1" start="2"><li>two</li></ol>'


@given(
    st.fixed_dictionaries({"type": st.sampled_from(["text", "link", "user", "emoji", "date", "color", "channel"])}),
    hostile_text,
)
def test_no_rich_text_becomes_markup_of_its_own(element: dict[str, Any], text: str) -> None:
    names = ("text", "url", "user_id", "name", "value", "channel_id", "format", "fallback")
    element |= dict.fromkeys(names, text) | {"timestamp": 1}
    assert bad_parts(rich_text(rich(element), READER)) == []
