"""What a person types, as Slack's client sends it: names become references, angle brackets and ampersands are escaped."""

import re

from sandbox.workspace import Workspace

_REFERENCE = re.compile(r"(<(?:[@#!][^<>\s]+|(?:https?|mailto):[^<>]+)>)")
_URL = re.compile(r"https?://[^\s<>]+[^\s<>.,;:!?)\"']")
_NAME = re.compile(r"(?<![\w@#])([@#])([\w.-]*\w)")
_EVERYONE = {"here", "channel", "everyone"}


def as_sent(workspace: Workspace, text: str) -> str:
    """The text of a message: "@ana" becomes "<@U01ANA>", "#growth" "<#C01GROWTH>", a bare address "<https://…>"."""
    parts = _REFERENCE.split(text)
    return "".join(part if index % 2 else _plain(workspace, part) for index, part in enumerate(parts))


def _plain(workspace: Workspace, text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    linked = _URL.sub(lambda match: f"<{match[0]}>", escaped)
    return _NAME.sub(lambda match: _reference(workspace, match[1], match[2]) or match[0], linked)


def _reference(workspace: Workspace, sign: str, name: str) -> str | None:
    if sign == "#":
        channel = workspace.find_channel("#" + name)
        return f"<#{channel.id}|{channel.name}>" if channel else None
    if name in _EVERYONE:
        return f"<!{name}>"
    user = next((each for each in workspace.users.values() if each.name == name), None)
    return f"<@{user.id}>" if user else None
