"""Identifiers that Slack fills in where an app left them out of its blocks."""

from sandbox.ids import new_id
from sandbox.workspace import Json


def with_ids(blocks: list[Json]) -> list[Json]:
    """The same blocks, each with a block_id, each interactive element with an action_id. Nothing passed in is changed."""
    return [_with_action_ids({"block_id": new_id("", 5), **block}) for block in blocks]


def _with_action_ids(block: Json) -> Json:
    if block.get("type") not in ("actions", "context_actions", "section", "input"):
        return block
    for name in ("element", "accessory"):
        if isinstance(element := block.get(name), dict):
            block[name] = _with_action_id(element)
    if isinstance(elements := block.get("elements"), list):
        block["elements"] = [_with_action_id(each) for each in elements]
    return block


def _with_action_id(element: Json) -> Json:
    interactive = element.get("type") != "image" and "action_id" not in element
    return {**element, "action_id": new_id("", 5)} if interactive else element
