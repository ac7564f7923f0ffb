"""Which texts hold which addresses, kept with every change: so that a document that is made later finds who speaks of it."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, delete

from storage.conflicts import insert_new
from storage.database import Transaction, ours
from storage.kinds import Kinds
from storage.measures import Measure
from storage.objects import Link, Object
from storage.references import of_link, of_object
from storage.tables import addresses

Holder = Object | Link | Measure  # of which a measured value holds no text that counts


class Held(NamedTuple):
    """One row: `address` stands in a text of the object `key`, or in one of its links."""

    address: str
    key: str
    relation: str
    to_key: str
    is_own: bool


_ADD = insert_new(addresses)  # texts may be read again
_REMOVE = delete(addresses).where(ours(addresses), *(addresses.c[name] == bindparam(f"the_{name}") for name in Held._fields))


async def keep(tx: Transaction, kinds: Kinds, changed: Iterable[tuple[Holder | None, Holder | None]]) -> None:
    """Store what addresses the texts hold now, for each of `changed` as it was and as it is; its objects must be stored.

    An object that goes takes its rows along.
    """
    gone: list[Held] = []
    come: list[Held] = []
    for before, after in changed:
        was, now = held(kinds, before), held(kinds, after)
        if was != now:
            come += now - was
            gone += () if after is None and isinstance(before, Object) else was - now
    await tx.run_many(_REMOVE, [{f"the_{name}": value for name, value in each._asdict().items()} for each in gone])
    await tx.run_many(_ADD[tx.connection.dialect.name], _rows(come))


def held(kinds: Kinds, holder: Holder | None) -> frozenset[Held]:
    """Return the addresses in the texts of an object or a link."""
    if holder is None or isinstance(holder, Measure):
        return frozenset()
    found = of_link(kinds, holder) if isinstance(holder, Link) else of_object(kinds, holder)
    if not found:
        return frozenset()
    of = (holder.from_key, holder.relation, holder.to_key) if isinstance(holder, Link) else (holder.key, "", "")
    return frozenset(Held(each.name, *of, each.sort == "place") for each in found if each.sort in ("address", "place"))


def _rows(found: Sequence[Held]) -> list[dict[str, object]]:
    return [each._asdict() for each in found]
