"""The Slack app manifest: what the code uses, in the form that Slack reads."""

from typing import Any

from bot.flows.events import EVENTS

# Why each is asked for. A test compares them with the methods and events that the code uses.
SCOPES = {
    "app_mentions:read": "to be asked in threads",
    "channels:history": "to look up whether a message arrived, when Slack's answer was lost",
    "channels:read": "to know public channels from private ones",
    "chat:write": "to post cards and digests",
    "commands": "/bet, /insight, /impact and /pom",
    "files:write": "to send an admin everything as a file",
    "groups:history": "the look-up, in private channels it was invited to",
    "groups:read": "to know who may see what was logged in a private channel",
    "im:history": "to be asked and told in direct messages, and the look-up there",
    "im:read": "to know direct messages from channels",
    "im:write": "to send check-ins",
    "reactions:read": "to ask who wrote a message whether it shall be kept, where somebody reacts so",
    "users:read": "names and time zones",
}
DESCRIPTIONS = {
    "/bet": ("Propose a bet", "[title]"),
    "/insight": ("Log an insight", "[title]"),
    "/impact": ("Log an impact", "[title]"),
    "/pom": ("Help, any object, any question", "[help | BET-12 | ask …]"),
}
# By what they are called on the wire: on what, their name (at most 24 characters), and what they do.
SHORTCUTS = {
    "message.save": ("message", "Save to Throughline", "Keep a message as an insight, an impact, a decision or a comment"),
    "message.keys": ("message", "Show what this is about", "What the keys in a message stand for, for you alone"),
    "log": ("global", "Log …", "Log anything: an insight, a bet, an impact …"),
}
_EVENT_NAMES = {"message": "message.im"}


def manifest(request_url: str | None = None) -> dict[str, Any]:
    """Return the manifest; for Socket Mode, or for HTTP where `request_url` is given.

    https://docs.slack.dev/reference/app-manifest
    """
    where = {"url": request_url} if request_url else {}
    commands = [
        {"command": name, "description": description, "usage_hint": usage, "should_escape": False, **where}
        for name, (description, usage) in DESCRIPTIONS.items()
    ]
    events = sorted(_EVENT_NAMES.get(name, name) for name in EVENTS)
    reach = {"request_url": request_url} if request_url else {}
    return {
        "display_information": {
            "name": "Throughline",
            "description": "Remembers what your bets came from and what came of them",
            "background_color": "#1f3d36",
        },
        "features": {
            "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False},
            "bot_user": {"display_name": "Throughline", "always_online": True},
            "slash_commands": commands,
            "shortcuts": [
                {"name": name, "type": sort, "callback_id": wire, "description": description}
                for wire, (sort, name, description) in SHORTCUTS.items()
            ],
        },
        "oauth_config": {"scopes": {"bot": sorted(SCOPES)}},
        "settings": {
            "event_subscriptions": {**reach, "bot_events": events},
            "interactivity": {
                "is_enabled": True,
                **reach,
                **({"message_menu_options_url": request_url} if request_url else {}),
            },
            "org_deploy_enabled": False,
            "socket_mode_enabled": request_url is None,
            "token_rotation_enabled": False,
        },
    }
