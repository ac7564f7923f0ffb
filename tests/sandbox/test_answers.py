from typing import Any

import pytest

from sandbox.answers import initial_values, missing, state_of, with_answers
from sandbox.outcomes import Unknown
from tests.sandbox.helper import button, option, text_input

RED, BLUE = option("Red", "red"), option("Blue", "blue")


@pytest.mark.parametrize(
    ("element", "answer", "state"),
    [
        ({"type": "plain_text_input"}, "x", {"value": "x"}),
        ({"type": "plain_text_input"}, "", {"value": None}),
        ({"type": "static_select", "options": [RED, BLUE]}, "blue", {"selected_option": BLUE}),
        ({"type": "static_select", "options": [RED, BLUE]}, None, {"selected_option": None}),
        ({"type": "static_select", "option_groups": [{"options": [RED]}]}, "red", {"selected_option": RED}),
        ({"type": "external_select"}, RED, {"selected_option": RED}),
        ({"type": "checkboxes", "options": [RED, BLUE]}, ["red"], {"selected_options": [RED]}),
        ({"type": "multi_users_select"}, ["U1", "U2"], {"selected_users": ["U1", "U2"]}),
        ({"type": "users_select"}, "U1", {"selected_user": "U1"}),
        ({"type": "datepicker"}, "2026-09-17", {"selected_date": "2026-09-17"}),
        ({"type": "number_input"}, "7", {"value": "7"}),
    ],
)
def test_plain_answers_become_states(element: dict[str, Any], answer: Any, state: dict[str, Any]) -> None:
    assert state_of({**element, "action_id": "a"}, answer) == {"type": element["type"], **state}


def test_an_option_that_is_not_offered() -> None:
    with pytest.raises(Unknown, match="green"):
        state_of({"type": "static_select", "action_id": "a", "options": [RED]}, "green")


def test_an_input_that_is_not_there() -> None:
    with pytest.raises(Unknown, match="nowhere"):
        with_answers([text_input()], {}, {"nowhere": "x"})


def test_first_values_and_kept_ones() -> None:
    blocks = [text_input(initial_value="start"), {"type": "actions", "block_id": "b", "elements": [button("go", "Go")]}]
    first = {"what": {"text": {"type": "plain_text_input", "value": "start"}}}
    assert initial_values(blocks) == first
    typed = with_answers(blocks, first, {"what": "typed"})
    assert initial_values(blocks, typed) == {"what": {"text": {"type": "plain_text_input", "value": "typed"}}}


@pytest.mark.parametrize(
    ("element", "answer", "complaint"),
    [
        ({}, "", "Please complete this required field."),
        ({"min_length": 3}, "ab", "Please enter at least 3 characters."),
        ({"max_length": 3}, "abcd", "Please enter no more than 3 characters."),
        ({}, "x" * 3_001, "Please enter no more than 3000 characters."),
        ({"type": "number_input", "is_decimal_allowed": False}, "1.5", "Please enter a whole number."),
        ({"type": "number_input", "is_decimal_allowed": True}, "many", "Please enter a number."),
        (
            {"type": "number_input", "is_decimal_allowed": True, "max_value": "5"},
            "7",
            "Please enter a number within the limits.",
        ),
        ({"type": "number_input", "is_decimal_allowed": True}, "1.5", None),
        ({}, "fine", None),
    ],
)
def test_what_slacks_client_says_before_it_sends(element: dict[str, Any], answer: str, complaint: str | None) -> None:
    blocks = [text_input(**element)]
    values = with_answers(blocks, initial_values(blocks), {"text": answer})
    assert missing(blocks, values) == ({"what": complaint} if complaint else {})
