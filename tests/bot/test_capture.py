"""What a type-ahead offers first and offers to add, and what of what was begun before comes back in a form."""

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.flows.capture.drafts import begun
from bot.flows.capture.find import likely
from bot.flows.capture.options import Wanted, additions, option_of, wanted, without_additions
from bot.forms import FormContext
from storage.drafts import Unsaved
from storage.objects import Object
from storage.packs.pack import starter

NOW = datetime(2026, 9, 17, 7, 30, tzinfo=UTC)
ANA, IVO = "U01ANA", "U02IVO"
GROWTH = FormContext("bet", channel="C01GROWTH", team="Growth", card="C01GROWTH")


def insight(key: str, *, owner: str = IVO, team: str | None = None, channel: str | None = None) -> Object:
    return Object(
        *(key, "insight", f"What {key} says", "", "new", owner, team, None, [], {}),
        *(None, channel, "workspace", 1, owner, NOW, NOW),
    )


def test_what_is_mine_of_my_team_and_of_this_channel_is_likely_in_this_order_of_closeness() -> None:
    far, of_team = insight("INS-1"), insight("INS-2", team="Growth")
    here, mine = insight("INS-3", team="Growth", channel="C01GROWTH"), insight("INS-4", owner=ANA)
    closest = insight("INS-5", owner=ANA, team="Growth", channel="C01GROWTH")
    found = likely([far, of_team, here, mine, closest], ANA, {"Growth"}, {"C01GROWTH"})
    assert [item.key for item in found] == ["INS-5", "INS-3", "INS-2", "INS-4"]
    assert likely([far], ANA, set(), set()) == []
    assert len(likely([insight(f"INS-{number}", owner=ANA) for number in range(1, 30)], ANA, set(), set())) == 5


def test_what_is_missing_is_offered_with_the_words_that_were_typed() -> None:
    kinds = starter()
    options = additions([kinds.kind("insight"), kinds.kind("north star")], "Slow & steady: <b>")
    assert [option["text"]["text"] for option in options] == [
        "+ New insight “Slow & steady: <b>”",
        "+ New north star “Slow & steady: <b>”",
    ]
    chosen = [option_of(insight("INS-1"), "new · Ivo"), options[1]]
    assert chosen[0]["description"]["text"] == "new · Ivo"
    assert wanted({"selected_options": chosen}) == Wanted("north star", "Slow & steady: <b>")
    assert without_additions(chosen) == chosen[:1]
    assert wanted({"selected_options": chosen[:1]}) is None
    assert wanted({"type": "static_select", "selected_option": None}) is None
    [long] = additions([kinds.kind("insight")], "w" * 150)  # Slack takes 150 characters, and words are not cut unseen
    assert (long["text"]["text"], wanted({"selected_options": [long]})) == ("+ New insight…", Wanted("insight", ""))


def draft(form: str, age: int, **values: Any) -> Unsaved:
    return Unsaved(form, values, at=NOW - timedelta(days=age))


def test_the_latest_comes_back_and_what_is_about_something_else_is_offered() -> None:
    first, second = draft("new:bet", 1, title="Guide", risk="None"), draft("new:bet:2", 2, title="Tips")
    found = begun([first, second], GROWTH, {})
    assert (found.mine, found.other, found.kept_as) == (first, second, "new:bet")
    found = begun([first, second], GROWTH, {"title": "Tips"})
    assert (found.mine, found.other, found.kept_as) == (second, first, "new:bet:2")
    found = begun([first], GROWTH, {"title": "Another"})
    assert (found.mine, found.other, found.kept_as) == (None, first, "new:bet:2")
    found = begun([first, second], GROWTH, {"title": "Another"})
    assert (found.mine, found.other, found.kept_as) == (None, first, "new:bet:2")
    found = begun([draft("new:bet:inside", 1, title="Guide")], GROWTH, {"title": "Another"})
    assert (found.mine, found.kept_as) == (None, "new:bet")
    found = begun([], GROWTH, {"title": "Another"})
    assert (found.mine, found.other, found.kept_as, found.notes) == (None, None, "new:bet", [])


def test_what_is_begun_in_a_private_channel_is_kept_under_a_name_of_its_own() -> None:
    assert FormContext("bet").kept_as == "new:bet"
    assert FormContext("bet", home="C99QUIET").kept_as == "new:bet@C99QUIET"
    assert FormContext("bet", key="BET-1").kept_as == "edit:BET-1"
    assert FormContext("bet", key="BET-1", only="to targets").kept_as == "edit:BET-1:to targets"
    assert FormContext("bet", draft="new:bet:2").kept_as == "new:bet:2"
