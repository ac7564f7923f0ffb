"""The state of one workspace: people, channels, messages, views, files. Plain values; no HTTP, no app.

Every change goes through a method of Workspace, which tells the listeners what changed: the store writes it down,
the dispatcher makes the apps' events of it, the page and the tests watch.
"""

import asyncio
import bisect
import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo

from sandbox.clock import Clock
from sandbox.ids import microseconds, new_id, ts_from

Json = dict[str, Any]
ChannelKind = Literal["channel", "im", "mpim"]
ViewType = Literal["modal", "home"]
ChangeKind = Literal[
    "message_posted",
    "message_changed",
    "message_deleted",
    "reaction_added",
    "reaction_removed",
    "channel_created",
    "channel_changed",
    "member_joined",
    "member_left",
    "user_changed",
    "user_joined",
    "modal_opened",
    "modal_changed",
    "modal_closed",
    "home_published",
    "file_changed",
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
_BY_TS = attrgetter("ts")


class TooManyViews(Exception):
    """A person's stack of modals is full."""


@dataclass(slots=True)
class User:
    """A member, or the bot user of an app (then `app_id` and `bot_id` are set)."""

    id: str
    name: str
    real_name: str = ""
    tz: str = "Etc/UTC"
    locale: str = "en-US"
    email: str = ""
    title: str = ""
    avatar_colour: str = ""
    icon: str = ""
    is_admin: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    deleted: bool = False
    app_id: str = ""
    bot_id: str = ""

    @property
    def is_bot(self) -> bool:
        return bool(self.bot_id)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.tz)


@dataclass(slots=True)
class Reaction:
    name: str
    users: list[str]


@dataclass(slots=True)
class Message:
    """A message. `ephemeral_to` names the only person who sees it; `metadata` is {"event_type", "event_payload"}."""

    channel: str
    ts: str
    user: str
    text: str = ""
    thread_ts: str | None = None
    broadcast: bool = False
    blocks: list[Json] | None = None
    attachments: list[Json] | None = None
    metadata: Json | None = None
    files: list[str] = field(default_factory=list)
    reactions: list[Reaction] = field(default_factory=list)
    subtype: str | None = None
    bot_id: str = ""
    app_id: str = ""
    username: str = ""
    icon: str = ""
    ephemeral_to: str | None = None
    edited_by: str | None = None
    edited_ts: str | None = None
    deleted: bool = False
    client_msg_id: str = ""

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts


@dataclass(slots=True)
class Channel:
    """A public or private channel, or a direct message (kind "im" or "mpim"), with its messages in ts order.

    `timeline` holds what is read in the channel itself (thread replies only where broadcast), ephemerals too;
    `threads` holds the replies by the ts of their parent; `by_ts` everything.
    """

    id: str
    name: str
    kind: ChannelKind = "channel"
    is_private: bool = False
    is_general: bool = False
    is_ext_shared: bool = False
    is_archived: bool = False
    members: set[str] = field(default_factory=set)
    topic: str = ""
    purpose: str = ""
    creator: str = ""
    created: int = 0
    previous_names: list[str] = field(default_factory=list)
    by_ts: dict[str, Message] = field(default_factory=dict, repr=False)
    timeline: list[Message] = field(default_factory=list, repr=False)
    threads: dict[str, list[Message]] = field(default_factory=dict, repr=False)
    last_micros: int = 0

    def is_open_to(self, user_id: str) -> bool:
        """Whether a member may read it: public channels all, others only those who are in."""
        return user_id in self.members or (self.kind == "channel" and not self.is_private)

    def put(self, message: Message) -> None:
        """Add a message; its ts must be later than all before."""
        self.by_ts[message.ts] = message
        if message.thread_ts is not None and message.is_reply:
            self.threads.setdefault(message.thread_ts, []).append(message)
            if parent := self.by_ts.get(message.thread_ts):
                parent.thread_ts = parent.ts
        if not message.is_reply or message.broadcast:
            self.timeline.append(message)

    def drop(self, message: Message) -> None:
        """Take a message out."""
        del self.by_ts[message.ts]
        lists = [self.timeline]
        if message.thread_ts is not None:
            lists.append(self.threads.get(message.thread_ts, []))
        for messages in lists:
            index = bisect.bisect_left(messages, message.ts, key=_BY_TS)
            if index < len(messages) and messages[index] is message:
                del messages[index]


@dataclass(slots=True)
class View:
    """A modal that a person has open, or an app's published home.

    `body` is what the app sent (title, blocks, submit …) with block ids filled in; `values` the present state of its
    inputs, as Slack's `state.values`: {block_id: {action_id: {"type", "value" or "selected_…"}}}.
    """

    id: str
    app_id: str
    user: str
    type: ViewType
    body: Json
    hash: str
    root_view_id: str
    previous_view_id: str | None = None
    values: dict[str, dict[str, Json]] = field(default_factory=dict)

    @property
    def blocks(self) -> list[Json]:
        blocks: list[Json] = self.body.get("blocks") or []
        return blocks

    @property
    def callback_id(self) -> str:
        return str(self.body.get("callback_id") or "")

    @property
    def external_id(self) -> str:
        return str(self.body.get("external_id") or "")

    @property
    def private_metadata(self) -> str:
        return str(self.body.get("private_metadata") or "")


@dataclass(slots=True)
class File:
    id: str
    name: str
    title: str
    mimetype: str
    user: str
    created: int
    content: bytes = field(default=b"", repr=False)
    channels: list[str] = field(default_factory=list)
    uploaded: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """One change. `subject` is the new state, `previous` a copy of the old where there is one; `user` who did it or to whom."""

    kind: ChangeKind
    workspace: str
    subject: Message | Channel | User | View | File
    user: str = ""
    channel: str = ""
    detail: str = ""
    previous: Message | Channel | User | None = None


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
