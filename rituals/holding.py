"""What is held back for a person's sake, and what they put off themselves.

A run that is held back is a row like any other, in the state "held", with its reason: what fell due is what was posted, missed,
empty or held. One that was posted and put off by its person is in the state "later". Both are looked at again when their time
comes (rituals.waking), if that is before the next of their ritual falls due.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select

from rituals import courtesy, records
from rituals.calendar import local_date, zone_or_fallback
from rituals.courtesy import Held, Later, may_ask
from rituals.records import Run
from rituals.wishes import asked_this_week, wishes_of
from storage import outbox
from storage.database import Transaction, ours
from storage.errors import NotFound
from storage.tables import rituals, schedules

HELD, DECLINED, AGAIN = (
    "held",
    "declined",
    "again_at",
)  # in what a run brings: why; that its person said no; when it comes again
NEAR = timedelta(hours=12)  # two prompts of one ritual that come closer together are one too many

_RHYTHM = (
    select(rituals.c.id, rituals.c.open_for_hours, schedules.c.timezone, schedules.c.next_run_at)
    .join(schedules, (schedules.c.workspace == rituals.c.workspace) & (schedules.c.ritual == rituals.c.id))
    .where(ours(rituals), rituals.c.id == bindparam("the_ritual"), schedules.c.subject == bindparam("the_subject"))
)


@dataclass(frozen=True)
class Rhythm:
    """When the ritual `id` falls due next for a person, by whose clock, and how long answers are open."""

    id: str
    open_for_hours: int
    timezone: str
    next_run_at: datetime

    @property
    def zone(self) -> ZoneInfo:
        return zone_or_fallback(self.timezone)[0]

    def closes(self, opened_at: datetime) -> datetime:
        """Return when a run that opens out of turn is over: as late as another, but before the next one."""
        return min(opened_at + timedelta(hours=self.open_for_hours), max(self.next_run_at, opened_at))


async def rhythm_of(tx: Transaction, ritual: str, user: str) -> Rhythm | None:
    """Return how `ritual` goes on for `user`, or None where it does not any more."""
    row = await tx.row(_RHYTHM, the_ritual=ritual, the_subject=user)
    return None if row is None else Rhythm(**row)


async def held_back(tx: Transaction, user: str, slot: datetime, rhythm: Rhythm, *, posted: bool = False) -> Held | None:
    """Return why `user` is not asked now in the run that was due at `slot`; None where they are.

    `posted`: they were asked in it once already, so that it counts no second time. What could come only when the next one is
    due does not come any more.
    """
    asked = await asked_this_week(tx, user, tx.now, rhythm.zone) - posted
    held = may_ask(await wishes_of(tx, user), rhythm.id, local_date(slot, rhythm.zone), tx.now, rhythm.zone, asked)
    return replace(held, until=None) if held and held.until and held.until >= rhythm.next_run_at else held


def told(held: Held) -> dict[str, Any]:
    """Return what a run brings that is held back: the reason, for who asks later why nothing came."""
    return {HELD: {"why": held.why, "until": held.until.isoformat() if held.until else None}}


async def put_off(tx: Transaction, run_id: str, user: str, how: Later) -> None:
    """Ask `user` again later in a run; in the next one where that is near by then. Raise NotFound as `decline`."""
    run = await _run_of(tx, run_id, user)
    rhythm = await rhythm_of(tx, run.plan, user)
    if rhythm is None or run.state not in ("open", "later"):
        return
    again = courtesy.later(how, tx.now, rhythm.zone)
    if again >= rhythm.next_run_at - NEAR:
        await decline(tx, run_id, user)
        return
    brings = {**run.brings, AGAIN: again.isoformat()}
    await records.change(tx, run_id, "later", brings, next_step_at=again)
    await outbox.refresh(tx, f"run:{run_id}")


async def decline(tx: Transaction, run_id: str, user: str) -> None:
    """Close a run for `user`, who does not want to answer it. Raise NotFound where it does not ask them."""
    run = await _run_of(tx, run_id, user)
    rhythm = await rhythm_of(tx, run.plan, user)
    if run.state not in ("open", "later"):
        return
    brings = {**run.brings, DECLINED: True, AGAIN: rhythm.next_run_at.isoformat() if rhythm else None}
    await records.change(tx, run_id, "closed", brings)
    await outbox.refresh(tx, f"run:{run_id}")


async def take_up(tx: Transaction, run_id: str, user: str) -> None:
    """Ask after all, where the message stands, what `user` put off or declined. Raise NotFound as `decline`."""
    run = await _run_of(tx, run_id, user)
    rhythm = await rhythm_of(tx, run.plan, user)
    if rhythm and rests(run):
        brings = {name: value for name, value in run.brings.items() if name not in (DECLINED, AGAIN)}
        await records.change(tx, run_id, "open", brings, next_step_at=rhythm.closes(tx.now))
        await outbox.refresh(tx, f"run:{run_id}")


def rests(run: Run) -> bool:
    """Tell whether a run was posted, and its person put it off or declined."""
    return run.state == "later" or (run.state == "closed" and bool(run.brings.get(DECLINED)))


async def _run_of(tx: Transaction, run_id: str, user: str) -> Run:
    run = await records.run_of(tx, run_id)
    if run is None or run.team is not None or run.subject != user:
        raise NotFound(run_id)
    return run
