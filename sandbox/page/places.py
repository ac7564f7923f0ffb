"""Where one can be on the page: a channel, a direct message, or an app's home or messages."""

from dataclasses import dataclass
from typing import Literal

from sandbox.config import AppConfig
from sandbox.workspace import Channel, User, Workspace

PlaceKind = Literal["channel", "person", "home", "messages"]


@dataclass(frozen=True)
class Place:
    """`id` is what stands in the address. `channel` is None in an app's home and before the first direct message.

    `other` is the other one in a direct message; `app` is set in the two places of an app.
    """

    id: str
    kind: PlaceKind
    title: str
    channel: Channel | None = None
    other: User | None = None
    app: AppConfig | None = None

    @property
    def is_private_channel(self) -> bool:
        return self.kind == "channel" and self.channel is not None and self.channel.is_private


def find_place(workspace: Workspace, apps: tuple[AppConfig, ...], user_id: str, wanted: str, tab: str = "") -> Place | None:
    """Return the place for a channel's, a member's or an app's id, None where it is not open to this person."""
    if app := next((each for each in apps if each.id == wanted), None):
        return _app_place(workspace, app, user_id, tab)
    if other := workspace.users.get(wanted):
        channel = workspace.find_conversation({user_id, other.id})
        return _conversation(workspace, apps, user_id, channel) if channel else _nothing_said_yet(other)
    channel = workspace.channels.get(wanted)
    if channel is None or not channel.is_open_to(user_id):
        return None
    if channel.kind == "im":
        return _conversation(workspace, apps, user_id, channel)
    return Place(channel.id, "channel", conversation_name(workspace, channel, user_id), channel)


def first_place(workspace: Workspace, user_id: str) -> str:
    """Return where a person begins: their first channel, or any open one, or the first direct message."""
    channels = [each for each in workspace.channels.values() if each.is_open_to(user_id) and not each.is_archived]
    mine = [each for each in channels if user_id in each.members and each.kind == "channel"]
    return next((each.id for each in [*mine, *channels]), user_id)


def conversation_name(workspace: Workspace, channel: Channel, user_id: str) -> str:
    """Return a channel's name, or the names of the others in a group conversation."""
    if channel.kind == "channel":
        return channel.name
    others = sorted(channel.members - {user_id}) or [user_id]
    return ", ".join(display_name(workspace.users.get(each), each) for each in others)


def display_name(user: User | None, fallback: str) -> str:
    return (user.real_name or user.name) if user else fallback


def _app_place(workspace: Workspace, app: AppConfig, user_id: str, tab: str) -> Place:
    bot = workspace.bot_user(app.id)
    channel = workspace.find_conversation({user_id, bot.id}) if bot else None
    home = app.home_tab and tab != "messages"
    return Place(app.id, "home" if home else "messages", app.name, channel, bot, app)


def _conversation(workspace: Workspace, apps: tuple[AppConfig, ...], user_id: str, channel: Channel) -> Place:
    other_id = next(iter(channel.members - {user_id}), user_id)
    other = workspace.users.get(other_id)
    title = display_name(other, other_id)
    if other and other.app_id and (app := next((each for each in apps if each.id == other.app_id), None)):
        return Place(app.id, "messages", app.name, channel, other, app)
    return Place(channel.id, "person", title, channel, other)


def _nothing_said_yet(other: User) -> Place:
    return Place(other.id, "person", display_name(other, other.id), None, other)
