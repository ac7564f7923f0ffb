"""The small language in which Slack's payloads are declared.

A rule takes a value and returns what is wrong inside it as (pointer below the value, message) pairs, nothing when it
is right. Bigger rules are built from smaller ones when this package is imported, so checking is only calls and
dictionary look-ups. The messages are the ones that Slack's API answers in `response_metadata.messages`, as seen in
public bug reports; where no such report was found the wording is ours.

Decoded JSON is expected: dict, list, str, int, float, bool, None.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

Finding = tuple[str, str]
Rule = Callable[[Any], Sequence[Finding]]
Check = Callable[[Mapping[str, Any]], Sequence[Finding]]

FINE: tuple[Finding, ...] = ()


def wrong(message: str, pointer: str = "") -> list[Finding]:
    return [(pointer, message)]


def below(step: str | int, found: Sequence[Finding]) -> list[Finding]:
    """Findings of a part, told from the whole that holds it under this key or index."""
    return [(f"/{step}{pointer}", message) for pointer, message in found]


def anything(_value: object) -> Sequence[Finding]:
    return FINE


def string(longest: int | None = None, *, shortest: int = 0, like: re.Pattern[str] | None = None, form: str = "") -> Rule:
    """A string of shortest to longest characters (both included) that fully matches `like`; form names its shape."""

    def check(value: Any) -> Sequence[Finding]:
        if not isinstance(value, str):
            return wrong("must provide a string")
        if len(value) < shortest:
            return wrong(f"must be more than {shortest - 1} characters")
        if longest is not None and len(value) > longest:
            return wrong(f"must be less than {longest + 1} characters")
        if like is not None and not like.fullmatch(value):
            return wrong(f"must be {form}")
        return FINE

    return check


def boolean(value: Any) -> Sequence[Finding]:
    return FINE if isinstance(value, bool) else wrong("must provide a boolean")


def number(value: Any) -> Sequence[Finding]:
    numeric = isinstance(value, (int, float)) and not isinstance(value, bool)
    return FINE if numeric else wrong("must provide a number")


def integer(lowest: int | None = None, highest: int | None = None) -> Rule:
    """A whole number from lowest to highest, both included."""

    def check(value: Any) -> Sequence[Finding]:
        if not isinstance(value, int) or isinstance(value, bool):
            return wrong("must provide an integer")
        if lowest is not None and value < lowest:
            return wrong(f"must be greater than or equal to {lowest}")
        if highest is not None and value > highest:
            return wrong(f"must be less than or equal to {highest}")
        return FINE

    return check


def one_of(*allowed: str) -> Rule:
    """One of these strings."""
    choices = frozenset(allowed)

    def check(value: Any) -> Sequence[Finding]:
        if not isinstance(value, str):
            return wrong("must provide a string")
        return FINE if value in choices else wrong("must be a valid enum value")

    return check


def or_null(rule: Rule) -> Rule:
    """The rule, or null."""
    return lambda value: FINE if value is None else rule(value)


def array(item: Rule, *, least: int = 0, most: int | None = None) -> Rule:
    """A list of least to most items (both included), each by the same rule."""

    def check(value: Any) -> Sequence[Finding]:
        if not isinstance(value, (list, tuple)):
            return wrong("must provide an array")
        if len(value) < least:
            return wrong(f"must provide at least {least} items")
        if most is not None and len(value) > most:
            return wrong(f"no more than {most} items allowed")
        found: list[Finding] = []
        for index, part in enumerate(value):
            if inner := item(part):
                found += below(index, inner)
        return found

    return check


def record(
    required: Mapping[str, Rule] | None = None, optional: Mapping[str, Rule] | None = None, checks: Iterable[Check] = ()
) -> Rule:
    """An object with these fields and no others. The checks look at the whole object once its fields are right."""
    needed = required or {}
    rules = {**needed, **(optional or {})}
    whole = tuple(checks)

    def check(value: Any) -> Sequence[Finding]:
        if not isinstance(value, dict):
            return wrong("must provide an object")
        found = [("", f"missing required field: {name}") for name in needed if name not in value]
        for name, part in value.items():
            rule = rules.get(name)
            if rule is None:
                found.append(("", f"invalid additional property: {name}"))
            elif inner := rule(part):
                found += below(name, inner)
        return found or [finding for look in whole for finding in look(value)]

    return check


def by_type(rules: Mapping[str, Rule]) -> Rule:
    """An object whose `type` chooses its rule."""

    def check(value: Any) -> Sequence[Finding]:
        if not isinstance(value, dict):
            return wrong("must provide an object")
        if "type" not in value:
            return wrong("missing required field: type")
        kind = value["type"]
        if not isinstance(kind, str):
            return wrong("must provide a string", "/type")
        rule = rules.get(kind)
        return rule(value) if rule else wrong(f"unsupported type: {kind}", "/type")

    return check


def exactly_one(*names: str) -> Check:
    """Just one of these fields is there."""
    said = " or ".join(f"`{name}`" for name in names)

    def check(value: Mapping[str, Any]) -> Sequence[Finding]:
        present = sum(name in value for name in names)
        if present == 1:
            return FINE
        return wrong(f"must define either {said}" if not present else f"must define only one of {said}")

    return check


def at_least_one(*names: str, pointer: str = "") -> Check:
    """One or more of these fields are there."""
    said = " or ".join(f"`{name}`" for name in names)
    message = f"must define either {said}" if len(names) == 2 else f"must define at least one of {said}"
    return lambda value: FINE if any(name in value for name in names) else wrong(message, pointer)


def ordered(low: str, high: str) -> Check:
    """Where both fields are there, the first is not above the second; they hold numbers or numbers as text."""

    def check(value: Mapping[str, Any]) -> Sequence[Finding]:
        if low not in value or high not in value or float(value[low]) <= float(value[high]):
            return FINE
        return wrong(f"must be less than or equal to `{high}`", f"/{low}")

    return check


def unique(field: str, pointer: str = "") -> Callable[[Sequence[Mapping[str, Any]]], list[Finding]]:
    """No two objects of a list have the same value in this field; those without it, or with an empty one, do not count."""

    def check(items: Sequence[Mapping[str, Any]]) -> list[Finding]:
        seen: set[str] = set()
        found: list[Finding] = []
        for index, item in enumerate(items):
            name = item.get(field)
            if not name:
                continue
            if name in seen:
                found.append((f"{pointer}/{index}/{field}", f'`{field}` "{name}" already exists'))
            seen.add(name)
        return found

    return check
