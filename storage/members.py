"""Who is in what, and so what a person or the readers of a channel may see. Nothing here asks Slack."""

from datetime import datetime

from sqlalchemy import RowMapping, bindparam, or_, select, union

from storage import teams
from storage.audience import EVERYBODY, NOBODY, Audience
from storage.database import Transaction, ours
from storage.tables import channels, objects, people
from storage.tables import teams as teams_table

_CHANNEL = select(channels.c.is_shared).where(ours(channels), channels.c.channel == bindparam("the_channel"))
_PRIVATE = select(channels.c.channel, channels.c.members).where(ours(channels), channels.c.is_private)
_KNOWN = select(channels.c.channel, channels.c.is_shared, channels.c.members).where(
    ours(channels), channels.c.channel.in_(bindparam("wanted", expanding=True))
)
_WANTED = union(
    select(channels.c.channel).where(ours(channels)),
    select(teams_table.c.channel).where(ours(teams_table)),
    select(objects.c.channel).where(ours(objects), objects.c.visibility == "channel"),
).subquery()
_TO_ASK = (
    select(_WANTED.c.channel)
    .outerjoin(channels, ours(channels) & (channels.c.channel == _WANTED.c.channel))
    .where(
        _WANTED.c.channel.not_like("D%"),  # who is in a direct message never changes
        or_(channels.c.seen_at.is_(None), channels.c.seen_at < bindparam("before")),
    )
    .order_by(channels.c.seen_at.nulls_first(), _WANTED.c.channel)
    .limit(bindparam("most"))
)
_PERSON = select(people.c.is_outsider, people.c.is_gone).where(ours(people), people.c.user == bindparam("the_user"))


async def audience_of_user(tx: Transaction, user: str) -> Audience:
    """Return what `user` alone may see: what is open to the workspace, and the private channels that they are in.

    Where Slack has not told us who is in a channel, those are in it whose team has its home there. A guest, a person of another
    company and one who is gone see nothing; of one whom we do not know we assume no channel.
    """
    in_the_open = await audience_in_the_open(tx, user)
    if not in_the_open.sees_workspace:
        return in_the_open
    private = [row["channel"] for row in await tx.rows(_PRIVATE) if row["members"] and user in row["members"]]
    return Audience(frozenset(private) | await _homes(tx, user))


async def audience_in_the_open(tx: Transaction, user: str) -> Audience:
    """Return what `user` may see without a look at who is in which private channel: all that is open, or nothing."""
    person = await tx.row(_PERSON, the_user=user)
    return NOBODY if person is not None and (person["is_outsider"] or person["is_gone"]) else EVERYBODY


async def audience_of_channel(tx: Transaction, channel: str) -> Audience:
    """Return what all readers of `channel` may see: what is open to the workspace, and what belongs to that channel.

    Where it is shared with another company that is nothing; where Slack has told us nothing of it, only what belongs to it.
    """
    is_shared = await tx.value(_CHANNEL, the_channel=channel)
    if is_shared is None:
        return NOBODY.within(channel)
    return NOBODY if is_shared else Audience(frozenset({channel}))


async def channels_to_ask(tx: Transaction, before: datetime, most: int) -> list[str]:
    """Return at most `most` channels of which Slack told us nothing since `before`, those first that we know least of.

    Those that we know, the homes of teams, and the channels that something belongs to; no direct messages.
    """
    return [row["channel"] for row in await tx.rows(_TO_ASK, before=before, most=most)]


async def _homes(tx: Transaction, user: str) -> frozenset[str]:
    """Return the home channels of the user's teams of whose members Slack has told us nothing."""
    homes = {team.channel for team in await teams.teams_of(tx, user) if team.channel}
    told = {row["channel"] for row in await tx.rows(_KNOWN, wanted=sorted(homes)) if _is_told(row)}
    return frozenset(homes - told)


def _is_told(channel: RowMapping) -> bool:
    return channel["members"] is not None or channel["is_shared"]
