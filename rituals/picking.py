"""Which rituals each team wants. A team that never said so has them all.

It is kept among what people choose for themselves, under the team's name.
"""

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import bindparam, select, update

from rituals.records import CHECKIN, REVIEW
from storage.database import Transaction, ours
from storage.kinds import Kinds, RitualPlan
from storage.preferences import choose, preference, who_chose
from storage.tables import rituals
from storage.teams import Team

_NAME = "rituals of the team"
_OFFERED = (CHECKIN, REVIEW)  # a weekly note is each person's own affair
_OF_TEAM = select(rituals.c.id, rituals.c.plan).where(ours(rituals), rituals.c.team == bindparam("the_team"))
_CALL = update(rituals).where(ours(rituals), rituals.c.id == bindparam("the_id")).values(id=bindparam("new_id"))

Picked = Mapping[str, Collection[str]]  # the names of the rituals that each team has chosen, by the team's name


def offered(kinds: Kinds) -> list[RitualPlan]:
    """Return the rituals that a team can do with or without, in the order of the pack."""
    return [plan for name, plan in kinds.rituals.items() if name in _OFFERED]


async def pick(tx: Transaction, team: str, names: Collection[str] | None) -> None:
    """Remember which rituals `team` wants, by their names in the pack; None: all that there are."""
    await choose(tx, team, _NAME, None if names is None else sorted(names))


async def picked(tx: Transaction) -> Picked:
    """Return what the teams have chosen; a team that is not in it wants every ritual."""
    return await who_chose(tx, _NAME)


async def picked_by(tx: Transaction, team: str) -> Collection[str] | None:
    """Return which rituals `team` has chosen, or None where it wants every one."""
    chosen: list[str] | None = await preference(tx, team, _NAME)
    return chosen


def wants(chosen: Picked, team: str, ritual: str) -> bool:
    """Tell whether `team` wants `ritual`."""
    return team not in chosen or ritual in chosen[team]


def is_asked(chosen: Picked, teams: Iterable[Team], user: str, ritual: str) -> bool:
    """Tell whether `ritual` asks `user`: one of their teams wants it, or they are in none."""
    theirs = [team.name for team in teams if user in team.members]
    return not theirs or any(wants(chosen, name, ritual) for name in theirs)


def id_of(plan: str, team: str | None) -> str:
    """Return the id of the ritual that follows `plan`, of a team or of everybody."""
    return plan if team is None else f"{plan}:{team}"


async def follow(tx: Transaction, team: str) -> None:
    """Call the rituals of a team after its new name, so that what they have done and when they are due goes on."""
    for row in await tx.rows(_OF_TEAM, the_team=team):
        await tx.run(_CALL, the_id=row["id"], new_id=id_of(row["plan"], team))
