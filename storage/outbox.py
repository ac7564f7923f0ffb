"""What we will say: written in the transaction of the fact that it speaks of, sent by the delivery loop.

States: waiting → sending → sent; ambiguous (Slack may have it: look first), parked (Slack refused: somebody must act),
dropped (its meaning is gone). FAULTS f.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, insert, select
from ulid import ULID

from storage.database import Transaction, ours
from storage.tables import messages, outbox

LEASE = timedelta(seconds=60)
OPEN_STATES = ("waiting", "ambiguous")


@dataclass(frozen=True)
class Letter:
    """One outbox row. Either `payload` (the arguments of chat.postMessage, without channel) or a `subject` to render."""

    workspace: str
    id: str
    channel: str
    subject: str | None
    thread_of: str | None
    payload: dict[str, Any] | None
    state: str
    attempts: int


@dataclass(frozen=True)
class Place:
    """Where a message stands in Slack."""

    channel: str
    ts: str


_COLUMNS = tuple(outbox.c[name] for name in Letter.__dataclass_fields__)
_PUT = insert(outbox)
_PLACE = select(messages.c.channel, messages.c.ts).where(ours(messages), messages.c.subject == bindparam("the_subject"))
_PLACES = select(messages.c.subject, messages.c.channel, messages.c.ts).where(
    ours(messages), messages.c.subject.in_(bindparam("subjects", expanding=True))
)
_SUBJECT_AT = select(messages.c.subject).where(
    ours(messages), messages.c.channel == bindparam("the_channel"), messages.c.ts == bindparam("the_ts")
)
_REMEMBER = insert(messages)
_FORGET = messages.delete().where(ours(messages), messages.c.subject == bindparam("the_subject"))


async def say(
    tx: Transaction, channel: str, payload: Mapping[str, Any], *, thread_of: str | None = None, subject: str | None = None
) -> str:
    """Say `payload` (text, blocks, thread_ts) in `channel`, or in the thread of the subject `thread_of`. Return the row's id.

    A user's id as channel means a direct message.
    """
    return await _put(tx, channel, subject, thread_of, dict(payload))


async def show(tx: Transaction, subject: str, channel: str) -> str:
    """Post the one message of `subject` in `channel`, or edit it where it stands. Its words are rendered when it is sent."""
    return await _put(tx, channel, subject, None, None)


async def _put(
    tx: Transaction, channel: str, subject: str | None, thread_of: str | None, payload: dict[str, Any] | None
) -> str:
    letter = str(ULID())
    await tx.run(
        _PUT,
        id=letter,
        channel=channel,
        subject=subject,
        thread_of=thread_of,
        payload=payload,
        state="waiting",
        attempts=0,
        due_at=tx.now,
        created_at=tx.now,
    )
    return letter


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
