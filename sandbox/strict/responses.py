"""What an app answers to an interaction: response actions and options.

Sources: https://docs.slack.dev/surfaces/modals (response_action), and
https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element#external_select (options, option_groups).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.strict.objects import OPTION_GROUP, PLAIN_OPTION
from sandbox.strict.payload import problems
from sandbox.strict.problem import Problem
from sandbox.strict.rules import array, exactly_one
from sandbox.strict.views import view_problems

_CODE = "invalid_arguments"
_ACTIONS = ("clear", "errors", "push", "update")
_either = exactly_one("options", "option_groups")
_options = array(PLAIN_OPTION, most=100)
_groups = array(OPTION_GROUP, most=100)


def response_action_problems(body: Any) -> list[Problem]:
    """Problems of the answer to a view_submission. None, "" and {} only close the modal."""
    if body is None or body in ("", {}):
        return []
    if not isinstance(body, dict):
        return [Problem(_CODE, "", "must provide an object")]
    action = body.get("response_action")
    if action not in _ACTIONS:
        return [Problem(_CODE, "/response_action", "must be a valid enum value")]
    if action == "errors":
        return _error_problems(body.get("errors"))
    return view_problems(body.get("view"), "modal") if action in ("push", "update") else []


def _error_problems(errors: Any) -> list[Problem]:
    if not isinstance(errors, dict):
        return [Problem(_CODE, "/errors", "must provide an object")]
    if not errors:
        return [Problem(_CODE, "/errors", "must provide at least 1 items")]
    return [
        Problem(_CODE, f"/errors/{escaped(block_id)}", "must provide a string of at least 1 character")
        for block_id, message in errors.items()
        if not isinstance(message, str) or not message
    ]


def escaped(key: str) -> str:
    """A key as a step of a JSON pointer (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")


def options_problems(body: Any) -> list[Problem]:
    """Problems of the answer to a block_suggestion: at most 100 options, or 100 groups; none is fine."""
    if not isinstance(body, Mapping):
        return [Problem(_CODE, "", "must provide an object")]
    if found := _either(body):
        return problems(_CODE, "", found)
    field, rule = ("options", _options) if "options" in body else ("option_groups", _groups)
    return problems(_CODE, f"/{field}", rule(body[field]))
