"""Slack's refusals, without Slack: pure checks of what an app sends. No input or output happens here.

Every function returns what Slack would complain about, worst first; an empty list means accepted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from sandbox.strict.problem import Problem

__all__ = [
    "Problem",
    "Surface",
    "check_blocks",
    "check_call",
    "check_options_response",
    "check_response_action",
    "check_view",
    "warnings_for",
]

Surface = Literal["message", "modal", "home"]
_TEXT_MAX = 40_000


def check_call(method: str, arguments: Mapping[str, object]) -> list[Problem]:
    """Problems of one Web API call; arguments may hold decoded JSON or JSON strings."""
    text = arguments.get("text")
    if isinstance(text, str) and len(text) > _TEXT_MAX:
        return [Problem("msg_too_long", "/text", f"must be less than {_TEXT_MAX + 1} characters")]
    return []


def warnings_for(method: str, arguments: Mapping[str, object]) -> list[str]:
    """Slack's `response_metadata.warnings` for an accepted call."""
    posts = method in {"chat.postMessage", "chat.postEphemeral", "chat.update"}
    return ["missing_text_in_message"] if posts and not arguments.get("text") else []


def check_view(view: object, *, surface: Literal["modal", "home"]) -> list[Problem]:
    """Problems of a view as passed to views.open, .push, .update (modal) or views.publish (home)."""
    return [] if isinstance(view, Mapping) else [Problem("invalid_arguments", "/view", "must provide an object")]


def check_blocks(blocks: object, *, surface: Surface) -> list[Problem]:
    """Problems of a list of blocks on one surface."""
    return [] if isinstance(blocks, list) else [Problem("invalid_blocks_format", "/blocks", "must provide an array")]


def check_response_action(body: object) -> list[Problem]:
    """Problems of the body that answers a view_submission; None and {} close the modal."""
    return [] if body is None or isinstance(body, Mapping) else [Problem("invalid_arguments", "", "must provide an object")]


def check_options_response(body: object) -> list[Problem]:
    """Problems of the body that answers a block_suggestion: options or option_groups."""
    return [] if isinstance(body, Mapping) else [Problem("invalid_arguments", "", "must provide an object")]
