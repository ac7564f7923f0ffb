"""Slack's refusals, without Slack: pure checks of what an app sends. No input or output happens here.

Every function returns what Slack would complain about, in the order in which it would; an empty list means accepted.
The code of the first problem is the `error` of the answer, `str(problem)` a line of `response_metadata.messages`.

How it is laid out: `rules` is a small language for declaring payloads; `objects`, `elements`, `rich_text`,
`data_blocks` and `blocks` declare Block Kit with it (a limit has one place); `payload` and `views` add what a whole
message or view must keep; `arguments` and `methods` declare the Web API; `responses` what an app answers.

Slack adds an umbrella line, "failed to match all allowed schemas", before some of its messages. It says nothing that
the next line does not, so it is left out here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from sandbox.strict.block import Surface
from sandbox.strict.methods import call_problems, call_warnings
from sandbox.strict.payload import message_block_problems, view_block_problems
from sandbox.strict.problem import Problem
from sandbox.strict.responses import options_problems, response_action_problems
from sandbox.strict.views import view_problems

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


def check_call(method: str, arguments: Mapping[str, object]) -> list[Problem]:
    """Problems of one Web API call.

    Values may be as in JSON or as in a form ("true", "100", JSON in a string). Unknown arguments are no problem (see
    `warnings_for`); a method that is not known has none. "response_url" is the body of a post to a response_url.
    """
    return call_problems(method, arguments)


def warnings_for(method: str, arguments: Mapping[str, object]) -> list[str]:
    """`response_metadata.warnings` of an accepted call.

    missing_text_in_message, text_longer_than_advised (over 4,000 characters), unknown_argument:NAME.
    """
    return call_warnings(method, arguments)


def check_view(view: object, *, surface: Literal["modal", "home"]) -> list[Problem]:
    """Problems of a view, pointers from /view: invalid_arguments or view_too_large."""
    return view_problems(view, surface)


def check_blocks(blocks: object, *, surface: Surface) -> list[Problem]:
    """Problems of a list of blocks, pointers from /blocks.

    invalid_blocks_format, invalid_blocks or msg_blocks_too_long in a message; invalid_arguments in a modal or Home tab.
    """
    if surface != "message":
        return view_block_problems(blocks, surface, "/blocks")
    if not isinstance(blocks, list | tuple):
        return [Problem("invalid_blocks_format", "/blocks", "must provide an array")]
    return message_block_problems(blocks)


def check_response_action(body: object) -> list[Problem]:
    """Problems of the body that answers a view_submission; None and {} close the modal."""
    return response_action_problems(body)


def check_options_response(body: object) -> list[Problem]:
    """Problems of the body that answers a block_suggestion: options or option_groups."""
    return options_problems(body)
