"""How the arguments of a Web API method are judged: values as JSON has them, or as strings of a form.

A judge takes the name of an argument and its value and returns problems. Sources: the pages of the methods, e.g.
https://docs.slack.dev/reference/methods/chat.postMessage (its table of errors), and
https://docs.slack.dev/messaging/message-metadata. Slack publishes no size for metadata (`metadata_too_large` is only
named), so the limit of 8,000 bytes is a careful guess. An `event_type` with other characters than letters, digits and
underscores makes Slack drop the metadata without a word (https://github.com/slackapi/bolt-python/issues/863): here it is
refused, since losing it would be found too late.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sandbox.strict.payload import message_block_problems, problems, size_of
from sandbox.strict.problem import Problem
from sandbox.strict.rules import FINE, Finding, Rule, anything, array, record, string, wrong
from sandbox.strict.views import view_problems

Judge = Callable[[str, Any], list[Problem]]
METADATA_BYTES_MAX = 8_000
ATTACHMENTS_MAX = 100
_FLAGS = {"true", "false", "1", "0"}
_UNREADABLE = object()


@dataclass(frozen=True)
class Argument:
    """One argument: its judge, whether it must be there, and the error when it is not."""

    judge: Judge
    required: bool = False
    missing: str = "invalid_arguments"


def decoded(value: Any) -> Any:
    """JSON given as a string, read; other values as they are. Text that is not JSON gives a value no rule accepts."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return _UNREADABLE


def by_rule(rule: Rule, code: str = "invalid_arguments") -> Judge:
    return lambda name, value: problems(code, f"/{name}", rule(value))


def text(longest: int) -> Judge:
    """A message's text: msg_too_long above this many characters."""

    def judge(name: str, value: Any) -> list[Problem]:
        if isinstance(value, str) and len(value) > longest:
            return [Problem("msg_too_long", f"/{name}", f"must be less than {longest + 1} characters")]
        return problems("invalid_arguments", f"/{name}", string()(value))

    return judge


def flag(value: Any) -> Sequence[Finding]:
    """A boolean, or what forms send for one."""
    if isinstance(value, bool) or (isinstance(value, (int, str)) and str(value).lower() in _FLAGS):
        return FINE
    return wrong("must provide a boolean")


def count(lowest: int, highest: int) -> Rule:
    """A whole number between these, or the same as a string."""

    def check(value: Any) -> Sequence[Finding]:
        digits = isinstance(value, str) and re.fullmatch(r"-?\d{1,9}", value, re.ASCII)
        if not digits and (not isinstance(value, int) or isinstance(value, bool)):
            return wrong("must provide an integer")
        inside = lowest <= int(value) <= highest
        return FINE if inside else wrong(f"must be between {lowest} and {highest}")

    return check


def listing(*allowed: str) -> Rule:
    """A list of words or a comma-separated string; where words are named, only those."""

    def check(value: Any) -> Sequence[Finding]:
        words = value.split(",") if isinstance(value, str) else value
        if not isinstance(words, list | tuple) or not all(isinstance(word, str) for word in words):
            return wrong("must provide a string")
        known = not allowed or all(word.strip() in allowed for word in words)
        return FINE if known else wrong("must be a valid enum value")

    return check


def moment(value: Any) -> Sequence[Finding]:
    """A message's `ts` or a time in seconds."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return wrong("must provide a string")
    return FINE if re.fullmatch(r"\d{1,12}(\.\d{1,6})?", str(value), re.ASCII) else wrong("must be a timestamp")


def blocks(name: str, value: Any) -> list[Problem]:
    """Blocks of a message; they must at least be a JSON array."""
    value = decoded(value)
    if not isinstance(value, list | tuple):
        return [Problem("invalid_blocks_format", f"/{name}", "must provide an array")]
    return message_block_problems(value, f"/{name}")


def attachments(name: str, value: Any) -> list[Problem]:
    """Attachments of a message: at most 100; of their fields only `blocks` is looked into."""
    value = decoded(value)
    if found := array(record_of_any)(value):
        return problems("invalid_attachments", f"/{name}", found)
    if len(value) > ATTACHMENTS_MAX:
        return [Problem("too_many_attachments", f"/{name}", f"no more than {ATTACHMENTS_MAX} items allowed")]
    return [
        problem
        for index, attachment in enumerate(value)
        if "blocks" in attachment
        for problem in message_block_problems(attachment["blocks"], f"/{name}/{index}/blocks", code="invalid_attachments")
    ]


def record_of_any(value: Any) -> Sequence[Finding]:
    return FINE if isinstance(value, dict) else wrong("must provide an object")


_EVENT_TYPE = string(255, shortest=1, like=re.compile(r"\w+", re.ASCII), form="letters, digits and underscores")
_METADATA = record({"event_type": _EVENT_TYPE, "event_payload": record_of_any}, {"entities": array(record_of_any)})
_WORK_OBJECTS = record({"entities": array(record_of_any)}, {"event_type": anything, "event_payload": anything})


def metadata(name: str, value: Any) -> list[Problem]:
    """Metadata of a message: {} (removes it), an event, work objects or both."""
    value = decoded(value)
    if value == {}:
        return []
    rule = _WORK_OBJECTS if isinstance(value, dict) and "event_type" not in value and "entities" in value else _METADATA
    if found := rule(value):
        return problems("invalid_metadata_format", f"/{name}", found)
    if size_of(value) > METADATA_BYTES_MAX:
        return [Problem("metadata_too_large", f"/{name}", f"must be less than {METADATA_BYTES_MAX + 1} bytes")]
    return []


def view(*surfaces: Literal["modal", "home"]) -> Judge:
    """A view for one of these surfaces; its own `type` chooses."""

    def judge(name: str, value: Any) -> list[Problem]:
        value = decoded(value)
        kind = value.get("type") if isinstance(value, Mapping) else None
        chosen = next((surface for surface in surfaces if surface == kind), surfaces[0])
        return view_problems(value, chosen, f"/{name}")

    return judge


def json_value(rule: Rule) -> Judge:
    """A value by the rule, or JSON of one."""
    return lambda name, value: problems("invalid_arguments", f"/{name}", rule(decoded(value)))
