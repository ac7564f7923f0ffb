"""Block elements: buttons, menus, pickers, inputs.

Limits: https://docs.slack.dev/reference/block-kit/block-elements and the page of each element there, e.g.
/button-element, /plain-text-input-element, /select-menu-element. Which element fits which block: `compatible elements`
on the page of the block. An `initial_value` above 3,000 characters could never be submitted (`max_length` ends there),
so it is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sandbox.strict.objects import (
    CONFIRM,
    CONVERSATION_FILTER,
    DISPATCH_CONFIG,
    FORMATTED_OPTION,
    LINK_OPTION,
    OPTION_GROUP,
    PLAIN_OPTION,
    SLACK_FILE,
    STYLE,
    URL,
    WEB_URL,
    WORKFLOW,
    plain_text,
    url,
)
from sandbox.strict.rich_text import RICH_TEXT
from sandbox.strict.rules import (
    FINE,
    Check,
    Finding,
    Rule,
    anything,
    array,
    boolean,
    exactly_one,
    integer,
    ordered,
    record,
    string,
    wrong,
)

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_WORD = string(shortest=1)
_WORDS = array(_WORD)
_FOCUS: dict[str, Rule] = {"focus_on_load": boolean}
_CONFIRM: dict[str, Rule] = {"confirm": CONFIRM}
_PLACEHOLDER: dict[str, Rule] = {"placeholder": plain_text(150)}
_MENU = _FOCUS | _CONFIRM | _PLACEHOLDER
_TYPED = _FOCUS | _PLACEHOLDER | {"dispatch_action_config": DISPATCH_CONFIG}
_MANY: dict[str, Rule] = {"max_selected_items": integer(1)}
_TEXT_VALUE = string(3000)
_NUMERIC = string(like=_NUMBER, form="a number")


def _calendar_day(value: Any) -> Sequence[Finding]:
    if not isinstance(value, str):
        return wrong("must provide a string")
    try:
        good = bool(_DATE.fullmatch(value)) and bool(date.fromisoformat(value))
    except ValueError:
        good = False
    return FINE if good else wrong("must be a date in the format YYYY-MM-DD")


def _element(
    required: Mapping[str, Rule] | None = None,
    optional: Mapping[str, Rule] | None = None,
    checks: Iterable[Check] = (),
) -> Rule:
    return record({"type": anything, **(required or {})}, {"action_id": string(255), **(optional or {})}, checks=checks)


def _offered(element: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from element.get("options", ())
    for group in element.get("option_groups", ()):
        yield from group["options"]


def _likeness(option: Mapping[str, Any]) -> tuple[str, str]:
    return option["value"], option["text"]["text"]


def _preselected(element: Mapping[str, Any]) -> Sequence[Finding]:
    """What is selected at first is among what is offered (the same value and text)."""
    chosen = element.get("initial_options") or [one for one in [element.get("initial_option")] if one]
    if not chosen:
        return FINE
    offered = {_likeness(option) for option in _offered(element)}
    if all(_likeness(option) in offered for option in chosen):
        return FINE
    field = "initial_option" if "initial_option" in element else "initial_options"
    return wrong(f"`{field}` must match one of the options", f"/{field}")


def _choices(options: Rule, initial: str, initial_rule: Rule) -> Rule:
    return _element({"options": options}, {initial: initial_rule, **_FOCUS, **_CONFIRM}, [_preselected])


def _static(initial: Mapping[str, Rule]) -> Rule:
    lists = {
        "options": array(PLAIN_OPTION, least=1, most=100),
        "option_groups": array(OPTION_GROUP, least=1, most=100),
    }
    return _element(None, {**_MENU, **lists, **initial}, [exactly_one("options", "option_groups"), _preselected])


def _menu(optional: Mapping[str, Rule]) -> Rule:
    return _element(None, {**_MENU, **optional})


_FEEDBACK = record({"text": plain_text(75), "value": string(2000)}, {"accessibility_label": string(75)})
_CONVERSATIONS: dict[str, Rule] = {"default_to_current_conversation": boolean, "filter": CONVERSATION_FILTER}
_RESPONDS: dict[str, Rule] = {"response_url_enabled": boolean}
_PLAIN_OPTIONS = array(PLAIN_OPTION, least=1, most=100)
_TEN_OPTIONS = array(FORMATTED_OPTION, least=1, most=10)

IMAGE = record(
    {"type": anything, "alt_text": string(2000)},
    {"image_url": url(3000, WEB_URL), "slack_file": SLACK_FILE},
    checks=[exactly_one("image_url", "slack_file")],
)

ELEMENTS: dict[str, Rule] = {
    "image": IMAGE,
    "button": _element(
        {"text": plain_text(75)},
        {
            "url": url(3000),
            "value": string(2000),
            "style": STYLE,
            "confirm": CONFIRM,
            "accessibility_label": string(75),
            "agent_prompt": string(4000),
            "agent_prompt_display": string(),
            "visible_to_user_ids": _WORDS,
        },
    ),
    "workflow_button": _element(
        {"text": plain_text(75), "workflow": WORKFLOW}, {"style": STYLE, "accessibility_label": string(75)}
    ),
    "icon_button": _element(
        {"icon": _WORD, "text": plain_text(75)},
        {
            "value": string(2000),
            "confirm": CONFIRM,
            "accessibility_label": string(75),
            "visible_to_user_ids": array(_WORD, most=10),
        },
    ),
    "feedback_buttons": _element({"positive_button": _FEEDBACK, "negative_button": _FEEDBACK}),
    "overflow": _element({"options": array(LINK_OPTION, least=1, most=5)}, _CONFIRM),
    "checkboxes": _choices(_TEN_OPTIONS, "initial_options", _TEN_OPTIONS),
    "radio_buttons": _choices(_TEN_OPTIONS, "initial_option", FORMATTED_OPTION),
    "datepicker": _menu({"initial_date": _calendar_day}),
    "timepicker": _menu({"initial_time": string(like=_TIME, form="a time in the format HH:mm"), "timezone": _WORD}),
    "datetimepicker": _element(None, {**_FOCUS, **_CONFIRM, "initial_date_time": integer(1_000_000_000, 9_999_999_999)}),
    "plain_text_input": _element(
        None,
        {
            **_TYPED,
            "initial_value": _TEXT_VALUE,
            "multiline": boolean,
            "min_length": integer(0, 3000),
            "max_length": integer(1, 3000),
        },
        [ordered("min_length", "max_length")],
    ),
    "email_text_input": _element(None, {**_TYPED, "initial_value": _TEXT_VALUE}),
    "url_text_input": _element(None, {**_TYPED, "initial_value": string(3000, like=URL, form="a valid URL")}),
    "number_input": _element(
        {"is_decimal_allowed": boolean},
        {**_TYPED, "initial_value": _NUMERIC, "min_value": _NUMERIC, "max_value": _NUMERIC},
        [ordered("min_value", "max_value"), ordered("min_value", "initial_value"), ordered("initial_value", "max_value")],
    ),
    "rich_text_input": _element(None, {**_TYPED, "initial_value": RICH_TEXT, "min_lines": integer(1), "max_lines": integer(1)}),
    "file_input": _element(None, {"filetypes": array(_WORD, least=1), "max_files": integer(1, 10)}),
    "static_select": _static({"initial_option": PLAIN_OPTION}),
    "multi_static_select": _static({"initial_options": _PLAIN_OPTIONS, **_MANY}),
    "external_select": _menu({"min_query_length": integer(0), "initial_option": PLAIN_OPTION}),
    "multi_external_select": _menu({"min_query_length": integer(0), "initial_options": _PLAIN_OPTIONS, **_MANY}),
    "users_select": _menu({"initial_user": _WORD}),
    "multi_users_select": _menu({"initial_users": _WORDS, **_MANY}),
    "conversations_select": _menu({"initial_conversation": _WORD, **_CONVERSATIONS, **_RESPONDS}),
    "multi_conversations_select": _menu({"initial_conversations": _WORDS, **_CONVERSATIONS, **_MANY}),
    "channels_select": _menu({"initial_channel": _WORD, **_RESPONDS}),
    "multi_channels_select": _menu({"initial_channels": _WORDS, **_MANY}),
}

_SELECTS = ("static_select", "external_select", "users_select", "conversations_select", "channels_select")
_MENUS = (*_SELECTS, *(f"multi_{name}" for name in _SELECTS))
_COMMON = ("checkboxes", "radio_buttons", "datepicker", "timepicker", *_MENUS)

IN_ACTIONS = (*_COMMON, "button", "workflow_button", "overflow", "datetimepicker", "rich_text_input")
IN_SECTION = (*_COMMON, "button", "workflow_button", "overflow", "image")
IN_CONTEXT_ACTIONS = ("feedback_buttons", "icon_button")
IN_INPUT = (
    *_COMMON,
    "datetimepicker",
    "plain_text_input",
    "email_text_input",
    "url_text_input",
    "number_input",
    "rich_text_input",
    "file_input",
)


def elements(names: Iterable[str]) -> dict[str, Rule]:
    """The rules of these elements, by type."""
    return {name: ELEMENTS[name] for name in names}
