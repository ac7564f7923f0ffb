"""Documents: how often they are looked at again, which is the current one, and what the current ones speak of."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.artifacts import refresh_of, stale_artifacts
from storage.asking import answers
from storage.audience import ADMINISTRATOR, EVERYBODY, Audience
from storage.cadence import Cadence, read_cadence
from storage.database import Transaction
from storage.graph import Graph
from storage.kind import Marks
from storage.kinds import Kinds
from storage.objects import Draft
from storage.packs.pack import PackError, read_pack, starter
from storage.shaping import Shaping
from tests.storage.graphs import drawn
from tests.storage.rows import WORKSPACE, ready
from tests.storage.things import an_item

KINDS = starter()
STRATEGY = "https://docs.example.com/strategy"


@pytest.mark.parametrize(
    ("words", "cadence"),
    [
        ("every 6 weeks", Cadence(days=42)),
        ("Every six weeks.", Cadence(days=42)),
        ("6 weeks", Cadence(days=42)),
        ("every other week", Cadence(days=14)),
        ("fortnightly", Cadence(days=14)),
        ("weekly", Cadence(days=7)),
        ("daily", Cadence(days=1)),
        ("monthly", Cadence(months=1)),
        ("once a month", Cadence(months=1)),
        ("a month", Cadence(months=1)),
        ("quarterly", Cadence(months=3)),
        ("each quarter", Cadence(months=3)),
        ("twice a year", Cadence(months=6)),
        ("half-yearly", Cadence(months=6)),
        ("every half year", Cadence(months=6)),
        ("annually", Cadence(months=12)),
        ("reviewed every year", Cadence(months=12)),
        ("twice a month", Cadence(days=15)),
        ("twice a day", Cadence(days=1)),
        ("when it smells", None),
        ("every sprint", None),
        ("every 0 weeks", None),
        ("quarterly, or when it smells", None),
    ],
)
def test_a_cadence_is_read_from_words(words: str, cadence: Cadence | None) -> None:
    assert read_cadence(words) == cadence


@given(st.text())
def test_no_words_are_too_odd_to_be_a_cadence(words: str) -> None:
    found = read_cadence(words)
    assert found is None or found.after(date(2026, 1, 31)) > date(2026, 1, 31)


@pytest.mark.parametrize(
    ("cadence", "day", "due"),
    [
        (Cadence(months=1), date(2026, 1, 31), date(2026, 2, 28)),
        (Cadence(months=3), date(2026, 11, 30), date(2027, 2, 28)),
        (Cadence(months=12), date(2028, 2, 29), date(2029, 2, 28)),
        (Cadence(months=1), date(2026, 12, 5), date(2027, 1, 5)),
        (Cadence(days=42), date(2026, 12, 1), date(2027, 1, 12)),
    ],
)
def test_months_end_where_the_calendar_says(cadence: Cadence, day: date, due: date) -> None:
    assert cadence.after(day) == due


def test_the_next_look_counts_from_the_last_change_and_odd_words_are_kept() -> None:
    touched = datetime(2026, 9, 1, 23, tzinfo=UTC)
    quarterly = an_item("ART-1", fields={"refresh": "quarterly"}, version=2, updated_at=touched)
    odd = an_item("ART-2", fields={"refresh": "when it smells"})
    found = [refresh_of(KINDS, item) for item in (quarterly, odd, an_item("ART-3"), an_item("BET-1"))]
    assert [each and (each.words, each.due) for each in found] == [
        ("quarterly", date(2026, 12, 1)),
        ("when it smells", None),
        None,
        None,
    ]


def document(refresh: str | None, day: str, **more: Any) -> dict[str, Any]:
    fields = {"refresh": refresh} if refresh else {}
    return {"fields": fields, "created_at": f"{day}T09:00:00Z", "team": "Growth", **more}


DOCUMENTS: dict[str, dict[str, Any]] = {  # it is 17 September 2026
    "ART_1": document("quarterly", "2026-06-16"),
    "ART_2": document("quarterly", "2026-06-17"),  # due today: not past it yet
    "ART_3": document("every 6 weeks", "2026-03-01", team="Pay"),
    "ART_4": document("weekly", "2026-01-01", status="superseded"),
    "ART_5": document("when it smells", "2026-01-01"),
    "ART_6": document(None, "2026-09-01"),
    "ART_7": document("weekly", "2026-01-01", visibility="channel", channel="C02SECRET"),
}


async def test_what_is_past_its_next_look_is_stale(database_url: str) -> None:
    async with drawn(database_url, "ART-1 part of ART-2", **DOCUMENTS) as tx:
        found = await stale_artifacts(tx, KINDS, EVERYBODY)
        insiders = await stale_artifacts(tx, KINDS, Audience(frozenset({"C02SECRET"})))
        of_pay = await stale_artifacts(tx, KINDS, EVERYBODY, teams=["Pay"])
        asked = await answers.ask(tx, KINDS, "Which artifacts are stale?", about=None, audience=EVERYBODY)
    assert [(each.item.key, each.due) for each in found] == [("ART-3", date(2026, 4, 12)), ("ART-1", date(2026, 9, 16))]
    assert [each.item.key for each in insiders] == ["ART-7", "ART-3", "ART-1"]
    assert [each.item.key for each in of_pay] == ["ART-3"]
    assert [item.key for item in asked.objects] == ["ART-5", "ART-3", "ART-1"]  # untouched since January, in odd words


async def test_which_kinds_are_looked_at_again_the_pack_says(database_url: str) -> None:
    pack = KINDS.model_dump(by_alias=True)
    pack["kinds"]["artifact"]["marks"]["cadence"] = None
    pack["kinds"]["goal"]["marks"]["cadence"] = "cycle"
    goal = {"fields": {"cycle": "monthly"}, "created_at": "2026-01-01T09:00:00Z"}
    async with drawn(database_url, "ART-1 part of ART-2", **DOCUMENTS, GOA_1=goal) as tx:
        found = await stale_artifacts(tx, Kinds.model_validate(pack), ADMINISTRATOR)
    assert [each.item.key for each in found] == ["GOA-1"]


def test_what_a_pack_drops_is_marked_no_longer() -> None:
    kinds = read_pack(
        "version: 1\nextends: starter\nkinds:\n"
        "  artifact: {lifecycle: {drop: [superseded]}, fields: {drop: [refresh]}}\n"
        "  option: {marks: {rejected: considered}}\n"
    )
    assert kinds.kind("artifact").marks == Marks()
    assert kinds.kind("option").marks == Marks(chosen="chosen", rejected="considered", reason="reason")


@pytest.mark.parametrize(
    ("marks", "sentence"),
    [
        ("{replaced: supersedet}", 'status "supersedet" is not in its lifecycle; did you mean "superseded"'),
        ("{cadence: refesh}", 'marks: unknown field "refesh"; did you mean "refresh"'),
        ("{cadense: refresh}", 'unknown word "cadense"; did you mean "cadence"'),
    ],
)
def test_a_mark_of_what_is_not_there_is_refused(marks: str, sentence: str) -> None:
    with pytest.raises(PackError, match=sentence):
        read_pack(f"version: 1\nextends: starter\nkinds: {{artifact: {{marks: {marks}}}}}\n")


# Nothing below links a document to anything: the texts do.
WRITTEN: dict[str, dict[str, Any]] = {
    "SCO_1": {"title": "Onboarding"},
    "SCO_2": {"title": "Billing"},
    "SCO_3": {"title": "Search"},
    "BET_1": {"title": "Guide them"},
    "BET_2": {"title": "Templates", "description": f"as <{STRATEGY}/|our strategy> says"},
    "ART_1": {"title": "How we grow", "fields": {"kind": "3–6 pager", "text": "It begins with SCO-1; see BET-1"}},
    "ART_2": {"title": "How we grew", "status": "superseded", "fields": {"kind": "3-6 pager", "text": "with SCO-2"}},
    "ART_3": {"title": "Strategy 2026", "fields": {"kind": "strategy", "url": STRATEGY, "text": "BET-2, for sco-3"}},
    "ART_4": {"title": "Strategy 2025", "status": "superseded", "fields": {"kind": "strategy", "text": "BET-1"}},
    "INS_1": {"title": "They stall in SCO-1", "visibility": "channel", "channel": "C02SECRET"},
}


async def told(tx: Transaction, words: str, audience: Audience = EVERYBODY) -> set[str]:
    found = await answers.ask(tx, KINDS, words, about=None, audience=audience)
    assert found.understood, words
    return {item.key for item in found.objects}


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        ("Which scopes are mentioned in current 3–6 pagers?", {"SCO-1"}),
        ("Which scopes are mentioned in current 3-6 pagers?", {"SCO-1"}),
        ("Which scopes are mentioned in current 3—6 pagers?", {"SCO-1"}),
        ("which scopes are mentioned in current 3 – 6 pagers", {"SCO-1"}),
        ("Which scopes do current 3-6 pagers mention?", {"SCO-1"}),
        ("Which scopes are mentioned in superseded 3-6 pagers?", {"SCO-2"}),
        ("Which bets does the strategy mention?", {"BET-2"}),
        ("What does our strategy mention?", {"BET-2", "SCO-3"}),
        ("Where is SCO-1 mentioned?", {"ART-1"}),
        ("Where is onboarding mentioned?", {"ART-1"}),
        ("Which 3-6 pagers mention SCO-2?", {"ART-2"}),
        ("Who mentions ART-3?", {"BET-2"}),
        ("Is SCO-3 mentioned anywhere?", {"ART-3"}),
        ("Which scopes does no artifact mention?", set()),
    ],
)
async def test_questions_are_answered_from_what_texts_say(database_url: str, words: str, keys: set[str]) -> None:
    async with drawn(database_url, "SCO-1 part of SCO-3", **WRITTEN) as tx:
        assert await told(tx, words) == keys


async def test_who_may_see_more_is_told_of_more(database_url: str) -> None:
    async with drawn(database_url, "SCO-1 part of SCO-3", **WRITTEN) as tx:
        assert await told(tx, "Where is SCO-1 mentioned?", Audience(frozenset({"C02SECRET"}))) == {"ART-1", "INS-1"}


async def test_a_newer_version_answers_from_then_on(database_url: str) -> None:
    async with ready(database_url) as database:
        async with database.writing(WORKSPACE) as tx:
            graph = Graph(tx, KINDS, "U01ANA")
            for title in ("Onboarding", "Billing"):
                await graph.add(Draft("scope", title))
            await graph.add(Draft("artifact", "How we grow", fields={"kind": "3-6 pager", "text": "SCO-1"}))
            await Shaping(tx, KINDS, "U01ANA").renew("ART-1", {"fields": {"text": "SCO-2"}})
        async with database.reading(WORKSPACE) as tx:
            assert await told(tx, "Which scopes are mentioned in current 3-6 pagers?") == {"SCO-2"}
            assert await told(tx, "What replaced ART-1?") == {"ART-2"}
