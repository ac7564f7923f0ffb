"""Blocks of any words stay within Slack's limits for labels, and carry what they are about."""

import json

from hypothesis import given
from hypothesis import strategies as st

from prompts import Words
from prompts.blocks import Message, actions, button, choice, context, divider, section, shortened
from sandbox.strict import check_blocks


@given(st.text(min_size=1, max_size=200).filter(str.strip), st.text(max_size=40))
def test_a_button_with_any_label_is_accepted(label: str, about: str) -> None:
    made = button(label, "object.why", style="primary", key=about)
    assert check_blocks([actions([made], "some")], surface="message") == []
    assert json.loads(made["value"]) == {"key": about}


def test_a_button_about_nothing_has_no_value() -> None:
    assert button("Edit", "object.edit") == {
        "type": "button",
        "text": {"type": "plain_text", "text": "Edit", "emoji": True},
        "action_id": "object.edit",
    }


def test_words_are_verbatim_so_that_slack_makes_no_mentions_of_them() -> None:
    words = {"type": "mrkdwn", "text": "@here #growth", "verbatim": True}
    assert section(Words("@here #growth")) == {"type": "section", "text": words}
    assert context(Words("@here #growth")) == {"type": "context", "elements": [words]}


def test_a_message_is_its_text_and_its_blocks() -> None:
    assert Message("Said", [divider()]).payload == {"text": "Said", "blocks": [{"type": "divider"}]}


@given(st.text(max_size=100), st.integers(1, 80))
def test_words_are_cut_with_a_sign_that_they_are(words: str, limit: int) -> None:
    cut = shortened(words, limit)
    assert len(cut) <= limit
    assert cut == words or (len(words) > limit and cut.endswith("…") and words.startswith(cut[:-1]))


def test_an_option_is_cut_at_its_label_and_never_at_its_value() -> None:
    made = choice("x" * 100, "INP-1")
    assert (made["text"]["text"], made["value"]) == ("x" * 74 + "…", "INP-1")
