"""The runs of rituals and what was answered in them, as values, and how they are read and written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update

from storage.conflicts import insert_new, insert_or_update
from storage.database import Transaction, ours
from storage.tables import answers, rituals, runs

CHECKIN, REVIEW = "bet check-in", "weekly review"  # the pack's names of the rituals that are understood
WHOLE_TEAM = ""  # the subject of a ritual that asks a team as a whole
POSTED = ("open", "closed", "later")  # the states of a run that somebody was shown


@dataclass(frozen=True)
class Occasion:
    """A ritual that falls due for somebody: `slot` is the moment, in the zone called `timezone`."""

    ritual: str
    team: str | None
    subject: str
    slot: datetime
    timezone: str


@dataclass(frozen=True)
class Run:
    """One time that a ritual fell due. `slot_at`: the moment it was due at. `brings`: what it opened with.

    `state`: open, closed, empty (there was nothing to ask), missed (nobody was there to open it in time), held (it was held
    back for its person's sake; `brings["held"]` says why) or later (it was posted, and its person wants to be asked again).
    """

    id: str
    plan: str
    team: str | None
    subject: str
    local_date: str
    slot_at: datetime
    state: str
    brings: Mapping[str, Any]
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True)
class Answer:
    """What `author` said in a run about an object. `said`: changed, confidence, surprise, and what became of them."""

    run: str
    about: str
    author: str
    at: datetime
    said: Mapping[str, Any]


_OF_RITUAL = (runs.c.workspace == rituals.c.workspace) & (runs.c.ritual == rituals.c.id)
_FROM_RUN = ("id", "subject", "local_date", "slot_at", "state", "brings", "opened_at", "closed_at")
_COLUMNS = (*(runs.c[name] for name in _FROM_RUN), rituals.c.plan, rituals.c.team)
_FOLLOWS = rituals.c.plan == bindparam("the_plan")
_RUNS = select(*_COLUMNS).join(rituals, _OF_RITUAL).where(ours(runs))
_RUN = _RUNS.where(runs.c.id == bindparam("the_id"))
_OPEN_OF_TEAM = _RUNS.where(runs.c.state == "open", _FOLLOWS, rituals.c.team == bindparam("the_team"))
_DUE = _RUNS.where(_FOLLOWS, runs.c.slot_at >= bindparam("since"), runs.c.slot_at < bindparam("until"))
_DUE_IN = _DUE.order_by(runs.c.slot_at, runs.c.id)
_BEFORE = (
    _RUNS.where(
        runs.c.ritual == bindparam("the_ritual"),
        runs.c.subject == bindparam("the_subject"),
        runs.c.slot_at < bindparam("the_slot"),
        runs.c.state.in_(("open", "closed")),
    )
    .order_by(runs.c.slot_at.desc())
    .limit(1)
)
_ASKED = (
    _RUNS.where(rituals.c.team.is_(None), runs.c.subject == bindparam("the_user"), runs.c.local_date >= bindparam("since"))
    .order_by(runs.c.local_date.desc(), runs.c.id.desc())
    .limit(bindparam("most"))
)
_LAST_DATES = (
    select(runs.c.ritual, runs.c.subject, func.max(runs.c.local_date).label("last"))
    .where(ours(runs))
    .group_by(runs.c.ritual, runs.c.subject)
)
_LAST_DATE = select(func.max(runs.c.local_date)).where(
    ours(runs), runs.c.ritual == bindparam("the_ritual"), runs.c.subject == bindparam("the_subject")
)
_ADD = insert_new(runs)
_CLOSE = (
    update(runs)
    .where(ours(runs), runs.c.id == bindparam("the_id"), runs.c.state == "open")
    .values(state="closed", closed_at=bindparam("the_moment"), next_step_at=None)
)
_CHANGE = (
    update(runs)
    .where(ours(runs), runs.c.id == bindparam("the_id"))
    .values(
        {name: bindparam(f"new_{name}", type_=runs.c[name].type) for name in ("state", "brings", "next_step_at", "closed_at")}
    )
)
_ANSWER_COLUMNS = tuple(answers.c[name] for name in Answer.__dataclass_fields__)
_ANSWERS = select(*_ANSWER_COLUMNS).where(ours(answers)).order_by(answers.c.at, answers.c.about)
_ANSWERS_IN = _ANSWERS.where(answers.c.run.in_(bindparam("runs", expanding=True)))
_ANSWERS_ABOUT = _ANSWERS.where(answers.c.about.in_(bindparam("keys", expanding=True)))
_PUT_ANSWER = insert_or_update(answers, ("author", "at", "said"))


async def run_of(tx: Transaction, run: str) -> Run | None:
    """Return the run with the id `run`, or None."""
    row = await tx.row(_RUN, the_id=run)
    return None if row is None else Run(**row)


async def open_of_team(tx: Transaction, plan: str, team: str) -> list[Run]:
    """Return the open runs of the team's ritual that follows `plan`."""
    return [Run(**row) for row in await tx.rows(_OPEN_OF_TEAM, the_plan=plan, the_team=team)]


async def due_in(tx: Transaction, plan: str, since: datetime, until: datetime) -> list[Run]:
    """Return the runs of `plan` that were due from `since` to before `until`, whatever became of them."""
    return [Run(**row) for row in await tx.rows(_DUE_IN, the_plan=plan, since=since, until=until)]


async def last_before(tx: Transaction, ritual: str, subject: str, slot: datetime) -> Run | None:
    """Return the last run before `slot` that people were shown, or None."""
    row = await tx.row(_BEFORE, the_ritual=ritual, the_subject=subject, the_slot=slot)
    return None if row is None else Run(**row)


async def of_person(tx: Transaction, user: str, since: date, most: int) -> list[Run]:
    """Return the runs since a day that asked `user` alone, or would have, whatever became of them; the latest first."""
    return [Run(**row) for row in await tx.rows(_ASKED, the_user=user, since=since.isoformat(), most=most)]


async def last_dates(tx: Transaction) -> dict[tuple[str, str], date]:
    """Return the last local date of every ritual and subject that ever ran."""
    return {(row["ritual"], row["subject"]): date.fromisoformat(row["last"]) for row in await tx.rows(_LAST_DATES)}


async def last_date(tx: Transaction, ritual: str, subject: str) -> date | None:
    """Return the last local date on which a ritual ran for `subject`, or None."""
    last = await tx.value(_LAST_DATE, the_ritual=ritual, the_subject=subject)
    return date.fromisoformat(last) if last else None


async def add_run(tx: Transaction, **columns: Any) -> bool:
    """Store a run; return whether it is the first of its ritual and subject on its local date (else nothing is stored)."""
    return (await tx.run(_ADD[tx.connection.dialect.name], **columns)).rowcount == 1


async def close(tx: Transaction, run: str) -> bool:
    """Close an open run; return whether it was open."""
    return (await tx.run(_CLOSE, the_id=run, the_moment=tx.now)).rowcount == 1


async def change(
    tx: Transaction, run: str, state: str, brings: Mapping[str, Any], next_step_at: datetime | None = None
) -> None:
    """Put a run into another state, with what it brings from now on. `next_step_at`: when it is looked at again, if ever."""
    closed_at = None if next_step_at else tx.now
    new = {"new_state": state, "new_brings": dict(brings), "new_next_step_at": next_step_at, "new_closed_at": closed_at}
    await tx.run(_CHANGE, the_id=run, **new)


async def answers_in(tx: Transaction, runs_asked: Sequence[str]) -> list[Answer]:
    """Return what was answered in the runs `runs_asked`, the oldest first."""
    if not runs_asked:
        return []
    return [Answer(**row) for row in await tx.rows(_ANSWERS_IN, runs=list(runs_asked))]


async def latest_about(tx: Transaction, keys: Sequence[str]) -> dict[str, Answer]:
    """Return the latest answer about each of `keys` that has one."""
    if not keys:
        return {}
    return {row["about"]: Answer(**row) for row in await tx.rows(_ANSWERS_ABOUT, keys=list(keys))}


async def put_answer(tx: Transaction, run: str, about: str, author: str, said: Mapping[str, Any]) -> None:
    """Store what was said about an object in a run, over what was said before."""
    await tx.run(_PUT_ANSWER[tx.connection.dialect.name], run=run, about=about, author=author, at=tx.now, said=dict(said))


def moment(text: str) -> datetime:
    """Read an aware moment of a run's `brings`."""
    return datetime.fromisoformat(text)
