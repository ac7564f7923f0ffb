"""The present state of inputs, laid over what an app sent, and read back from what a person filled in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

Json = dict[str, Any]
Values = Mapping[str, Mapping[str, Json]]

_INITIAL = {
    "value": "initial_value",
    "rich_text_value": "initial_value",
    "selected_option": "initial_option",
    "selected_options": "initial_options",
    "selected_date": "initial_date",
    "selected_time": "initial_time",
    "selected_date_time": "initial_date_time",
    "selected_user": "initial_user",
    "selected_users": "initial_users",
    "selected_channel": "initial_channel",
    "selected_channels": "initial_channels",
    "selected_conversation": "initial_conversation",
    "selected_conversations": "initial_conversations",
}


def with_state(blocks: Iterable[Json], values: Values) -> list[Json]:
    """Return the blocks with each `initial_…` replaced by the present value of that element.

    `values` is Slack's `state.values`; elements that it does not name stay as the app sent them.
    """
    return [_block_with_state(block, values.get(block.get("block_id", ""), {})) for block in blocks]


def _block_with_state(block: Json, state: Mapping[str, Json]) -> Json:
    if not state:
        return block
    changed = dict(block)
    for key in ("element", "accessory"):
        if key in block:
            changed[key] = _element_with_state(block[key], state)
    if block.get("type") == "actions":
        changed["elements"] = [_element_with_state(each, state) for each in block["elements"]]
    return changed


def _element_with_state(element: Json, state: Mapping[str, Json]) -> Json:
    present = state.get(element.get("action_id", ""))
    if present is None:
        return element
    initial = {_INITIAL[key]: value for key, value in present.items() if key in _INITIAL}
    return {key: value for key, value in (element | initial).items() if value is not None}


@dataclass(frozen=True)
class Field:
    """One input as the page's script reports it.

    `value` is a string, an option object of an external select, or a list of either for several choices.
    """

    block: str
    action: str
    type: str
    value: Any

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> "Field":
        return cls(str(raw["block"]), str(raw["action"]), str(raw["type"]), raw.get("value"))

    def plain(self, zone: tzinfo) -> Any:
        """The value as a person's act takes it: None where nothing is filled in, seconds for a date and time."""
        if self.value in ("", [], None):
            return None
        if self.type == "datetimepicker":
            return int(datetime.fromisoformat(str(self.value)).replace(tzinfo=zone).timestamp())
        return self.value


def by_id(fields: Iterable[Field], zone: tzinfo) -> dict[str, Any]:
    """Return plain values by block id; by action id in a block that holds several inputs."""
    grouped: dict[str, list[Field]] = {}
    for field in fields:
        grouped.setdefault(field.block, []).append(field)
    values: dict[str, Any] = {}
    for block, inputs in grouped.items():
        for field in inputs:
            values[block if len(inputs) == 1 else field.action] = field.plain(zone)
    return values
