"""Who is in what, and so what a person or the readers of a channel may see. Nothing here asks Slack."""

from sqlalchemy import RowMapping, bindparam, select

from storage import teams
from storage.audience import NOBODY, Audience
from storage.database import Transaction, ours
from storage.tables import channels, people

_CHANNEL = select(channels.c.is_shared).where(ours(channels), channels.c.channel == bindparam("the_channel"))
_PRIVATE = select(channels.c.channel, channels.c.members).where(ours(channels), channels.c.is_private)
_KNOWN = select(channels.c.channel, channels.c.is_shared, channels.c.members).where(
    ours(channels), channels.c.channel.in_(bindparam("wanted", expanding=True))
)
_PERSON = select(people.c.is_outsider, people.c.is_gone).where(ours(people), people.c.user == bindparam("the_user"))


async def audience_of_user(tx: Transaction, user: str) -> Audience:
    """Return what `user` alone may see: what is open to the workspace, and the private channels that they are in.

    Where Slack has not told us who is in a channel, those are in it whose team has its home there. A guest, a person of another
    company and one who is gone see nothing; of one whom we do not know we assume no channel.
    """
    person = await tx.row(_PERSON, the_user=user)
    if person is not None and (person["is_outsider"] or person["is_gone"]):
        return NOBODY
    private = [row["channel"] for row in await tx.rows(_PRIVATE) if row["members"] and user in row["members"]]
    return Audience(frozenset(private) | await _homes(tx, user))


async def audience_of_channel(tx: Transaction, channel: str) -> Audience:
    """Return what all readers of `channel` may see: what is open to the workspace, and what belongs to that channel.

    Where it is shared with another company that is nothing.
    """
    if await tx.value(_CHANNEL, the_channel=channel):
        return NOBODY
    return Audience(frozenset({channel}))


async def _homes(tx: Transaction, user: str) -> frozenset[str]:
    """Return the home channels of the user's teams of whose members Slack has told us nothing."""
    homes = {team.channel for team in await teams.teams_of(tx, user) if team.channel}
    told = {row["channel"] for row in await tx.rows(_KNOWN, wanted=sorted(homes)) if _is_told(row)}
    return frozenset(homes - told)


def _is_told(channel: RowMapping) -> bool:
    return channel["members"] is not None or channel["is_shared"]
