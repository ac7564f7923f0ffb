"""Messages as a reader sees them: author, time, body, marks, reactions, files and the summary of the thread."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from markupsafe import Markup

from sandbox.ids import ts_to_datetime
from sandbox.page.avatars import avatar
from sandbox.page.drawing import draw_blocks, environment
from sandbox.page.mrkdwn import mrkdwn
from sandbox.page.places import display_name
from sandbox.page.reader import Reader
from sandbox.page.state import with_state
from sandbox.page.typed import typed_text
from sandbox.workspace import File, Message, User, Workspace

_TOGETHER = timedelta(minutes=5)
_SYSTEM = {"channel_join", "channel_leave", "channel_topic", "channel_purpose", "channel_name", "channel_archive"}


@dataclass(frozen=True)
class ReactionShown:
    name: str
    count: int
    mine: bool
    who: str


@dataclass(frozen=True)
class Thread:
    """The line under a message with replies."""

    count: int
    last_at: datetime
    faces: list[Markup]
    href: str


@dataclass(frozen=True)
class Entry:
    """One message on the screen. `compact` follows one of the same author; `heading` begins a new day."""

    message: Message
    at: datetime
    author: str
    face: Markup
    body: Markup
    is_app: bool
    mine: bool
    compact: bool = False
    heading: bool = False
    is_system: bool = False
    reactions: list[ReactionShown] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    thread: Thread | None = None
    thread_href: str = ""
    typed: str = ""

    @property
    def key(self) -> str:
        return f"{self.message.channel}:{self.message.ts}"


class MessageReader:
    """Turns messages into entries for one reader."""

    def __init__(self, workspace: Workspace, reader: Reader, place_id: str, *, in_thread: bool = False) -> None:
        self._workspace, self._reader = workspace, reader
        self._place_id, self._in_thread = place_id, in_thread

    def entries(self, messages: Iterable[Message]) -> list[Entry]:
        """Return entries for messages in the order given (oldest first)."""
        entries: list[Entry] = []
        before: Message | None = None
        for message in messages:
            entries.append(self._entry(message, before))
            before = message
        return entries

    def _entry(self, message: Message, before: Message | None) -> Entry:
        author = self._workspace.users.get(message.user)
        at = ts_to_datetime(message.ts)
        new_day = before is None or self._day(before) != self._day(message)
        return Entry(
            message=message,
            at=at,
            author=message.username or display_name(author, message.user),
            face=self._face(message, author),
            body=self.body(message),
            is_app=bool(message.bot_id) or bool(author and author.is_bot),
            mine=message.user == self._reader.user_id and not message.bot_id,
            compact=not new_day and before is not None and _belong_together(before, message, self._in_thread),
            heading=new_day and not self._in_thread,
            is_system=message.subtype in _SYSTEM,
            reactions=[self._reaction(each.name, each.users) for each in message.reactions],
            files=[file for each in message.files if (file := self._workspace.files.get(each))],
            thread=None if self._in_thread else self._thread(message),
            typed=typed_text(message.text, self._reader),
            thread_href=self._reader.address(self._place_id, message.thread_ts or message.ts),
        )

    def body(self, message: Message) -> Markup:
        """Return a message's blocks, or its text where it has none, and its attachments."""
        html = self._blocks(message) if message.blocks else self._text(message)
        for attachment in message.attachments or []:
            html += self._attachment(message, attachment)
        return html

    def _day(self, message: Message) -> Any:
        return self._reader.local(ts_to_datetime(message.ts)).date()

    def _face(self, message: Message, author: User | None) -> Markup:
        name = message.username or display_name(author, message.user)
        icon = message.icon or (author.icon if author else "")
        return avatar(message.user, name, icon=icon, colour=author.avatar_colour if author else "")

    def _text(self, message: Message) -> Markup:
        if not message.text:
            return Markup()
        return Markup('<div class="block rich">{}</div>').format(mrkdwn(message.text, self._reader))

    def _blocks(self, message: Message) -> Markup:
        key = (self._reader.user_id, message.channel, message.ts)
        blocks = with_state(message.blocks or [], self._workspace.message_values.get(key, {}))
        where = "t" if self._in_thread else "m"
        return draw_blocks(blocks, self._reader, prefix=f"{where}-{message.ts}")

    def _attachment(self, message: Message, attachment: dict[str, Any]) -> Markup:
        blocks = draw_blocks(attachment.get("blocks") or [], self._reader, prefix=f"a-{message.ts}")
        template = environment().get_template("attachment.html")
        return Markup(  # noqa: S704 - the template escapes
            template.render(attachment=attachment, blocks=blocks, reader=self._reader)
        )

    def _reaction(self, name: str, users: list[str]) -> ReactionShown:
        mine = self._reader.user_id in users
        names = ["you" if each == self._reader.user_id else self._name(each) for each in users]
        return ReactionShown(name, len(users), mine, ", ".join(names))

    def _name(self, user_id: str) -> str:
        return display_name(self._workspace.users.get(user_id), user_id)

    def _thread(self, message: Message) -> Thread | None:
        if message.is_reply:
            return None
        replies = [each for each in self._workspace.replies(message) if each.ephemeral_to is None]
        if not replies:
            return None
        faces = {each.user: self._face(each, self._workspace.users.get(each.user)) for each in replies}
        href = self._reader.address(self._place_id, message.ts)
        return Thread(len(replies), ts_to_datetime(replies[-1].ts), list(faces.values())[:4], href)


def _belong_together(before: Message, message: Message, in_thread: bool) -> bool:
    if in_thread and not before.is_reply:
        return False  # the thread's first message stands apart from the replies
    same = (before.user, before.username, before.ephemeral_to, before.bot_id)
    other = (message.user, message.username, message.ephemeral_to, message.bot_id)
    apart = ts_to_datetime(message.ts) - ts_to_datetime(before.ts)
    plain = before.subtype not in _SYSTEM and message.subtype not in _SYSTEM and not message.broadcast
    return same == other and apart < _TOGETHER and plain
