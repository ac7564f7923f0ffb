"""Opening what is due: the run, the message that asks, and the next slot, in one transaction for each, once.

After an outage only the latest slot counts: it is opened late inside its window, else it is recorded as missed, as are those
before it. A run is unique by its local date, so no clock, zone or second process can make two of one.
"""

import asyncio
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, groupby
from operator import itemgetter
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select, update

from rituals.calendar import Cadence, local_date, next_slot, slots_between, zone_or_fallback
from rituals.courtesy import Held
from rituals.holding import Rhythm, held_back, told
from rituals.records import Occasion, add_run
from rituals.runs import PLANS
from rituals.waking import wake_due
from storage import outbox
from storage.database import Database, Transaction, ours
from storage.ids import new_id
from storage.kinds import Kinds
from storage.people import people_of
from storage.tables import rituals, schedules
from storage.teams import all_teams

AT_ONCE = 8
BATCH = 200
MOST_MISSED = 12  # of a ritual and subject in one outage; those before are not worth a row each
GRACE = timedelta(minutes=15)  # a message that is later than this says so

_OF_RITUAL = (schedules.c.workspace == rituals.c.workspace) & (schedules.c.ritual == rituals.c.id)
_IS_DUE = (ours(schedules), schedules.c.next_run_at <= bindparam("the_moment"), rituals.c.is_on)
_DUE = (
    select(schedules.c.ritual, schedules.c.subject, schedules.c.next_run_at)
    .join(rituals, _OF_RITUAL)
    .where(*_IS_DUE)
    .order_by(schedules.c.next_run_at, schedules.c.ritual, schedules.c.subject)
    .limit(BATCH)
)
_CLAIM = (
    select(
        *(schedules.c[name] for name in ("ritual", "subject", "timezone", "next_run_at")),
        *(rituals.c[name] for name in ("plan", "team", "cadence", "open_for_hours", "late_window_hours")),
    )
    .join(rituals, _OF_RITUAL)
    .where(*_IS_DUE, schedules.c.ritual == bindparam("the_ritual"), schedules.c.subject == bindparam("the_subject"))
    .with_for_update(skip_locked=True, of=schedules)
)
_NEXT = (
    update(schedules)
    .where(ours(schedules), schedules.c.ritual == bindparam("the_ritual"), schedules.c.subject == bindparam("the_subject"))
    .values(next_run_at=bindparam("new_next_run_at"))
)


@dataclass(frozen=True)
class Due:
    """A schedule whose moment has come, claimed for this transaction, with what its ritual says."""

    ritual: str
    subject: str
    timezone: str
    next_run_at: datetime
    plan: str
    team: str | None
    cadence: str
    open_for_hours: int
    late_window_hours: int

    @property
    def zone(self) -> ZoneInfo:
        return zone_or_fallback(self.timezone)[0]

    def slots(self, now: datetime) -> list[datetime]:
        """Return the slots that have come, the oldest first, at most MOST_MISSED and the latest."""
        later = slots_between(Cadence.read(self.cadence), self.zone, self.next_run_at, now)
        return list(deque(chain([self.next_run_at], later), maxlen=MOST_MISSED + 1))

    def next(self, now: datetime, latest: datetime) -> datetime:
        """Return the next slot: after now, and not on the date that has just had its own."""
        return next_slot(Cadence.read(self.cadence), self.zone, max(now, latest), local_date(latest, self.zone))


async def open_due(database: Database, workspace: str, kinds: Kinds) -> int:
    """Open whatever is due in `workspace`, in due order, each in a transaction of its own; return how many were opened.

    What was held back for a person's sake, or put off by them, is due again when its time comes. One that fails does not keep
    the others from being opened. Raise ExceptionGroup with all that failed.
    """
    woken = await wake_due(database, workspace, kinds)
    async with database.reading(workspace) as tx:
        due = await tx.rows(_DUE, the_moment=tx.now)
    limit = asyncio.Semaphore(AT_ONCE)

    async def open_in_turn(ritual: str, subject: str) -> bool:
        async with limit:
            return await _open(database, workspace, kinds, ritual, subject)

    results: list[bool | BaseException] = []
    for _, together in groupby(due, key=itemgetter("next_run_at")):  # side by side only what is due at the same moment
        opening = (open_in_turn(row["ritual"], row["subject"]) for row in together)
        results += await asyncio.gather(*opening, return_exceptions=True)
    failures = [result for result in results if isinstance(result, Exception)]
    if failures:
        raise ExceptionGroup(f"{len(failures)} of {len(due)} rituals could not be opened", failures)
    return woken + sum(result is True for result in results)


async def _open(database: Database, workspace: str, kinds: Kinds, ritual: str, subject: str) -> bool:
    async with database.writing(workspace) as tx:
        row = await tx.row(_CLAIM, the_ritual=ritual, the_subject=subject, the_moment=tx.now)
        if row is None:  # another process has it
            return False
        due = Due(**row)
        *missed, latest = due.slots(tx.now)
        for slot in missed:
            await _record(tx, due, slot, "missed")
        is_opened = await _open_latest(tx, kinds, due, latest)
        await tx.run(_NEXT, the_ritual=ritual, the_subject=subject, new_next_run_at=due.next(tx.now, latest))
        return is_opened


async def _open_latest(tx: Transaction, kinds: Kinds, due: Due, slot: datetime) -> bool:
    late = tx.now - slot
    if late > timedelta(hours=due.late_window_hours):
        await _record(tx, due, slot, "missed")
        return False
    plan, occasion = PLANS[due.plan], Occasion(due.ritual, due.team, due.subject, slot, due.timezone)
    brings, channel = await plan.brings(tx, kinds, occasion), await _channel(tx, due)
    if brings is None or channel is None:
        await _record(tx, due, slot, "empty")
        return False
    if held := await _held_back(tx, due, slot):
        await _record(tx, due, slot, "held", told(held), held.until)
        return False
    brings = {**brings, "late": late > GRACE}
    run = await _record(tx, due, slot, "open", brings, tx.now + timedelta(hours=due.open_for_hours))
    if run:
        await outbox.show(tx, f"run:{run}", channel, author=await _told_instead(tx, due))
    return bool(run)


async def _held_back(tx: Transaction, due: Due, slot: datetime) -> Held | None:
    """Return why the person is not asked now; a team as a whole is always asked."""
    if due.team is not None:
        return None
    rhythm = Rhythm(due.ritual, due.open_for_hours, due.timezone, due.next(tx.now, slot))
    return await held_back(tx, due.subject, slot, rhythm)


async def _channel(tx: Transaction, due: Due) -> str | None:
    if due.team is None:
        return due.subject
    return next((team.channel for team in await all_teams(tx) if team.name == due.team), None)


async def _told_instead(tx: Transaction, due: Due) -> str | None:
    """Return who hears of it where Slack does not take what a team is told: its first lead, or else member, who works here."""
    team = next((team for team in await all_teams(tx) if team.name == due.team), None)
    wanted = (*team.leads, *team.members) if team else ()
    known = await people_of(tx, wanted)
    return next((user for user in wanted if user in known and known[user].is_here), None)


async def _record(
    tx: Transaction,
    due: Due,
    slot: datetime,
    state: str,
    brings: dict[str, object] | None = None,
    next_step_at: datetime | None = None,
) -> str | None:
    """Store a run; return its id, or None where its local date has had one."""
    run = new_id()
    is_first = await add_run(
        tx,
        id=run,
        ritual=due.ritual,
        subject=due.subject,
        local_date=local_date(slot, due.zone).isoformat(),
        slot_at=slot,
        state=state,
        next_step_at=next_step_at,
        brings=brings or {},
        opened_at=tx.now,
        closed_at=None if next_step_at else tx.now,
    )
    return run if is_first else None
