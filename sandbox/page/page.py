"""One page as one person sees it at one place: everything the templates ask for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from markupsafe import Markup

from sandbox.clock import Alarm
from sandbox.config import AppConfig, CommandConfig, ShortcutConfig
from sandbox.page.drawing import draw_blocks
from sandbox.page.emoji import EMOJI
from sandbox.page.exchanges import Line, lines
from sandbox.page.marks import Marks
from sandbox.page.messages import Entry, MessageReader
from sandbox.page.places import Place, display_name
from sandbox.page.reader import Reader
from sandbox.page.sidebar import Sidebar, SidebarMaker
from sandbox.page.state import with_state
from sandbox.page.tour import Progress, Step, steps_shown
from sandbox.workspace import Channel, Message, User, View, Workspace

if TYPE_CHECKING:  # the server builds the page, so the page only names the server's type
    from sandbox.server import Sandbox

PAGE_OF_MESSAGES = 80
_ALARMS_SHOWN = 6


@dataclass(frozen=True)
class ViewShown:
    """A modal or home as drawn, with the app that it belongs to."""

    view: View
    app: AppConfig
    face: User | None
    body: Markup
    trouble: str = ""


@dataclass
class Troubles:
    """What went wrong in open modals, by view id, until the next try: words under fields, or one for the whole."""

    fields: dict[str, Mapping[str, str]] = field(default_factory=dict)
    whole: dict[str, str] = field(default_factory=dict)

    def forget(self, view_id: str) -> None:
        self.fields.pop(view_id, None)
        self.whole.pop(view_id, None)


def reader_for(sandbox: "Sandbox", workspace: Workspace, user_id: str) -> Reader:
    """Return how a member sees names, times and addresses now."""
    user = workspace.users[user_id]
    channels = [each for each in workspace.channels.values() if each.kind == "channel" and each.is_open_to(user_id)]
    return Reader(
        user_id=user_id,
        now=sandbox.clock.now(),
        zone=_zone(user.tz),
        locale=user.locale,
        user_names={each.id: display_name(each, each.id) for each in workspace.users.values()},
        channel_names={each.id: each.name for each in channels},
        base=f"/as/{user_id}",
        archive_hosts=frozenset({urlsplit(sandbox.url).netloc, f"{workspace.domain}.slack.com"}),
    )


def _command_line(command: CommandConfig, app: AppConfig) -> dict[str, str]:
    hint = " · ".join(part for part in (command.description, app.name) if part)
    return {"insert": command.command, "usage": command.usage_hint, "hint": hint}


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("Etc/UTC")


@dataclass
class Page:
    """What one person sees.

    `thread_ts` is the thread in the side pane, `limit` how many messages are drawn, `new_from` the first unread one
    when the person came.
    """

    sandbox: "Sandbox"
    workspace: Workspace
    reader: Reader
    place: Place
    marks: Marks
    troubles: Troubles
    thread_ts: str = ""
    limit: int = PAGE_OF_MESSAGES
    new_from: str = ""
    progress: Progress = field(default_factory=Progress)
    log_open: bool = False
    log_words: str = ""

    @property
    def me(self) -> User:
        return self.workspace.users[self.reader.user_id]

    @property
    def apps(self) -> list[AppConfig]:
        return [app for app in self.sandbox.config.apps if self.workspace.bot_user(app.id)]

    @cached_property
    def sidebar(self) -> Sidebar:
        return SidebarMaker(self.workspace, tuple(self.apps), self.marks, self.reader, self.place).make()

    @property
    def people(self) -> list[User]:
        """Everyone one can act as, by name."""
        people = [user for user in self.workspace.users.values() if not user.is_bot and not user.deleted]
        return sorted(people, key=lambda user: display_name(user, user.id).casefold())

    @property
    def channel(self) -> Channel | None:
        return self.place.channel

    @property
    def may_write(self) -> bool:
        channel = self.channel
        if channel is None:
            return self.place.kind == "person"
        return self.reader.user_id in channel.members and not channel.is_archived

    @property
    def has_earlier(self) -> bool:
        return self.channel is not None and len(self._visible) > self.limit

    @cached_property
    def entries(self) -> list[Entry]:
        return self._message_reader().entries(self._visible[-self.limit :])

    @cached_property
    def thread_entries(self) -> list[Entry]:
        """The thread's first message and its replies; [] where there is no such thread."""
        if not self.thread_ts or self.channel is None:
            return []
        person = self.sandbox.person(self.reader.user_id)
        return self._message_reader(in_thread=True).entries(person.sees(self.channel.id, self.thread_ts))

    @cached_property
    def modals(self) -> list[ViewShown]:
        """The person's stack of modals, the one on top last."""
        return [self._shown(view) for view in self.workspace.modals.get(self.reader.user_id, [])]

    @cached_property
    def home(self) -> ViewShown | None:
        app = self.place.app
        view = self.workspace.homes.get((self.reader.user_id, app.id)) if app else None
        return self._shown(view) if view else None

    @property
    def commands(self) -> list[tuple[CommandConfig, AppConfig]]:
        found = [(command, app) for app in self.apps for command in app.commands]
        return sorted(found, key=lambda pair: pair[0].command)

    def shortcuts(self, kind: str) -> list[tuple[ShortcutConfig, AppConfig]]:
        """The apps' shortcuts, "global" or on a "message"."""
        return [(shortcut, app) for app in self.apps for shortcut in app.shortcuts if shortcut.type == kind]

    def _mention_names(self) -> list[tuple[str, str, str]]:
        """Whom one can name: the name that is put in, the other by which it is found, and a hint."""
        users = sorted(self.mentionable, key=lambda user: display_name(user, user.id).casefold())
        people = [(display_name(user, user.id), user.name, "app" if user.is_bot else user.title) for user in users]
        return [*people, ("here", "here", "everyone here who is online"), ("channel", "channel", "everyone in this channel")]

    @property
    def mentionable(self) -> list[User]:
        return [user for user in self.workspace.users.values() if not user.deleted]

    @property
    def lists(self) -> dict[str, list[dict[str, str]]]:
        """What the composer completes: commands, people and channels by what one types."""
        return {
            "commands": [_command_line(command, app) for command, app in self.commands],
            "people": [{"insert": f"@{name}", "hint": hint, "also": f"@{also}"} for name, also, hint in self._mention_names()],
            "channels": [{"insert": f"#{name}", "hint": ""} for name in sorted(self.reader.channel_names.values())],
            "emoji": [{"insert": picture, "hint": f":{name}:"} for name, picture in EMOJI.items()],
        }

    @property
    def log_lines(self) -> list[Line]:
        return lines(self.sandbox.log, self.log_words)

    @property
    def steps(self) -> list[Step]:
        return steps_shown(self.sandbox.config.tour, self.progress)

    @property
    def alarms(self) -> list[tuple[str, Alarm]]:
        """What the apps wait for, soonest first, with the app's name."""
        names = {app.id: app.name for app in self.sandbox.config.apps}
        found = [
            (names.get(app_id, app_id), alarm)
            for app_id, alarms in self.sandbox.clock.alarms.items()
            for alarm in alarms
            if alarm.at > self.reader.now
        ]
        return sorted(found, key=lambda pair: pair[1].at)[:_ALARMS_SHOWN]

    @property
    def next_monday(self) -> datetime:
        """The next Monday, 09:00 in the reader's zone, as aware UTC."""
        local = self.reader.local(self.reader.now)
        nine = local.replace(hour=9, minute=0, second=0, microsecond=0)
        monday = nine + timedelta(days=(7 - nine.weekday()) % 7)
        return (monday if monday > local else monday + timedelta(days=7)).astimezone(UTC)

    @cached_property
    def _visible(self) -> list[Message]:
        if self.channel is None:
            return []
        return self.sandbox.person(self.reader.user_id).sees(self.channel.id)

    def _message_reader(self, *, in_thread: bool = False) -> MessageReader:
        return MessageReader(self.workspace, self.reader, self.place.id, in_thread=in_thread)

    def _shown(self, view: View) -> ViewShown:
        app = next(each for each in self.sandbox.config.apps if each.id == view.app_id)
        blocks = with_state(view.blocks, view.values)
        errors = self.troubles.fields.get(view.id, {})
        body = draw_blocks(blocks, self.reader, prefix=f"in-{view.id}", errors=errors)
        return ViewShown(view, app, self.workspace.bot_user(app.id), body, self.troubles.whole.get(view.id, ""))
