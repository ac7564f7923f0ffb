"""Whatever is to be said fits into one message, and what does not is said to be missing (FAULTS 31)."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.fitting import SECTION_LIMIT, fitted
from prompts import Words, labels
from prompts.blocks import Block, Message, actions, button, context, divider, section
from sandbox.strict import check_call

NOTE = context(Words(labels()["message_cut"]))
PLAIN = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=60).filter(str.strip)
WORDS = st.one_of(PLAIN, st.builds(lambda word, times: word * times, PLAIN, st.integers(1, 200))).map(Words)
BLOCK = st.one_of(
    WORDS.map(section), WORDS.map(context), st.just(divider()), WORDS.map(lambda word: actions([button(word, "ask")]))
)


def words_in(blocks: list[Block]) -> str:
    """Return all words of sections and contexts, without white space, which may go where words are parted."""
    texts = [text["text"] for block in blocks for text in block.get("elements", [block.get("text")]) if text and "text" in text]
    return "".join("".join(text for text in texts if isinstance(text, str)).split())


@settings(max_examples=150)
@given(WORDS, st.lists(BLOCK, max_size=70))
@example(Words("x" * 5_000), [section(Words("y" * 40_000))])
@example(Words("x"), [section(Words("line\n" * 1_000)), *[divider()] * 48])
@example(Words("x"), [context(Words("small print " * 400))])
@example(Words("x"), [section(Words("&amp;" * 1_000))])
@example(Words("x"), [section(Words("<https://acme.slack.com/archives/C01/p1|INS-4> " * 200))])
def test_any_words_are_accepted_and_what_is_cut_is_said(text: Words, blocks: list[Block]) -> None:
    payload = fitted(Message(text, blocks))
    assert check_call("chat.postMessage", {"channel": "C01", **payload}) == []
    assert check_call("chat.update", {"channel": "C01", "ts": "1.000000", **payload}) == []
    assert payload["text"] == text or payload["text"].endswith("…")
    if NOTE in payload["blocks"] and NOTE not in blocks:
        said = words_in(payload["blocks"][:-1])
        assert (payload["blocks"][-1], words_in(blocks)[: len(said)]) == (NOTE, said)
    else:
        assert words_in(payload["blocks"]) == words_in(blocks)


def test_what_fits_is_left_as_it_is() -> None:
    message = Message("Said", [section(Words("one")), context(Words("two")), divider()])
    assert fitted(message) == message.payload


def test_a_long_section_is_parted_at_the_end_of_a_line() -> None:
    line = "a line of some words\n"
    parted = fitted(Message("Said", [section(Words(line * 200))]))["blocks"]
    assert [block["text"]["text"].rstrip().endswith("words") for block in parted] == [True, True]
    assert all(len(block["text"]["text"]) <= SECTION_LIMIT for block in parted)


def test_the_51st_block_is_told_of() -> None:
    blocks = fitted(Message("Said", [divider()] * 51))["blocks"]
    assert (len(blocks), blocks[-1]) == (50, NOTE)
