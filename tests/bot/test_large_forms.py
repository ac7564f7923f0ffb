"""A company's own kind may be large, and its words long: its form is accepted all the same, and all of it is in reach."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from bot.forms import FormContext, filled, full, light, small, waiting
from bot.forms.elements import typed_value
from prompts import Words
from prompts.blocks import context
from sandbox.strict import check_view
from storage.fields import Field
from storage.kind import Kind, LinkPrompt
from storage.kinds import Kinds
from storage.packs.pack import starter

LONG = "w" * 2_500
MANY = tuple(f"{number:03} {'v' * 200}" for number in range(130))


def with_kind(**parts: Any) -> tuple[Kinds, Kind]:
    """Return the starter pack with a kind of one's own."""
    idea = Kind(name="idea", prefix="IDE", label="Idea", emoji="💭", lifecycle=("fresh",), **parts)
    known = starter()
    return known.model_copy(update={"kinds": {**known.kinds, "idea": idea}}), idea


def pages(kinds: Kinds, kind: Kind, form: FormContext) -> list[dict[str, Any]]:
    """Return the parts of the whole form, as somebody sees them who presses "More" until there is no more."""
    views = [full(kinds, kind, form, {"title": "Guide"}, ["Growth"])]
    while "form.more:next" in str(views[-1]):
        page = len(views)
        views.append(
            full(kinds, kind, FormContext(form.kind, key=form.key, more=form.more, page=page), {"title": "Guide"}, ["Growth"])
        )
    return views


@pytest.mark.parametrize("ask", ["first", "more"])
def test_a_kind_with_150_fields_is_asked_for_on_pages(ask: Any) -> None:
    fields = {
        f"f{number}": Field(label=f"Field {number}", type="line", ask=ask, section=f"S{number // 9}") for number in range(150)
    }
    kinds, kind = with_kind(fields=fields)
    found = pages(kinds, kind, FormContext("idea", more=True))
    assert [check_view(view, surface="modal") for view in found] == [[]] * len(found)
    asked = [block["block_id"] for view in found for block in view["blocks"] if block["type"] == "input"]
    assert [name for name in asked if name.startswith("field.")] == [f"field.f{number}" for number in range(150)]
    assert asked.count("title") == len(found) == 2
    assert {"horizon", "owner", "tags", "team"} <= set(asked)
    for view in found:
        kinds_of_blocks = [block["type"] for block in view["blocks"]]
        assert ("header", "actions") not in list(pairwise(kinds_of_blocks))
    assert "form.more:back" in str(found[-1])
    assert "form.more:next" not in str(found[-1])


def test_a_form_full_of_long_texts_stays_small_enough_for_slack() -> None:
    fields = {f"f{number}": Field(label=f"Field {number}", type="text") for number in range(60)}
    kinds, kind = with_kind(fields=fields)
    values = {"title": "Guide", **{f"field.{name}": "\U0001f331" * 3_000 for name in fields}}
    form = FormContext("idea", key="IDE-1", more=True)
    found = [full(kinds, kind, replace(form, page=page), values) for page in range(12)]
    assert [check_view(view, surface="modal") for view in found] == [[]] * len(found)
    asked = {block.get("block_id") for view in found for block in view["blocks"]}
    assert {f"field.{name}" for name in fields} <= asked


def test_words_that_are_too_long_for_slack_are_cut_and_a_long_choice_is_stored_whole() -> None:
    fields = {
        "say": Field(label=LONG, type="line", hint=LONG, ask="first", section=LONG),
        "more": Field(label=LONG, type="text", hint=LONG, section=LONG),
        "one": Field(label="One", type="choice", choices=MANY, ask="first"),
    }
    links = (LinkPrompt(relation="part of", label=LONG, section=LONG, ask="more"),)
    kinds, kind = with_kind(fields=fields, links=links)
    values = {"title": "Guide", "field.one": MANY[120], "field.more": "x" * 3_001}
    form = FormContext("idea", more=True)
    view = full(kinds, kind, form, values)
    views = [light(kind, "Guide", form), waiting(kind, LONG, form), view]
    about = [context(Words("about it"))]
    views += [small.one_field(kinds, kind, FormContext("idea", key="IDE-1", only=name), values, about) for name in fields]
    assert [problem for each in views for problem in check_view(each, surface="modal")] == []
    chosen = next(block["element"] for block in view["blocks"] if block.get("block_id") == "field.one")["initial_option"]
    typed = typed_value({"type": "static_select", "selected_option": chosen})
    assert len(typed) == 150
    assert filled(kind, {"field.one": typed}).fields == {"one": MANY[120]}


def test_a_text_that_no_form_holds_is_said_to_stay() -> None:
    kinds = starter()
    values = {"title": "Guide", "field.risk": "x" * 3_001, "description": "y" * 3_001}
    view = full(kinds, kinds.kind("bet"), FormContext("bet", key="BET-1", more=True), values)
    said = [block["elements"][0]["text"] for block in view["blocks"] if block["type"] == "context"]
    assert said == [
        "*In a few words* This text is longer than a form holds; it stays as it is.",
        "*What could go wrong?* This text is longer than a form holds; it stays as it is.",
    ]
    assert "field.risk" not in [block.get("block_id") for block in view["blocks"]]


def test_a_field_that_makes_no_sense_beside_a_choice_is_neither_asked_for_nor_stored() -> None:
    kinds = starter()
    bet, form = kinds.kind("bet"), FormContext("bet", more=True)

    def asked(kind: str | None) -> dict[str, str]:
        view = full(kinds, bet, form, {"field.kind": kind})
        return {block["block_id"]: block["label"]["text"] for block in view["blocks"] if block["type"] == "input"}

    assert "field.mandate" in asked(None)
    assert "field.mandate" not in asked("exploratory")
    assert asked("exploratory")["field.how_we_will_know"] == "What do we want to learn, and what will tell us?"
    assert asked("delivery")["field.how_we_will_know"] == "Which number will tell us that it worked?"
    said = {"field.kind": "exploratory", "field.mandate": "Growth decides"}
    assert filled(bet, said).fields == {"kind": "exploratory"}
    assert filled(bet, {"field.mandate": "Growth decides"}).fields == {"mandate": "Growth decides"}
