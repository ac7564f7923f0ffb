"""What was believed at a moment: what was under way then, as it was, and the links that were believed rather than known."""

from dataclasses import dataclass
from datetime import datetime

from storage.audience import Audience
from storage.database import Transaction
from storage.kinds import Kind, Kinds
from storage.objects import Link, Object
from storage.past.as_of import graph_as_of
from storage.weakness import is_belief


@dataclass(frozen=True)
class Beliefs:
    """As of a moment. `underway`: bets and the like, as they were written then. `links`: what was expected, and how surely."""

    underway: tuple[Object, ...]
    links: tuple[Link, ...]


async def beliefs_as_of(tx: Transaction, kinds: Kinds, at: datetime, audience: Audience) -> Beliefs:
    """Return what was believed at the moment `at`, as far as `audience` could see it then and can now.

    What was closed by then, and what it was said to do, is left out.
    """
    underway: list[Object] = []
    links: list[Link] = []
    for kind in (each for each in kinds if each.running or _is_believed_of(kinds, each)):
        async for part in graph_as_of(tx, at, audience, kind=kind.name):
            alive = {item.key: item for item in part.objects if item.status not in kind.closed}
            underway += sorted((item for item in alive.values() if item.status in kind.running), key=_number)
            links += [link for link in part.links if link.from_key in alive and is_belief(kinds, link)]
    return Beliefs(tuple(underway), tuple(links))


def _number(item: Object) -> int:
    return int(item.key.rpartition("-")[2])


def _is_believed_of(kinds: Kinds, kind: Kind) -> bool:
    """Tell whether the pack asks, of a link that starts at such an object, what is expected of it."""
    return any(
        relation.fields and kind.name in ends.from_ for relation in kinds.relations_that_serve() for ends in relation.ends
    )
