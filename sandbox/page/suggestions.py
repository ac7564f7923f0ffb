"""What selects of people, channels and conversations offer: no app is asked, the workspace knows."""

from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.page.places import conversation_name, display_name
from sandbox.workspace import Channel, Workspace

_SHOWN = 50


def suggestions(workspace: Workspace, user_id: str, element: Mapping[str, Any], query: str) -> list[dict[str, Any]]:
    """Return [{"value", "text", "group", "raw": None}] for a users, channels or conversations select."""
    kind = str(element.get("type", "")).removeprefix("multi_")
    if kind == "users_select":
        found = _users(workspace)
    elif kind == "channels_select":
        found = [(each.id, f"#{each.name}") for each in _channels(workspace, user_id) if not each.is_private]
    else:
        found = _conversations(workspace, user_id, element.get("filter") or {})
    wanted = query.casefold().lstrip("#@")
    matching = [(value, text) for value, text in found if wanted in text.casefold()]
    return [{"value": value, "text": text, "group": "", "raw": None} for value, text in matching[:_SHOWN]]


def _users(workspace: Workspace) -> list[tuple[str, str]]:
    people = [user for user in workspace.users.values() if not user.deleted]
    return sorted(((user.id, display_name(user, user.id)) for user in people), key=lambda pair: pair[1].casefold())


def _channels(workspace: Workspace, user_id: str) -> list[Channel]:
    channels = [each for each in workspace.channels.values() if each.is_open_to(user_id) and not each.is_archived]
    return sorted((each for each in channels if each.kind == "channel"), key=lambda each: each.name)


def _conversations(workspace: Workspace, user_id: str, wanted: Mapping[str, Any]) -> list[tuple[str, str]]:
    include = set(wanted.get("include") or ("public", "private", "im", "mpim"))
    found = [
        (each.id, f"#{each.name}")
        for each in _channels(workspace, user_id)
        if ("private" if each.is_private else "public") in include
        and not (wanted.get("exclude_external_shared_channels") and each.is_ext_shared)
    ]
    direct = [each for each in workspace.channels.values() if each.kind in include and user_id in each.members]
    if wanted.get("exclude_bot_users"):
        direct = [each for each in direct if not _has_bot(workspace, each.members)]
    return found + [(each.id, conversation_name(workspace, each, user_id)) for each in direct]


def _has_bot(workspace: Workspace, members: Iterable[str]) -> bool:
    return any(workspace.users[each].is_bot for each in members if each in workspace.users)
