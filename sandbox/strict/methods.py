"""The Web API methods and their arguments: https://docs.slack.dev/reference/methods and the page of each method.

`response_url` stands for the body that an app posts to a response_url
(https://docs.slack.dev/interactivity/handling-user-interaction#message_responses).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.strict.arguments import (
    Argument,
    Judge,
    attachments,
    blocks,
    by_rule,
    count,
    decoded,
    flag,
    json_value,
    listing,
    metadata,
    moment,
    text,
    view,
)
from sandbox.strict.problem import Problem
from sandbox.strict.rules import array, one_of, record, string

Arguments = Mapping[str, Any]
Whole = Callable[[Arguments], list[Problem]]
TEXT_MAX = 40_000
TEXT_ADVISED = 4_000
MARKDOWN_TEXT_MAX = 12_000


@dataclass(frozen=True)
class Method:
    """The arguments of one method, and checks of all of them together."""

    arguments: Mapping[str, Argument]
    whole: tuple[Whole, ...] = ()


def _needs(judge: Judge, missing: str = "invalid_arguments") -> Argument:
    return Argument(judge, required=True, missing=missing)


def _may(judge: Judge) -> Argument:
    return Argument(judge)


def _content(arguments: Arguments) -> list[Problem]:
    """Something to show: text, blocks, attachments, files or markdown_text; the last one alone."""
    words = arguments.get("text", "").strip()
    if "markdown_text" in arguments and (words or "blocks" in arguments):
        return [Problem("markdown_text_conflict", "/markdown_text", "cannot be used with `text` or `blocks`")]
    others = ("blocks", "attachments", "markdown_text", "file_ids")
    if words or any(decoded(arguments.get(name)) for name in others):
        return []
    return [Problem("no_text", "", "must define one of `text`, `blocks` or `attachments`")]


def _content_unless_deleted(arguments: Arguments) -> list[Problem]:
    return [] if arguments.get("delete_original") in (True, "true") else _content(arguments)


def _either(*names: str, code: str = "invalid_arguments") -> Whole:
    def check(arguments: Arguments) -> list[Problem]:
        if any(name in arguments for name in names):
            return []
        return [Problem(code, "", f"missing required field: {names[0]}")]

    return check


_text = by_rule(string())
_word = by_rule(string(shortest=1))
_flag = by_rule(flag)
_ts = by_rule(moment)
_thread = by_rule(moment, "invalid_thread_ts")
_limit = by_rule(count(1, 1000), "invalid_limit")
_types = by_rule(listing("public_channel", "private_channel", "mpim", "im"), "invalid_types")
_reaction = by_rule(
    string(100, shortest=1, like=re.compile(r"[\w+'-]+(::skin-tone-[2-6])?"), form="an emoji name"), "invalid_name"
)
_channel, _user = _needs(_word), _needs(_word)
_paging = {"cursor": _may(_text), "limit": _may(_limit)}

_MESSAGE = {
    "text": _may(text(TEXT_MAX)),
    "blocks": _may(blocks),
    "attachments": _may(attachments),
    "markdown_text": _may(text(MARKDOWN_TEXT_MAX)),
    "metadata": _may(metadata),
    "parse": _may(by_rule(one_of("full", "none", "client"))),
    "link_names": _may(_flag),
    "as_user": _may(_flag),
}
_POSTED = _MESSAGE | {
    "channel": _channel,
    "thread_ts": _may(_thread),
    "username": _may(_text),
    "icon_emoji": _may(_text),
    "icon_url": _may(_text),
    "mrkdwn": _may(_flag),
    "unfurl_links": _may(_flag),
    "unfurl_media": _may(_flag),
    "client_msg_id": _may(_word),
}
_RANGE = {
    "channel": _channel,
    **_paging,
    "latest": _may(by_rule(moment, "invalid_ts_latest")),
    "oldest": _may(by_rule(moment, "invalid_ts_oldest")),
    "inclusive": _may(_flag),
    "include_all_metadata": _may(_flag),
}
_LISTED = _paging | {"exclude_archived": _may(_flag), "types": _may(_types), "team_id": _may(_word)}
_opened = {"trigger_id": _may(_word), "interactivity_pointer": _may(_word), "view": _needs(view("modal"))}
_trigger = _either("trigger_id", "interactivity_pointer")
_file = record({"id": string(shortest=1)}, {"title": string(), "highlight_type": string()})

METHODS: dict[str, Method] = {
    "auth.test": Method({}),
    "apps.connections.open": Method({}),
    "chat.postMessage": Method(_POSTED | {"reply_broadcast": _may(_flag), "container_id": _may(_word)}, (_content,)),
    "chat.postEphemeral": Method(_POSTED | {"user": _user}, (_content,)),
    "chat.update": Method(
        _MESSAGE
        | {"channel": _channel, "ts": _needs(_ts), "reply_broadcast": _may(_flag), "file_ids": _may(by_rule(listing()))},
        (_content,),
    ),
    "chat.delete": Method({"channel": _channel, "ts": _needs(_ts), "as_user": _may(_flag)}),
    "chat.getPermalink": Method({"channel": _channel, "message_ts": _needs(_ts)}),
    "conversations.list": Method(_LISTED),
    "conversations.info": Method({"channel": _channel, "include_locale": _may(_flag), "include_num_members": _may(_flag)}),
    "conversations.members": Method({"channel": _channel, **_paging}),
    "conversations.history": Method(_RANGE),
    "conversations.replies": Method(_RANGE | {"ts": _needs(_ts)}),
    "conversations.open": Method(
        {
            "channel": _may(_word),
            "users": _may(by_rule(listing())),
            "return_im": _may(_flag),
            "prevent_creation": _may(_flag),
        },
        (_either("users", "channel", code="users_list_not_supplied"),),
    ),
    "conversations.join": Method({"channel": _channel}),
    "users.info": Method({"user": _user, "include_locale": _may(_flag)}),
    "users.list": Method({**_paging, "include_locale": _may(_flag), "team_id": _may(_word)}),
    "users.conversations": Method(_LISTED | {"user": _may(_word)}),
    "views.open": Method(_opened, (_trigger,)),
    "views.push": Method(_opened, (_trigger,)),
    "views.update": Method(
        {
            "view": _needs(view("modal", "home")),
            "view_id": _may(_word),
            "external_id": _may(by_rule(string(255))),
            "hash": _may(_text),
        },
        (_either("view_id", "external_id"),),
    ),
    "views.publish": Method({"user_id": _user, "view": _needs(view("home")), "hash": _may(_text)}),
    "reactions.add": Method(
        {
            "channel": _needs(_word, "no_item_specified"),
            "timestamp": _needs(_ts, "no_item_specified"),
            "name": _needs(_reaction, "invalid_name"),
        }
    ),
    "files.getUploadURLExternal": Method(
        {
            "filename": _needs(_word),
            "length": _needs(by_rule(count(1, 999_999_999))),
            "alt_txt": _may(_text),
            "snippet_type": _may(_text),
        }
    ),
    "files.completeUploadExternal": Method(
        {
            "files": _needs(json_value(array(_file, least=1))),
            "channel_id": _may(_word),
            "channels": _may(by_rule(listing())),
            "initial_comment": _may(_text),
            "thread_ts": _may(_thread),
            "blocks": _may(blocks),
        }
    ),
    "team.info": Method({"team": _may(_word), "domain": _may(_word), "include_slackbot_availability": _may(_flag)}),
    "bots.info": Method({"bot": _may(_word), "team_id": _may(_word)}),
    "oauth.v2.access": Method(
        {
            name: _may(_word)
            for name in ("client_id", "client_secret", "code", "redirect_uri", "grant_type", "refresh_token", "code_verifier")
        }
    ),
    "response_url": Method(
        _MESSAGE
        | {
            "response_type": _may(by_rule(one_of("ephemeral", "in_channel"))),
            "replace_original": _may(_flag),
            "delete_original": _may(_flag),
            "thread_ts": _may(_thread),
            "mrkdwn": _may(_flag),
            "unfurl_links": _may(_flag),
            "unfurl_media": _may(_flag),
        },
        (_content_unless_deleted,),
    ),
}
_EVERYWHERE = {"token", "pretty"}
_NOT_TEXT = {"blocks", "attachments", "view", "metadata", "files", "cursor"}


def _given(arguments: Arguments) -> dict[str, Any]:
    """Arguments without those that say nothing: null, and the empty strings of forms where JSON is meant."""
    return {name: value for name, value in arguments.items() if value is not None and not (value == "" and name in _NOT_TEXT)}


def call_problems(name: str, arguments: Arguments) -> list[Problem]:
    """Problems of a call; none for a method that is not in the table."""
    method = METHODS.get(name)
    if method is None:
        return []
    given = _given(arguments)
    found = [
        Problem(argument.missing, "", f"missing required field: {field}")
        for field, argument in method.arguments.items()
        if argument.required and field not in given
    ]
    for field, value in given.items():
        argument = method.arguments.get(field)
        if argument is not None:
            found += argument.judge(field, value)
    return found or [problem for check in method.whole for problem in check(given)]


def _lacks_text(given: Arguments) -> bool:
    if given.get("text") or given.get("markdown_text"):
        return False
    shown = decoded(given.get("attachments"))
    return not (isinstance(shown, list) and shown and all(isinstance(a, dict) and a.get("fallback") for a in shown))


def call_warnings(name: str, arguments: Arguments) -> list[str]:
    """Warnings for a call that is accepted."""
    method = METHODS.get(name)
    if method is None:
        return []
    given = _given(arguments)
    known = method.arguments.keys() | _EVERYWHERE
    warnings = [f"unknown_argument:{field}" for field in given if field not in known]
    if "blocks" in method.arguments and name.startswith("chat."):
        if _lacks_text(given):
            warnings.insert(0, "missing_text_in_message")
        words = given.get("text")
        if isinstance(words, str) and len(words) > TEXT_ADVISED:
            warnings.insert(0, "text_longer_than_advised")
    return warnings
