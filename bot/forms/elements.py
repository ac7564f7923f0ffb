"""The element for each type of field, and what was typed into it.

A typed value is a str, a bool, a list of users, or, for links, a list of Slack's options ({"text", "value"}), since only they
carry the label that is shown again.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from prompts import labels
from prompts.blocks import Block, choice, plain, shortened
from storage.fields import Field
from storage.text import LINE_LIMIT

TEXT_IN_MODAL = 3_000  # https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element
OPTIONS = 100  # in a select, or in a group of it; https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element
OPTION_VALUE = 150  # characters; https://docs.slack.dev/reference/block-kit/composition-objects/option-object
VALUE = "value"  # the action id of every element that somebody types into or chooses in
LINK = "link"  # the action id of every type-ahead over the graph

_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)


def element_for(field: Field, value: Any) -> Block:
    """Return the input element of `field`, filled with `value` where there is one."""
    return _ELEMENTS[field.type](field, value)


def typed_value(element: Mapping[str, Any]) -> Any:
    """Return what Slack says was typed or chosen in an element (an entry of view.state.values); None where nothing was."""
    for name in ("value", "selected_date", "selected_user", "selected_conversation"):
        if element.get(name):
            return element[name]
    if element["type"] == "checkboxes":
        return bool(element.get("selected_options"))
    if element["type"] == "multi_users_select":
        return element.get("selected_users") or None
    option = element.get("selected_option")
    if option:
        return [option] if element["type"] == "external_select" else option["value"]
    return element.get("selected_options") or None


def drawn_value(element: Mapping[str, Any]) -> Any:
    """Return what an element was drawn with, in the form of `typed_value`."""
    for name in ("initial_value", "initial_date", "initial_user", "initial_users", "initial_conversation"):
        if element.get(name):
            return element[name]
    if element["type"] == "checkboxes":
        return bool(element.get("initial_options"))
    option = element.get("initial_option")
    if option:
        return option["value"]
    return element.get("initial_options") or None


def telling(element: Block) -> Block:
    """Return `element` so that Slack tells us of each change; of what is typed, and not only when Enter is pressed."""
    typed_into = element["type"] in ("plain_text_input", "number_input", "url_text_input")
    return {**element, "dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]}} if typed_into else element


def is_typed(element: Mapping[str, Any]) -> bool:
    """Tell whether an element is one that people type into, letter by letter."""
    return str(element.get("type")).endswith("_input")


def text_input(value: Any, *, lines: bool, limit: int) -> Block:
    element: Block = {"type": "plain_text_input", "action_id": VALUE, "multiline": lines, "max_length": limit}
    return {**element, "initial_value": str(value)} if value not in (None, "") else element


def select(options: list[Block], value: Any) -> Block:
    """A select; `value`: of the option that stands in it. More options than Slack takes stand in groups."""
    element: Block = {"type": "static_select", "action_id": VALUE, "placeholder": plain(labels()["choose"])}
    element |= {"options": options} if len(options) <= OPTIONS else {"option_groups": _in_groups(options)}
    initial = next((option for option in options if option["value"] == value), None)
    return {**element, "initial_option": initial} if initial else element


def _in_groups(options: list[Block]) -> list[Block]:
    groups = [options[start : start + OPTIONS] for start in range(0, len(options), OPTIONS)]
    return [{"label": plain(shortened(f"{group[0]['text']['text']} …", 75)), "options": group} for group in groups]


def link_input(value: Any) -> Block:
    """A type-ahead for several objects."""
    element: Block = {
        "type": "multi_external_select",
        "action_id": LINK,
        "min_query_length": 0,
        "placeholder": plain(labels()["find_or_add"]),
    }
    return {**element, "initial_options": value} if value else element


def user_input(value: Any) -> Block:
    element: Block = {"type": "users_select", "action_id": VALUE, "placeholder": plain(labels()["choose"])}
    return {**element, "initial_user": value} if value else element


def channel_input() -> Block:
    """A choice of one of the company's own channels."""
    return {
        "type": "conversations_select",
        "action_id": VALUE,
        "default_to_current_conversation": True,
        "filter": {"include": ["public", "private"], "exclude_external_shared_channels": True, "exclude_bot_users": True},
        "placeholder": plain(labels()["choose"]),
    }


def _line(_: Field, value: Any) -> Block:
    return text_input(value, lines=False, limit=LINE_LIMIT)


def _text(_: Field, value: Any) -> Block:
    return text_input(value, lines=True, limit=TEXT_IN_MODAL)


def _choice(field: Field, value: Any) -> Block:
    offered = [name for name in field.choices if name in field.offered or name == value]
    return select([choice(name, option_value(name)) for name in offered], option_value(str(value or "")))


def option_value(name: str) -> str:
    """Return what stands for the choice `name`, which may be longer than Slack takes."""
    return name[:OPTION_VALUE]


def _number(field: Field, value: Any) -> Block:
    element: Block = {"type": "number_input", "action_id": VALUE, "is_decimal_allowed": True}
    # What is no number stays in the field where it was typed; to draw it there again would be refused. So would one beyond the
    # limits, which is drawn without them, and refused in words when it is saved.
    is_number = _NUMBER.fullmatch(str(value)) is not None
    if field.type == "percent" and (not is_number or 0 <= float(value) <= 100):
        element |= {"min_value": "0", "max_value": "100"}
    return {**element, "initial_value": str(value)} if is_number else element


def _date(_: Field, value: Any) -> Block:
    element: Block = {"type": "datepicker", "action_id": VALUE, "placeholder": plain(labels()["choose_day"])}
    return {**element, "initial_date": str(value)[:10]} if value else element


def _person(_: Field, value: Any) -> Block:
    return user_input(value)


def _people(_: Field, value: Any) -> Block:
    element: Block = {"type": "multi_users_select", "action_id": VALUE, "placeholder": plain(labels()["choose"])}
    return {**element, "initial_users": list(value)} if value else element


def _url(_: Field, value: Any) -> Block:
    element: Block = {"type": "url_text_input", "action_id": VALUE}
    if value and not _ADDRESS.fullmatch(str(value)):  # Slack would not draw it again; it is refused in words when it is saved
        return text_input(value, lines=False, limit=TEXT_IN_MODAL)
    return {**element, "initial_value": str(value)} if value else element


def _flag(_: Field, value: Any) -> Block:
    yes = choice(labels()["yes"], "yes")
    element: Block = {"type": "checkboxes", "action_id": VALUE, "options": [yes]}
    return {**element, "initial_options": [yes]} if value else element


_ELEMENTS: dict[str, Callable[[Field, Any], Block]] = {
    "line": _line,
    "text": _text,
    "choice": _choice,
    "number": _number,
    "percent": _number,
    "money": _line,
    "date": _date,
    "person": _person,
    "people": _people,
    "link": _line,
    "url": _url,
    "flag": _flag,
}
