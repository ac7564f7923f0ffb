"""What we will say: written in the transaction of the fact that it speaks of, sent by the delivery loop.

States: waiting → sending → sent; ambiguous (Slack may have it: look first), parked (refused: somebody must act), dropped (its
meaning is gone). Due times and leases are real time, also where schedules follow another clock.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, exists, func, insert, or_, select, update

from storage.clock import RealClock
from storage.conflicts import insert_or_update
from storage.database import Transaction, ours
from storage.ids import new_id
from storage.tables import messages, outbox

SEND_WITHIN = timedelta(seconds=20)  # after claiming; a call that begins later than that could outlast the lease
LEASE = timedelta(seconds=45)  # SEND_WITHIN, a call's 10 s, and 15 s in which what it did becomes visible
BATCH = 200
_REAL = RealClock()


@dataclass(frozen=True)
class Letter:
    """One outbox row. Either `payload` (the arguments of chat.postMessage, without channel) or a `subject` to render."""

    id: str
    channel: str
    subject: str | None
    thread_of: str | None
    payload: dict[str, Any] | None
    author: str | None
    state: str
    attempts: int
    created_at: datetime
    claimed_until: datetime | None


@dataclass(frozen=True)
class Place:
    """Where a message stands in Slack."""

    channel: str
    ts: str


_COLUMNS = tuple(outbox.c[name] for name in Letter.__dataclass_fields__)
_PUT = insert(outbox)
_OPEN = outbox.c.state.in_(("waiting", "ambiguous"))
_LEFT_BEHIND = and_(outbox.c.state == "sending", outbox.c.claimed_until < bindparam("real_now"))
_DUE = and_(or_(_OPEN, _LEFT_BEHIND), outbox.c.due_at <= bindparam("real_now"))

# Order is kept in a channel: a letter waits while an earlier one for its channel is put off or is being sent elsewhere.
_earlier = outbox.alias("earlier")
_HELD_UP = exists().where(
    _earlier.c.workspace == outbox.c.workspace,
    _earlier.c.channel == outbox.c.channel,
    _earlier.c.id < outbox.c.id,
    or_(
        and_(_earlier.c.state.in_(("waiting", "ambiguous")), _earlier.c.due_at > bindparam("real_now")),
        and_(_earlier.c.state == "sending", _earlier.c.claimed_until >= bindparam("real_now")),
    ),
)
_CLAIMABLE = (
    select(*_COLUMNS)
    .where(ours(outbox), _DUE, ~_HELD_UP)
    .order_by(outbox.c.id)
    .limit(BATCH)
    .with_for_update(skip_locked=True, of=outbox)
)
# Two that look at once would each see what the other is yet to mark as waiting, and send two letters of one channel, or of one
# subject, side by side. SQLite has one writer at a time anyway.
_IN_TURN = select(func.pg_advisory_xact_lock(func.hashtext("outbox"), func.hashtext(bindparam("the_workspace"))))
# A worker that was slower than its lease must not overwrite what another has done since.
_MINE = (outbox.c.state == "sending", outbox.c.claimed_until == bindparam("my_claim"))
_CLAIM = (
    update(outbox)
    .where(ours(outbox), outbox.c.id.in_(bindparam("ids", expanding=True)))
    .values(state="sending", claimed_until=bindparam("until"))
)
_MARK = (
    update(outbox)
    .where(ours(outbox), outbox.c.id == bindparam("the_id"), *_MINE)
    .values({name: bindparam(name) for name in ("state", "attempts", "due_at", "problem", "ts", "finished_at")})
)
_RELEASE = (
    update(outbox)
    .where(ours(outbox), outbox.c.id.in_(bindparam("ids", expanding=True)), *_MINE)
    .values(state=bindparam("state_before"))
)
_UNPARK = (
    update(outbox)
    .where(ours(outbox), outbox.c.state == "parked", outbox.c.channel == bindparam("the_channel"))
    .values(state="ambiguous", attempts=0, due_at=bindparam("real_now"))  # it may have been parked since nobody knew
)
_SEND_ELSEWHERE = (
    update(outbox)
    .where(
        ours(outbox),
        outbox.c.state == "parked",
        outbox.c.id == bindparam("the_id"),
        outbox.c.author == bindparam("the_author"),
        outbox.c.subject.is_not(None),  # its words are made for who reads there; those of others are made already
    )
    .values(state="waiting", attempts=0, due_at=bindparam("real_now"), channel=bindparam("other_channel"))
)
_ABANDONED = (
    update(outbox).where(ours(outbox), outbox.c.state == "sending").values(state="ambiguous", due_at=bindparam("quiet_until"))
)
_COUNT = select(outbox.c.state, func.count().label("count")).where(ours(outbox)).group_by(outbox.c.state)
_PLACE = select(messages.c.channel, messages.c.ts).where(ours(messages), messages.c.subject == bindparam("the_subject"))
_PLACES = select(messages.c.subject, messages.c.channel, messages.c.ts).where(
    ours(messages), messages.c.subject.in_(bindparam("subjects", expanding=True))
)
_SUBJECT_AT = select(messages.c.subject).where(
    ours(messages), messages.c.channel == bindparam("the_channel"), messages.c.ts == bindparam("the_ts")
)
_SHOWN = (
    select(outbox.c.channel, outbox.c.thread_of)
    .where(ours(outbox), outbox.c.subject == bindparam("the_subject"), outbox.c.state != "dropped")
    .order_by(outbox.c.id.desc())
    .limit(1)
)
_REMEMBER = insert_or_update(messages, ("channel", "ts"))
_FORGET = messages.delete().where(ours(messages), messages.c.subject == bindparam("the_subject"))


async def say(
    tx: Transaction,
    channel: str,
    payload: Mapping[str, Any],
    *,
    thread_of: str | None = None,
    subject: str | None = None,
    author: str | None = None,
) -> str:
    """Say `payload` (text, blocks, thread_ts) in `channel`, or in the thread of the subject `thread_of`. Return the row's id.

    A user's id as channel means a direct message. `author` is told where Slack refuses it.
    """
    return await _put(tx, channel, subject, thread_of, dict(payload), author)


async def show(tx: Transaction, subject: str, channel: str, *, author: str | None = None, thread_of: str | None = None) -> str:
    """Post the one message of `subject` in `channel`, or edit it where it stands. Its words are rendered when it is sent.

    `thread_of`: the subject in whose thread it goes.
    """
    return await _put(tx, channel, subject, thread_of, None, author)


async def refresh(tx: Transaction, subject: str) -> None:
    """Edit the message of `subject`, if it was ever posted or is about to be; else say nothing."""
    shown = await tx.row(_SHOWN, the_subject=subject)
    if shown is not None:
        await show(tx, subject, shown["channel"], thread_of=shown["thread_of"])


async def channel_of(tx: Transaction, subject: str) -> str | None:
    """Return the channel (or the person) where the message of `subject` stands, or soon will; None where it never did."""
    shown = await tx.row(_SHOWN, the_subject=subject)
    return None if shown is None else shown["channel"]


async def claim(tx: Transaction) -> list[Letter]:
    """Take the letters that are due, in order, for this process; each says in `state` how it was left before."""
    if tx.connection.dialect.name == "postgresql":
        await tx.connection.execute(_IN_TURN, {"the_workspace": tx.workspace})
    letters = [Letter(**row) for row in await tx.rows(_CLAIMABLE, real_now=_REAL.now())]
    until = _REAL.now() + LEASE
    if letters:
        await tx.run(_CLAIM, ids=[letter.id for letter in letters], until=until)
    return [replace(letter, claimed_until=until) for letter in letters]


def is_in_time(letter: Letter) -> bool:
    """Tell whether a call for a claimed letter may still begin: one that began later could outlast the lease."""
    return letter.claimed_until is not None and _REAL.now() < letter.claimed_until - LEASE + SEND_WITHIN


async def sent(tx: Transaction, letter: Letter, place: Place) -> None:
    """Record that Slack has the letter, at `place`."""
    await _mark(tx, letter, "sent", ts=place.ts)
    if letter.subject:
        await tx.run(_REMEMBER[tx.connection.dialect.name], subject=letter.subject, channel=place.channel, ts=place.ts)


async def put_off(tx: Transaction, letter: Letter, state: str, after: timedelta, problem: str, attempts: int = 0) -> None:
    """Try again later; `state`: "waiting" where Slack certainly does not have it, else "ambiguous", after so many attempts."""
    await _mark(tx, letter, state, problem=problem, due_at=_REAL.now() + after, attempts=letter.attempts + attempts)


async def park(tx: Transaction, letter: Letter, problem: str) -> None:
    """Keep a letter that Slack refuses, until somebody has acted."""
    await _mark(tx, letter, "parked", problem=problem)


async def drop(tx: Transaction, letter: Letter, reason: str) -> None:
    """Record that a letter has lost its meaning and is not sent."""
    await _mark(tx, letter, "dropped", problem=reason)


async def release(tx: Transaction, letters: Sequence[Letter]) -> None:
    """Give claimed letters back that were not tried: those that Slack may have are still to be looked up."""
    for state, certain in (("waiting", True), ("ambiguous", False)):
        ids = [letter.id for letter in letters if (letter.state == "waiting") is certain]
        if ids:
            await tx.run(_RELEASE, ids=ids, state_before=state, my_claim=letters[0].claimed_until)


async def unpark(tx: Transaction, channel: str) -> int:
    """Send again what was parked for `channel`; return how many letters."""
    return (await tx.run(_UNPARK, the_channel=channel, real_now=_REAL.now())).rowcount


async def send_elsewhere(tx: Transaction, letter: str, author: str, channel: str) -> bool:
    """Send the parked letter with the id `letter`, which `author` was told of, in `channel`; return whether there was such.

    Only the one message of a subject, whose words are rendered for who reads there.
    """
    moved = await tx.run(_SEND_ELSEWHERE, the_id=letter, the_author=author, other_channel=channel, real_now=_REAL.now())
    return moved.rowcount == 1


async def resolve_abandoned(tx: Transaction, quiet: timedelta) -> None:
    """At the start of the only process: letters that the last one was sending may have arrived. Look, after a quiet period."""
    await tx.run(_ABANDONED, quiet_until=_REAL.now() + quiet)


async def place_of(tx: Transaction, subject: str) -> Place | None:
    """Return where the message of `subject` stands, or None where none was posted yet."""
    row = await tx.row(_PLACE, the_subject=subject)
    return None if row is None else Place(**row)


async def places_of(tx: Transaction, subjects: Sequence[str]) -> dict[str, Place]:
    """Return where the messages of `subjects` stand, by subject."""
    rows = await tx.rows(_PLACES, subjects=list(subjects))
    return {row["subject"]: Place(row["channel"], row["ts"]) for row in rows}


async def subject_at(tx: Transaction, channel: str, ts: str) -> str | None:
    """Return the subject whose message is `ts` in `channel`, or None."""
    found: str | None = await tx.value(_SUBJECT_AT, the_channel=channel, the_ts=ts)
    return found


async def forget_place(tx: Transaction, subject: str) -> None:
    """The message of `subject` is gone from Slack: the next one is posted anew."""
    await tx.run(_FORGET, the_subject=subject)


async def counts(tx: Transaction) -> dict[str, int]:
    """Return how many letters there are in each state."""
    return {row["state"]: row["count"] for row in await tx.rows(_COUNT)}


async def _put(
    tx: Transaction,
    channel: str,
    subject: str | None,
    thread_of: str | None,
    payload: dict[str, Any] | None,
    author: str | None,
) -> str:
    letter = new_id()
    await tx.run(
        _PUT,
        id=letter,
        channel=channel,
        subject=subject,
        thread_of=thread_of,
        payload=payload,
        author=author,
        state="waiting",
        attempts=0,
        due_at=_REAL.now(),
        created_at=tx.now,
    )
    return letter


async def _mark(
    tx: Transaction,
    letter: Letter,
    state: str,
    *,
    problem: str | None = None,
    ts: str | None = None,
    due_at: datetime | None = None,
    attempts: int | None = None,
) -> None:
    await tx.run(
        _MARK,
        the_id=letter.id,
        my_claim=letter.claimed_until,
        state=state,
        attempts=letter.attempts if attempts is None else attempts,
        due_at=due_at or _REAL.now(),
        problem=problem,
        ts=ts,
        finished_at=tx.now if state in ("sent", "dropped") else None,
    )
