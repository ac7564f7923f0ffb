"""What Slack says of a channel that somebody chose for a team."""

import asyncio
from dataclasses import dataclass
from typing import Any

from bot.desk import Desk
from bot.slack import CallFailed, Failure, call

MOST_MEMBERS = 30  # of a channel; of more, those of the team are sooner chosen than the others taken out
A_MOMENT = 1.0  # seconds; what would be handy, and takes longer, is done without


@dataclass(frozen=True)
class Place:
    """A channel. `has_bot`: whether we are in it. `members`: who is, where they are few enough to be one team."""

    name: str
    is_private: bool
    is_general: bool
    is_shared: bool
    is_archived: bool
    has_bot: bool
    members: tuple[str, ...] = ()

    @property
    def is_for_a_team(self) -> bool:
        """Whether nothing speaks against it."""
        return not (self.is_general or self.is_shared or self.is_archived)


async def look_at(desk: Desk, channel: str) -> Place | None:
    """Return what Slack says of `channel`; None where it hides it from us. Raise CallFailed where Slack cannot be asked.

    https://docs.slack.dev/reference/objects/conversation-object
    """
    info, members = await asyncio.gather(_asked(desk, "conversations.info", channel), _members(desk, channel))
    if info is None:
        return None
    said = info["channel"]
    return Place(
        name=said.get("name", ""),
        is_private=bool(said.get("is_private")),
        is_general=bool(said.get("is_general")),
        is_shared=bool(said.get("is_ext_shared") or said.get("is_pending_ext_shared")),
        is_archived=bool(said.get("is_archived")),
        has_bot=bool(said.get("is_member")),
        members=members,
    )


async def glance_at(desk: Desk, channel: str) -> Place | None:
    """Return what Slack says of `channel` if it says so at once: a form waits for it, whose trigger lives for 3 seconds."""
    try:
        async with asyncio.timeout(A_MOMENT):
            return await look_at(desk, channel)
    except (TimeoutError, CallFailed):
        return None


async def _members(desk: Desk, channel: str) -> tuple[str, ...]:
    page = await _asked(desk, "conversations.members", channel, limit=MOST_MEMBERS + 1)
    members = tuple(page["members"]) if page else ()
    return members if len(members) <= MOST_MEMBERS else ()


async def _asked(desk: Desk, method: str, channel: str, **arguments: int) -> dict[str, Any] | None:
    try:
        return await call(desk.slack.client, method, channel=channel, **arguments)
    except CallFailed as failed:
        if failed.failure is not Failure.REFUSED:
            raise
        return None
