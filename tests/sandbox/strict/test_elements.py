"""Elements and composition objects, each where it may stand."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.strict import Problem, check_blocks

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def option(value: str, **fields: Any) -> Json:
    return {"text": plain(f"Option {value}"), "value": value, **fields}


def options(count: int) -> list[Json]:
    return [option(str(number)) for number in range(count)]


CONFIRM = {"title": plain("Sure?"), "text": plain("Really?"), "confirm": plain("Yes"), "deny": plain("No")}
STATIC = {"type": "static_select", "options": options(3)}
MULTI = {"type": "multi_static_select", "options": options(3)}
CONVERSATIONS = {"type": "conversations_select"}
WORKFLOW = {"trigger": {"url": "https://slack.com/shortcuts/Ft1/x", "customizable_input_parameters": []}}

IN_INPUT: list[Json] = [
    {"type": "plain_text_input", "action_id": "a" * 255, "multiline": True, "min_length": 0, "max_length": 3000},
    {"type": "plain_text_input", "initial_value": "x" * 3000, "placeholder": plain("x" * 150), "focus_on_load": True},
    {"type": "plain_text_input", "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]}},
    {"type": "email_text_input", "initial_value": "ana@acme.example"},
    {"type": "url_text_input", "initial_value": "https://acme.example/a?b=c"},
    {"type": "number_input", "is_decimal_allowed": True, "initial_value": "1.5", "min_value": "-2", "max_value": "7"},
    {"type": "file_input", "filetypes": ["pdf"], "max_files": 10},
    {
        "type": "rich_text_input",
        "initial_value": {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": []}]},
    },
    {"type": "checkboxes", "options": options(10), "initial_options": [option("3"), option("4")]},
    {"type": "radio_buttons", "options": [{"text": {"type": "mrkdwn", "text": "*a*"}, "value": "a"}], "confirm": CONFIRM},
    {"type": "datepicker", "initial_date": "2028-02-29"},
    {"type": "timepicker", "initial_time": "23:59", "timezone": "Europe/Berlin"},
    {"type": "datetimepicker", "initial_date_time": 1628633820},
    STATIC | {"initial_option": option("2")},
    {"type": "static_select", "option_groups": [{"label": plain("G"), "options": options(2)}], "initial_option": option("1")},
    {"type": "external_select", "min_query_length": 0, "initial_option": option("any")},
    {"type": "users_select", "initial_user": "U1"},
    CONVERSATIONS | {"default_to_current_conversation": True, "response_url_enabled": True, "filter": {"include": ["im"]}},
    {"type": "channels_select", "initial_channel": "C1"},
    MULTI | {"initial_options": options(2), "max_selected_items": 2},
    {"type": "multi_external_select", "initial_options": options(2)},
    {"type": "multi_users_select", "initial_users": ["U1", "U2"]},
    {"type": "multi_conversations_select", "filter": {"exclude_bot_users": True}},
    {"type": "multi_channels_select", "initial_channels": []},
]


@pytest.mark.parametrize("element", IN_INPUT)
def test_a_right_element_is_accepted_in_an_input(element: Json) -> None:
    block = {"type": "input", "label": plain("Label"), "element": element}
    assert check_blocks([block], surface="modal") == []


IN_ACTIONS: list[Json] = [
    {"type": "button", "text": plain("x" * 75), "accessibility_label": "x" * 75, "confirm": CONFIRM | {"style": "danger"}},
    {"type": "button", "text": plain("Ask"), "agent_prompt": "x" * 4000, "visible_to_user_ids": ["U1"]},
    {"type": "workflow_button", "text": plain("Run"), "workflow": WORKFLOW, "style": "primary"},
    {"type": "overflow", "options": [option("1", url="https://example.com")], "confirm": CONFIRM},
    {"type": "datetimepicker"},
    STATIC,
    MULTI,
]


@pytest.mark.parametrize("element", IN_ACTIONS)
def test_a_right_element_is_accepted_in_actions(element: Json) -> None:
    assert check_blocks([{"type": "actions", "elements": [element]}], surface="message") == []


REFUSED: list[tuple[Json, str, str]] = [
    ({"type": "plain_text_input", "action_id": "a" * 256}, "/action_id", "must be less than 256 characters"),
    ({"type": "plain_text_input", "max_length": 3001}, "/max_length", "must be less than or equal to 3000"),
    ({"type": "plain_text_input", "min_length": "1"}, "/min_length", "must provide an integer"),
    (
        {"type": "plain_text_input", "min_length": 9, "max_length": 8},
        "/min_length",
        "must be less than or equal to `max_length`",
    ),
    ({"type": "plain_text_input", "initial_value": "x" * 3001}, "/initial_value", "must be less than 3001 characters"),
    ({"type": "plain_text_input", "initial_value": None}, "/initial_value", "must provide a string"),
    ({"type": "plain_text_input", "placeholder": plain("x" * 151)}, "/placeholder/text", "must be less than 151 characters"),
    ({"type": "plain_text_input", "multiline": "true"}, "/multiline", "must provide a boolean"),
    ({"type": "plain_text_input", "optional": True}, "", "invalid additional property: optional"),
    (
        {"type": "plain_text_input", "dispatch_action_config": {"trigger_actions_on": ["on_blur"]}},
        "/dispatch_action_config/trigger_actions_on/0",
        "must be a valid enum value",
    ),
    ({"type": "url_text_input", "initial_value": "acme"}, "/initial_value", "must be a valid URL"),
    ({"type": "number_input"}, "", "missing required field: is_decimal_allowed"),
    ({"type": "number_input", "is_decimal_allowed": False, "min_value": 1}, "/min_value", "must provide a string"),
    (
        {"type": "number_input", "is_decimal_allowed": False, "initial_value": "9", "max_value": "8"},
        "/initial_value",
        "must be less than or equal to `max_value`",
    ),
    ({"type": "file_input", "max_files": 11}, "/max_files", "must be less than or equal to 10"),
    ({"type": "checkboxes", "options": options(11)}, "/options", "no more than 10 items allowed"),
    ({"type": "radio_buttons", "options": []}, "/options", "must provide at least 1 items"),
    (
        {"type": "radio_buttons", "options": options(2), "initial_option": option("7")},
        "/initial_option",
        "`initial_option` must match one of the options",
    ),
    ({"type": "datepicker", "initial_date": "2026-02-29"}, "/initial_date", "must be a date in the format YYYY-MM-DD"),
    ({"type": "datepicker", "initial_date": "20260228"}, "/initial_date", "must be a date in the format YYYY-MM-DD"),
    ({"type": "timepicker", "initial_time": "24:00"}, "/initial_time", "must be a time in the format HH:mm"),
    (
        {"type": "datetimepicker", "initial_date_time": 1628633820000},
        "/initial_date_time",
        "must be less than or equal to 9999999999",
    ),
    ({"type": "static_select"}, "", "must define either `options` or `option_groups`"),
    ({"type": "static_select", "options": options(101)}, "/options", "no more than 100 items allowed"),
    (
        {"type": "static_select", "options": options(1), "option_groups": [{"label": plain("G"), "options": options(1)}]},
        "",
        "must define only one of `options` or `option_groups`",
    ),
    (STATIC | {"initial_option": None}, "/initial_option", "must provide an object"),
    (STATIC | {"initial_option": option("9")}, "/initial_option", "`initial_option` must match one of the options"),
    (MULTI | {"initial_options": options(4)}, "/initial_options", "`initial_options` must match one of the options"),
    (MULTI | {"max_selected_items": 0}, "/max_selected_items", "must be greater than or equal to 1"),
    (STATIC | {"options": [{"text": plain("x"), "value": "v" * 151}]}, "/options/0/value", "must be less than 151 characters"),
    (
        STATIC | {"options": [{"text": plain("x" * 76), "value": "v"}]},
        "/options/0/text/text",
        "must be less than 76 characters",
    ),
    (STATIC | {"options": [option("1", url="https://e.com")]}, "/options/0", "invalid additional property: url"),
    (CONVERSATIONS | {"filter": {"include": ["dm"]}}, "/filter/include/0", "must be a valid enum value"),
    (CONVERSATIONS | {"filter": {"include": []}}, "/filter/include", "must provide at least 1 items"),
    ({"type": "multi_users_select", "initial_users": "U1"}, "/initial_users", "must provide an array"),
]


@pytest.mark.parametrize(("element", "pointer", "message"), REFUSED)
def test_a_wrong_element_is_refused_where_it_is_wrong(element: Json, pointer: str, message: str) -> None:
    block = {"type": "input", "label": plain("Label"), "element": element}
    assert check_blocks([block], surface="modal") == [Problem("invalid_arguments", f"/blocks/0/element{pointer}", message)]


REFUSED_BUTTONS: list[tuple[Json, str, str]] = [
    ({"text": plain("x" * 76)}, "/text/text", "must be less than 76 characters"),
    ({"text": {"type": "mrkdwn", "text": "x"}}, "/text/type", "unsupported type: mrkdwn"),
    ({"value": "v" * 2001}, "/value", "must be less than 2001 characters"),
    ({"value": 7}, "/value", "must provide a string"),
    ({"url": "https://example.com/" + "x" * 3000}, "/url", "must be less than 3001 characters"),
    ({"url": "not a link"}, "/url", "must be a valid URL"),
    ({"style": "default"}, "/style", "must be a valid enum value"),
    ({"disabled": True}, "", "invalid additional property: disabled"),
    ({"confirm": CONFIRM | {"text": plain("x" * 301)}}, "/confirm/text/text", "must be less than 301 characters"),
    ({"confirm": CONFIRM | {"confirm": plain("x" * 31)}}, "/confirm/confirm/text", "must be less than 31 characters"),
    ({"confirm": {"title": plain("x"), "text": plain("x"), "deny": plain("x")}}, "/confirm", "missing required field: confirm"),
]


@pytest.mark.parametrize(("fields", "pointer", "message"), REFUSED_BUTTONS)
def test_a_wrong_button_is_refused_where_it_is_wrong(fields: Json, pointer: str, message: str) -> None:
    block = {"type": "actions", "elements": [{"type": "button", "text": plain("Go")} | fields]}
    assert check_blocks([block], surface="message") == [Problem("invalid_blocks", f"/blocks/0/elements/0{pointer}", message)]


def test_an_overflow_menu_offers_up_to_five() -> None:
    menu = {"type": "overflow", "options": options(6)}
    assert check_blocks([{"type": "actions", "elements": [menu]}], surface="message") == [
        Problem("invalid_blocks", "/blocks/0/elements/0/options", "no more than 5 items allowed")
    ]
