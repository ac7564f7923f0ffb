"""What forms and help offer in a workspace with a pack of its own, and what they offer no more."""

from pathlib import Path
from typing import Any

from bot.flows.pom.help import rows
from bot.flows.pom.words import kind_in
from bot.forms import FormContext, full, small
from storage.kinds import Kinds
from storage.packs.pack import read_pack, starter
from storage.packs.retiring import effective
from storage.packs.stored import Stored

EXAMPLE = read_pack((Path(__file__).parents[2] / "docs/example-pack.yaml").read_text("utf-8"))
IN_USE = Stored(
    statuses={("growth", "active"): 1, ("driver", "active"): 1},
    horizons={"1-3 months": 2},
    pairs={("contributes to", "outcome", "growth"): 1},
    fields={("bet", "mandate"): 1, ("driver", "cluster"): 1},
    values={("driver", "cluster"): {'"Trust"': 1}},
)


def ours() -> Kinds:
    return effective(starter(), EXAMPLE, IN_USE)


def form(kinds: Kinds, kind: str, **values: Any) -> dict[str, dict[str, Any]]:
    """Return the elements of the whole form of `kind`, by block id."""
    context = FormContext(kind, "C01GROWTH", "Growth", more=True)
    view = full(kinds, kinds.kind(kind), context, values)
    return {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}


def options(element: dict[str, Any]) -> list[tuple[str, str]]:
    return [(option["text"]["text"], option["value"]) for option in element["options"]]


def test_horizons_are_offered_by_their_labels_and_stored_by_their_names() -> None:
    assert options(form(ours(), "bet")["horizon"]) == [
        ("Now", "1-3 months"),
        ("Next", "1-3 quarters"),
        ("Later", "1-3 years"),
        ("Someday", "Someday"),
    ]


def test_a_dropped_field_and_choice_are_not_asked_for_but_what_stands_in_a_field_stays_there() -> None:
    kinds = ours()
    assert "field.mandate" not in form(kinds, "bet")
    assert "field.reach" in form(kinds, "bet")
    assert [name for _, name in options(form(kinds, "driver")["field.cluster"])] == ["Acquisition", "Habit", "Money"]
    kept = form(kinds, "driver", **{"field.cluster": "Trust"})["field.cluster"]
    assert (options(kept)[-1], kept["initial_option"]["value"]) == (("Trust", "Trust"), "Trust")


def test_only_statuses_that_may_follow_are_offered() -> None:
    kinds = ours()
    view = small.status(kinds.kind("bet"), FormContext("bet", key="BET-1"), "declined")
    offered = next(block["element"] for block in view["blocks"] if block["block_id"] == "status")
    assert [name for _, name in options(offered)] == ["proposed", "pitched", "on hold", "declined"]


def test_help_and_log_know_the_kinds_that_are_in_use() -> None:
    kinds = ours()
    shown = [kind.label for row in rows(kinds) for kind in row["all"]]
    assert ("Growth" in shown, "Funding" in shown, "Customer" in shown, "Finding" in shown) == (False, False, True, True)
    assert kind_in(kinds, "growth of ours") == (None, "growth of ours")
    found, title = kind_in(kinds, "observation people wait")
    assert (found and found.name, title) == ("insight", "people wait")


def test_a_relation_that_leads_nowhere_any_more_is_not_offered() -> None:
    assert "to contributes to" in relations_offered(starter(), "outcome")
    assert "to contributes to" not in relations_offered(ours(), "outcome")
    assert "to helps" in relations_offered(ours(), "bet")


def relations_offered(kinds: Kinds, kind: str) -> list[str]:
    view = small.link(kinds, kinds.kind(kind), FormContext(kind, key="X-1"))
    element = next(block["element"] for block in view["blocks"] if block["block_id"] == "relation")
    return [name for _, name in options(element)]
