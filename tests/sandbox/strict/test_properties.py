"""What holds for every payload: right ones pass, nothing raises, pointers point."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.strict import (
    Problem,
    check_blocks,
    check_call,
    check_options_response,
    check_response_action,
    check_view,
    warnings_for,
)
from sandbox.strict.blocks import BLOCKS
from sandbox.strict.elements import ELEMENTS
from sandbox.strict.methods import METHODS

Json = Any
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])

# Any JSON, but of the words that payloads are made of, so that checks are reached deep inside.
WORDS = (
    "type text elements element blocks block_id action_id options option_groups value label title fields accessory rows "
    "initial_option initial_options style confirm placeholder focus_on_load chart series data axis_config categories name "
    "view submit metadata event_type event_payload attachments channel child_blocks tasks min_value max_value segments "
    "response_action errors limit ts call fallback image_url slack_file url max_length min_length"
)
KEYS = WORDS.split()
KINDS = [*BLOCKS, *ELEMENTS, "plain_text", "mrkdwn", "modal", "home", "rich_text_section", "raw_text", "pie", "line"]
leaves = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(KINDS) | st.just("[{}]")
)
anything = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5)
        | st.builds(
            lambda kind, rest: {**rest, "type": kind},
            st.sampled_from(KINDS),
            st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
        )
    ),
    max_leaves=25,
)


@QUICK
@given(anything)
def test_no_json_raises(value: Json) -> None:
    for surface in ("message", "modal", "home"):
        assert all(isinstance(problem, Problem) for problem in check_blocks([value, value], surface=surface))
    for view in (value, {"type": "modal", "blocks": value}, {"type": "home", "blocks": [value]}):
        check_view(view, surface="modal")
        check_view(view, surface="home")
    check_response_action(value)
    check_options_response(value)


@QUICK
@given(st.sampled_from(sorted(METHODS)), st.data())
def test_no_call_raises(method: str, data: st.DataObject) -> None:
    names = [*METHODS[method].arguments, "other"]
    arguments = data.draw(st.dictionaries(st.sampled_from(names), anything, max_size=6))
    assert all(str(problem).startswith("[ERROR] ") for problem in check_call(method, arguments))
    assert all(isinstance(warning, str) for warning in warnings_for(method, arguments))


# Payloads as a careful builder makes them: every field within its limit.
def text(longest: int) -> st.SearchStrategy[str]:
    return st.text(min_size=1, max_size=min(longest, 40)) | st.just("x" * longest)


def plain(longest: int) -> st.SearchStrategy[Json]:
    return st.builds(lambda words: {"type": "plain_text", "text": words, "emoji": True}, text(longest))


def any_text(longest: int) -> st.SearchStrategy[Json]:
    return plain(longest) | st.builds(lambda words: {"type": "mrkdwn", "text": words}, text(longest))


def record(required: dict[str, Any], optional: dict[str, Any] | None = None) -> st.SearchStrategy[Json]:
    return st.fixed_dictionaries(required, optional=optional or {})


confirm = record({"title": plain(100), "text": any_text(300), "confirm": plain(30), "deny": plain(30)})
options = st.lists(record({"text": plain(75), "value": text(150)}), min_size=1, max_size=5)
shared = {"confirm": confirm, "action_id": text(255)}
button = record(
    {"type": st.just("button"), "text": plain(75)},
    {**shared, "value": text(2000), "url": st.just("https://example.com"), "style": st.sampled_from(["primary", "danger"])},
)
select = options.flatmap(
    lambda offered: record(
        {"type": st.just("static_select"), "options": st.just(offered)},
        {**shared, "placeholder": plain(150), "initial_option": st.sampled_from(offered)},
    )
)
datepicker = record({"type": st.just("datepicker")}, {**shared, "initial_date": st.dates().map(lambda day: day.isoformat())})
entry = record({"type": st.just("plain_text_input")}, {"initial_value": text(3000), "multiline": st.booleans()})
block = st.one_of(
    record({"type": st.just("divider")}),
    record({"type": st.just("header"), "text": plain(150)}),
    record({"type": st.just("section"), "text": any_text(3000)}, {"accessory": button | select | datepicker}),
    record({"type": st.just("section"), "fields": st.lists(any_text(500), min_size=1, max_size=10)}),
    record({"type": st.just("context"), "elements": st.lists(any_text(500), min_size=1, max_size=5)}),
    record({"type": st.just("actions"), "elements": st.lists(button | select, min_size=1, max_size=1)}),
    record(
        {"type": st.just("input"), "label": plain(2000), "element": entry | select},
        {"hint": plain(2000), "optional": st.booleans()},
    ),
)
blocks = st.lists(block, min_size=1, max_size=3)


@QUICK
@given(blocks)
def test_what_a_careful_builder_makes_is_accepted(built: list[Json]) -> None:
    for surface in ("message", "modal", "home"):
        assert check_blocks(built, surface=surface) == []
    title = {"type": "plain_text", "text": "A bet"}
    view = {"type": "modal", "title": title, "submit": title, "blocks": built}
    assert check_call("views.open", {"trigger_id": "1.2.a", "view": view}) == []


def places(value: Json, pointer: str = "/blocks") -> Iterator[tuple[str, dict[str, Json]]]:
    """Every object of a payload with its pointer."""
    if isinstance(value, dict):
        yield pointer, value
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, part in parts:
        yield from places(part, f"{pointer}/{step}")


@QUICK
@given(blocks, st.data())
def test_an_unknown_field_is_refused_wherever_it_stands(built: list[Json], data: st.DataObject) -> None:
    spoiled = copy.deepcopy(built)
    pointer, place = data.draw(st.sampled_from(list(places(spoiled))))
    place["surprise"] = 1
    found = check_blocks(spoiled, surface="message")
    assert Problem("invalid_blocks", pointer, "invalid additional property: surprise") in found


@QUICK
@given(blocks, anything, st.data())
def test_nothing_raises_where_one_part_is_odd(built: list[Json], odd: Json, data: st.DataObject) -> None:
    spoiled = copy.deepcopy(built)
    _, place = data.draw(st.sampled_from(list(places(spoiled))))
    place[data.draw(st.sampled_from(sorted(place)))] = odd
    assert isinstance(check_call("chat.postMessage", {"channel": "C1", "blocks": spoiled}), list)
    assert isinstance(check_view({"type": "home", "blocks": spoiled}, surface="home"), list)


def reached(whole: Json, pointer: str) -> Json:
    for step in pointer.split("/")[1:]:
        whole = whole[int(step)] if isinstance(whole, list) else whole[step]
    return whole


@QUICK
@given(st.lists(anything, max_size=3))
def test_every_pointer_leads_into_the_payload(value: Json) -> None:
    for problem in check_blocks(value, surface="message"):
        holder = problem.pointer.rpartition("/")[0]
        assert isinstance(reached({"blocks": value}, holder), (dict, list))
