"""When each ritual next falls due, for each whom it asks: one row each, kept in step with the pack, the teams and the people.

Times are local wall times: a person's for what is asked in a direct message, a team's for what goes to its channel.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update

from rituals.calendar import Cadence, next_slot, zone_or_fallback
from rituals.picking import Picked, id_of, is_asked, picked, wants
from rituals.records import CHECKIN, REVIEW, WHOLE_TEAM, last_date, last_dates
from rituals.weekly_note import WEEKLY_NOTE, readers
from storage import teams
from storage.conflicts import insert_new
from storage.database import Transaction, ours
from storage.kinds import Kinds, RitualPlan
from storage.objects import Object
from storage.people import Person, people_of
from storage.tables import objects, rituals, schedules
from storage.teams import Team

_RITUAL_COLUMNS = ("plan", "team", "cadence", "open_for_hours", "late_window_hours", "is_on")
_RITUALS = select(rituals.c.id, *(rituals.c[name] for name in _RITUAL_COLUMNS)).where(ours(rituals))
_SCHEDULES = select(schedules.c.ritual, schedules.c.subject, schedules.c.timezone, schedules.c.next_run_at).where(
    ours(schedules)
)
_IS_THERE = select(func.count()).where(
    ours(schedules), schedules.c.ritual == bindparam("the_ritual"), schedules.c.subject == bindparam("the_subject")
)
_OWNERS = (
    select(objects.c.owner)
    .where(
        ours(objects),
        objects.c.kind == bindparam("the_kind"),
        objects.c.status.in_(bindparam("statuses", expanding=True)),
        objects.c.owner.is_not(None),
        objects.c.archived.is_(False),
    )
    .distinct()
)
_ADD_RITUAL = insert_new(rituals)
_ADD_SCHEDULE = insert_new(schedules)
_CHANGE_RITUAL = (
    update(rituals)
    .where(ours(rituals), rituals.c.id == bindparam("the_id"))
    .values({name: bindparam(f"new_{name}") for name in ("cadence", "open_for_hours", "late_window_hours", "is_on")})
)
_SWITCH = update(rituals).where(ours(rituals), rituals.c.id == bindparam("the_id")).values(is_on=bindparam("shall_be_on"))
_FORGET = delete(schedules).where(
    ours(schedules), schedules.c.ritual == bindparam("the_ritual"), schedules.c.subject == bindparam("the_subject")
)
_STOP = delete(schedules).where(ours(schedules), schedules.c.subject == bindparam("the_subject"))
_MOVE = (
    update(schedules)
    .where(ours(schedules), schedules.c.ritual == bindparam("the_ritual"), schedules.c.subject == bindparam("the_subject"))
    .values(timezone=bindparam("new_timezone"), next_run_at=bindparam("new_next_run_at"))
)


@dataclass(frozen=True)
class Wanted:
    """A ritual that should be there, and the time zone of each whom it asks."""

    plan: RitualPlan
    team: str | None
    zones: Mapping[str, str]

    @property
    def id(self) -> str:
        return id_of(self.plan.name, self.team)

    @property
    def row(self) -> dict[str, Any]:
        hours = {"open_for_hours": self.plan.open_for_hours, "late_window_hours": self.plan.late_window_hours}
        return {"plan": self.plan.name, "team": self.team, "cadence": self.plan.cadence, **hours, "is_on": True}


async def set_up(tx: Transaction, kinds: Kinds) -> None:
    """Bring rituals and schedules in step with the pack, the teams, the owners of running bets and everybody's time zone.

    Idempotent. Where a cadence or a zone changed, the next slot is found anew, never a second one on a date that had its own.
    """
    chosen, all_teams = await picked(tx), await teams.all_teams(tx)
    asked = [user for user in await _owners(tx, kinds) if is_asked(chosen, all_teams, user, CHECKIN)]
    wanted = [*_of_teams(kinds, all_teams, chosen), *await _of_people(tx, kinds, asked)]
    known = {row["id"]: dict(row) for row in await tx.rows(_RITUALS)}
    there = {(row["ritual"], row["subject"]): dict(row) for row in await tx.rows(_SCHEDULES)}
    done = await last_dates(tx)
    resting = {ritual for ritual, row in known.items() if not row["is_on"]}
    for ritual, subject in list(there):
        if ritual in resting or (ritual == CHECKIN and not is_asked(chosen, all_teams, subject, ritual)):
            await tx.run(_FORGET, the_ritual=ritual, the_subject=subject)  # nobody is asked late for what was off
            del there[ritual, subject]
    for each in wanted:
        is_new_rhythm = await _put_ritual(tx, each, known.get(each.id))
        for subject, zone in each.zones.items():
            row, last = there.get((each.id, subject)), done.get((each.id, subject))
            if row is None:
                await _add_schedule(tx, each, subject, last)
            elif is_new_rhythm or row["timezone"] != zone:
                await _move(tx, each, row, last)
    for gone in known.keys() - {each.id for each in wanted}:
        await tx.run(_SWITCH, the_id=gone, shall_be_on=False)


async def keep_asking(tx: Transaction, kinds: Kinds, item: Object) -> None:
    """Call when an object is stored or changed: whoever owns a running bet is asked about it from now on."""
    if item.owner is None or item.archived or item.status not in kinds.kind(item.kind).running or CHECKIN not in kinds.rituals:
        return
    if await _is_there(tx, CHECKIN, item.owner):
        return
    if is_asked(await picked(tx), await teams.all_teams(tx), item.owner, CHECKIN):
        await _begin(tx, kinds.rituals[CHECKIN], item.owner)


async def keep_telling(tx: Transaction, kinds: Kinds, user: str) -> None:
    """Call when `user` follows something: they get the weekly note from now on, if there is one and they want it."""
    if WEEKLY_NOTE in kinds.rituals and not await _is_there(tx, WEEKLY_NOTE, user) and user in await readers(tx):
        await _begin(tx, kinds.rituals[WEEKLY_NOTE], user)


async def _is_there(tx: Transaction, ritual: str, user: str) -> bool:
    return bool(await tx.value(_IS_THERE, the_ritual=ritual, the_subject=user))


async def _begin(tx: Transaction, plan: RitualPlan, user: str) -> None:
    """Have the ritual of `plan` ask `user` from now on."""
    wanted = Wanted(plan, None, await _zones_of_people(tx, [user]))
    await tx.run(_ADD_RITUAL[tx.connection.dialect.name], id=wanted.id, **wanted.row)
    await tx.run(_SWITCH, the_id=wanted.id, shall_be_on=True)  # it may be there from before, when it asked nobody
    for subject in wanted.zones:
        await _add_schedule(tx, wanted, subject, await last_date(tx, wanted.id, subject))


async def stop_asking(tx: Transaction, user: str) -> None:
    """Ask `user`, who no longer works here, nothing more; what they own when they come back asks for them anew."""
    await tx.run(_STOP, the_subject=user)


def _of_teams(kinds: Kinds, all_teams: Iterable[Team], chosen: Picked) -> Iterator[Wanted]:
    plan = kinds.rituals.get(REVIEW)
    for team in all_teams if plan else ():
        if plan and team.channel and wants(chosen, team.name, plan.name):
            zone, _ = zone_or_fallback(team.timezone)
            yield Wanted(plan, team.name, {WHOLE_TEAM: zone.key})


async def _of_people(tx: Transaction, kinds: Kinds, owners: list[str]) -> list[Wanted]:
    noted = await readers(tx)
    asked = {CHECKIN: owners, **({WEEKLY_NOTE: noted} if noted else {})}
    plans = [(plan, users) for name, users in asked.items() if (plan := kinds.rituals.get(name))]
    return [Wanted(plan, None, await _zones_of_people(tx, users)) for plan, users in plans]


async def _owners(tx: Transaction, kinds: Kinds) -> list[str]:
    found: dict[str, None] = {}
    for kind in kinds.offered:
        if kind.running:
            rows = await tx.rows(_OWNERS, the_kind=kind.name, statuses=list(kind.running))
            found |= dict.fromkeys(row["owner"] for row in rows)
    return sorted(found)


async def _zones_of_people(tx: Transaction, users: Iterable[str]) -> dict[str, str]:
    """Return each person's zone, or their team's where theirs is not known. Those who do not work here are not asked."""
    known = await people_of(tx, users)
    in_teams = {user: team.timezone for team in await teams.all_teams(tx) for user in team.members}
    zones: dict[str, str] = {}
    for user in users:
        person = known.get(user, Person(user, user, None))
        if person.is_here:
            zones[user] = zone_or_fallback(person.timezone, in_teams.get(user))[0].key
    return zones


async def _put_ritual(tx: Transaction, wanted: Wanted, known: Mapping[str, Any] | None) -> bool:
    """Store a ritual as the pack has it; return whether its rhythm is not what it was."""
    if known is None:
        await tx.run(_ADD_RITUAL[tx.connection.dialect.name], id=wanted.id, **wanted.row)
        return False
    changed = {name: value for name, value in wanted.row.items() if known[name] != value}
    if changed:
        new = {f"new_{name}": wanted.row[name] for name in ("cadence", "open_for_hours", "late_window_hours", "is_on")}
        await tx.run(_CHANGE_RITUAL, the_id=wanted.id, **new)
    return "cadence" in changed


async def _add_schedule(tx: Transaction, wanted: Wanted, subject: str, done: date | None) -> None:
    zone, at = _next(tx, wanted, subject, done)
    await tx.run(_ADD_SCHEDULE[tx.connection.dialect.name], ritual=wanted.id, subject=subject, timezone=zone, next_run_at=at)


async def _move(tx: Transaction, wanted: Wanted, row: Mapping[str, Any], done: date | None) -> None:
    """Find the next slot anew. What is overdue stays so: it is yet to be opened late, or recorded as missed."""
    zone, at = _next(tx, wanted, row["subject"], done)
    at = min(at, row["next_run_at"]) if row["next_run_at"] <= tx.now else at
    await tx.run(_MOVE, the_ritual=wanted.id, the_subject=row["subject"], new_timezone=zone, new_next_run_at=at)


def _next(tx: Transaction, wanted: Wanted, subject: str, done: date | None) -> tuple[str, datetime]:
    zone, _ = zone_or_fallback(wanted.zones[subject])
    return zone.key, next_slot(Cadence.read(wanted.plan.cadence), zone, tx.now, done)
