"""What plain words ask for: nothing typed is lost, and nothing that can be typed is too much."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.flows.messages.grammar import is_question, keys_in, logging, only_keys
from bot.flows.messages.said import as_read
from storage.kinds import Kinds
from storage.packs.pack import starter

KINDS = starter()
ANYTHING = st.text(st.characters(exclude_categories=[]), max_size=80)
WORDS = [word for kind in KINDS.offered for word in kind.words]


@pytest.mark.parametrize(
    ("typed", "kind", "words"),
    [
        ("insight: New teams stall", "insight", "New teams stall"),
        ("  Insight :New teams stall ", "insight", "New teams stall"),
        ("log bet Guide them", "bet", "Guide them"),
        ("Log a bet: Guide them: twice", "bet", "Guide them: twice"),
        ("new north star  Weekly teams", "north star", "Weekly teams"),
        ("add an actionable input: Activation", "input", "Activation"),
        ("signal：空のボードで止まる", "insight", "空のボードで止まる"),
        ("décision: Nous arrêtons\nBET-9", "decision", "Nous arrêtons\nBET-9"),
        ("question: who pays?", "question", "who pays?"),
        ("insight:", "insight", ""),
        ("log insight", "insight", ""),
        ("we learned: nothing", None, ""),
        ("insight is what we lack", None, ""),
        ("log lunch", None, ""),
        ("which bets: all?", None, ""),
        ("", None, ""),
    ],
)
def test_what_is_to_be_logged(typed: str, kind: str | None, words: str) -> None:
    found = logging(KINDS, typed)
    assert (found.kind.name if found else None, found.words if found else "") == (kind, words)


@given(ANYTHING)
def test_no_text_is_too_much(typed: str) -> None:
    for prefix in ("", "insight: ", "log bet ", "log "):
        found = logging(KINDS, prefix + typed)
        assert found is None or found.words in prefix + typed
    assert set(only_keys(KINDS, typed)) <= set(keys_in(KINDS, typed))
    is_question(typed)
    as_read(typed, {})


@given(st.sampled_from(WORDS), st.sampled_from(["{}: {}", "log {} {}", "New {}: {}", "add an {}: {}"]), ANYTHING)
def test_nothing_that_was_typed_is_lost(word: str, pattern: str, typed: str) -> None:
    said = f"1 {typed.strip()} 2"  # it begins with the name of no kind, and ends without white space
    found = logging(KINDS, pattern.format(word, said))
    assert found is not None
    assert word in found.kind.words
    assert found.words == said
    kept = "".join(f"{found.title} {found.description}".split())
    assert all(kept.count(letter) >= said.count(letter) for letter in string.ascii_letters + string.digits)


def test_a_companys_own_kind_is_logged_by_its_own_words(own: Kinds) -> None:
    found = logging(own, "hunch: they would pay")
    assert found is not None
    assert (found.kind.name, found.words) == ("hunch", "they would pay")


@pytest.fixture
def own() -> Kinds:
    """The starter's kinds, with one of a company's own."""
    hunch = {
        "name": "hunch",
        "prefix": "HUN",
        "label": "Hunch",
        "emoji": "🔮",
        "lifecycle": ["new", "gone"],
        "closed": ["gone"],
    }
    content = KINDS.model_dump(mode="json", by_alias=True)
    return Kinds.model_validate({**content, "kinds": {**content["kinds"], "hunch": hunch}})


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("BET-12", ["BET-12"]),
        ("bet-12, INS-4?", ["BET-12", "INS-4"]),
        ("INS-4/BET-12", ["INS-4", "BET-12"]),
        ("BET–12", ["BET-12"]),
        ("what of BET-12", []),
        ("XYZ-1", []),
        ("", []),
    ],
)
def test_keys_alone(typed: str, keys: list[str]) -> None:
    assert only_keys(KINDS, typed) == keys


def test_what_slack_hands_over_is_read_as_people_see_it() -> None:
    raw = "<@U1> &amp; <@U2|bo>: <!here> &lt;3 <#C1|growth> <https://x.y/?a=1&amp;b=2|this> <https://x.y> <mailto:a@b.c|a@b.c>"
    raw += " <!subteam^S1|@all> <!date^1^{date}|today>"
    read = "@Ana & @bo: @here <3 #growth this (https://x.y/?a=1&b=2) https://x.y a@b.c @all today"
    assert as_read(raw, {"U1": "Ana"}) == read
