"""Slack's blocks as plain dicts: the few that we use, each a line to make."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from prompts.escape import Words

Block = dict[str, Any]

HEADER = 150  # characters; https://docs.slack.dev/reference/block-kit/blocks/header-block
BUTTON_LABEL = 75  # characters; https://docs.slack.dev/reference/block-kit/block-elements/button-element


def mrkdwn(words: Words) -> Block:
    # verbatim: Slack would otherwise turn "@here" and "#channel" that somebody typed into mentions.
    return {"type": "mrkdwn", "text": words, "verbatim": True}


def plain(words: str) -> Block:
    return {"type": "plain_text", "text": words, "emoji": True}


def section(words: Words, accessory: Block | None = None) -> Block:
    block: Block = {"type": "section", "text": mrkdwn(words)}
    return {**block, "accessory": accessory} if accessory else block


def context(words: Words) -> Block:
    return {"type": "context", "elements": [mrkdwn(words)]}


def header(words: str) -> Block:
    """A heading. Slack: 150 characters, plain text."""
    return {"type": "header", "text": plain(shortened(words, HEADER))}


def preformatted(words: str) -> Block:
    """Text to be copied, as it is: nothing in it is read as markup, a mention or a link."""
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_preformatted", "elements": [{"type": "text", "text": words}]}],
    }


def divider() -> Block:
    return {"type": "divider"}


def actions(elements: Sequence[Block], block_id: str | None = None) -> Block:
    block: Block = {"type": "actions", "elements": list(elements)}
    return {**block, "block_id": block_id} if block_id else block


def button(label: str, action: str, *, style: str | None = None, **about: str) -> Block:
    """A button: `action` is its wire name ("object.why"), `about` what it is about (key="BET-12"). `style`: primary, danger.

    The value is JSON, at most 2,000 characters for Slack; `about` is read back from it when the button is pressed.
    """
    block: Block = {"type": "button", "text": plain(shortened(label, BUTTON_LABEL)), "action_id": action}
    if about:
        block["value"] = _json(about)
    return {**block, "style": style} if style else block


def choice(label: str, value: str, limit: int = 75) -> Block:
    """An option of a select. Slack: 75 characters for label and 150 for value."""
    return {"text": plain(shortened(label, limit)), "value": value}


def about_choice(label: str, **about: str) -> Block:
    """An option of a menu that tells, as a button does, what it is about; Slack takes 150 characters of it."""
    return choice(label, _json(about))


def menu(placeholder: str, action: str, options: Sequence[Block], now: Block | None = None) -> Block:
    """A select that acts as soon as something is chosen; `now`: the option that stands in it. Slack: 100 options at most."""
    block: Block = {"type": "static_select", "placeholder": plain(placeholder), "action_id": action, "options": list(options)}
    return {**block, "initial_option": now} if now else block


def overflow(action: str, options: Sequence[Block]) -> Block:
    """What is wanted seldom, behind `⋯`. Slack: 5 options at most."""
    return {"type": "overflow", "action_id": action, "options": list(options)}


def _json(about: Mapping[str, str]) -> str:
    return json.dumps(about, separators=(",", ":"), ensure_ascii=False)


def shortened(words: str, limit: int) -> str:
    """Return `words`, cut with an ellipsis where they are longer than `limit` characters."""
    return words if len(words) <= limit else f"{words[: limit - 1].rstrip()}…"


@dataclass(frozen=True)
class Message:
    """A message as it will stand: `text` is what a notification shows, `blocks` what the channel shows."""

    text: str
    blocks: list[Block]

    @property
    def payload(self) -> Block:
        return {"text": self.text, "blocks": self.blocks}
