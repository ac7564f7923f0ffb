"""Words → Question, without a database."""

from dataclasses import replace

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as some

from storage.asking.periods import Period
from storage.asking.phrasings import EXAMPLES, PHRASINGS
from storage.asking.question import Has, Question, Related, Thing
from storage.asking.questions import readings
from storage.asking.vocabulary import Noun
from storage.packs.pack import read_pack, starter

KINDS = starter()
BET, INSIGHT, INPUT = Noun("bet"), Noun("insight"), Noun("input")
EXPERIMENT = Noun("work", "form", "experiment")
NAMED = Thing("bet-12")
TARGETED = Related(NAMED, relation="targets", is_from=False)
SINCE_LAST_MONTH = Period("month", 1, is_open=True)
THIS = Thing("it", is_this=True)


def likeliest(words: str) -> Question:
    return readings(KINDS, words)[0]


def way(name: str, thing: Thing = NAMED) -> Question:
    return Question(related=(Related(thing, name),))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("words", "question"),
    [
        ("Where did BET-12 come from?", way("origin")),
        ("where does it come from", way("origin", THIS)),
        ("Hey, could you tell me where BET-12 came from please?", way("origin")),
        ("What led to BET-12?", way("origin")),
        ("Why are we doing BET-12?", way("purpose")),
        ("why BET-12?", way("purpose")),
        ("What’s the point of BET-12?", way("purpose")),
        ("What came of BET-12?", way("outcome")),
        ("what happened after BET-12", way("outcome")),
        ("What feeds BET-12?", way("feeds")),
        ("What did we learn from it?", replace(way("learned", THIS), nouns=(INSIGHT,))),
        ("What did BET-12 teach us", replace(way("learned"), nouns=(INSIGHT,))),
        ("Which options were considered for BET-12?", replace(way("options"), nouns=(Noun("option"),))),
        ("Which opportunities sparked it?", replace(way("origin", THIS), nouns=(Noun("opportunity"),))),
        ("Which insights informed BET-12?", replace(way("origin"), nouns=(INSIGHT,))),
        ("Which bets target BET-12", Question(nouns=(BET,), related=(Related(NAMED, relation="targets"),))),
        ("bets targeting BET-12", Question(nouns=(BET,), related=(Related(NAMED, relation="targets"),))),
        ("What inputs does BET-12 target?", Question(nouns=(INPUT,), related=(TARGETED,))),
        ("Which inputs does no bet target?", Question(nouns=(INPUT,), has=(Has(False, kind="bet", relation="targets"),))),
        ("Which bets have no hypothesis?", Question(nouns=(BET,), has=(Has(False, field="hypothesis"),))),
        ("bets without an input", Question(nouns=(BET,), has=(Has(False, relation="targets"),))),
        ("Who owns BET-12?", Question("owners", about=NAMED)),
        ("How does it link to BET-12?", Question("connection", about=THIS, other=NAMED)),
        ("What is stale in my team?", Question("stale", place="my team")),
        ("What changed since 1 March?", Question("changes", period=Period(day=1, month=3, is_open=True))),
        ("what has changed in growth this week", Question("changes", place="growth", period=Period("week"))),
        ("how many insights since last month", Question(nouns=(INSIGHT,), period=SINCE_LAST_MONTH, is_count=True)),
        ("running bets in growth", Question(nouns=(BET,), statuses=(("bet", ("running",)),), place="growth")),
        ("bets that won or lost", Question(nouns=(BET,), statuses=(("bet", ("won", "lost")),), moment="reached")),
        ("1–3 years bets owned by ana", Question(nouns=(BET,), horizon="1-3 years", owner="ana")),
        ("Which experiments are there?", Question(nouns=(EXPERIMENT,), fields=(("form", "experiment"),))),
    ],
)  # fmt: skip
def test_a_question_is_read_in_the_words_that_people_use(words: str, question: Question) -> None:
    assert likeliest(words) == question


def test_a_list_can_stand_where_a_name_can() -> None:
    (related,) = likeliest("What did we learn from bets that lost this quarter?").related
    lost = Question(nouns=(BET,), statuses=(("bet", ("lost",)),), period=Period("quarter"), moment="reached")
    assert related == Related(Thing("bets that lost this quarter", list=lost), "learned")


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("wich bets traget BET-12", "which bets target BET-12"),
        ("which insigths informd BET-12", "which insights informed BET-12"),
        ("wehre did BET-12 come from", "where did BET-12 come from"),
    ],
)
def test_slips_of_the_hand_are_put_right(slip: str, meant: str) -> None:
    assert readings(KINDS, slip) == readings(KINDS, meant) != []


@pytest.mark.parametrize("words", ["", "?", "blah blah", "what is the weather", "🎲", "BET-12", "x" * 40_000, "thanks!"])
def test_what_is_no_question_is_not_guessed_at(words: str) -> None:
    assert readings(KINDS, words) == []


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_understood(example: str) -> None:
    assert readings(KINDS, example)


def test_no_two_phrasings_have_the_same_example() -> None:
    assert len({phrasing.example for phrasing in PHRASINGS}) == len(PHRASINGS)


def test_words_of_a_pack_of_ones_own_are_understood() -> None:
    pack = """
    version: 1
    horizons: [now]
    kinds:
      wager: {prefix: WAG, label: Wager, emoji: W, lifecycle: [open, paid]}
      lever: {prefix: LEV, label: Lever, emoji: L, lifecycle: [there]}
    relations:
      pulls: {words: [pulls, is pulled by], ends: [{from: [wager], to: [lever]}]}
    """
    pulled = Related(Thing("lev-1"), relation="pulls")
    assert readings(read_pack(pack), "Which open wagers are pulling LEV-1?")[0] == Question(
        nouns=(Noun("wager"),), statuses=(("wager", ("open",)),), related=(pulled,)
    )


@pytest.mark.parametrize(
    ("words", "horizon"),
    [
        ("bets on 1–3 quarters", "1-3 quarters"),
        ("running bets in the next horizon", "soon"),
        ("soon bets", "soon"),
        ("bets for the year after", "year after"),
        ("which bets are now open", None),
    ],
)
def test_a_horizon_is_called_as_the_pack_calls_it(words: str, horizon: str | None) -> None:
    horizons = ["now", {"name": "next", "was": "soon"}, "1-3 quarters", "year after", "one day"]
    kinds = read_pack(yaml.safe_dump({"version": 1, "extends": "starter", "horizons": horizons}))
    assert readings(kinds, words)[0].horizon == horizon


@given(some.text(max_size=200))
def test_any_text_can_be_asked(words: str) -> None:
    assert all(isinstance(question, Question) for question in readings(KINDS, words))
