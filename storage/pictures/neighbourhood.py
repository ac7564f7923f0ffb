"""What lies around an object: everything within some steps of it along any link, in either direction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam

from storage.audience import Audience
from storage.database import Transaction
from storage.errors import NotFound
from storage.objects import LINKS_FROM, LINKS_TO, Link, Object, get, get_many

MOST_STEPS = 6
_CHUNK = 5_000  # SQLite takes 32,766 variables in a statement

_AWAY, _BACK = (statement.limit(bindparam("most")) for statement in (LINKS_FROM, LINKS_TO))


@dataclass(frozen=True)
class Neighbourhood:
    """Objects by key, the nearest first, and the links between them. `is_cut`: there is more than was asked to be shown."""

    centre: str
    objects: Mapping[str, Object]
    links: Sequence[Link]
    is_cut: bool = False


async def neighbourhood(
    tx: Transaction, key: str, audience: Audience, *, steps: int, objects_at_most: int, links_at_most: int
) -> Neighbourhood:
    """Return what lies within `steps` of the object `key`, never through what `audience` may not see; raise NotFound.

    Of more objects or links than wanted, the nearest.
    """
    centre = await get(tx, key, audience)
    if centre is None:
        raise NotFound(key)
    near: dict[str, None] = {centre.key: None}
    fresh, is_cut = [centre.key], False
    for _ in range(steps):
        tied = await _links(tx, fresh, audience, 4 * objects_at_most)
        reached = dict.fromkeys(end for link in tied for end in (link.from_key, link.to_key) if end not in near)
        fresh = list(reached)[: objects_at_most - len(near)]
        is_cut = is_cut or len(fresh) < len(reached) or len(tied) >= 4 * objects_at_most
        near |= dict.fromkeys(fresh)
    found = await get_many(tx, near, audience)
    between = await _links_between(tx, list(near), audience, links_at_most + 1)
    shown = {each: found[each] for each in near if each in found}
    return Neighbourhood(centre.key, shown, between[:links_at_most], is_cut or len(between) > links_at_most)


async def _links(tx: Transaction, keys: Sequence[str], audience: Audience, most: int) -> list[Link]:
    """Return the links that start or end at `keys`, at most about `most`."""
    found: dict[tuple[str, str, str], Link] = {}
    for start in range(0, len(keys), _CHUNK):
        for statement in (_AWAY, _BACK):
            for link in await _some(tx, statement, keys[start : start + _CHUNK], audience, most):
                found[link.from_key, link.relation, link.to_key] = link
    return list(found.values())


async def _links_between(tx: Transaction, keys: Sequence[str], audience: Audience, most: int) -> list[Link]:
    """Return at most `most` links both ends of which are among `keys`, those of the first keys first."""
    found: list[Link] = []
    among = set(keys)
    for start in range(0, len(keys), _CHUNK):
        rows = await _some(tx, _AWAY, keys[start : start + _CHUNK], audience, 100 * most)
        found += [link for link in rows if link.to_key in among]
    ranks = {key: rank for rank, key in enumerate(keys)}
    found.sort(key=lambda link: (max(ranks[link.from_key], ranks[link.to_key]), ranks[link.from_key], link.relation))
    return found[:most]


async def _some(tx: Transaction, statement: Select[Any], keys: Sequence[str], audience: Audience, most: int) -> list[Link]:
    return [Link(**row) for row in await tx.rows(statement, keys=list(keys), most=most, **audience.binds)]
