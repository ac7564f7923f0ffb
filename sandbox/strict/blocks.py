"""Every block, what it holds and on which surfaces it may stand.

Limits: https://docs.slack.dev/reference/block-kit/blocks and the page of each block there; surfaces:
https://docs.slack.dev/blocks.json (`available-in-surfaces`). The tables there give some text objects as "String"; the
pages' own examples, and Slack's answers, show text objects (card, alert, container) and bare strings (plan, task_card).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.strict.block import EVERYWHERE, MESSAGE, MESSAGE_HOME, MODAL, Block, Surface, block
from sandbox.strict.data_blocks import DATA_BLOCKS
from sandbox.strict.elements import (
    IMAGE,
    IN_ACTIONS,
    IN_CONTEXT_ACTIONS,
    IN_INPUT,
    IN_SECTION,
    elements,
)
from sandbox.strict.objects import SECURE_URL, SLACK_FILE, SLACK_ICON, WEB_URL, plain_text, text, url
from sandbox.strict.rich_text import ELEMENT, RICH_TEXT
from sandbox.strict.rules import (
    FINE,
    Finding,
    Rule,
    anything,
    array,
    at_least_one,
    boolean,
    by_type,
    exactly_one,
    integer,
    one_of,
    record,
    string,
    unique,
    wrong,
)

_unique_elements = unique("action_id", "/elements")
_unique_actions = unique("action_id", "/actions")


def _own_action_ids(value: Mapping[str, Any]) -> Sequence[Finding]:
    return _unique_elements(value["elements"])


def _no_dispatch_of_files(value: Mapping[str, Any]) -> Sequence[Finding]:
    files = value["element"]["type"] == "file_input" and value.get("dispatch_action")
    return wrong("unsupported type: file_input", "/element/type") if files else FINE


def _card_icon(value: Mapping[str, Any]) -> Sequence[Finding]:
    both = "icon" in value and "slack_icon" in value
    return wrong("must define only one of `icon` or `slack_icon`") if both else FINE


def _card_actions(value: Mapping[str, Any]) -> Sequence[Finding]:
    return _unique_actions(value.get("actions", ()))


_SOURCE = by_type({"url": record({"type": anything, "url": url(), "text": string(shortest=1)})})
_TASK: dict[str, Rule] = {"task_id": string(shortest=1), "title": string(shortest=1)}
_TASK_MORE: dict[str, Rule] = {"details": RICH_TEXT, "output": RICH_TEXT, "sources": array(_SOURCE)}
_TASK_IN_PLAN = record(
    _TASK,
    {
        **_TASK_MORE,
        "type": one_of("task_card"),
        "block_id": string(255),
        "status": one_of("pending", "in_progress", "complete", "error"),
    },
)
_TASK_ALONE = one_of("in_progress", "complete", "error")
_IMAGE_ELEMENT = by_type({"image": IMAGE})
_CARD = block(
    None,
    {
        "hero_image": _IMAGE_ELEMENT,
        "icon": _IMAGE_ELEMENT,
        "slack_icon": SLACK_ICON,
        "title": text(150),
        "subtitle": text(150),
        "body": text(200),
        "subtext": text(200),
        "actions": array(by_type(elements(["button"])), most=3),
    },
    [at_least_one("hero_image", "title", "actions", "body"), _card_icon, _card_actions],
)

BLOCKS: dict[str, Block] = {
    **DATA_BLOCKS,
    "actions": block({"elements": array(by_type(elements(IN_ACTIONS)), least=1, most=25)}, None, [_own_action_ids]),
    "alert": block({"text": text(200)}, {"level": one_of("default", "info", "warning", "error", "success")}, on=MODAL),
    "auth_provider": block(
        {"value": string(150, shortest=1), "name": plain_text(75), "is_connected": boolean},
        {
            "description": plain_text(150),
            "connected_identity": plain_text(75),
            "connected_context": plain_text(75),
            "icon_url": url(3000, SECURE_URL),
            "auth_url": url(3000, SECURE_URL),
            "disconnect_url": url(3000, SECURE_URL),
            "accessory": by_type(elements(["overflow"])),
            "fallback": array(anything),
        },
    ),
    "call": block({"call_id": string(shortest=1)}, {"api_decoration_available": boolean, "call": anything}, on=MESSAGE),
    "card": _CARD,
    "carousel": block({"elements": array(by_type({"card": _CARD.rule}), least=1, most=10)}, on=MESSAGE_HOME),
    "context": block(
        {"elements": array(by_type({"image": IMAGE, "plain_text": plain_text(), "mrkdwn": text()}), least=1, most=10)}
    ),
    "context_actions": block(
        {"elements": array(by_type(elements(IN_CONTEXT_ACTIONS)), least=1, most=5)}, None, [_own_action_ids], MESSAGE
    ),
    "divider": block(),
    "file": block({"external_id": string(shortest=1), "source": one_of("remote")}, on=MESSAGE),
    "header": block({"text": plain_text(150)}, {"level": integer(1, 4)}),
    "image": block(
        {"alt_text": string(2000)},
        {"image_url": url(3000, WEB_URL), "slack_file": SLACK_FILE, "title": plain_text(2000)},
        [exactly_one("image_url", "slack_file")],
    ),
    "input": block(
        {"label": plain_text(2000), "element": by_type(elements(IN_INPUT))},
        {"hint": plain_text(2000), "optional": boolean, "dispatch_action": boolean},
        [_no_dispatch_of_files],
    ),
    "markdown": block({"text": string(12_000, shortest=1)}, on=MESSAGE),
    "plan": block({"title": string(shortest=1)}, {"tasks": array(_TASK_IN_PLAN), "status": string()}, on=MESSAGE),
    "rich_text": block({"elements": array(ELEMENT, least=1)}),
    "section": block(
        None,
        {
            "text": text(3000),
            "fields": array(text(2000), least=1, most=10),
            "accessory": by_type(elements(IN_SECTION)),
            "expand": boolean,
        },
        [at_least_one("text", "fields", pointer="/type")],
    ),
    "task_card": block(_TASK, {**_TASK_MORE, "status": _TASK_ALONE}, on=MESSAGE),
    "video": block(
        {
            "alt_text": string(shortest=1),
            "title": plain_text(199),
            "video_url": url(3000, SECURE_URL),
            "thumbnail_url": url(3000, WEB_URL),
        },
        {
            "author_name": string(49),
            "description": plain_text(199),
            "provider_icon_url": url(3000, WEB_URL),
            "provider_name": string(),
            "title_url": url(3000, SECURE_URL),
        },
    ),
}

_IN_CONTAINER = ("actions", "context", "divider", "file", "header", "image", "input", "rich_text", "section")
_CHILD = by_type({name: BLOCKS[name].rule for name in (*_IN_CONTAINER, "table", "video")})
BLOCKS["container"] = block(
    {"child_blocks": array(_CHILD, least=1, most=10)},
    {
        "title": plain_text(150),
        "rich_text_title": RICH_TEXT,
        "subtitle": text(150),
        "width": one_of("narrow", "standard", "wide", "full"),
        "icon": _IMAGE_ELEMENT,
        "is_collapsible": boolean,
        "default_collapsed": boolean,
        "has_header_divider": boolean,
    },
    [at_least_one("title", "rich_text_title")],
    MESSAGE_HOME,
)


def blocks_on(surface: Surface) -> Rule:
    """A list of blocks for this surface: at most 50 in a message, 100 in a modal or Home tab."""
    rules = {name: kind.rule for name, kind in BLOCKS.items() if surface in kind.surfaces}
    return array(by_type(rules), most=50 if surface == "message" else 100)


ON_SURFACE: dict[str, Rule] = {surface: blocks_on(surface) for surface in EVERYWHERE}
