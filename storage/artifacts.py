"""What is looked at again from time to time, such as a document: when it is due, and what is past that day.

Of which kinds that is, and which of their fields says the cadence, the pack says (`marks: {cadence: …}`).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam

from storage.audience import Audience
from storage.database import Transaction
from storage.kinds import Kinds
from storage.moments import cadence_words, next_look
from storage.objects import Object, select_objects
from storage.tables import objects


@dataclass(frozen=True)
class Refresh:
    """When an object is to be looked at again. `words`: the cadence as somebody wrote it; `due`: None where I can't read it."""

    item: Object
    words: str
    due: date | None


def refresh_of(kinds: Kinds, item: Object) -> Refresh | None:
    """Return when `item` is to be looked at again; None where nobody has said how often."""
    words = cadence_words(kinds, item)
    return None if words is None else Refresh(item, words, next_look(kinds, item))


async def stale_artifacts(
    tx: Transaction, kinds: Kinds, audience: Audience, *, teams: Collection[str] | None = None
) -> list[Refresh]:
    """Return what is not closed and past the day (UTC) of its next look, the longest past first.

    `teams`: only what belongs to them.
    """
    reviewed = [kind.name for kind in kinds if kind.marks.cadence]
    if not reviewed:
        return []
    statement, values = select_objects(audience)
    statement = statement.where(objects.c.kind.in_(bindparam("reviewed", expanding=True)))
    if teams is not None:
        statement = statement.where(objects.c.team.in_(sorted(teams)))
    items = [Object(**row) for row in await tx.rows(statement, reviewed=reviewed, **values)]
    known = [each for item in items if _is_open(kinds, item) and (each := refresh_of(kinds, item))]
    past = [(each.due, each.item.key, each) for each in known if each.due and each.due < tx.now.date()]
    return [each for *_, each in sorted(past, key=lambda found: found[:2])]


def _is_open(kinds: Kinds, item: Object) -> bool:
    return item.status not in kinds.kind(item.kind).closed
