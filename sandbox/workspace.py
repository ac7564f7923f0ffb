"""The state of one workspace. Plain values; no HTTP, no app.

Every change goes through a method of Workspace, which tells the listeners what changed: the store writes it down,
the dispatcher makes the apps' events of it, the page and the tests watch.
"""

import asyncio
import copy
from collections.abc import Callable, Iterable
from typing import Any, Self

from sandbox.clock import Clock
from sandbox.ids import microseconds, new_id, ts_from
from sandbox.state import Change, ChangeKind, Channel, File, Json, Message, Reaction, User, View, ViewType

__all__ = [
    "Change",
    "ChangeKind",
    "Changes",
    "Channel",
    "File",
    "Json",
    "Message",
    "Reaction",
    "TooManyViews",
    "User",
    "View",
    "ViewType",
    "Workspace",
]

MAX_MODALS = 3
TOMBSTONE: Json = {
    "subtype": "tombstone",
    "user": "USLACKBOT",
    "text": "This message was deleted.",
    "blocks": None,
    "attachments": None,
    "metadata": None,
    "files": [],
    "reactions": [],
}


class TooManyViews(Exception):
    """A person's stack of modals is full."""


class Changes:
    """A live stream of changes from the moment it was made; `with workspace.changes() as stream` closes it."""

    def __init__(self, listeners: list[Callable[[Change], None]]) -> None:
        self._listeners = listeners
        self._queue: asyncio.Queue[Change] = asyncio.Queue()
        listeners.append(self._queue.put_nowait)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Change:
        return await self._queue.get()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def wait(self, seconds: float) -> bool:
        """Whether anything changed within so many seconds."""
        try:
            async with asyncio.timeout(seconds):
                await self._queue.get()
        except TimeoutError:
            return False
        return True

    def close(self) -> None:
        """Stop listening."""
        if self._queue.put_nowait in self._listeners:
            self._listeners.remove(self._queue.put_nowait)


class Workspace:
    """One workspace's state and the only ways to change it."""

    def __init__(self, id: str, name: str, domain: str, clock: Clock) -> None:  # noqa: A002 - Slack's own word
        self.id = id
        self.name = name
        self.domain = domain
        self.clock = clock
        self.url = ""  # where the sandbox serves it, known once it listens
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.modals: dict[str, list[View]] = {}
        self.homes: dict[tuple[str, str], View] = {}
        self.files: dict[str, File] = {}
        self.message_values: dict[tuple[str, str, str], dict[str, dict[str, Json]]] = {}
        self.listeners: list[Callable[[Change], None]] = []

    # Reading

    def changes(self) -> Changes:
        """Live updates from now on; close it (or use `with`) when done."""
        return Changes(self.listeners)

    def find_channel(self, reference: str) -> Channel | None:
        """A channel by its id, its name, or "#name"."""
        if channel := self.channels.get(reference):
            return channel
        name = reference.removeprefix("#")
        return next((each for each in self.channels.values() if each.name == name and each.kind == "channel"), None)

    def message(self, channel_id: str, ts: str) -> Message | None:
        channel = self.channels.get(channel_id)
        return channel.by_ts.get(ts) if channel else None

    def replies(self, message: Message) -> list[Message]:
        """The replies in a message's thread, oldest first, without the message itself."""
        return self.channels[message.channel].threads.get(message.ts, [])

    def bot_user(self, app_id: str) -> User | None:
        return next((user for user in self.users.values() if user.app_id == app_id), None)

    def view(self, view_id: str) -> View | None:
        """An open modal or a published home by id."""
        for stack in self.modals.values():
            for view in stack:
                if view.id == view_id:
                    return view
        return next((view for view in self.homes.values() if view.id == view_id), None)

    def next_ts(self, channel: Channel) -> str:
        """A timestamp from the workspace's clock, later than all before in this channel."""
        channel.last_micros = max(microseconds(self.clock.now()), channel.last_micros + 1)
        return ts_from(channel.last_micros)

    # People and channels

    def add_user(self, user: User) -> User:
        self.users[user.id] = user
        self._tell(Change("user_joined", self.id, user, user=user.id))
        return user

    def change_user(self, user: User, **fields: Any) -> None:
        """Set fields of a user, such as deleted=True or tz="Asia/Tokyo"."""
        previous = copy.copy(user)
        _set(user, fields)
        self._tell(Change("user_changed", self.id, user, user=user.id, previous=previous))

    def add_channel(self, channel: Channel) -> Channel:
        channel.created = channel.created or int(self.clock.now().timestamp())
        self.channels[channel.id] = channel
        self._tell(Change("channel_created", self.id, channel, user=channel.creator, channel=channel.id))
        return channel

    def change_channel(self, channel: Channel, by: str = "", **fields: Any) -> None:
        """Set fields of a channel, such as name="growth-two" or is_archived=True; `by` is who did it."""
        previous = copy.copy(channel)
        if fields.get("name", channel.name) != channel.name:
            channel.previous_names = [channel.name, *channel.previous_names]
        _set(channel, fields)
        self._tell(Change("channel_changed", self.id, channel, user=by, channel=channel.id, previous=previous))

    def join(self, channel: Channel, user_id: str, inviter: str = "") -> None:
        if user_id not in channel.members:
            channel.members.add(user_id)
            self._tell(Change("member_joined", self.id, channel, user=user_id, channel=channel.id, detail=inviter))

    def leave(self, channel: Channel, user_id: str) -> None:
        if user_id in channel.members:
            channel.members.discard(user_id)
            self._tell(Change("member_left", self.id, channel, user=user_id, channel=channel.id))

    def find_conversation(self, members: Iterable[str]) -> Channel | None:
        """The direct message between exactly these users."""
        wanted = set(members)
        return next((each for each in self.channels.values() if each.kind != "channel" and each.members == wanted), None)

    def open_conversation(self, members: Iterable[str]) -> Channel:
        """The direct message between these users, made where there is none yet."""
        wanted = list(dict.fromkeys(members))
        if found := self.find_conversation(wanted):
            return found
        if len(wanted) <= 2:
            channel = Channel(new_id("D"), "", kind="im", is_private=True, members=set(wanted), creator=wanted[0])
        else:
            names = "--".join(sorted(self.users[each].name for each in wanted))
            channel = Channel(
                new_id("G"), f"mpdm-{names}-1", kind="mpim", is_private=True, members=set(wanted), creator=wanted[0]
            )
        return self.add_channel(channel)

    # Messages

    def post(self, channel: Channel, user: str, text: str = "", **fields: Any) -> Message:
        """Put a new message at the end of a channel; `fields` are further fields of Message."""
        message = Message(channel.id, self.next_ts(channel), user, text, **fields)
        channel.put(message)
        self._tell(Change("message_posted", self.id, message, user=user, channel=channel.id))
        return message

    def edit(self, message: Message, by: str, **fields: Any) -> None:
        """Change fields of a message; it then bears the mark of an edit."""
        previous = copy.copy(message)
        edited_ts = ts_from(microseconds(self.clock.now()))
        _set(message, {**fields, "edited_by": by, "edited_ts": edited_ts})
        self._tell(Change("message_changed", self.id, message, user=by, channel=message.channel, previous=previous))

    def delete(self, message: Message, by: str) -> None:
        """Take a message out of its channel; where it has replies, a tombstone stays in its place."""
        previous = copy.copy(message)
        message.deleted = True
        if self.replies(message):
            _set(message, TOMBSTONE)
        else:
            self.channels[message.channel].drop(message)
        self._tell(Change("message_deleted", self.id, message, user=by, channel=message.channel, previous=previous))

    def react(self, message: Message, user: str, name: str) -> bool:
        """Add a reaction; False if this user has reacted so already."""
        reaction = next((each for each in message.reactions if each.name == name), None)
        if reaction is None:
            reaction = Reaction(name, [])
            message.reactions.append(reaction)
        if user in reaction.users:
            return False
        reaction.users.append(user)
        self._tell(Change("reaction_added", self.id, message, user=user, channel=message.channel, detail=name))
        return True

    def unreact(self, message: Message, user: str, name: str) -> bool:
        """Take a reaction back; False if there was none."""
        reaction = next((each for each in message.reactions if each.name == name and user in each.users), None)
        if reaction is None:
            return False
        reaction.users.remove(user)
        message.reactions = [each for each in message.reactions if each.users]
        self._tell(Change("reaction_removed", self.id, message, user=user, channel=message.channel, detail=name))
        return True

    # Views

    def open_modal(self, view: View) -> None:
        """Put a modal on top of its person's stack. Raises TooManyViews at the fourth."""
        stack = self.modals.setdefault(view.user, [])
        if len(stack) >= MAX_MODALS:
            raise TooManyViews
        stack.append(view)
        self._tell(Change("modal_opened", self.id, view, user=view.user))

    def change_view(self, view: View, **fields: Any) -> None:
        """Set fields of an open modal or a home, such as body or values."""
        _set(view, fields)
        kind: ChangeKind = "home_published" if view.type == "home" else "modal_changed"
        self._tell(Change(kind, self.id, view, user=view.user))

    def close_modal(self, view: View) -> None:
        """Take a modal from its stack; nothing happens if it is not there."""
        stack = self.modals.get(view.user, [])
        if view in stack:
            stack.remove(view)
            self._tell(Change("modal_closed", self.id, view, user=view.user))

    def publish_home(self, view: View) -> None:
        self.homes[view.user, view.app_id] = view
        self._tell(Change("home_published", self.id, view, user=view.user))

    # Files

    def put_file(self, file: File) -> None:
        """Add a file, or tell that it changed."""
        self.files[file.id] = file
        self._tell(Change("file_changed", self.id, file, user=file.user))

    def _tell(self, change: Change) -> None:
        for listener in tuple(self.listeners):
            listener(change)


def _set(subject: object, fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        setattr(subject, name, value)
