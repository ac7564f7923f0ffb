"""Web API calls: arguments as JSON or as forms send them, and what a message needs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox.strict import Problem, check_call, warnings_for

Json = dict[str, Any]
DIVIDER = {"type": "divider"}
LONG = {"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}
TOO_LONG = "must be less than 151 characters"
MODAL: Json = {"type": "modal", "title": {"type": "plain_text", "text": "A bet"}, "blocks": []}
HOME: Json = {"type": "home", "blocks": []}
AT = {"channel": "C1", "ts": "1700000000.000100"}

ACCEPTED: list[tuple[str, Json]] = [
    ("auth.test", {}),
    ("apps.connections.open", {"token": "xapp-1"}),
    ("chat.postMessage", {"channel": "C1", "text": "hi", "thread_ts": "1700000000.000100", "unfurl_links": "0"}),
    ("chat.postMessage", {"channel": "C1", "blocks": json.dumps([DIVIDER]), "reply_broadcast": "true"}),
    ("chat.postMessage", {"channel": "C1", "attachments": [{"text": "old", "blocks": [DIVIDER]}]}),
    ("chat.postMessage", {"channel": "C1", "markdown_text": "**hi**", "blocks": "", "thread_ts": None}),
    ("chat.postMessage", {"channel": "C1", "text": "x" * 40_000, "metadata": {"event_type": "a_1", "event_payload": {}}}),
    ("chat.postEphemeral", {"channel": "C1", "user": "U1", "text": "hi"}),
    ("chat.update", {**AT, "text": "hi", "metadata": "{}", "blocks": []}),
    ("chat.delete", AT),
    ("chat.getPermalink", {"channel": "C1", "message_ts": "1700000000.000100"}),
    ("conversations.list", {"types": "public_channel, im", "limit": "200", "exclude_archived": True, "cursor": ""}),
    ("conversations.info", {"channel": "C1", "include_num_members": "false"}),
    ("conversations.members", {"channel": "C1", "limit": 1000}),
    ("conversations.history", {"channel": "C1", "oldest": 0, "latest": "1700000000", "include_all_metadata": 1}),
    ("conversations.replies", {**AT, "limit": 15}),
    ("conversations.open", {"users": ["U1", "U2"], "return_im": True}),
    ("conversations.open", {"users": "U1,U2"}),
    ("conversations.join", {"channel": "C1"}),
    ("users.info", {"user": "U1"}),
    ("users.list", {}),
    ("users.conversations", {"user": "U1", "types": ["im"]}),
    ("views.open", {"trigger_id": "1.2.a", "view": json.dumps(MODAL)}),
    ("views.push", {"interactivity_pointer": "1.2.a", "view": MODAL}),
    ("views.update", {"view_id": "V1", "hash": "1.a", "view": MODAL}),
    ("views.publish", {"user_id": "U1", "view": HOME}),
    ("reactions.add", {"channel": "C1", "timestamp": "1700000000.000100", "name": "+1::skin-tone-3"}),
    ("files.getUploadURLExternal", {"filename": "a.csv", "length": 12}),
    ("files.completeUploadExternal", {"files": '[{"id": "F1", "title": "A"}]', "channel_id": "C1"}),
    ("team.info", {}),
    ("bots.info", {"bot": "B1"}),
    ("oauth.v2.access", {"code": "1.2", "client_id": "1", "client_secret": "s"}),
    ("response_url", {"text": "hi", "response_type": "in_channel", "replace_original": False}),
    ("response_url", {"delete_original": True}),
    ("no.such.method", {"anything": 1}),
]


@pytest.mark.parametrize(("method", "arguments"), ACCEPTED)
def test_a_right_call_is_accepted(method: str, arguments: Json) -> None:
    assert check_call(method, arguments) == []


@pytest.mark.parametrize(("method", "arguments"), ACCEPTED)
def test_a_call_may_come_as_a_form(method: str, arguments: Json) -> None:
    form = {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in arguments.items()
        if value is not None and not (isinstance(value, list) and name in {"users", "types"})
    }
    if method != "conversations.open" or "users" in form:
        assert check_call(method, form) == []


def missing(name: str, code: str = "invalid_arguments") -> Problem:
    return Problem(code, "", f"missing required field: {name}")


REFUSED: list[tuple[str, Json, list[Problem]]] = [
    ("chat.postMessage", {"text": "hi"}, [missing("channel")]),
    ("chat.postMessage", {"channel": None, "text": "hi"}, [missing("channel")]),
    ("chat.postMessage", {"channel": 5, "text": "hi"}, [Problem("invalid_arguments", "/channel", "must provide a string")]),
    ("chat.postMessage", {"channel": "C1", "text": 5}, [Problem("invalid_arguments", "/text", "must provide a string")]),
    (
        "chat.postMessage",
        {"channel": "C1", "text": "x" * 40_001},
        [Problem("msg_too_long", "/text", "must be less than 40001 characters")],
    ),
    (
        "chat.postMessage",
        {"channel": "C1", "markdown_text": "x" * 12_001},
        [Problem("msg_too_long", "/markdown_text", "must be less than 12001 characters")],
    ),
    (
        "chat.postMessage",
        {"channel": "C1", "markdown_text": "hi", "text": "hi"},
        [Problem("markdown_text_conflict", "/markdown_text", "cannot be used with `text` or `blocks`")],
    ),
    (
        "chat.postMessage",
        {"channel": "C1", "text": "hi", "blocks": "[{"},
        [Problem("invalid_blocks_format", "/blocks", "must provide an array")],
    ),
    (
        "chat.postMessage",
        {"channel": "C1", "text": "hi", "blocks": json.dumps([LONG])},
        [Problem("invalid_blocks", "/blocks/0/text/text", TOO_LONG)],
    ),
    (
        "chat.postMessage",
        {"channel": "C1", "text": "hi", "attachments": [{"blocks": [LONG]}]},
        [Problem("invalid_attachments", "/attachments/0/blocks/0/text/text", TOO_LONG)],
    ),
    (
        "chat.postMessage",
        {"channel": "C1", "attachments": "hello"},
        [Problem("invalid_attachments", "/attachments", "must provide an array")],
    ),
    (
        "chat.postMessage",
        {"channel": "C1", "attachments": [{}] * 101},
        [Problem("too_many_attachments", "/attachments", "no more than 100 items allowed")],
    ),
    (
        "chat.postMessage",
        {"channel": "C1", "text": "hi", "metadata": {"event_type": "a.b", "event_payload": {}}},
        [Problem("invalid_metadata_format", "/metadata/event_type", "must be letters, digits and underscores")],
    ),
    (
        "chat.postMessage",
        {"channel": "C1", "text": "hi", "metadata": '{"event_type": "a"}'},
        [Problem("invalid_metadata_format", "/metadata", "missing required field: event_payload")],
    ),
    (
        "chat.postMessage",
        {"channel": "C1", "text": "hi", "metadata": "nonsense"},
        [Problem("invalid_metadata_format", "/metadata", "must provide an object")],
    ),
    (
        "chat.postMessage",
        {"channel": "C1", "text": "hi", "metadata": {"event_type": "a", "event_payload": {"x": "é" * 4_000}}},
        [Problem("metadata_too_large", "/metadata", "must be less than 8001 bytes")],
    ),
    (
        "chat.postMessage",
        {"channel": "C1", "text": "hi", "thread_ts": "yesterday"},
        [Problem("invalid_thread_ts", "/thread_ts", "must be a timestamp")],
    ),
    (
        "chat.postMessage",
        {"channel": "C1", "text": "hi", "unfurl_links": "perhaps"},
        [Problem("invalid_arguments", "/unfurl_links", "must provide a boolean")],
    ),
    ("chat.postEphemeral", {"channel": "C1", "text": "hi"}, [missing("user")]),
    ("chat.update", {"channel": "C1", "text": "hi"}, [missing("ts")]),
    ("conversations.list", {"limit": 0}, [Problem("invalid_limit", "/limit", "must be between 1 and 1000")]),
    ("conversations.list", {"limit": "ten"}, [Problem("invalid_limit", "/limit", "must provide an integer")]),
    ("conversations.list", {"types": "dm"}, [Problem("invalid_types", "/types", "must be a valid enum value")]),
    (
        "conversations.history",
        {"channel": "C1", "latest": "now"},
        [Problem("invalid_ts_latest", "/latest", "must be a timestamp")],
    ),
    ("conversations.open", {}, [missing("users", "users_list_not_supplied")]),
    ("views.open", {"view": MODAL}, [missing("trigger_id")]),
    ("views.open", {"trigger_id": "1.2.a"}, [missing("view")]),
    ("views.open", {"trigger_id": "1.2.a", "view": "{"}, [Problem("invalid_arguments", "/view", "must provide an object")]),
    ("views.update", {"view": MODAL}, [missing("view_id")]),
    ("reactions.add", {"channel": "C1", "timestamp": "1.1"}, [missing("name", "invalid_name")]),
    (
        "reactions.add",
        {"channel": "C1", "timestamp": "1.1", "name": ":tada:"},
        [Problem("invalid_name", "/name", "must be an emoji name")],
    ),
    ("reactions.add", {"channel": "C1", "name": "tada"}, [missing("timestamp", "no_item_specified")]),
    (
        "files.completeUploadExternal",
        {"files": "[]"},
        [Problem("invalid_arguments", "/files", "must provide at least 1 items")],
    ),
    (
        "response_url",
        {"text": "hi", "response_type": "loud"},
        [Problem("invalid_arguments", "/response_type", "must be a valid enum value")],
    ),
]


@pytest.mark.parametrize(("method", "arguments", "problems"), REFUSED)
def test_a_wrong_call_is_refused_where_it_is_wrong(method: str, arguments: Json, problems: list[Problem]) -> None:
    assert check_call(method, arguments) == problems


@pytest.mark.parametrize("content", [{}, {"text": ""}, {"text": "  "}, {"blocks": []}, {"blocks": "[]", "text": ""}])
@pytest.mark.parametrize(
    ("method", "place"),
    [("chat.postMessage", {"channel": "C1"}), ("chat.postEphemeral", {"channel": "C1", "user": "U1"}), ("chat.update", AT)],
)
def test_an_empty_message_has_no_text(method: str, place: Json, content: Json) -> None:
    assert check_call(method, place | content) == [
        Problem("no_text", "", "must define one of `text`, `blocks` or `attachments`")
    ]


def test_deep_json_is_refused_and_not_followed() -> None:
    deep = "[" * 100_000
    message = {"channel": "C1", "text": "hi"}
    assert [problem.code for problem in check_call("chat.postMessage", message | {"blocks": deep})] == ["invalid_blocks_format"]
    assert [problem.code for problem in check_call("chat.postMessage", message | {"metadata": deep})] == [
        "invalid_metadata_format"
    ]


@pytest.mark.parametrize(
    ("method", "arguments", "warnings"),
    [
        ("chat.postMessage", {"channel": "C1", "text": "hi"}, []),
        ("chat.postMessage", {"channel": "C1", "markdown_text": "hi"}, []),
        ("chat.postMessage", {"channel": "C1", "blocks": [DIVIDER]}, ["missing_text_in_message"]),
        ("chat.update", {**AT, "blocks": "[]", "text": ""}, ["missing_text_in_message"]),
        ("chat.postEphemeral", {"attachments": [{"text": "a"}]}, ["missing_text_in_message"]),
        ("chat.postMessage", {"attachments": [{"fallback": "a"}]}, []),
        ("chat.postMessage", {"text": "x" * 4_000}, []),
        ("chat.postMessage", {"text": "x" * 4_001}, ["text_longer_than_advised"]),
        ("chat.postMessage", {"token": "xoxb", "text": "hi", "colour": "red", "to": None}, ["unknown_argument:colour"]),
        ("chat.delete", {**AT, "text": "x"}, ["unknown_argument:text"]),
        ("files.completeUploadExternal", {"files": [{"id": "F1"}]}, []),
        ("no.such.method", {"x": 1}, []),
    ],
)
def test_what_is_only_unwise_is_warned_of(method: str, arguments: Json, warnings: list[str]) -> None:
    assert warnings_for(method, arguments) == warnings
