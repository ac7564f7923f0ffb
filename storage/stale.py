"""What waits for somebody to look again, in a place where there may be much: as `storage.moments` tells it, read row by row."""

from collections.abc import Iterable
from dataclasses import dataclass
from heapq import nsmallest
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, false, or_, select

from storage.audience import VISIBLE, Audience, visible
from storage.database import Transaction, ours
from storage.kinds import Kind, Kinds
from storage.moments import NEVER_STALE, REST, is_stale, touched_at
from storage.objects import OBJECT_COLUMNS, Object
from storage.tables import links, objects

_AT_A_TIME = 1_000  # rows
_LATER = objects.alias("later")
_TOUCHED = case((objects.c.version == 1, objects.c.created_at), else_=objects.c.updated_at)


@dataclass(frozen=True)
class Waiting:
    """What is stale. `items`: those that were left alone longest, as many as were wanted, of `count`."""

    count: int
    items: tuple[Object, ...]


async def stale(tx: Transaction, kinds: Kinds, audience: Audience, *, team: str | None = None, most: int = 20) -> Waiting:
    """Return what is stale of what `team` has (None: any) and `audience` may see, the longest untouched first."""
    statement = _select(kinds, [kind for kind in kinds if kind.name not in NEVER_STALE], tx)
    if team is not None:
        statement = statement.where(objects.c.team == team)
    count, oldest = 0, list[Object]()
    async for rows in tx.batches(statement, _AT_A_TIME, **audience.binds):
        here = [item for item, has_led_on in map(_read, rows) if is_stale(kinds, item, tx.now, has_led_on)]
        count += len(here)
        oldest = nsmallest(most, [*oldest, *here], key=lambda item: (touched_at(item), item.key))
    return Waiting(count, tuple(oldest))


def _read(row: Row[Any]) -> tuple[Object, bool]:
    values: tuple[Any, ...] = tuple(row)
    return Object(*values[:-1]), bool(values[-1])


def _select(kinds: Kinds, among: Iterable[Kind], tx: Transaction) -> Select[Any]:
    """Return a statement for what can be stale: objects, each with whether something came of it that the reader may see."""
    led_on = or_(_leads(kinds, "forward"), _leads(kinds, "backward"))
    waiting = [
        and_(
            objects.c.kind == kind.name,
            objects.c.status.in_([status for status in kind.lifecycle if status not in kind.closed]),
            *([] if _says_when(kind) else [tx.now - REST > _TOUCHED, or_(objects.c.status.in_(kind.running), ~led_on)]),
        )
        for kind in among
    ]
    return select(*OBJECT_COLUMNS, led_on.label("has_led_on")).where(
        ours(objects), VISIBLE, objects.c.archived.is_(False), or_(false(), *waiting)
    )


def _says_when(kind: Kind) -> bool:
    """Tell whether objects of a kind can say themselves when they are to be looked at again, so that each has to be read."""
    return "review_date" in kind.fields or kind.marks.cadence is not None


def _leads(kinds: Kinds, flow: str) -> ColumnElement[bool]:
    """Return the condition that a relation of this flow leads from an object to something later that the reader may see."""
    names = [relation.name for relation in kinds.relations.values() if relation.flow == flow]
    near, far = (links.c.from_key, links.c.to_key) if flow == "forward" else (links.c.to_key, links.c.from_key)
    later = and_(_LATER.c.workspace == objects.c.workspace, _LATER.c.key == far, visible(_LATER))
    here = and_(links.c.workspace == objects.c.workspace, near == objects.c.key, links.c.relation.in_(names))
    return select(links.c.relation).where(here, later).correlate(objects).exists()
