"""What a person types into the composer: whether it is a command, and whom it names."""

import re
from collections.abc import Mapping

from sandbox.page.mrkdwn import unescape
from sandbox.page.reader import Reader

_COMMAND = re.compile(r"(/[a-z0-9_-]+)(?:\s+(.*))?$", re.DOTALL | re.IGNORECASE)
_CONTROL = re.compile(r"<([^<>\n]+)>")


def split_command(typed: str) -> tuple[str, str] | None:
    """Return the command and its text (`/bet`, `Guide the first board`), None where it is no command."""
    match = _COMMAND.match(typed.rstrip()) if typed.startswith("/") else None
    return (match[1].lower(), (match[2] or "").strip()) if match else None


def with_mentions(typed: str, users: Mapping[str, str]) -> str:
    """Return the text with `@Ana Ruiz` made into `<@U01ANA>`; takes the ids of users by what one may call them.

    The workspace does the rest when the text is sent: channels, addresses, and Slack's three characters.
    """
    ids = {name.casefold(): identity for name, identity in users.items()}
    # The longest name first, so that "@Ana Ruiz" is not taken for "@Ana".
    names = sorted(filter(None, users), key=len, reverse=True)
    pattern = rf"(?<![\w@<])@({'|'.join(map(re.escape, names))})(?!\w)"
    return re.sub(pattern, lambda match: f"<@{ids[match[1].casefold()]}>", typed, flags=re.IGNORECASE)


def typed_text(stored: str, reader: Reader) -> str:
    """Return a stored text as the person would type it, for editing."""

    def typed(match: re.Match[str]) -> str:
        target = match[1].partition("|")[0]
        if target.startswith("@"):
            return "@" + reader.user_names.get(target[1:], target[1:])
        if target.startswith("#"):
            return "#" + reader.channel_names.get(target[1:], target[1:])
        return "@" + target[1:] if target.startswith("!") else target

    return unescape(_CONTROL.sub(typed, stored))
