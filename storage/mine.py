"""What is a person's own and under way, and what of it waits for a word of theirs.

Each is one statement that counts, and returns as many rows as are shown: found by the index of owner and kind, it takes as
long among many thousand objects of others as among a few.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select

from storage.audience import VISIBLE, Audience, visible
from storage.database import Transaction, ours
from storage.kinds import Kind, Kinds, LinkPrompt
from storage.objects import OBJECT_COLUMNS, Object
from storage.tables import links, objects

LOOK_AGAIN = "review_date"  # the pack's name of a field that says when to look again; so does a date that a move asks for
Condition = ColumnElement[bool]
_OTHER = objects.alias("other_end")
_CHANGED = func.coalesce(objects.c.updated_at, objects.c.created_at)  # the same, and no reason to read the index of all changes


@dataclass(frozen=True)
class Some:
    """The first few of what was asked for, of `count`."""

    items: tuple[Object, ...] = ()
    count: int = 0


async def under_way(tx: Transaction, kinds: Kinds, audience: Audience, user: str, most: int) -> Some:
    """Return what `user` owns and is under way, as the pack says; the latest changed first."""
    wanted = [_is(kind, kind.running) for kind in _moving(kinds)]
    return await _some(tx, audience, user, wanted, objects.c.updated_at.desc(), most)


async def left_alone(tx: Transaction, kinds: Kinds, audience: Audience, user: str, since: datetime, most: int) -> Some:
    """Return what `user` owns and is under way, says no day to look at it again, and nobody changed since a moment.

    The longest left alone comes first.
    """
    wanted = [
        and_(_is(kind, kind.running), since > _CHANGED, *(_said(field).is_(None) for field in look_again(kind)))
        for kind in _moving(kinds)
    ]
    return await _some(tx, audience, user, wanted, objects.c.updated_at, most)


async def to_look_at(tx: Transaction, kinds: Kinds, audience: Audience, user: str, today: date, most: int) -> Some:
    """Return what `user` owns, is under way, and was to be looked at again before `today`; the longest waiting first."""
    dated = [(kind, fields) for kind in _moving(kinds) if (fields := look_again(kind))]
    late = [
        and_(_is(kind, kind.running), or_(*(_said(field) < today.isoformat() for field in fields))) for kind, fields in dated
    ]
    every = dict.fromkeys(field for _, fields in dated for field in fields)
    return await _some(tx, audience, user, late, func.coalesce(*map(_said, every), ""), most)


async def untold(tx: Transaction, kinds: Kinds, audience: Audience, user: str, most: int) -> Some:
    """Return what `user` owns and of which the pack wants it said what came of it, where nobody has; the oldest first.

    What came of it and the reader may not see counts as nothing.
    """
    wanted = [
        and_(_is(kind, _from(kind, prompt.wanted_from)), ~_has_led_to(prompt.relation))
        for kind in kinds
        for prompt in outcomes(kinds, kind)
        if prompt.wanted_from
    ]
    return await _some(tx, audience, user, wanted, objects.c.updated_at, most)


def look_again(kind: Kind) -> list[str]:
    """Return the fields of `kind` that say on which day to look at an object again."""
    asked = {move.asks for move in kind.moves.values()} | {LOOK_AGAIN}
    return [name for name, field in kind.fields.items() if name in asked and field.type == "date"]


def outcomes(kinds: Kinds, kind: Kind) -> list[LinkPrompt]:
    """Return the links by which `kind` tells what came of its objects, and whose absence is a gap.

    What works in the world already is what came of something.
    """
    if kind.altitude == "working":
        return []
    leads = [prompt for prompt in kind.links if prompt.wanted_from and not prompt.backward]
    return [prompt for prompt in leads if kinds.relations[prompt.relation].flow == "forward"]


async def _some(
    tx: Transaction, audience: Audience, user: str, wanted: Iterable[Condition], order: ColumnElement[Any], most: int
) -> Some:
    conditions: Sequence[Condition] = list(wanted)
    statement = (
        select(*OBJECT_COLUMNS, func.count().over().label("count"))
        .where(ours(objects), VISIBLE, objects.c.owner == user, objects.c.archived.is_(False), or_(false(), *conditions))
        .order_by(order, objects.c.key)
        .limit(most)
    )
    rows = [dict(row) for row in await tx.rows(statement, **audience.binds)] if conditions else []
    count = rows[0]["count"] if rows else 0
    return Some(tuple(Object(**{name: row[name] for name in Object.__dataclass_fields__}) for row in rows), count)


def _moving(kinds: Kinds) -> list[Kind]:
    """Return the kinds of which something can be under way."""
    return [kind for kind in kinds if kind.running]


def _is(kind: Kind, statuses: Iterable[str]) -> Condition:
    return and_(objects.c.kind == kind.name, objects.c.status.in_(list(statuses)))


def _from(kind: Kind, status: str | None) -> list[str]:
    """Return the statuses in which an object came through `status` or past it."""
    return [each for each in kind.lifecycle if status and kind.reached(status, each)]


def _said(field: str) -> ColumnElement[str]:
    said: ColumnElement[str] = objects.c.fields[field].as_string()
    return said


def _has_led_to(relation: str) -> Condition:
    """Return the condition that a link of `relation` leads from the object to something that the reader may see."""
    there = and_(_OTHER.c.workspace == links.c.workspace, _OTHER.c.key == links.c.to_key, visible(_OTHER))
    here = and_(links.c.workspace == objects.c.workspace, links.c.from_key == objects.c.key, links.c.relation == relation)
    return exists().where(here, there).correlate(objects)
