"""The state of Block Kit inputs: what Slack's `state.values` holds for each kind of element.

Source: https://docs.slack.dev/reference/block-kit/block-elements
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sandbox.outcomes import Unknown
from sandbox.workspace import Json


class Kind(NamedTuple):
    """How one type of element keeps its state: under which key, initially from which property, empty as what."""

    state: str
    initial: str
    empty: Any = None


KINDS: dict[str, Kind] = {
    "plain_text_input": Kind("value", "initial_value"),
    "number_input": Kind("value", "initial_value"),
    "email_text_input": Kind("value", "initial_value"),
    "url_text_input": Kind("value", "initial_value"),
    "rich_text_input": Kind("rich_text_value", "initial_value"),
    "static_select": Kind("selected_option", "initial_option"),
    "external_select": Kind("selected_option", "initial_option"),
    "radio_buttons": Kind("selected_option", "initial_option"),
    "users_select": Kind("selected_user", "initial_user"),
    "conversations_select": Kind("selected_conversation", "initial_conversation"),
    "channels_select": Kind("selected_channel", "initial_channel"),
    "datepicker": Kind("selected_date", "initial_date"),
    "timepicker": Kind("selected_time", "initial_time"),
    "datetimepicker": Kind("selected_date_time", "initial_date_time"),
    "checkboxes": Kind("selected_options", "initial_options", []),
    "multi_static_select": Kind("selected_options", "initial_options", []),
    "multi_external_select": Kind("selected_options", "initial_options", []),
    "multi_users_select": Kind("selected_users", "initial_users", []),
    "multi_conversations_select": Kind("selected_conversations", "initial_conversations", []),
    "multi_channels_select": Kind("selected_channels", "initial_channels", []),
    "file_input": Kind("files", "initial_files", []),
}
Values = dict[str, dict[str, Json]]
Name = str | tuple[str, str]  # of an input: its action id, its block id, or both


def elements_of(block: Json) -> list[Json]:
    """The interactive elements of a block, wherever its type keeps them."""
    if block.get("type") == "context":
        return []
    found = [*(block.get("elements") or []), block.get("accessory"), block.get("element")]
    return [each for each in found if isinstance(each, dict) and "action_id" in each]


def walk(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Each block with each of its interactive elements."""
    for block in blocks:
        for element in elements_of(block):
            yield block, element


def find(blocks: list[Json], action_id: str, block_id: str | None = None) -> tuple[Json, Json]:
    """The block and the element of an action id. Raises Unknown."""
    for block, element in walk(blocks):
        if element["action_id"] == action_id and block_id in (None, block["block_id"]):
            return block, element
    raise Unknown(f"nothing here has the action id {action_id!r}")


def initial_values(blocks: list[Json], kept: Values | None = None) -> Values:
    """The state of fresh blocks: what they say is chosen at first, or what `kept` holds of the same block and action."""
    values: Values = {}
    for block, element in walk(blocks):
        if kind := KINDS.get(element["type"]):
            before = (kept or {}).get(block["block_id"], {}).get(element["action_id"])
            same = before is not None and before["type"] == element["type"]
            state = before if same else {"type": element["type"], kind.state: element.get(kind.initial, kind.empty)}
            values.setdefault(block["block_id"], {})[element["action_id"]] = state or {}
    return values


def with_answers(blocks: list[Json], values: Values, answers: Mapping[Any, Any]) -> Values:
    """`values` with plain answers put in, each by its Name. Raises Unknown."""
    filled = {block_id: dict(states) for block_id, states in values.items()}
    for name, answer in answers.items():
        block, element = _named(blocks, name)
        filled.setdefault(block["block_id"], {})[element["action_id"]] = state_of(element, answer)
    return filled


def _named(blocks: list[Json], name: Name) -> tuple[Json, Json]:
    inputs = [(block, element) for block, element in walk(blocks) if element["type"] in KINDS]
    for block, element in inputs:
        if name in (element["action_id"], block["block_id"], (block["block_id"], element["action_id"])):
            return block, element
    raise Unknown(f"no input here has the action id or block id {name!r}")


def state_of(element: Json, answer: Any) -> Json:
    """The state of one element: strings for texts, dates, people; option values (or option objects) for selects."""
    kind = KINDS[element["type"]]
    state: Any
    if kind.state == "selected_option":
        state = None if answer in (None, "") else option_of(element, answer)
    elif kind.state == "selected_options":
        state = [option_of(element, each) for each in answer or ()]
    elif isinstance(kind.empty, list):
        state = list(answer or ())
    else:
        state = None if answer == "" else answer
    return {"type": element["type"], kind.state: state}


def option_of(element: Json, answer: Any) -> Json:
    """The option object for an option's value. Raises Unknown."""
    if isinstance(answer, Mapping):
        return dict(answer)
    groups = element.get("option_groups") or []
    options = [*(element.get("options") or []), *(option for group in groups for option in group["options"])]
    for option in options:
        if option.get("value") == answer:
            return dict(option)
    raise Unknown(f"{element['action_id']} offers no option {answer!r}")


def missing(blocks: list[Json], values: Values) -> dict[str, str]:
    """What Slack's own client says under inputs before it sends a modal, by block id."""
    errors: dict[str, str] = {}
    for block, element in walk(blocks):
        if block.get("type") == "input" and element["type"] in KINDS:
            state = values.get(block["block_id"], {}).get(element["action_id"], {}).get(KINDS[element["type"]].state)
            if complaint := _complaint(block, element, state):
                errors[block["block_id"]] = complaint
    return errors


def _complaint(block: Json, element: Json, state: Any) -> str:
    if not state:
        return "" if block.get("optional") else "Please complete this required field."
    if element["type"] == "number_input":
        return _number_complaint(element, str(state))
    length = len(state) if element["type"] == "plain_text_input" else 0
    if length and length < int(element.get("min_length") or 0):
        return f"Please enter at least {element['min_length']} characters."
    if length > int(element.get("max_length") or 3_000):
        return f"Please enter no more than {element.get('max_length') or 3_000} characters."
    return ""


def _number_complaint(element: Json, text: str) -> str:
    try:
        number = float(text)
    except ValueError:
        return "Please enter a number."
    if not element.get("is_decimal_allowed") and not number.is_integer():
        return "Please enter a whole number."
    if number < float(element.get("min_value") or "-inf") or number > float(element.get("max_value") or "inf"):
        return "Please enter a number within the limits."
    return ""
