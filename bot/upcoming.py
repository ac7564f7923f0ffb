"""What falls due next: for the clock that is moved by hand, and for a person's Home."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from bot.clock import FollowedClock
from bot.desk import Desk
from prompts import Words, text
from prompts.escape import plain
from rituals.calendar import zone_or_fallback
from rituals.coming import Coming, coming_for, coming_next
from storage.database import Transaction
from storage.kinds import Kinds
from storage.teams import teams_of
from storage.workspaces import kinds_of

APP = "throughline"
MOST_ALARMS = 8

# What each clock was told last, so that it is told again only when that changed.
_told: WeakKeyDictionary[FollowedClock, list[dict[str, str]]] = WeakKeyDictionary()


async def announce(desk: Desk, workspace: str, clock: FollowedClock) -> None:
    """Tell `clock` the next moments at which a ritual falls due, if they are not what it was told before."""
    kinds = await desk.kinds(workspace)
    async with desk.database.reading(workspace) as tx:
        due = await coming_next(tx)
    alarms = _alarms(kinds, due)
    if _told.get(clock) != alarms:
        await clock.announce(APP, alarms)
        _told[clock] = alarms


async def next_rituals(tx: Transaction, user: str) -> list[dict[str, Any]]:
    """Return the next rituals of `user`, the soonest first: `name`, and the moment `at` which each falls due."""
    kinds = await kinds_of(tx)
    due = await coming_for(tx, user, [team.name for team in await teams_of(tx, user)])
    return [{"name": name_of(kinds, each), "at": each.at} for each in due]


def _alarms(kinds: Kinds, due: Iterable[Coming]) -> list[dict[str, str]]:
    """Return one alarm for each moment and ritual; who is asked at the same moment is asked by the same one."""
    by_moment: dict[tuple[datetime, Words], Coming] = {}
    for each in due:
        by_moment.setdefault((each.at, name_of(kinds, each)), each)
    soonest = sorted(by_moment.items(), key=lambda entry: entry[0])[:MOST_ALARMS]
    return [{"at": at.isoformat(), "label": _label(name, each)} for (at, name), each in soonest]


def name_of(kinds: Kinds, coming: Coming) -> Words:
    """Return what people call a ritual, with the team that it is for."""
    plan = kinds.rituals.get(coming.plan)
    return text("ritual_name", ritual=plan.label if plan else coming.plan, team=coming.team)


def _label(name: Words, coming: Coming) -> str:
    zone, _ = zone_or_fallback(coming.timezone)
    local = coming.at.astimezone(zone)
    city = None if coming.team else zone.key.rpartition("/")[2].replace("_", " ")
    return plain(text("ritual_due", name=name, weekday=f"{local:%A}", time=f"{local:%H:%M}", city=city))
