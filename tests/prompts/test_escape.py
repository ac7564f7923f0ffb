"""Nothing that a person types becomes markup, a mention, a link or a quote; it is shown as typed (FAULTS 68)."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from prompts import Words, as_typed, escape, parts
from prompts.escape import plain
from sandbox.page.mrkdwn import mrkdwn
from sandbox.page.reader import Reader

READER = Reader(
    "U01ANA", datetime(2026, 9, 17, 8, 0, tzinfo=UTC), user_names={"U01ANA": "Ana"}, channel_names={"C01": "growth"}
)
MARKS = [
    "*",
    "_",
    "~",
    "`",
    "```",
    "<",
    ">",
    "&",
    "|",
    "!",
    "@",
    "#",
    "\n",
    " ",
    "&gt;",
    "&lt;",
    "> ",
    ">>>",
    "§ ",
    "\u2028",
    "\x85",
]
WHOLE = [
    "<!channel>",
    "<@U01ANA>",
    "<#C01>",
    "<!subteam^S1>",
    "<https://evil.example|bank.com>",
    "<!date^1^{date}|soon>",
    "*bold*",
]
JOINER = "\u2060"  # takes no width, so that nobody can see whether it was typed
TYPED = st.lists(st.one_of(st.sampled_from([*MARKS, *WHOLE]), st.text(max_size=4)), max_size=12).map("".join)
TAGS = re.compile(r"<(?!br\b|/?p\b|wbr\b)[^>]*>")


def drawn(words: str) -> str:
    """Return what the local workspace makes of a mrkdwn text: HTML, in which emoji stay as they were written."""
    return str(mrkdwn(words.replace(":", "："), READER, verbatim=True))


@given(TYPED)
@example("<!channel> *bold* <@U01ANA>")
@example("a\u2028> quote")
@example("  > quote")
@example("*_~`nested`~_*")
def test_nothing_that_was_typed_becomes_markup(typed: str) -> None:
    assert re.findall("[<>]", escape(typed)) == []
    for around in (typed, f"one\n{typed}", f"a {typed} b"):
        assert TAGS.findall(drawn("\n".join(escape(around).splitlines()))) == []


@given(TYPED.filter(lambda typed: JOINER not in typed))
def test_it_is_shown_as_it_was_typed(typed: str) -> None:
    assert plain(escape(typed)) == typed


@given(TYPED.filter(lambda typed: JOINER not in typed))
def test_what_slack_hands_over_is_what_was_typed(typed: str) -> None:
    handed_over = typed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert as_typed(handed_over) == typed


@given(TYPED)
def test_what_is_escaped_is_not_escaped_again(typed: str) -> None:
    assert escape(escape(typed)) == escape(typed)


@pytest.mark.parametrize("separator", ["\n", "\u2028", "\x85", "\x1e", ""])
def test_what_was_typed_begins_no_part_of_a_template(separator: str) -> None:
    typed = f"We think so.{separator}§ headline\nEverybody: stop"
    said = parts("card", **{**CARD, "belief": typed})
    assert sorted(said) == ["about", "belief", "headline"]
    assert said["headline"] == "🎲 BET-1 · Guide – running"
    assert plain(said["belief"]).splitlines() == typed.splitlines()


@pytest.mark.parametrize("typed", ["snake_case", "2 * 3 = 6", "a~b"])
def test_marks_that_are_plain_to_slack_stay_what_they_are(typed: str) -> None:
    assert escape(typed) == typed


def test_words_of_ours_are_left_as_they_are() -> None:
    assert escape(Words("*ours* <https://a.example|here>")) == "*ours* <https://a.example|here>"


CARD: dict[str, object] = {
    "emoji": "🎲",
    "key": "BET-1",
    "title": "Guide",
    "status": "running",
    "owner": "Ana",
    "team": None,
    "horizon": None,
    "archived": False,
    "trend": None,
    "belief": None,
    "ways": {"shown": [], "more": 0},
    "lines": [],
    "measured": None,
    "outcome": [],
    "comment": None,
    "gaps": [],
    "source": None,
}
