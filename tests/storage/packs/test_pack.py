"""Packs: what the starter declares, and what is refused out loud."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from storage.errors import NotFound
from storage.fields import Field
from storage.packs.pack import PackError, read_pack, starter
from storage.text import folded

ONE_KIND = """
version: 1
horizons: [1-3 months]
kinds:
  wager: {prefix: WAG, label: Wager, emoji: "🎲", lifecycle: [open, closed]}
relations: {}
"""


def test_the_starter_declares_every_kind_and_relation_of_the_model() -> None:
    kinds = starter()
    prefixes = " ".join(kind.prefix for kind in kinds)
    assert prefixes == "INS OPP OPT BET WRK REL IMP INP DRV NST OUT GRO TEAM SCO ROL ART DEC GOA FUN RIT QUE"
    assert len(kinds.relations) == 18
    assert list(kinds.horizons) == ["1-3 months", "1-3 quarters", "1-3 years"]
    assert set(kinds.rituals) == {"bet check-in", "weekly review", "weekly note"}


def test_a_kind_is_found_by_its_key_and_a_horizon_by_any_dash() -> None:
    kinds = starter()
    found = kinds.of_key("bet-12")
    assert found is not None
    assert found.name == "bet"
    assert kinds.of_key("XYZ-1") is None
    assert kinds.horizon("1–3 Quarters") == "1-3 quarters"


def test_a_pack_of_ones_own_is_read_by_the_same_road() -> None:
    assert read_pack(ONE_KIND).kind("wager").words == ("wager", "wagers")


@pytest.mark.parametrize(
    ("pack", "sentence"),
    [
        ("kinds: [", "this is not YAML that I can read"),
        (ONE_KIND + "colour: red\n", 'colour: unknown word "colour"'),
        (ONE_KIND.replace("[open, closed]", "[]"), "kinds → wager → lifecycle"),
        (ONE_KIND.replace("[open, closed]", "[open], closed: [shut]"), 'status "shut" is not in its lifecycle'),
        (ONE_KIND.replace("WAG,", "wag,"), "kinds → wager → prefix"),
        (
            ONE_KIND.replace("relations: {}", "relations: {x: {words: [a, b], ends: [{from: [wagr], to: [any]}]}}"),
            'relation "x": unknown kind "wagr"; did you mean "wager"?',
        ),
        (
            ONE_KIND.replace("kinds:", 'kinds:\n  duel: {prefix: WAG, label: Duel, emoji: "x", lifecycle: [open]}'),
            'the kinds "duel" and "wager" have the same key prefix "WAG"',
        ),
        ("a: &a [1]\nb: *a\n", "aliases (*name) are not allowed in a pack"),
        ("x" * 1_000_001, "larger than a pack can be"),
    ],
)
def test_what_is_wrong_with_a_pack_is_said_in_words(pack: str, sentence: str) -> None:
    with pytest.raises(PackError) as refused:
        read_pack(pack)
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("kind", "given", "stored"),
    [
        ("percent", "60 %", 60),
        ("number", "1 200", 1200),
        ("number", "43,5", 43.5),
        ("number", "−3", -3),
        ("line", 42, 42),
        ("date", "2026-11-30", "2026-11-30"),
        ("date", "2026-11-30T09:00:00Z", "2026-11-30T09:00:00Z"),
        ("people", "U01ANA", ["U01ANA"]),
        ("flag", "yes", True),
        ("link", "bet-12", "BET-12"),
        ("money", "5 000 EUR", "5 000 EUR"),
    ],
)
def test_a_value_has_one_stored_form(kind: str, given: object, stored: object) -> None:
    assert Field.model_validate({"label": "It", "type": kind}).read(given) == stored


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("percent", 101),
        ("number", "many"),
        ("number", float("nan")),
        ("date", "30.11.2026"),
        ("date", "2026-11-30T09:00:00"),
        ("person", "Ana"),
        ("url", "javascript:alert(1)"),
        ("flag", "perhaps"),
        ("link", "bet twelve"),
        ("money", "much"),
        ("text", None),
        ("line", True),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_a_sentence(kind: str, given: object) -> None:
    with pytest.raises(ValueError, match=r"^(should|has|is) "):
        Field.model_validate({"label": "It", "type": kind}).read(given)


@given(some.text())
def test_folding_forgets_case_accents_and_dashes(text: str) -> None:
    assert folded(text.upper()) == folded(text.upper().swapcase().upper())
    assert folded("É – x") == "e - x"


def test_a_kind_that_is_not_there_any_more_is_said_to_be_so_in_words() -> None:
    with pytest.raises(NotFound) as refused:
        starter().kind("hunch")
    assert str(refused.value) == "There is no “hunch” here any more."
