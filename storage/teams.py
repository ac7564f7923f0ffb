"""Teams and who is in them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from sqlalchemy import Select, bindparam, delete, insert, select, update

from storage.database import Transaction, ours
from storage.kinds import nearest
from storage.tables import team_members, teams

_ALL = select(teams.c.name, teams.c.channel, teams.c.timezone).where(ours(teams)).order_by(teams.c.name)
_MEMBERS = (
    select(team_members.c.team, team_members.c.user, team_members.c.leads)
    .where(ours(team_members))
    .order_by(team_members.c.team, team_members.c.user)
)
_IN_CHANNEL = select(teams.c.name).where(ours(teams), teams.c.channel == bindparam("the_channel")).order_by(teams.c.name)
_OF_USER = _ALL.join(
    team_members, (team_members.c.workspace == teams.c.workspace) & (team_members.c.team == teams.c.name)
).where(team_members.c.user == bindparam("the_user"))
_ONE = _ALL.where(teams.c.name == bindparam("the_name"))
_ONE_KEPT = _ONE.with_for_update(read=True, key_share=True)
_ADD = insert(teams)
_CHANGE = (
    update(teams)
    .where(ours(teams), teams.c.name == bindparam("the_name"))
    .values(channel=bindparam("new_channel"), timezone=bindparam("new_timezone"))
)
_ADD_MEMBER = insert(team_members)
_REMOVE_MEMBERS = delete(team_members).where(ours(team_members), team_members.c.team == bindparam("the_team"))


@dataclass(frozen=True)
class Team:
    """A team. `channel`: its home channel. `timezone`: an IANA name. `members`: Slack users; `leads`: those who lead it."""

    name: str
    channel: str | None = None
    timezone: str | None = None
    members: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()


async def all_teams(tx: Transaction) -> list[Team]:
    """Return every team of the workspace, by name."""
    return await _teams(tx, _ALL, {})


async def homes(tx: Transaction) -> dict[str, str]:
    """Return the name of the team whose home each channel is (the first by name, should several share it)."""
    return {row["channel"]: row["name"] for row in reversed(await tx.rows(_ALL)) if row["channel"]}


async def is_team(tx: Transaction, name: str) -> bool:
    """Tell whether there is a team called `name`, which then keeps its name until the end of a writing transaction."""
    return await tx.row(_ONE_KEPT, the_name=name) is not None


async def team_of_channel(tx: Transaction, channel: str) -> str | None:
    """Return the name of the team whose home `channel` is (the first by name, should several share it), or None."""
    name: str | None = await tx.value(_IN_CHANNEL, the_channel=channel)
    return name


async def teams_of(tx: Transaction, user: str) -> list[Team]:
    """Return the teams that `user` is in or leads, by name."""
    return await _teams(tx, _OF_USER, {"the_user": user})


async def put(tx: Transaction, team: Team) -> None:
    """Store `team` as it is given, new or over what was there. Those who lead it are members of it."""
    if await tx.row(_ONE, the_name=team.name) is None:
        await tx.run(_ADD, name=team.name, channel=team.channel, timezone=team.timezone)
    else:
        await tx.run(_CHANGE, the_name=team.name, new_channel=team.channel, new_timezone=team.timezone)
        await tx.run(_REMOVE_MEMBERS, the_team=team.name)
    members = sorted({*team.members, *team.leads})
    await tx.run_many(_ADD_MEMBER, [{"team": team.name, "user": user, "leads": user in team.leads} for user in members])


def check_timezone(name: str) -> str:
    """Return `name` if it is a time zone of the IANA database; raise ValueError with a sentence."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a folder's name is an OSError
        hint = nearest(name, available_timezones())
        raise ValueError(f'should be a time zone, such as Europe/Berlin, not "{name}"{hint}') from None
    return name


async def _teams(tx: Transaction, statement: Select[Any], values: Mapping[str, object]) -> list[Team]:
    found = await tx.rows(statement, **values)
    members = await _members(tx) if found else {}
    return [_team(row["name"], row["channel"], row["timezone"], members.get(row["name"], ())) for row in found]


async def _members(tx: Transaction) -> dict[str, list[tuple[str, bool]]]:
    members: dict[str, list[tuple[str, bool]]] = {}
    for row in await tx.rows(_MEMBERS):
        members.setdefault(row["team"], []).append((row["user"], row["leads"]))
    return members


def _team(name: str, channel: str | None, timezone: str | None, members: Iterable[tuple[str, bool]]) -> Team:
    people = list(members)
    return Team(name, channel, timezone, tuple(user for user, _ in people), tuple(user for user, leads in people if leads))
