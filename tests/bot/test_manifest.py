"""The app manifest is what the code uses, no more and no less; so is the app of the demo."""

import ast
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

import bot
import bot.demo
from bot.flows.events import EVENTS
from bot.flows.wire import WIRE
from bot.manifest import SCOPES, manifest
from sandbox.config import Config

CODE = Path(bot.__file__).parent
# https://docs.slack.dev/reference/methods: the scopes of each method that we call, for every sort of channel in question.
METHODS: dict[str, set[str]] = {
    "apps.connections.open": set(),  # the app-level token's connections:write
    "auth.test": set(),
    "chat.postEphemeral": {"chat:write"},
    "chat.postMessage": {"chat:write"},
    "chat.update": {"chat:write"},
    "conversations.history": {"channels:history", "groups:history", "im:history"},
    "conversations.info": {"channels:read", "groups:read", "im:read"},
    "conversations.members": {"channels:read", "groups:read", "im:read"},
    "conversations.open": {"im:write"},
    "conversations.replies": {"channels:history", "groups:history", "im:history"},
    "users.info": {"users:read"},
    "files.completeUploadExternal": {"files:write"},
    "files.getUploadURLExternal": {"files:write"},
    "users.list": {"users:read"},
    "views.open": set(),
    "views.publish": set(),
    "views.push": set(),
    "views.update": set(),
}
# https://docs.slack.dev/reference/events
EVENT_SCOPES: dict[str, set[str]] = {
    "app_home_opened": set(),
    "app_mention": {"app_mentions:read"},
    "channel_id_changed": {"channels:history", "groups:history"},
    "channel_unarchive": {"channels:read"},
    "group_unarchive": {"groups:read"},
    "member_joined_channel": {"channels:read", "groups:read"},
    "member_left_channel": {"channels:read", "groups:read"},
    "message": {"im:history"},  # subscribed to as message.im
    "reaction_added": {"reactions:read"},
    "reaction_removed": {"reactions:read"},
    "team_join": {"users:read"},
    "user_change": {"users:read"},
}
_METHOD = re.compile(
    "(admin|api|apps|assistant|auth|bookmarks|bots|calls|canvases|chat|conversations|dnd|emoji|files|functions|lists|migration"
    r"|oauth|pins|reactions|reminders|search|stars|team|usergroups|users|views|workflows)(\.[a-zA-Z]+)+"
)


def methods_in(source: str) -> Iterator[str]:
    """Return every method of Slack's Web API that Python source names, and whatever else it passes to `call` by name."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _METHOD.fullmatch(node.value):
            yield node.value
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "call":
            yield from (each.value for each in node.args[1:2] if isinstance(each, ast.Constant) and isinstance(each.value, str))


def methods_used() -> set[str]:
    ours = {name for table in vars(WIRE).values() for name in table}  # "team.show" is a button of ours
    return {name for file in CODE.rglob("*.py") for name in methods_in(file.read_text("utf-8"))} - ours


def scopes_used() -> set[str]:
    by_methods = {scope for method in methods_used() for scope in METHODS[method]}
    by_events = {scope for event in EVENTS for scope in EVENT_SCOPES[event]}
    return by_methods | by_events | ({"commands"} if WIRE.commands else set())


def test_every_method_that_the_code_names_is_in_the_table_and_no_other() -> None:
    assert methods_used() == set(METHODS)


@pytest.mark.parametrize(
    "source", ["await call(client, 'pins.add', channel=x)", "METHOD = 'pins.add'", "client.api_call('pins.add')"]
)
def test_a_new_method_would_be_found(source: str) -> None:
    assert "pins.add" in set(methods_in(source))


def test_scopes_are_those_that_methods_events_and_commands_need() -> None:
    assert set(SCOPES) == scopes_used()
    assert all(SCOPES.values()), "each says what it is for"


@pytest.mark.parametrize("request_url", [None, "https://bot.example/slack/events"])
def test_the_manifest_names_what_the_code_answers(request_url: str | None) -> None:
    made = manifest(request_url)
    assert made["oauth_config"] == {"scopes": {"bot": sorted(SCOPES)}}
    assert [each["command"] for each in made["features"]["slash_commands"]] == list(WIRE.commands)
    subscribed = made["settings"]["event_subscriptions"]["bot_events"]
    assert subscribed == sorted("message.im" if name == "message" else name for name in EVENTS)
    assert set(EVENTS) == set(EVENT_SCOPES)
    shortcuts = made["features"]["shortcuts"]
    assert [each["callback_id"] for each in shortcuts] == list(WIRE.shortcuts)
    # https://docs.slack.dev/reference/app-manifest: 24 and 150 characters
    assert all(len(each["name"]) <= 24 and len(each["description"]) <= 150 for each in shortcuts)


def test_over_http_everything_is_sent_to_the_one_address() -> None:
    url = "https://bot.example/slack/events"
    made = manifest(url)
    assert [each["url"] for each in made["features"]["slash_commands"]] == [url] * len(WIRE.commands)
    assert made["settings"]["event_subscriptions"]["request_url"] == url
    assert made["settings"]["interactivity"] == {"is_enabled": True, "request_url": url, "message_menu_options_url": url}
    assert made["settings"]["socket_mode_enabled"] is False


def test_in_socket_mode_no_address_is_named() -> None:
    assert manifest()["settings"]["socket_mode_enabled"] is True
    assert "url" not in str(manifest())


def test_the_app_of_the_demo_is_the_app_of_the_manifest() -> None:
    [app] = Config.read(Path(str(files(bot.demo).joinpath("workspace.yaml")))).apps
    made = manifest()
    assert sorted(app.scopes or ()) == made["oauth_config"]["scopes"]["bot"]
    assert sorted(app.bot_events) == made["settings"]["event_subscriptions"]["bot_events"]
    commands = [(each.command, each.description, each.usage_hint) for each in app.commands]
    shortcuts = [(each.type, each.callback_id, each.name) for each in app.shortcuts]
    assert shortcuts == [(each["type"], each["callback_id"], each["name"]) for each in made["features"]["shortcuts"]]
    assert commands == [(c["command"], c["description"], c["usage_hint"]) for c in made["features"]["slash_commands"]]
