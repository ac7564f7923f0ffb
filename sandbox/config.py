"""The YAML file that describes a sandbox: its workspaces, the people in them, and the apps to try."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator, model_validator


class _Part(BaseModel):
    """A part of the file. An unknown key is refused, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class UserConfig(_Part):
    """Somebody in a workspace. `home_team`: of a person of another company, the workspace that they are at home in."""

    id: str
    name: str
    real_name: str = ""
    tz: str = "Etc/UTC"
    locale: str = "en-US"
    email: str = ""
    title: str = ""
    avatar_colour: str = ""
    is_admin: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    home_team: str = ""
    deleted: bool = False

    @field_validator("tz")
    @classmethod
    def _exists(cls, name: str) -> str:
        try:
            return ZoneInfo(name).key
        except (OSError, ValueError, ZoneInfoNotFoundError):
            raise ValueError(f"{name} is no time zone") from None


class ChannelConfig(_Part):
    id: str
    name: str
    is_private: bool = False
    is_general: bool = False
    is_ext_shared: bool = False
    is_archived: bool = False
    members: tuple[str, ...] = ()
    topic: str = ""
    purpose: str = ""


class WorkspaceConfig(_Part):
    id: str
    name: str
    domain: str
    users: tuple[UserConfig, ...] = ()
    channels: tuple[ChannelConfig, ...] = ()


class BotUserConfig(_Part):
    id: str
    name: str
    icon: str = ""
    channels: tuple[str, ...] = ()


class CommandConfig(_Part):
    command: str = Field(pattern=r"^/\S+$")
    description: str = ""
    usage_hint: str = ""


class ShortcutConfig(_Part):
    type: Literal["message", "global"]
    callback_id: str
    name: str


class AppConfig(_Part):
    """One app. `scopes` unset means that no call is refused for a missing scope."""

    id: str
    name: str
    bot_user: BotUserConfig
    bot_tokens: dict[str, str]
    app_token: str = ""
    signing_secret: str = ""
    client_id: str = ""
    client_secret: str = ""
    request_url: str = ""
    scopes: tuple[str, ...] | None = None
    commands: tuple[CommandConfig, ...] = ()
    shortcuts: tuple[ShortcutConfig, ...] = ()
    bot_events: tuple[str, ...] = ()
    messages_tab: bool = True
    home_tab: bool = True

    @property
    def bot_id(self) -> str:
        """The id that Slack gives to the bot behind the bot user ("B…")."""
        return "B" + self.id[1:]


class ClockConfig(_Part):
    """`starts` unset means the real time; `runs: false` is a clock that stands still until it is moved."""

    starts: AwareDatetime | None = None
    runs: bool = True

    def start(self) -> datetime:
        return self.starts or datetime.now(UTC)


class TourStep(_Part):
    """A thing to try. `text`: mrkdwn.

    `done_when`: what ticks it, such as {command: /bet}, {command: /look, text: BET-12} or {clock_moved: true}.
    """

    text: str
    done_when: dict[str, str | bool]


class Config(_Part):
    workspaces: tuple[WorkspaceConfig, ...] = Field(min_length=1)
    apps: tuple[AppConfig, ...] = ()
    clock: ClockConfig = ClockConfig()
    tour: tuple[TourStep, ...] = ()

    @classmethod
    def read(cls, path: Path | str) -> Self:
        """The configuration in a YAML file. Raises pydantic.ValidationError, in words, where it is wrong."""
        return cls.model_validate(yaml.safe_load(Path(path).read_text(encoding="utf-8")))

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        known = {workspace.id for workspace in self.workspaces}
        for app in self.apps:
            if unknown := set(app.bot_tokens) - known:
                raise ValueError(f"app {app.id} has a token for {', '.join(sorted(unknown))}, which is no workspace here")
        for workspace in self.workspaces:
            users = {user.id for user in workspace.users} | {app.bot_user.id for app in self.apps}
            for channel in workspace.channels:
                if strangers := set(channel.members) - users:
                    raise ValueError(f"channel {channel.name} has members that are no users: {', '.join(sorted(strangers))}")
        return self
