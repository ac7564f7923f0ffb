"""The wishes of a person as they are stored, and how much they were asked already. What they mean: rituals.courtesy."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func, select

from rituals.calendar import local_date, zone_or_fallback
from rituals.courtesy import MOST, MUTE, SKIP, SNOOZE, Wishes
from rituals.records import POSTED
from storage.database import Transaction, ours
from storage.people import people_of
from storage.preferences import choose, preferences_of
from storage.tables import rituals, runs
from storage.teams import teams_of

_OF_RITUAL = (runs.c.workspace == rituals.c.workspace) & (runs.c.ritual == rituals.c.id)
_ASKED = (
    select(func.count())
    .select_from(rituals.join(runs, _OF_RITUAL))
    .where(
        ours(rituals),
        rituals.c.team.is_(None),
        runs.c.subject == bindparam("the_user"),
        runs.c.local_date >= bindparam("since"),
        runs.c.local_date <= bindparam("until"),
        runs.c.state.in_(POSTED),
    )
)


async def wishes_of(tx: Transaction, user: str) -> Wishes:
    """Return what `user` wishes of being asked."""
    return Wishes.read(await preferences_of(tx, user))


async def zone_of(tx: Transaction, user: str) -> ZoneInfo:
    """Return the zone of the clock that `user` goes by: their own, or their team's where it is not known, else UTC."""
    known = (await people_of(tx, [user])).get(user)
    in_teams: Sequence[str | None] = [team.timezone for team in await teams_of(tx, user)]
    return zone_or_fallback(known.timezone if known else None, *in_teams)[0]


async def asked_this_week(tx: Transaction, user: str, at: datetime, zone: ZoneInfo) -> int:
    """Return how many prompts `user` had in the week of the moment `at` (from Monday on, by their clock)."""
    today = local_date(at, zone)
    monday = today - timedelta(days=today.weekday())
    since, until = monday.isoformat(), (monday + timedelta(days=6)).isoformat()
    count: int = await tx.value(_ASKED, the_user=user, since=since, until=until)
    return count


async def mute(tx: Transaction, user: str, ritual: str) -> None:
    """Ask `user` in no more runs of `ritual`."""
    await as_usual(tx, user, ritual)
    await choose(tx, user, f"{MUTE}:{ritual}", value=True)


async def skip(tx: Transaction, user: str, ritual: str, slot: datetime) -> None:
    """Ask `user` in no run of `ritual` that falls due up to the day of `slot`, by their clock."""
    day = local_date(slot, await zone_of(tx, user))
    await choose(tx, user, f"{SKIP}:{ritual}", day.isoformat())


async def snooze(tx: Transaction, user: str, ritual: str, until: datetime) -> None:
    """Ask `user` in no run of `ritual` before the moment `until`."""
    await choose(tx, user, f"{SNOOZE}:{ritual}", until.isoformat())


async def as_usual(tx: Transaction, user: str, ritual: str) -> None:
    """Ask `user` as the pack has it: `ritual` is not muted, skipped or snoozed any more."""
    for name in (ritual, *(f"{what}:{ritual}" for what in (MUTE, SKIP, SNOOZE))):
        await choose(tx, user, name, None)


async def fewer(tx: Transaction, user: str) -> int:
    """Ask `user` one prompt a week less than until now, at least one; return how many those are."""
    most = max(1, (await wishes_of(tx, user)).most - 1)
    await choose(tx, user, MOST, most)
    return most
