"""Who will read an answer. The audience decides, not the asker: what it may not see does not exist for it."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Boolean, ColumnElement, FromClause, and_, bindparam, or_

from storage.tables import objects


@dataclass(frozen=True)
class Audience:
    """Readers who see what is open to the workspace, and what belongs to the private channels in `channels`.

    `sees_all`: an administrator's view, for the command line and for the bot's own checks; never for a message.
    `sees_workspace`: False for readers of other companies and guests, to whom nothing internal is open.
    """

    channels: frozenset[str] = frozenset()
    sees_all: bool = False
    sees_workspace: bool = True

    def sees(self, visibility: str, channel: str | None) -> bool:
        return self.sees_all or (self.sees_workspace and visibility == "workspace") or channel in self.channels

    def __and__(self, other: "Audience") -> "Audience":
        """Return the readers who see only what both see."""
        if self.sees_all or other.sees_all:
            return other if self.sees_all else self
        return Audience(self.channels & other.channels, sees_workspace=self.sees_workspace and other.sees_workspace)

    def within(self, channel: str) -> "Audience":
        """Return these readers where they are in `channel`: they see what belongs to it, and no more of the workspace."""
        return replace(self, channels=self.channels | {channel})

    @property
    def binds(self) -> dict[str, Any]:
        """The values for a statement that contains `VISIBLE`."""
        return {
            "sees_all": self.sees_all,
            "sees_workspace": self.sees_workspace,
            "audience_channels": sorted(self.channels),
        }


EVERYBODY = Audience()
NOBODY = Audience(sees_workspace=False)
ADMINISTRATOR = Audience(sees_all=True)


def visible(of: FromClause) -> ColumnElement[bool]:
    """Return the condition that the audience of a statement (`Audience.binds`) sees the objects `of`, the table or an alias."""
    return or_(
        and_(of.c.visibility == "workspace", bindparam("sees_workspace", type_=Boolean)),
        bindparam("sees_all", type_=Boolean),
        of.c.channel.in_(bindparam("audience_channels", expanding=True)),
    )


VISIBLE = visible(objects)
