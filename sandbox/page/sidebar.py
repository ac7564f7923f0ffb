"""The sidebar: channels, direct messages and apps, each with what is unread in it."""

from dataclasses import dataclass
from typing import Literal

from sandbox.config import AppConfig
from sandbox.page.marks import Marks
from sandbox.page.places import Place, conversation_name, display_name
from sandbox.page.reader import Reader
from sandbox.workspace import Channel, User, Workspace

ItemKind = Literal["public", "private", "person", "group", "app"]
_PEOPLE_SHOWN = 40


@dataclass(frozen=True)
class Item:
    """One line. `mentions` counts unread messages that speak to this person; in a direct message all do."""

    kind: ItemKind
    name: str
    href: str
    current: bool = False
    unread: bool = False
    mentions: int = 0
    user: User | None = None
    is_me: bool = False


@dataclass(frozen=True)
class Sidebar:
    channels: list[Item]
    more_channels: list[Item]
    people: list[Item]
    apps: list[Item]

    @property
    def mentions(self) -> int:
        return sum(item.mentions for item in [*self.channels, *self.people, *self.apps])


class SidebarMaker:
    """Makes the sidebar of one reader at one place."""

    def __init__(self, workspace: Workspace, apps: tuple[AppConfig, ...], marks: Marks, reader: Reader, place: Place) -> None:
        self._workspace, self._apps, self._marks = workspace, apps, marks
        self._reader, self._place = reader, place
        self._me = reader.user_id

    def make(self) -> Sidebar:
        channels = [each for each in self._workspace.channels.values() if each.kind == "channel" and not each.is_archived]
        channels.sort(key=lambda each: each.name)
        return Sidebar(
            channels=[self._channel(each) for each in channels if self._me in each.members],
            more_channels=[self._channel(each) for each in channels if self._me not in each.members and not each.is_private],
            people=[*self._people(), *self._groups()],
            apps=[self._app(each) for each in self._apps if self._workspace.bot_user(each.id)],
        )

    def _channel(self, channel: Channel) -> Item:
        unread = self._marks.unread(self._me, channel) if self._me in channel.members else []
        mentions = sum(1 for message in unread if f"<@{self._me}>" in message.text)
        current = self._place.channel is channel
        kind: ItemKind = "private" if channel.is_private else "public"
        name = conversation_name(self._workspace, channel, self._me)
        return Item(kind, name, self._reader.address(channel.id), current, bool(unread), mentions)

    def _people(self) -> list[Item]:
        people = [user for user in self._workspace.users.values() if not user.is_bot and not user.deleted]
        people.sort(key=lambda user: (user.id != self._me, display_name(user, user.id).casefold()))
        return [self._person(user) for user in people[:_PEOPLE_SHOWN]]

    def _person(self, user: User) -> Item:
        channel = self._workspace.find_conversation({self._me, user.id})
        count = len(self._marks.unread(self._me, channel)) if channel else 0
        current = self._place.kind == "person" and self._place.other is user
        name = display_name(user, user.id)
        me = user.id == self._me
        return Item("person", name, self._reader.address(user.id), current, count > 0, count, user, me)

    def _groups(self) -> list[Item]:
        return [
            Item(
                "group",
                conversation_name(self._workspace, each, self._me),
                self._reader.address(each.id),
                self._place.channel is each,
                bool(unread := self._marks.unread(self._me, each)),
                len(unread),
            )
            for each in self._workspace.channels.values()
            if each.kind == "mpim" and self._me in each.members
        ]

    def _app(self, app: AppConfig) -> Item:
        bot = self._workspace.bot_user(app.id)
        channel = self._workspace.find_conversation({self._me, bot.id}) if bot else None
        count = len(self._marks.unread(self._me, channel)) if channel else 0
        current = self._place.app is not None and self._place.app.id == app.id
        href = self._reader.address(app.id) + ("/messages" if count else "")
        return Item("app", app.name, href, current, count > 0, count, bot)
