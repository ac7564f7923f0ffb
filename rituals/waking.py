"""Opening what was held back or put off, once its time has come."""

from sqlalchemy import bindparam, select

from rituals import records
from rituals.holding import AGAIN, HELD, held_back, rhythm_of, told
from rituals.records import Occasion
from rituals.runs import PLANS
from storage import outbox
from storage.database import Database, Transaction, ours
from storage.kinds import Kinds
from storage.tables import runs

BATCH = 200

_WAITING = (ours(runs), runs.c.state.in_(("held", "later")), runs.c.next_step_at <= bindparam("the_moment"))
_DUE = select(runs.c.id).where(*_WAITING).order_by(runs.c.next_step_at, runs.c.id).limit(BATCH)
_CLAIM = select(runs.c.id).where(*_WAITING, runs.c.id == bindparam("the_id")).with_for_update(skip_locked=True)


async def wake_due(database: Database, workspace: str, kinds: Kinds) -> int:
    """Open the runs of `workspace` that waited for now, each in a transaction of its own; return how many were opened."""
    async with database.reading(workspace) as tx:
        due = [row["id"] for row in await tx.rows(_DUE, the_moment=tx.now)]
    opened = 0
    for run in due:
        async with database.writing(workspace) as tx:
            if await tx.row(_CLAIM, the_id=run, the_moment=tx.now):  # else another process has it
                opened += await _wake(tx, kinds, run)
    return opened


async def _wake(tx: Transaction, kinds: Kinds, run_id: str) -> bool:
    run = await records.run_of(tx, run_id)
    if run is None:
        return False
    posted, rhythm = run.state == "later", await rhythm_of(tx, run.plan, run.subject)
    ended = "closed" if posted else "held"
    if rhythm is None or rhythm.next_run_at <= tx.now:  # the next one has its turn, or there is none any more
        await records.change(tx, run_id, ended, run.brings)
        return False
    held = await held_back(tx, run.subject, run.slot_at, rhythm, posted=posted)
    if held:
        await records.change(
            tx, run_id, run.state if held.until else ended, {**run.brings, **told(held)}, next_step_at=held.until
        )
        return False
    occasion = Occasion(run.plan, None, run.subject, run.slot_at, rhythm.timezone)
    brings = run.brings if posted else await PLANS[run.plan].brings(tx, kinds, occasion)
    if brings is None:
        await records.change(tx, run_id, "empty", {})
        return False
    kept = {name: value for name, value in brings.items() if name not in (HELD, AGAIN)}
    await records.change(tx, run_id, "open", {"late": False, **kept}, next_step_at=rhythm.closes(tx.now))
    await outbox.forget_place(tx, f"run:{run_id}")  # what was put off stands far above by now: it is posted anew
    await outbox.show(tx, f"run:{run_id}", run.subject)
    return True
