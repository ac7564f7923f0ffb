"""Views: modals and Home tabs."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.strict import Problem, check_call, check_view

Json = dict[str, Any]
TITLE = {"type": "plain_text", "text": "A bet"}
FIELD = {"type": "input", "label": TITLE, "element": {"type": "plain_text_input"}}
MODAL = {"type": "modal", "title": TITLE, "submit": TITLE, "close": TITLE, "blocks": [FIELD]}
HOME: Json = {"type": "home", "blocks": [FIELD], "private_metadata": "x" * 3000}


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def test_right_views_are_accepted() -> None:
    limits = {"private_metadata": "x" * 3000, "callback_id": "x" * 255, "external_id": "x" * 255}
    assert check_view(MODAL | limits | {"clear_on_close": True, "notify_on_close": False}, surface="modal") == []
    assert check_view({"type": "modal", "title": plain("x" * 24), "blocks": []}, surface="modal") == []
    assert check_view(HOME, surface="home") == []


@pytest.mark.parametrize(
    ("fields", "pointer", "message"),
    [
        ({"title": plain("x" * 25)}, "/title/text", "must be less than 25 characters"),
        ({"title": "A bet"}, "/title", "must provide an object"),
        ({"submit": plain("x" * 25)}, "/submit/text", "must be less than 25 characters"),
        ({"close": plain("x" * 25)}, "/close/text", "must be less than 25 characters"),
        ({"submit": None}, "/submit", "must provide an object"),
        ({"private_metadata": "x" * 3001}, "/private_metadata", "must be less than 3001 characters"),
        ({"private_metadata": {"a": 1}}, "/private_metadata", "must provide a string"),
        ({"callback_id": "x" * 256}, "/callback_id", "must be less than 256 characters"),
        ({"external_id": "x" * 256}, "/external_id", "must be less than 256 characters"),
        ({"submit_disabled": True}, "", "invalid additional property: submit_disabled"),
        ({"id": "V1"}, "", "invalid additional property: id"),
        ({"blocks": {}}, "/blocks", "must provide an array"),
        ({"blocks": [{"type": "table", "rows": []}]}, "/blocks/0/type", "unsupported type: table"),
        ({"blocks": [{"type": "divider"}] * 101}, "/blocks", "no more than 100 items allowed"),
        ({"type": "dialog"}, "/type", "unsupported type: dialog"),
        ({"type": "home"}, "/type", "unsupported type: home"),
    ],
)
def test_a_wrong_modal_is_refused_where_it_is_wrong(fields: Json, pointer: str, message: str) -> None:
    assert check_view(MODAL | fields, surface="modal") == [Problem("invalid_arguments", f"/view{pointer}", message)]


def test_what_lacks_is_named() -> None:
    assert check_view({"type": "modal"}, surface="modal") == [
        Problem("invalid_arguments", "/view", "missing required field: blocks"),
        Problem("invalid_arguments", "/view", "missing required field: title"),
    ]
    assert check_view({}, surface="modal") == [Problem("invalid_arguments", "/view", "missing required field: type")]
    assert check_view([], surface="modal") == [Problem("invalid_arguments", "/view", "must provide an object")]


def test_a_modal_with_an_input_has_a_submit() -> None:
    unsent = {"type": "modal", "title": TITLE, "blocks": [{"type": "divider"}, FIELD]}
    assert check_view(unsent, surface="modal") == [
        Problem("invalid_arguments", "/view/blocks/1/input", "must define `submit` to use an `input` block in modals")
    ]


def test_a_home_tab_has_no_buttons_of_a_modal() -> None:
    assert check_view(HOME | {"submit": TITLE}, surface="home") == [
        Problem("invalid_arguments", "/view", "invalid additional property: submit")
    ]


def test_a_view_above_250_kb_is_too_large() -> None:
    options = [{"text": plain("x" * 75), "value": f"{number:0150}"} for number in range(100)]
    menus = [FIELD | {"element": {"type": "static_select", "options": options}}] * 9
    assert check_view(MODAL | {"blocks": menus[:8]}, surface="modal") == []
    assert check_view(MODAL | {"blocks": menus}, surface="modal") == [
        Problem("view_too_large", "/view", "must be less than 250001 bytes")
    ]


def test_each_method_takes_its_kind_of_view() -> None:
    wrong_home = [Problem("invalid_arguments", "/view/type", "unsupported type: home")]
    wrong_modal = [Problem("invalid_arguments", "/view/type", "unsupported type: modal")]
    assert check_call("views.open", {"trigger_id": "1.2.a", "view": HOME}) == wrong_home
    assert check_call("views.push", {"trigger_id": "1.2.a", "view": HOME}) == wrong_home
    assert check_call("views.publish", {"user_id": "U1", "view": MODAL}) == wrong_modal
    assert check_call("views.update", {"view_id": "V1", "view": MODAL}) == []
    assert check_call("views.update", {"external_id": "mine", "view": HOME}) == []
