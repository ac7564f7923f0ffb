"""Who will read an answer. The audience decides, not the asker: what it may not see does not exist for it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, ColumnElement, bindparam, or_

from storage.tables import objects


@dataclass(frozen=True)
class Audience:
    """Readers who see what is open to the workspace, and what belongs to the private channels in `channels`.

    `sees_all`: an administrator's view, for the command line and for the bot's own checks; never for a message.
    """

    channels: frozenset[str] = frozenset()
    sees_all: bool = False

    def sees(self, visibility: str, channel: str | None) -> bool:
        return self.sees_all or visibility == "workspace" or channel in self.channels

    @property
    def binds(self) -> dict[str, Any]:
        """The values for a statement that contains `VISIBLE`."""
        return {"sees_all": self.sees_all, "audience_channels": sorted(self.channels)}


EVERYBODY = Audience()
ADMINISTRATOR = Audience(sees_all=True)

VISIBLE: ColumnElement[bool] = or_(
    objects.c.visibility == "workspace",
    bindparam("sees_all", type_=Boolean),
    objects.c.channel.in_(bindparam("audience_channels", expanding=True)),
)
