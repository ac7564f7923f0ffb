"""Blocks: what Slack refuses, with its code, where and why."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.strict import Problem, Surface, check_blocks

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def section(**fields: Any) -> Json:
    return {"type": "section", "text": mrkdwn("hello"), **fields}


def button(action_id: str = "go", **fields: Any) -> Json:
    return {"type": "button", "text": plain("Go"), "action_id": action_id, **fields}


def rich(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(elements)}]}


def cell(text: str) -> Json:
    return {"type": "raw_text", "text": text}


def chart(**fields: Any) -> Json:
    points = [{"label": "Mon", "value": 1}, {"label": "Tue", "value": -2.5}]
    series = [{"name": "A", "data": points}]
    drawn = {"type": "line", "series": series, "axis_config": {"categories": ["Mon", "Tue"]}, **fields}
    return {"type": "data_visualization", "title": "Week", "chart": drawn}


IMAGE = {"type": "image", "image_url": "https://example.com/cat.png", "alt_text": "a cat"}
CARD = {"type": "card", "title": mrkdwn("*A card*"), "actions": [button()]}
TASK = {"task_id": "t1", "title": "Look it up", "status": "complete"}
VIDEO = {
    "type": "video",
    "alt_text": "how it works",
    "title": plain("How"),
    "video_url": "https://example.com/embed/1",
    "thumbnail_url": "https://example.com/1.png",
}
AUTH = {"type": "auth_provider", "value": "gh", "name": plain("GitHub"), "is_connected": False}

ACCEPTED: list[tuple[Surface, Json]] = [
    ("message", {"type": "divider"}),
    ("home", {"type": "header", "text": plain("x" * 150), "level": 2}),
    ("message", section(text=mrkdwn("x" * 3000), block_id="b" * 255, expand=True)),
    ("message", {"type": "section", "fields": [mrkdwn("x" * 2000)] * 5}),
    ("modal", section(accessory=button(style="danger", value="v" * 2000, url="https://example.com"))),
    ("message", {"type": "context", "elements": [IMAGE, plain("one"), mrkdwn("two")]}),
    ("home", {"type": "actions", "elements": [button(f"b{n}") for n in range(25)]}),
    ("message", {"type": "actions", "elements": [{"type": "button", "text": plain("No id")}] * 2}),
    ("message", {"type": "image", "image_url": "http://example.com/a.gif", "alt_text": "", "title": plain("A")}),
    ("message", {"type": "image", "slack_file": {"id": "F1"}, "alt_text": "a file"}),
    ("message", {"type": "input", "label": plain("Name"), "element": {"type": "plain_text_input"}}),
    ("message", {"type": "markdown", "text": "**x**" + "x" * 11_995}),
    ("message", rich({"type": "text", "text": "hi", "style": {"bold": True}}, {"type": "user", "user_id": "U1"})),
    ("modal", {"type": "alert", "text": plain("Careful"), "level": "warning"}),
    ("modal", CARD),
    ("message", {"type": "carousel", "elements": [CARD, CARD]}),
    ("message", {"type": "container", "title": plain("Box"), "child_blocks": [section(), {"type": "divider"}]}),
    ("message", {"type": "file", "external_id": "ABC", "source": "remote"}),
    ("message", {"type": "plan", "title": "Plan", "tasks": [TASK | {"status": "pending"}]}),
    ("message", {"type": "task_card", **TASK}),
    ("message", {"type": "table", "rows": [[cell("a"), rich({"type": "text", "text": "b"})]], "column_settings": [None]}),
    ("home", {"type": "data_table", "caption": "c", "rows": [[cell("a")], [{"type": "raw_number", "value": 3}]]}),
    ("message", chart()),
    ("message", chart() | {"chart": {"type": "pie", "segments": [{"label": "a", "value": 0.5}]}}),
    ("home", VIDEO),
    ("home", AUTH),
    ("message", {"type": "call", "call_id": "R1"}),
    (
        "message",
        {
            "type": "context_actions",
            "elements": [
                {"type": "icon_button", "icon": "trash", "text": plain("Delete"), "action_id": "x"},
                {
                    "type": "feedback_buttons",
                    "positive_button": {"text": plain("Good"), "value": "+"},
                    "negative_button": {"text": plain("Bad"), "value": "-"},
                },
            ],
        },
    ),
]


@pytest.mark.parametrize(("surface", "block"), ACCEPTED)
def test_a_right_block_is_accepted(surface: Surface, block: Json) -> None:
    assert check_blocks([block], surface=surface) == []


REFUSED: list[tuple[Json, str, str]] = [
    (section(text=mrkdwn("x" * 3001)), "/text/text", "must be less than 3001 characters"),
    (section(text=mrkdwn("")), "/text/text", "must be more than 0 characters"),
    (section(text="hello"), "/text", "must provide an object"),
    (section(text=mrkdwn("x") | {"emoji": True}), "/text", "invalid additional property: emoji"),
    (section(text=plain("x") | {"verbatim": True}), "/text", "invalid additional property: verbatim"),
    (section(text={"type": "markdown", "text": "x"}), "/text/type", "unsupported type: markdown"),
    ({"type": "section"}, "/type", "must define either `text` or `fields`"),
    (section(fields=[mrkdwn("x")] * 11), "/fields", "no more than 10 items allowed"),
    (section(fields=[mrkdwn("x" * 2001)]), "/fields/0/text", "must be less than 2001 characters"),
    (section(fields=["x"]), "/fields/0", "must provide an object"),
    (section(accessory={"type": "datetimepicker"}), "/accessory/type", "unsupported type: datetimepicker"),
    (section(colour="red"), "", "invalid additional property: colour"),
    (section(block_id="b" * 256), "/block_id", "must be less than 256 characters"),
    (section(block_id=None), "/block_id", "must provide a string"),
    ({"text": mrkdwn("x")}, "", "missing required field: type"),
    ({"type": 3}, "/type", "must provide a string"),
    ({"type": "sectoin"}, "/type", "unsupported type: sectoin"),
    ({"type": "alert", "text": plain("x")}, "/type", "unsupported type: alert"),
    ({"type": "header", "text": plain("x" * 151)}, "/text/text", "must be less than 151 characters"),
    ({"type": "header", "text": mrkdwn("x")}, "/text/type", "unsupported type: mrkdwn"),
    ({"type": "header", "text": plain("x"), "level": 5}, "/level", "must be less than or equal to 4"),
    ({"type": "context", "elements": []}, "/elements", "must provide at least 1 items"),
    ({"type": "context", "elements": [mrkdwn("x")] * 11}, "/elements", "no more than 10 items allowed"),
    ({"type": "context", "elements": [button()]}, "/elements/0/type", "unsupported type: button"),
    ({"type": "actions", "elements": [button()] * 26}, "/elements", "no more than 25 items allowed"),
    ({"type": "actions"}, "", "missing required field: elements"),
    ({"type": "actions", "elements": [button(), button()]}, "/elements/1/action_id", '`action_id` "go" already exists'),
    (
        {"type": "actions", "elements": [{"type": "plain_text_input"}]},
        "/elements/0/type",
        "unsupported type: plain_text_input",
    ),
    ({"type": "image", "image_url": "https://e.com/a.png"}, "", "missing required field: alt_text"),
    ({"type": "image", "alt_text": "x"}, "", "must define either `image_url` or `slack_file`"),
    (IMAGE | {"slack_file": {"id": "F1"}}, "", "must define only one of `image_url` or `slack_file`"),
    (IMAGE | {"image_url": "cat.png"}, "/image_url", "must be a valid URL"),
    (IMAGE | {"imageUrl": "x"}, "", "invalid additional property: imageUrl"),
    ({"type": "input", "element": {"type": "plain_text_input"}}, "", "missing required field: label"),
    ({"type": "input", "label": plain("x"), "element": button()}, "/element/type", "unsupported type: button"),
    (
        {"type": "input", "label": plain("x"), "element": {"type": "file_input"}, "dispatch_action": True},
        "/element/type",
        "unsupported type: file_input",
    ),
    ({"type": "markdown", "text": "x" * 12_001}, "/text", "must be less than 12001 characters"),
    (rich({"type": "text", "text": ""}), "/elements/0/elements/0/text", "must be more than 0 characters"),
    (rich({"type": "text", "text": "x", "style": "bold"}), "/elements/0/elements/0/style", "must provide an object"),
    (
        {"type": "card", "subtitle": plain("x")},
        "",
        "must define at least one of `hero_image` or `title` or `actions` or `body`",
    ),
    ({"type": "card", "title": "x"}, "/title", "must provide an object"),
    (CARD | {"slack_icon": {"type": "icon"}}, "/slack_icon", "missing required field: name"),
    (CARD | {"actions": [button(str(n)) for n in range(4)]}, "/actions", "no more than 3 items allowed"),
    ({"type": "carousel", "elements": [CARD] * 11}, "/elements", "no more than 10 items allowed"),
    ({"type": "plan", "title": plain("x")}, "/title", "must provide a string"),
    ({"type": "task_card", **TASK, "status": "pending"}, "/status", "must be a valid enum value"),
    ({"type": "table", "rows": [[cell("x")]] * 101}, "/rows", "no more than 100 items allowed"),
    ({"type": "table", "rows": [[cell("x")] * 21]}, "/rows/0", "no more than 20 items allowed"),
    ({"type": "table", "rows": [[cell("x" * 10_001)]]}, "", "all table cells together must be less than 10001 characters"),
    ({"type": "data_table", "caption": "c", "rows": [[cell("x")]]}, "/rows", "must provide at least 2 items"),
    (
        {"type": "data_table", "caption": "c", "rows": [[cell("x")], [cell("y")] * 2]},
        "/rows/1",
        "must have the same number of cells as the first row",
    ),
    (
        {"type": "data_table", "caption": "c", "rows": [[rich({"type": "text", "text": "x"})], [cell("y")]]},
        "/rows/0/0/type",
        "unsupported type: rich_text",
    ),
    (
        chart(axis_config={"categories": ["Mon"]}),
        "/chart/series/0/data",
        "must contain exactly one entry for every label in `axis_config.categories`",
    ),
    (chart(series=[]), "/chart/series", "must provide at least 1 items"),
    (VIDEO | {"title": plain("x" * 200)}, "/title/text", "must be less than 200 characters"),
    (VIDEO | {"video_url": "http://example.com/1"}, "/video_url", "must be a valid URL"),
    ({"type": "container", "child_blocks": [section()]}, "", "must define either `title` or `rich_text_title`"),
    (
        {"type": "container", "title": plain("x"), "child_blocks": [{"type": "markdown", "text": "x"}]},
        "/child_blocks/0/type",
        "unsupported type: markdown",
    ),
]


@pytest.mark.parametrize(("block", "pointer", "message"), REFUSED)
def test_a_wrong_block_is_refused_where_it_is_wrong(block: Json, pointer: str, message: str) -> None:
    assert check_blocks([{"type": "divider"}, block], surface="message") == [
        Problem("invalid_blocks", f"/blocks/1{pointer}", message)
    ]


def test_a_refusal_reads_as_slack_writes_it() -> None:
    [problem] = check_blocks([{"type": "header", "text": plain("x" * 151)}], surface="message")
    assert str(problem) == "[ERROR] must be less than 151 characters [json-pointer:/blocks/0/text/text]"


def test_every_wrong_place_is_named() -> None:
    assert check_blocks([{"type": "section", "txt": 1}, {"type": "header"}], surface="message") == [
        Problem("invalid_blocks", "/blocks/0", "invalid additional property: txt"),
        Problem("invalid_blocks", "/blocks/1", "missing required field: text"),
    ]


@pytest.mark.parametrize(("surface", "most"), [("message", 50), ("modal", 100), ("home", 100)])
def test_a_surface_holds_so_many_blocks(surface: Surface, most: int) -> None:
    code = "invalid_blocks" if surface == "message" else "invalid_arguments"
    assert check_blocks([{"type": "divider"}] * most, surface=surface) == []
    assert check_blocks([{"type": "divider"}] * (most + 1), surface=surface) == [
        Problem(code, "/blocks", f"no more than {most} items allowed")
    ]


@pytest.mark.parametrize(
    ("kind", "surfaces"),
    [
        ("markdown", {"message"}),
        ("context_actions", {"message"}),
        ("table", {"message", "home"}),
        ("alert", {"modal"}),
        ("input", {"message", "modal", "home"}),
    ],
)
def test_a_block_stands_only_on_its_surfaces(kind: str, surfaces: set[str]) -> None:
    every: tuple[Surface, ...] = ("message", "modal", "home")
    unsupported = f"unsupported type: {kind}"
    seen = {on for on in every if check_blocks([{"type": kind}], surface=on)[0].message != unsupported}
    assert seen == surfaces


@pytest.mark.parametrize("blocks", [None, "[]", {}, 7, {"blocks": []}])
def test_what_is_no_list_is_refused_by_its_format(blocks: object) -> None:
    assert check_blocks(blocks, surface="message") == [Problem("invalid_blocks_format", "/blocks", "must provide an array")]


def test_block_ids_differ_also_inside_containers() -> None:
    box = {"type": "container", "title": plain("Box"), "child_blocks": [section(block_id="a")]}
    assert check_blocks([section(block_id="a"), section(), section(), box], surface="message") == [
        Problem("invalid_blocks", "/blocks/3/child_blocks/0/block_id", '`block_id` "a" already exists')
    ]


def test_the_same_action_id_in_two_blocks_is_fine() -> None:
    blocks = [section(accessory=button()), {"type": "actions", "elements": [button()]}]
    assert check_blocks(blocks, surface="message") == []


def test_only_one_element_takes_the_focus() -> None:
    field = {"type": "input", "label": plain("x"), "element": {"type": "plain_text_input", "focus_on_load": True}}
    assert check_blocks([field], surface="modal") == []
    assert check_blocks([field, field], surface="modal") == [
        Problem("invalid_arguments", "/blocks", "only one element can have `focus_on_load` set to true")
    ]


def test_a_message_holds_two_charts() -> None:
    assert check_blocks([chart()] * 2, surface="message") == []
    assert check_blocks([chart()] * 3, surface="message") == [
        Problem("invalid_blocks", "/blocks/2", "no more than 2 data_visualization blocks allowed")
    ]


def test_series_of_one_chart_have_different_names() -> None:
    drawn = chart()
    drawn["chart"]["series"] *= 2
    assert check_blocks([drawn], surface="message") == [
        Problem("invalid_blocks", "/blocks/0/chart/series/1/name", "must be unique across all series")
    ]


def test_markdown_is_counted_over_the_whole_message() -> None:
    half = {"type": "markdown", "text": "x" * 6_000}
    assert check_blocks([half, half], surface="message") == []
    assert check_blocks([half, half, {"type": "markdown", "text": "x"}], surface="message") == [
        Problem("msg_blocks_too_long", "/blocks", "all markdown blocks together must be less than 12001 characters")
    ]


def test_a_message_has_so_many_characters_in_all() -> None:
    full = [section(text=mrkdwn("x" * 3_000))] * 4
    assert check_blocks([*full, section(text=mrkdwn("x" * 1_200))], surface="message") == []
    assert check_blocks([*full, section(text=mrkdwn("x" * 1_201))], surface="message") == [
        Problem("msg_blocks_too_long", "/blocks", "all blocks together must be less than 13201 characters")
    ]
    assert check_blocks([*full, section(text=mrkdwn("x" * 1_201))], surface="home") == []


def test_what_a_menu_offers_does_not_lengthen_a_message() -> None:
    options = [{"text": plain("x" * 75), "value": str(n)} for n in range(100)]
    menus = [section(accessory={"type": "static_select", "options": options})] * 4
    assert check_blocks(menus, surface="message") == []
