"""What an object serves, and what would be touched if it changed: worked out from links, never copied, with the paths."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from typing import Any

from sqlalchemy import JSON, Select, and_, bindparam, func, or_, select, tuple_

from storage.audience import Audience
from storage.database import Transaction, ours
from storage.errors import NotFound
from storage.kinds import Kinds
from storage.lineage import Edge, Lineage, Path, steps, walk
from storage.objects import LINK_COLUMNS, Link, Object, get_many
from storage.tables import links, revisions
from storage.weakness import Weak, edge_of, has_evidence, is_belief, weakest

MOST_GUIDES = 500  # links to strategies, goals and the like that are looked at
_CHUNK = 1_000  # SQLite takes 32,766 variables in a statement


@dataclass(frozen=True)
class Served:
    """An object that another one serves. `path`: from it to the object asked about, the shortest.

    `weakest`: the weakest of the beliefs on it; None where none of its links is one.
    """

    item: Object
    path: Path
    weakest: Weak | None


@dataclass(frozen=True)
class Context:
    """What the object `of` serves, the nearest first; `found` has the links and the steps of the paths."""

    of: Object
    served: tuple[Served, ...]
    found: Lineage

    def by_kind(self, kinds: Kinds) -> dict[str, list[Served]]:
        """Return the served objects of each kind, in the order of the pack."""
        groups = {kind.name: [each for each in self.served if each.item.kind == kind.name] for kind in kinds}
        return {name: group for name, group in groups.items() if group}

    def horizons(self, kinds: Kinds) -> list[str]:
        """Return the horizons of what is served that are longer than its own, the next first; all where it has none."""
        names = list(kinds.horizons)
        own = names.index(self.of.horizon) if self.of.horizon in names else -1
        there = {each.item.horizon for each in self.served}
        return [name for name in names[own + 1 :] if name in there]


async def context(tx: Transaction, kinds: Kinds, key: str, audience: Audience) -> Context:
    """Return what the object `key` serves, as far as `audience` may see; raise NotFound.

    That is, over any number of links: what it is meant to move, what holds or owns it, what it says something of (an insight
    that informs a bet), and what those serve that it was made from; and what guides any of these: a strategy, a goal.
    """
    found = await serving(tx, kinds, [key], audience)
    if not found.asked:
        raise NotFound(key)
    weak = await weak_links(tx, kinds, found.edges, [paths[0] for paths in found.paths.values()])
    served = (Served(item, found.paths[each][0], weak.get(each)) for each, item in found.objects.items())
    return Context(found.asked[key], tuple(served), found)


async def touched(tx: Transaction, kinds: Kinds, key: str, audience: Audience) -> Lineage:
    """Return what would be touched if the object `key` changed, the nearest first, with its paths; raise NotFound.

    That is what serves it, what it holds, what came of it, and in turn of these.
    """
    found = await walk(tx, kinds, [key], steps(kinds, "touched"), audience, into_anchors=True)
    if not found.asked:
        raise NotFound(key)
    return found


async def serving(tx: Transaction, kinds: Kinds, keys: Iterable[str], audience: Audience) -> Lineage:
    """Return what the objects `keys` serve, as `context` does for one."""
    above = await walk(tx, kinds, keys, steps(kinds, "above"), audience, into_anchors=True)
    guided = await _guided(tx, kinds, above, audience)
    shown = [key for key, item in guided.objects.items() if not _is_a_step(kinds, guided, item)]
    return guided.only(sorted(shown, key=lambda key: len(guided.paths[key][0])))


def _is_a_step(kinds: Kinds, found: Lineage, item: Object) -> bool:
    """Tell whether an object only lies on the way (an option): by no link can one say that something is for its sake."""
    if any(item.kind in ends.to for relation in kinds.relations_that_serve() for ends in relation.ends):
        return False
    ends = set(found.paths[item.key][0][:2])
    return any(kinds.relations[edge.relation].inherits for edge in found.edges if {edge.from_key, edge.to_key} == ends)


async def _guided(tx: Transaction, kinds: Kinds, above: Lineage, audience: Audience) -> Lineage:
    """Return `above` with what guides its objects."""
    around = await _around(tx, kinds, [*above.asked, *above.objects])
    seen = await get_many(tx, around, audience)
    guides = {key: item for key, item in seen.items() if key not in above.every and _guides(kinds, item)}
    edges = [edge for key in guides for edge in around[key]]
    paths = {key: _guiding(above, key, around[key]) for key in guides}
    return replace(
        above,
        objects={**above.objects, **guides},
        paths={**above.paths, **paths},
        edges=(*above.edges, *edges),
    )


def _guiding(above: Lineage, key: str, edges: Iterable[Edge]) -> list[Path]:
    """Return the shortest path of the guide `key`, to what it is linked with and on."""
    linked = [edge.to_key if edge.from_key == key else edge.from_key for edge in edges]
    return [min(([key, *above.paths.get(each, [[each]])[0]] for each in linked), key=len)]


async def _around(tx: Transaction, kinds: Kinds, keys: list[str]) -> dict[str, list[Edge]]:
    """Return the links between `keys` and objects of kinds that guide, by the keys of these."""
    found: dict[str, list[Edge]] = {}
    for statement in _links_with(tuple(f"{kind.prefix}-" for kind in kinds if kind.guides is not None)):
        for start in range(0, len(keys), _CHUNK):
            for row in await tx.rows(statement, keys=keys[start : start + _CHUNK]):
                found.setdefault(row["other"], []).append(Edge(row["from_key"], row["relation"], row["to_key"]))
    return found


@lru_cache(maxsize=64)
def _links_with(prefixes: tuple[str, ...]) -> list[Select[Any]]:
    """Return the statements for the links between `keys` and the objects whose keys begin with one of `prefixes`, both ways."""
    return [
        select(other.label("other"), links.c.from_key, links.c.relation, links.c.to_key)
        .where(ours(links), here.in_(bindparam("keys", expanding=True)))
        .where(or_(*(other.startswith(prefix, autoescape=True) for prefix in prefixes)))
        .limit(MOST_GUIDES)
        for here, other in ((links.c.to_key, links.c.from_key), (links.c.from_key, links.c.to_key))
        if prefixes
    ]


def _guides(kinds: Kinds, item: Object) -> bool:
    kind = kinds.kind(item.kind)
    if kind.guides is None or item.status in kind.closed:
        return False
    return all(item.fields.get(name) in values for name, values in kind.guides.items())


async def weak_links(tx: Transaction, kinds: Kinds, edges: Iterable[Edge], paths: Iterable[Path]) -> dict[str, Weak]:
    """Return the weakest belief on each of `paths`, by the key with which it begins; nothing for a path without a belief."""
    chains = _chains(edges, paths)
    beliefs, at = await _beliefs(tx, kinds, chains)
    weak = {key: weakest((beliefs[edge] for edge in chain if edge in beliefs), at) for key, chain in chains.items()}
    return {key: each for key, each in weak.items() if each}


async def weakest_on(tx: Transaction, kinds: Kinds, edges: Iterable[Edge], paths: Iterable[Path]) -> Weak | None:
    """Return the weakest belief on any of `paths`, which lead over `edges`; None where none of their links is one."""
    beliefs, at = await _beliefs(tx, kinds, _chains(edges, paths))
    return weakest(beliefs.values(), at)


def _chains(edges: Iterable[Edge], paths: Iterable[Path]) -> dict[str, list[Edge]]:
    """Return the links of each path, by the key with which it begins; between two objects the first of `edges` counts."""
    between: dict[frozenset[str], Edge] = {}
    for edge in edges:
        between.setdefault(frozenset((edge.from_key, edge.to_key)), edge)
    return {path[0]: [between[frozenset(pair)] for pair in pairwise(path)] for path in paths if path}


async def _beliefs(
    tx: Transaction, kinds: Kinds, chains: Mapping[str, Iterable[Edge]]
) -> tuple[dict[Edge, Link], Mapping[Edge, datetime]]:
    """Return those links of `chains` that are beliefs, and when the evidence of each was written."""
    carried = await _carried(tx, {edge for chain in chains.values() for edge in chain})
    beliefs = {edge: link for edge, link in carried.items() if is_belief(kinds, link)}
    return beliefs, await _evidence_at(tx, [edge for edge, link in beliefs.items() if has_evidence(link)])


_WANTED = func.json_each(bindparam("edges", type_=JSON)).table_valued("value")
_ENDS = (links.c.from_key, links.c.to_key, links.c.relation)
_IS_WANTED = and_(ours(links), *(end == func.json_extract(_WANTED.c.value, f"$[{place}]") for place, end in enumerate(_ENDS)))
_LINKS = {
    # Compared with a list of three columns, or joined as it likes, SQLite reads all links of the workspace.
    "sqlite": select(*LINK_COLUMNS).select_from(_WANTED.outerjoin(links, _IS_WANTED)),
    "postgresql": select(*LINK_COLUMNS).where(ours(links), tuple_(*_ENDS).in_(bindparam("edges", expanding=True))),
}
_TOLD = (
    select(revisions.c.key, revisions.c.relation, revisions.c.to_key, revisions.c.at, revisions.c.before, revisions.c.after)
    .where(ours(revisions), revisions.c.key.in_(bindparam("keys", expanding=True)), revisions.c.relation.is_not(None))
    .order_by(revisions.c.at)
)


async def _carried(tx: Transaction, edges: Iterable[Edge]) -> dict[Edge, Link]:
    """Return the links of `edges` with what they carry."""
    statement = _LINKS[tx.connection.dialect.name]
    wanted = sorted((edge.from_key, edge.to_key, edge.relation) for edge in edges)
    found: dict[Edge, Link] = {}
    for start in range(0, len(wanted), _CHUNK):
        rows = await tx.rows(statement, edges=wanted[start : start + _CHUNK])
        made = [Link(**row) for row in rows if row["from_key"] is not None]  # one that has just gone
        found |= {edge_of(link): link for link in made}
    return found


async def _evidence_at(tx: Transaction, edges: Iterable[Edge]) -> Mapping[Edge, datetime]:
    """Return when the evidence of each link was last written, where history knows it."""
    wanted = set(edges)
    keys = sorted({edge.from_key for edge in wanted})
    told: dict[Edge, datetime] = {}
    for start in range(0, len(keys), _CHUNK):
        for row in await tx.rows(_TOLD, keys=keys[start : start + _CHUNK]):
            edge = Edge(row["key"], row["relation"], row["to_key"])
            if edge in wanted and _evidence(row["after"]) != _evidence(row["before"]):
                told[edge] = row["at"]
    return told


def _evidence(state: Mapping[str, object] | None) -> object:
    fields = (state or {}).get("fields")
    return fields.get("evidence") if isinstance(fields, dict) else None
