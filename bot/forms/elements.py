"""The element for each type of field, and what was typed into it.

A typed value is a str, a bool, a list of users, or, for links, a list of Slack's options ({"text", "value"}), since only they
carry the label that is shown again.
"""

from collections.abc import Callable, Mapping
from typing import Any

from prompts import labels
from prompts.blocks import Block, choice, plain
from storage.fields import Field
from storage.text import LINE_LIMIT

TEXT_IN_MODAL = 3_000  # https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element
VALUE = "value"  # the action id of every element whose change needs no answer
LINK = "link"  # the action id of every type-ahead over the graph


def element_for(field: Field, value: Any) -> Block:
    """Return the input element of `field`, filled with `value` where there is one."""
    return _ELEMENTS[field.type](field, value)


def typed_value(element: Mapping[str, Any]) -> Any:
    """Return what Slack says was typed or chosen in an element (an entry of view.state.values); None where nothing was."""
    for name in ("value", "selected_date", "selected_user"):
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
    for name in ("initial_value", "initial_date", "initial_user", "initial_users"):
        if element.get(name):
            return element[name]
    if element["type"] == "checkboxes":
        return bool(element.get("initial_options"))
    option = element.get("initial_option")
    if option:
        return option["value"]
    return element.get("initial_options") or None


def text_input(value: Any, *, lines: bool, limit: int) -> Block:
    element: Block = {"type": "plain_text_input", "action_id": VALUE, "multiline": lines, "max_length": limit}
    return {**element, "initial_value": str(value)} if value not in (None, "") else element


def select(options: list[Block], value: Any) -> Block:
    element: Block = {"type": "static_select", "action_id": VALUE, "options": options, "placeholder": plain(labels()["choose"])}
    initial = next((option for option in options if option["value"] == value), None)
    return {**element, "initial_option": initial} if initial else element


def link_input(value: Any) -> Block:
    """A type-ahead for several objects."""
    element: Block = {
        "type": "multi_external_select",
        "action_id": LINK,
        "min_query_length": 0,
        "placeholder": plain(labels()["type_to_find"]),
    }
    return {**element, "initial_options": value} if value else element


def user_input(value: Any) -> Block:
    element: Block = {"type": "users_select", "action_id": VALUE, "placeholder": plain(labels()["choose"])}
    return {**element, "initial_user": value} if value else element


def _line(_: Field, value: Any) -> Block:
    return text_input(value, lines=False, limit=LINE_LIMIT)


def _text(_: Field, value: Any) -> Block:
    return text_input(value, lines=True, limit=TEXT_IN_MODAL)


def _choice(field: Field, value: Any) -> Block:
    return select([choice(name, name) for name in field.choices if name in field.offered or name == value], value)


def _number(field: Field, value: Any) -> Block:
    element: Block = {"type": "number_input", "action_id": VALUE, "is_decimal_allowed": True}
    if field.type == "percent":
        element |= {"min_value": "0", "max_value": "100"}
    return {**element, "initial_value": str(value)} if value not in (None, "") else element


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
