"""What an act did, in words: every sort of change reads as a line, whatever was typed stands in it as it was typed."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.letters.stories import in_words
from bot.letters.telling import Known, changes_of
from storage.history import Revision
from storage.objects import Object
from storage.packs.pack import starter
from tests.bot.test_menu import thing

KINDS = starter()
AT = datetime(2026, 9, 17, 9, tzinfo=UTC)
INPUT = thing(KINDS.kind("input"), "active")
KNOWN = Known(KINDS, names={"U1ANA": "Ana *Ruiz*"}, others={"INP-12345": INPUT}, titles={"INS-2": "It is gone"})


def revision(
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    *,
    version: int = 2,
    value_at: datetime | None = None,
    to: str = "",
) -> Revision:
    key, relation, to_key = "BET-12345", None, None
    if to:
        relation, to_key = to.split("→")
    return Revision("A", 0, key, relation, to_key, version, "U1ANA", AT, None, before, after, value_at)


def said(item: Object, each: Revision) -> list[str]:
    return [in_words(change) for change in changes_of(KNOWN, item, [each])]


BET = thing(KINDS.kind("bet"), "placed")


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ({"title": "A", "status": "new"}, {"title": "B <b>", "status": "won"}, ["new → *won*", "Title “A” → *B &lt;b&gt;*"]),
        ({"owner": None}, {"owner": "U1ANA"}, ["Owner: *Ana \u2217\u2060Ruiz\u2217\u2060*"]),
        ({"owner": "U1ANA"}, {"owner": "U9GONE"}, ["Owner Ana \u2217\u2060Ruiz\u2217\u2060 → *somebody*"]),
        ({"fields": {"confidence": 45}}, {"fields": {"confidence": 60}}, ["Confidence 45 % → *60 %*"]),
        ({"fields": {"review_date": "2026-11-30"}}, {"fields": {}}, ["When shall we look again? 30 November taken away"]),
        ({"fields": {}}, {"fields": {"all_in": True}}, ["All in: *Yes*"]),
        ({"fields": {}}, {"fields": {"long gone": "x"}}, ["long gone: *x*"]),  # a field of a pack of earlier times
        ({"horizon": "1-3 months"}, {"horizon": "1-3 years"}, ["Horizon 1-3 months → *1-3 years*"]),
        ({"tags": ["a"]}, {"tags": ["a", "b"]}, ["Tags a → *a, b*"]),
        ({}, {"archived": True}, ["*put away*"]),
        ({"archived": True}, {}, ["*brought back*"]),
        ({"visibility": "channel"}, {"visibility": "workspace"}, ["shown to *everybody* in the workspace"]),
    ],
)
def test_what_changed_of_an_object(before: dict[str, Any], after: dict[str, Any], words: list[str]) -> None:
    assert said(BET, revision(before, after)) == words


def test_links_with_their_other_end_also_where_that_is_gone() -> None:
    made = {"why": "New teams", "confidence": 70, "fields": {}}
    assert said(BET, revision(None, made, to="targets→INP-12345")) == [
        "BET-12345 targets INP-12345 *A title*, 70 % sure: New teams"
    ]
    assert said(INPUT, revision(made, None, to="targets→INP-12345")) == []  # nothing is known here of the bet
    surer = {"why": "New teams", "confidence": 80, "fields": {"size": "+5"}}
    [line] = said(BET, revision(made, surer, to="targets→INP-12345"))
    assert line == "BET-12345 targets INP-12345 *A title*: How sure 70 % → *80 %*, How much? *+5*"
    assert said(BET, revision(made, None, to="yields→INS-2")) == ["link taken away: BET-12345 taught us INS-2 It is gone"]
    assert said(BET, revision(None, made, to="mentions→INP-12345")) == []  # a text says it, and tells of itself


def test_values_and_comings_and_goings() -> None:
    value = {"value": 43.0, "unit": "%", "source": "", "note": "After it"}
    assert said(BET, revision(None, value, value_at=AT)) == ["*43 %* measured on 17 September: After it"]
    assert said(BET, revision({"value": 41.0}, value, value_at=AT)) == ["41 → *43 %* measured on 17 September: After it"]
    assert said(BET, revision(value, None, value_at=AT)) == ["value of 17 September taken away: 43 %"]
    assert said(BET, revision(None, {"title": "A"}, version=1)) == ["*logged*"]
    assert said(BET, revision(None, {"title": "A"}, version=3)) == ["*brought back*"]
    assert said(BET, revision({"title": "A"}, None)) == ["its making was taken back"]
