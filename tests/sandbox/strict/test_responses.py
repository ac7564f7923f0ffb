"""What an app answers to a submission or a type-ahead."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.strict import Problem, check_options_response, check_response_action

MODAL: dict[str, Any] = {"type": "modal", "title": {"type": "plain_text", "text": "A bet"}, "blocks": []}


def option(value: str) -> dict[str, Any]:
    return {"text": {"type": "plain_text", "text": "A"}, "value": value}


def group(count: int) -> dict[str, Any]:
    return {"label": {"type": "plain_text", "text": "G"}, "options": [option("a")] * count}


@pytest.mark.parametrize(
    "body",
    [
        None,
        "",
        {},
        {"response_action": "clear"},
        {"response_action": "errors", "errors": {"title": "Give it a title"}},
        {"response_action": "update", "view": MODAL},
        {"response_action": "push", "view": MODAL},
    ],
)
def test_a_right_response_action_is_accepted(body: object) -> None:
    assert check_response_action(body) == []


@pytest.mark.parametrize(
    ("body", "pointer", "message"),
    [
        ([], "", "must provide an object"),
        ("closed", "", "must provide an object"),
        ({"response_action": "close"}, "/response_action", "must be a valid enum value"),
        ({"errors": {"title": "x"}}, "/response_action", "must be a valid enum value"),
        ({"response_action": "errors"}, "/errors", "must provide an object"),
        ({"response_action": "errors", "errors": {}}, "/errors", "must provide at least 1 items"),
        (
            {"response_action": "errors", "errors": {"a/b": ""}},
            "/errors/a~1b",
            "must provide a string of at least 1 character",
        ),
        ({"response_action": "update"}, "/view", "must provide an object"),
        ({"response_action": "push", "view": {"type": "home", "blocks": []}}, "/view/type", "unsupported type: home"),
        ({"response_action": "push", "view": MODAL | {"hash": "x"}}, "/view", "invalid additional property: hash"),
    ],
)
def test_a_wrong_response_action_is_refused(body: object, pointer: str, message: str) -> None:
    assert check_response_action(body) == [Problem("invalid_arguments", pointer, message)]


@pytest.mark.parametrize(
    "body",
    [{"options": []}, {"options": [option("a")] * 100}, {"option_groups": [group(100)] * 100}, {"option_groups": []}],
)
def test_right_options_are_accepted(body: object) -> None:
    assert check_options_response(body) == []


@pytest.mark.parametrize(
    ("body", "pointer", "message"),
    [
        (None, "", "must provide an object"),
        ({}, "", "must define either `options` or `option_groups`"),
        ({"options": [], "option_groups": []}, "", "must define only one of `options` or `option_groups`"),
        ({"options": [option("a")] * 101}, "/options", "no more than 100 items allowed"),
        ({"options": [option("x" * 151)]}, "/options/0/value", "must be less than 151 characters"),
        ({"options": None}, "/options", "must provide an array"),
        ({"option_groups": [group(1)] * 101}, "/option_groups", "no more than 100 items allowed"),
        ({"option_groups": [group(101)]}, "/option_groups/0/options", "no more than 100 items allowed"),
        ({"option_groups": [group(0)]}, "/option_groups/0/options", "must provide at least 1 items"),
    ],
)
def test_wrong_options_are_refused(body: object, pointer: str, message: str) -> None:
    assert check_options_response(body) == [Problem("invalid_arguments", pointer, message)]
