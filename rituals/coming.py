"""Which rituals fall due next, without opening anything."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, or_, select

from storage.database import Transaction, ours
from storage.tables import rituals, schedules

MOST = 200


@dataclass(frozen=True)
class Coming:
    """The ritual with the id `ritual` falls due at the moment `at`, for a team or for the person `subject`.

    `plan`: the pack's ritual that it follows. `timezone`: by whose clock.
    """

    ritual: str
    plan: str
    team: str | None
    subject: str
    timezone: str
    at: datetime


_COMING = (
    select(
        schedules.c.ritual,
        rituals.c.plan,
        rituals.c.team,
        schedules.c.subject,
        schedules.c.timezone,
        schedules.c.next_run_at.label("at"),
    )
    .join(rituals, and_(schedules.c.workspace == rituals.c.workspace, schedules.c.ritual == rituals.c.id))
    .where(ours(schedules), rituals.c.is_on)
    .order_by(schedules.c.next_run_at, rituals.c.plan, rituals.c.team, schedules.c.subject)
    .limit(MOST)
)
_FOR = _COMING.where(
    or_(
        and_(rituals.c.team.is_(None), schedules.c.subject == bindparam("the_user")),
        rituals.c.team.in_(bindparam("the_teams", expanding=True)),
    )
)


async def coming_next(tx: Transaction) -> list[Coming]:
    """Return the next rituals of the workspace, the soonest first, at most MOST."""
    return [Coming(**row) for row in await tx.rows(_COMING)]


async def coming_for(tx: Transaction, user: str, teams: Iterable[str]) -> list[Coming]:
    """Return the next rituals that ask `user`, or one of their `teams` as a whole, the soonest first."""
    return [Coming(**row) for row in await tx.rows(_FOR, the_user=user, the_teams=list(teams))]
