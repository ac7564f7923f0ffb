"""One call of the Web API: its arguments, who makes it, and how it is refused."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sandbox.config import AppConfig
from sandbox.context import Context
from sandbox.workspace import Channel, Json, Message, User, Workspace

T = TypeVar("T")
_STRUCTURED = ("blocks", "attachments", "metadata", "view", "files")


class Refused(Exception):
    """The call is answered with `ok: false` and this error; `extra` joins the answer."""

    def __init__(self, error: str, **extra: Any) -> None:
        super().__init__(error)
        self.error = error
        self.extra = extra


@dataclass(slots=True)
class Call:
    """A checked call. `arguments` hold decoded JSON for blocks, attachments, metadata, view, files; else what was sent."""

    context: Context
    app: AppConfig
    workspace: Workspace
    arguments: dict[str, Any]

    @property
    def bot(self) -> str:
        """The bot user who calls."""
        return self.app.bot_user.id

    def text(self, name: str, default: str = "") -> str:
        value = self.arguments.get(name)
        return default if value is None else str(value)

    def given(self, name: str) -> bool:
        return self.arguments.get(name) is not None

    def flag(self, name: str) -> bool:
        """A truth value, from JSON or a form ("true", "1")."""
        return str(self.arguments.get(name, "")).lower() in ("true", "1")

    def number(self, name: str, default: int, most: int) -> int:
        """A whole number from 1 to `most`. Refuses others as invalid_limit."""
        try:
            number = int(self.arguments.get(name) or default)
        except (TypeError, ValueError):
            raise Refused("invalid_limit") from None
        if number < 1:
            raise Refused("invalid_limit")
        return min(number, most)

    def need(self, *scopes: str) -> None:
        """Refuse the call where the app has none of these scopes."""
        have = self.app.scopes
        if have is not None and not set(scopes) & set(have):
            raise Refused("missing_scope", needed=",".join(scopes), provided=",".join(have))

    def channel(self, name: str = "channel") -> Channel:
        """The conversation of an argument, if the bot may know of it. Refuses as channel_not_found."""
        channel = self.workspace.find_channel(self.text(name))
        if channel is None or not channel.is_open_to(self.bot):
            raise Refused("channel_not_found")
        return channel

    def message(self, channel: Channel, ts: str) -> Message:
        """A message that all may see. Refuses as message_not_found."""
        message = channel.by_ts.get(ts)
        if message is None or message.ephemeral_to or message.deleted:
            raise Refused("message_not_found")
        return message

    def user(self, name: str = "user") -> User:
        """The user of an argument. Refuses as user_not_found."""
        user = self.workspace.users.get(self.text(name))
        if user is None:
            raise Refused("user_not_found")
        return user

    def page(self, items: Sequence[T], default: int, most: int) -> tuple[Sequence[T], Json]:
        """One page of a list by `limit` and `cursor`, and the response_metadata that leads to the next."""
        limit = self.number("limit", default, most)
        start = _offset(self.text("cursor"))
        ahead = _cursor(start + limit) if start + limit < len(items) else ""
        return items[start : start + limit], {"next_cursor": ahead}


@dataclass(frozen=True, slots=True)
class Method:
    """A Web API method; the app needs one of `scopes`."""

    run: Callable[[Call], Json]
    scopes: tuple[str, ...] = ()


def decoded(arguments: dict[str, Any]) -> dict[str, Any]:
    """Arguments with JSON strings of structured ones decoded; what is no JSON stays a string."""
    for name in _STRUCTURED:
        if isinstance(value := arguments.get(name), str) and value:
            try:
                arguments[name] = json.loads(value)
            except ValueError:
                continue
    return arguments


def _cursor(offset: int) -> str:
    return base64.b64encode(f"offset:{offset}".encode()).decode()


def _offset(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        kind, _, number = base64.b64decode(cursor, validate=True).decode().partition(":")
        offset = int(number)
    except ValueError:
        raise Refused("invalid_cursor") from None
    if kind != "offset" or offset < 0:
        raise Refused("invalid_cursor")
    return offset
