"""The forms of every kind are accepted by Slack, and read back what was typed into them."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.forms import FormContext, changed, filled, full, light, redrawn, small, typed
from prompts import Words
from prompts.blocks import choice, context
from sandbox.strict import check_view
from storage import checks
from storage.fields import Field
from storage.kinds import Kind
from storage.objects import Draft
from storage.packs.pack import starter

KINDS = starter()
EVERY_KIND = pytest.mark.parametrize("kind", list(KINDS), ids=lambda kind: kind.name)
INPUT = [choice("INP-1 Activation rate", "INP-1")]
SAMPLE: dict[str, Any] = {
    "line": "teams under ten",
    "text": "Because it did.\nTwice.",
    "number": "43.5",
    "percent": "60",
    "money": "5000 EUR",
    "date": "2026-11-30",
    "person": "U01ANA",
    "people": ["U01ANA", "U02IVO"],
    "link": "BET-12",
    "flag": True,
    "url": "https://acme.example/notes",
}
HOSTILE = st.one_of(
    st.none(),
    st.text(st.characters(), max_size=40),
    st.sampled_from(
        ["", " ", "\x00", "\ud800", "<!channel>", "-1", "1e999", "nan", "2026-13-40", "x" * 3_000, "١٢", "U", "BET-0"]
    ),
)


def sample_of(field: Field) -> Any:
    return field.choices[-1] if field.type == "choice" else SAMPLE[field.type]


def sample_values(kind: Kind) -> dict[str, Any]:
    """Return something in every input of the form of `kind`, as Slack hands it over."""
    fields = {f"field.{name}": sample_of(field) for name, field in kind.fields.items() if field.ask != "never"}
    asked = [prompt for prompt in kind.links if prompt.ask != "never"]
    links: dict[str, Any] = {f"link.{prompt.name}": INPUT for prompt in asked}
    for prompt in asked:
        said = {name: KINDS.link_fields[name] for name in KINDS.relations[prompt.relation].fields}
        links |= {f"with.{prompt.name}.{name}": sample_of(field) for name, field in said.items()}
    owner = {} if kind.anchor else {"owner": "U01ANA"}
    return {
        "title": "Guide",
        "description": "In short",
        "tags": "growth, guides",
        "team": "Growth",
        "horizon": next(iter(KINDS.horizons)),
        **owner,
        **fields,
        **links,
    }


def submitted(view: dict[str, Any]) -> dict[str, Any]:
    """Return a view as Slack sends it when it is saved as it was drawn: with the state of its inputs."""
    inputs = [block for block in view["blocks"] if block["type"] == "input"]
    return {**view, "state": {"values": {block["block_id"]: _state(block["element"]) for block in inputs}}}


def _state(element: dict[str, Any]) -> dict[str, Any]:
    initial = {name.removeprefix("initial_"): value for name, value in element.items() if name.startswith("initial_")}
    plain = {"value": initial["value"]} if "value" in initial else {}
    chosen = {f"selected_{name}": value for name, value in initial.items() if name != "value"}
    return {element["action_id"]: {"type": element["type"], **plain, **chosen}}


@EVERY_KIND
def test_every_form_of_a_kind_is_accepted(kind: Kind) -> None:
    new, old = FormContext(kind.name, channel="C01"), FormContext(kind.name, key=f"{kind.prefix}-1", version=3)
    values = sample_values(kind)
    views = [light(kind, "", new), light(kind, "Guide", new)]
    for more in (False, True):
        for form in (FormContext(kind.name, channel="C01", more=more), FormContext(kind.name, key=old.key, more=more)):
            views += [full(KINDS, kind, form, {}), full(KINDS, kind, form, values, ["Growth", "Payments"])]
    views += [small.status(kind, old, kind.first_status), small.link(KINDS, kind, old), redrawn(views[-1], "again")]
    asked = [*kind.fields, *(prompt.name for prompt in kind.links)]
    about = [context(Words("about it"))]
    views += [small.one_field(KINDS, kind, replace(old, only=name), values, about) for name in asked]
    assert [problem for view in views for problem in check_view(view, surface="modal")] == []


@EVERY_KIND
def test_what_was_typed_is_read_back(kind: Kind) -> None:
    values = sample_values(kind)
    view = submitted(full(KINDS, kind, FormContext(kind.name, more=True), values, ["Growth", "Payments"]))
    assert typed(view) == values
    assert changed(view, FormContext(kind.name)) == {}


@EVERY_KIND
def test_what_was_typed_becomes_a_draft_without_a_problem(kind: Kind) -> None:
    said = filled(kind, sample_values(kind))
    draft, problems = checks.check_draft(KINDS, Draft(kind.name, **said.common, fields=said.fields))
    assert problems == []
    assert (draft.title, draft.horizon, set(draft.fields)) == ("Guide", next(iter(KINDS.horizons)), set(said.fields))
    assert [tie.other for tie in said.ties] == ["INP-1"] * sum(prompt.ask != "never" for prompt in kind.links)


@EVERY_KIND
def test_only_what_was_changed_is_said_to_be(kind: Kind) -> None:
    view = submitted(full(KINDS, kind, FormContext(kind.name, more=True), sample_values(kind)))
    view["state"]["values"]["title"]["value"]["value"] = "Another"
    assert changed(view, FormContext(kind.name)) == {"title": "Another"}
    assert "description" in changed(view, FormContext(kind.name, mine=("description",)))


@settings(max_examples=60)
@given(st.sampled_from(list(KINDS)), st.data())
def test_whatever_is_typed_is_kept_or_refused_in_words(kind: Kind, data: st.DataObject) -> None:
    texts = {f"field.{name}": data.draw(HOSTILE) for name, field in kind.fields.items() if field.ask != "never"}
    common = {name: data.draw(HOSTILE) for name in ("title", "description", "horizon")}
    said = filled(kind, {**common, **texts})
    _, problems = checks.check_draft(KINDS, Draft(kind.name, **said.common, fields=said.fields))
    assert all(problem.sentence for problem in problems)


@settings(max_examples=60)
@given(st.sampled_from(list(KINDS)), st.text(max_size=3_000), st.text(max_size=5_000))
def test_a_form_shows_any_title_and_text_that_fits_it(kind: Kind, title: str, text: str) -> None:
    long = {f"field.{name}": text for name, field in kind.fields.items() if field.type == "text"}
    view = full(KINDS, kind, FormContext(kind.name, more=True), {"title": title, **long})
    assert check_view(view, surface="modal") == []


def test_the_context_travels_in_the_view() -> None:
    form = FormContext("bet", channel="C01", key="BET-1", version=2, more=True, mine=("title", "field.risk"))
    assert FormContext.load(form.dump()) == form
    assert FormContext.load(FormContext("bet").dump()) == FormContext("bet")
