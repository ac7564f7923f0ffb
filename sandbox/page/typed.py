"""What a person types into the composer → the text that Slack stores and sends to apps."""

import re
from collections.abc import Mapping

from sandbox.page.reader import Reader

_BROADCASTS = {"here", "channel", "everyone"}
_URL = re.compile(r"\bhttps?://[^\s<>|]*[^\s<>|.,;:!?)\]}'\"]")
_CODE = re.compile(r"(```.*?```|`[^`\n]+`)", re.DOTALL)
_COMMAND = re.compile(r"(/[a-z0-9_-]+)(?:\s+(.*))?$", re.DOTALL | re.IGNORECASE)


def stored_text(typed: str, users: Mapping[str, str], channels: Mapping[str, str]) -> str:
    """Return the text with names made into mentions, addresses into links, and Slack's three characters escaped.

    Takes the ids of users and channels by the name that one types after @ and #; code stays as it is.
    """
    pattern = _mention_pattern(users, channels)
    parts = _CODE.split(typed)
    return "".join(_escape(part) if index % 2 else _marked(part, pattern, users, channels) for index, part in enumerate(parts))


def typed_text(stored: str, reader: Reader) -> str:
    """Return a stored text as the person would type it, for editing."""

    def typed(match: re.Match[str]) -> str:
        target = match[1].partition("|")[0]
        if target.startswith("@"):
            return "@" + reader.user_names.get(target[1:], target[1:])
        if target.startswith("#"):
            return "#" + reader.channel_names.get(target[1:], target[1:])
        return "@" + target[1:] if target.startswith("!") else target

    text = re.sub(r"<([^<>\n]+)>", typed, stored)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def split_command(typed: str) -> tuple[str, str] | None:
    """Return the command and its text (`/bet`, `Guide the first board`), None where it is no command."""
    match = _COMMAND.match(typed.rstrip()) if typed.startswith("/") else None
    return (match[1].lower(), (match[2] or "").strip()) if match else None


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _mention_pattern(users: Mapping[str, str], channels: Mapping[str, str]) -> re.Pattern[str]:
    # The longest name first, so that "@Ana Ruiz" is not taken for "@Ana".
    people = sorted([*users, *_BROADCASTS], key=len, reverse=True)
    places = sorted(channels, key=len, reverse=True) or ["\0"]
    return re.compile(
        rf"(?P<url>{_URL.pattern})"
        rf"|(?<!\w)@(?P<user>{'|'.join(map(re.escape, people))})(?!\w)"
        rf"|(?<!\w)#(?P<channel>{'|'.join(map(re.escape, places))})(?![\w-])",
        re.IGNORECASE,
    )


def _marked(text: str, pattern: re.Pattern[str], users: Mapping[str, str], channels: Mapping[str, str]) -> str:
    ids = {name.casefold(): identity for name, identity in users.items()}
    pieces, end = list[str](), 0
    for match in pattern.finditer(text):
        pieces += [_escape(text[end : match.start()]), _mark(match, ids, channels)]
        end = match.end()
    return "".join([*pieces, _escape(text[end:])])


def _mark(match: re.Match[str], users: Mapping[str, str], channels: Mapping[str, str]) -> str:
    if url := match["url"]:
        return f"<{_escape(url)}>"
    if name := match["channel"]:
        found = channels.get(name) or channels[name.casefold()]
        return f"<#{found}|{name}>"
    name = match["user"].casefold()
    return f"<@{users[name]}>" if name in users else f"<!{name}>"
