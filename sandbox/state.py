"""The values that make up a workspace: people, channels, messages, views, files, and what may change of them."""

import bisect
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, Literal
from zoneinfo import ZoneInfo

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
_BY_TS = attrgetter("ts")


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
    home_team: str = ""  # of a person of another company: the workspace that they are at home in
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
