"""One member acting in a workspace, as the page and the tests do; every act reaches the app over the real wire."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.workspace import Json, Message, User, View, Workspace


class AppDidNotRespond(Exception):
    """The app did not answer within three seconds, or answered with an error; str() is what the person reads."""


@dataclass(frozen=True)
class Upload:
    name: str
    content: bytes


@dataclass(frozen=True)
class CommandReply:
    """What a slash command's acknowledgement showed: `message` is None where it carried no words."""

    message: Message | None

    @property
    def text(self) -> str:
        return self.message.text if self.message else ""


@dataclass(frozen=True)
class Option:
    """One answer of a type-ahead. `raw` is Slack's option object; `group` the label of its option group or ""."""

    text: str
    value: str
    raw: Json
    group: str = ""


@dataclass(frozen=True)
class SubmitResult:
    """What a submission led to: exactly one of errors (by block id), closed, updated, pushed."""

    errors: dict[str, str] = field(default_factory=dict)
    closed: bool = False
    updated: View | None = None
    pushed: View | None = None


class Person:
    """A member. Channels may be named by id, name or "#name"; values of inputs are plain Python (see `answers`)."""

    def __init__(self, workspace: Workspace, user_id: str) -> None:
        self.workspace = workspace
        self.id = user_id

    @property
    def user(self) -> User:
        return self.workspace.users[self.id]

    async def say(self, channel: str, text: str, thread_ts: str | None = None, files: Sequence[Upload] = ()) -> Message:
        """Post a message."""
        raise NotImplementedError

    async def command(self, channel: str, command: str, text: str = "") -> CommandReply:
        """Give a slash command. Raises AppDidNotRespond, LookupError where no app has it."""
        raise NotImplementedError

    async def click(
        self,
        target: Message | View,
        action_id: str,
        value: str | None = None,
        block_id: str | None = None,
        values: Mapping[str, Any] | None = None,
    ) -> None:
        """Press a button (or choose from an overflow: `value`). `values` are the inputs typed so far, by action or block id."""
        raise NotImplementedError

    async def select(
        self,
        target: Message | View,
        action_id: str,
        value: Any,
        block_id: str | None = None,
        values: Mapping[str, Any] | None = None,
    ) -> None:
        """Choose in a select, checkboxes, radio buttons, or type into an input; the app hears of it where Slack would tell it."""
        raise NotImplementedError

    async def pick_date(self, target: Message | View, action_id: str, date: str, block_id: str | None = None) -> None:
        """Choose a date, "YYYY-MM-DD"."""
        raise NotImplementedError

    async def type_ahead(self, target: Message | View, action_id: str, query: str, block_id: str | None = None) -> list[Option]:
        """The options that the app offers for what was typed into an external select (block_suggestion)."""
        raise NotImplementedError

    async def submit(self, view: View, values: Mapping[str, Any] | None = None) -> SubmitResult:
        """Submit a modal. `values`: by action id or block id; inputs not named keep their present value."""
        raise NotImplementedError

    async def close(self, view: View, *, all_views: bool = False) -> None:
        """Close a modal (or the whole stack); the app hears of it where it asked to (notify_on_close)."""
        raise NotImplementedError

    async def shortcut(self, callback_id: str, message: Message | None = None) -> None:
        """Use a global shortcut, or a message shortcut on a message."""
        raise NotImplementedError

    async def react(self, message: Message, name: str) -> None:
        raise NotImplementedError

    async def unreact(self, message: Message, name: str) -> None:
        raise NotImplementedError

    async def open_home(self, app_id: str | None = None) -> View | None:
        """Open an app's Home tab (the only app's where none is named); the home as published before, if any."""
        raise NotImplementedError

    async def open_messages(self, app_id: str | None = None) -> str:
        """Open the direct message with an app; its channel id."""
        raise NotImplementedError

    async def edit(self, message: Message, text: str) -> None:
        raise NotImplementedError

    async def delete(self, message: Message) -> None:
        raise NotImplementedError

    async def join(self, channel: str) -> None:
        raise NotImplementedError

    async def leave(self, channel: str) -> None:
        raise NotImplementedError

    async def invite(self, channel: str, user_id: str) -> None:
        """Bring someone, an app's bot user too, into a channel."""
        raise NotImplementedError

    def sees(self, channel: str, thread_ts: str | None = None) -> list[Message]:
        """What is on this person's screen, oldest first: a channel, or a thread with its parent; [] where they may not look."""
        raise NotImplementedError

    def modal(self) -> View | None:
        """The modal on top."""
        raise NotImplementedError

    def home(self, app_id: str | None = None) -> View | None:
        raise NotImplementedError

    async def wait_for(self, predicate: Callable[[], Any], timeout: float = 5) -> Any:
        """The first truthy value of `predicate()`, tried again at each change. Raises TimeoutError (real time)."""
        raise NotImplementedError
