"""Walks over links: where something came from, what came of it, what it serves, what feeds it. As values, with the paths."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Any, Literal, NamedTuple

from sqlalchemy import (
    ARRAY,
    CTE,
    JSON,
    ColumnElement,
    Select,
    Text,
    any_,
    bindparam,
    func,
    literal,
    select,
    true,
    union_all,
)
from sqlalchemy.sql.selectable import LateralFromClause

from storage.audience import VISIBLE, Audience
from storage.database import Transaction, ours
from storage.errors import NotFound
from storage.kinds import Kinds, Relation
from storage.objects import OBJECT_COLUMNS, Object
from storage.tables import links, objects

Direction = Literal["origin", "outcome", "purpose", "feeds", "any"]
Way = Literal["serves", "served", "learned", "fed", "inside", "around", "above", "touched"]
Path = list[str]

PATHS_KEPT = 3  # for each object found
REACH = 5_000  # objects in one walk, the nearest: so the work is bounded whatever the shape of the graph


class Edge(NamedTuple):
    """A link without what it carries."""

    from_key: str
    relation: str
    to_key: str


class Steps(NamedTuple):
    """The relations that a walk follows: `along` from → to, `against` to → from. It goes no further after `last`.

    `closed`: the kinds that it does not enter.
    """

    along: tuple[str, ...]
    against: tuple[str, ...]
    last: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lineage:
    """What a walk found. `objects`: by key, the nearest first, without those asked about (`asked`).

    `paths`: for each key its paths to an object asked about, the shortest first, from the found object on. `edges`: the links
    that were followed, as they are stored. `steps`: the objects that paths lead over and that were not asked for.
    """

    asked: Mapping[str, Object]
    objects: Mapping[str, Object]
    paths: Mapping[str, list[Path]]
    edges: tuple[Edge, ...]
    steps: Mapping[str, Object] = field(default_factory=dict)

    @property
    def every(self) -> dict[str, Object]:
        """Every object that is found, asked about or on a path, by key."""
        return {**self.steps, **self.asked, **self.objects}

    def __or__(self, other: "Lineage") -> "Lineage":
        """Return both walks as one, the objects of this one first."""
        asked = {**self.asked, **other.asked}
        found = {key: item for key, item in {**self.objects, **other.objects}.items() if key not in asked}
        paths = {key: _best([*self.paths.get(key, ()), *other.paths.get(key, ())]) for key in found}
        edges = tuple(dict.fromkeys((*self.edges, *other.edges)))
        return Lineage(asked, found, paths, edges, {**self.steps, **other.steps})

    def only(self, keys: Iterable[str]) -> "Lineage":
        """Return the walk with no other objects found than `keys`; the others stay as steps, since paths lead over them."""
        kept = {key: self.objects[key] for key in keys if key in self.objects}
        paths = {key: self.paths[key] for key in kept}
        return Lineage(self.asked, kept, paths, self.edges, {**self.steps, **self.objects})


async def lineage(tx: Transaction, kinds: Kinds, key: str, direction: Direction, audience: Audience) -> Lineage:
    """Return everything that stands in `direction` of the object `key`, as far as `audience` may see; raise NotFound.

    origin: what it came from. outcome: what came of it. purpose: what it serves, then what it came from. feeds: what
    contributes to it. any: whatever is linked to it at all.
    """
    found = await walk(tx, kinds, [key], steps(kinds, "serves" if direction == "purpose" else direction), audience)
    if not found.asked:
        raise NotFound(key)
    if direction != "purpose":
        return found
    return found | await walk(tx, kinds, [key], steps(kinds, "origin"), audience)


def steps(kinds: Kinds, way: Direction | Way) -> Steps:
    """Return the relations to follow. learned: as outcome, but no further than what was learned first.

    above: what it serves, what holds it or what it says something of, and what that of which it was made serves. touched: the
    other way round, and what came of it; but what was said of something stands when that changes.
    """
    names = {
        flow: tuple(each.name for each in kinds.relations.values() if each.flow == flow) for flow in ("forward", "backward")
    }
    every = tuple(kinds.relations)
    serving = tuple(relation.name for relation in kinds.relations_that_serve())
    holding = tuple(relation.name for relation in kinds.relations.values() if _holds(kinds, relation))
    saying = tuple(relation.name for relation in kinds.relations.values() if relation.concerns)
    heirs = {flow: tuple(name for name in names[flow] if kinds.relations[name].inherits) for flow in names}
    onward = {flow: tuple(name for name in names[flow] if name not in serving) for flow in names}
    ways = {
        "above": Steps((*serving, *saying, *heirs["backward"]), (*heirs["forward"], *holding)),
        "touched": Steps((*onward["forward"], *holding), (*onward["backward"], *serving)),
        "origin": Steps(names["backward"], names["forward"]),
        "outcome": Steps(names["forward"], names["backward"]),
        "learned": Steps(names["forward"], names["backward"], ("yields",)),
        "serves": Steps(serving, ()),
        "served": Steps((), serving),
        "feeds": Steps((), ("contributes to",)),
        "fed": Steps(("contributes to",), ()),
        "inside": Steps((), ("part of",)),
        "around": Steps(("part of",), ()),
        "any": Steps(every, every),
    }
    return ways[way]


def _holds(kinds: Kinds, relation: Relation) -> bool:
    """Tell whether a relation leads from what only holds others (a team) to what it holds."""
    anchors = {kind.name for kind in kinds if kind.anchor}
    return all(anchors.issuperset(ends.from_) and not anchors.issuperset(ends.to) for ends in relation.ends)


async def walk(
    tx: Transaction, kinds: Kinds, keys: Iterable[str], way: Steps, audience: Audience, *, into_anchors: bool = False
) -> Lineage:
    """Follow `way` from the objects `keys`, never through what the audience may not see.

    Kinds that only hold others (a team, a scope) are not entered, unless `into_anchors`.
    """
    starts = list(dict.fromkeys(keys))
    way = way if into_anchors else _kept_outside(kinds, way)
    is_one = len(starts) == 1
    statement = _edges(way, tx.connection.dialect.name, is_one)
    rows: list[Any] = list((await tx.run(statement, keys=starts[0] if is_one else starts, **audience.binds)).all())
    ranks = {name: rank for rank, name in enumerate(kinds.relations)}
    rows.sort(key=lambda row: (ranks.get(row[1], 0), row[2]))  # of paths of one length, that of the first relation is best
    nearby = dict.fromkeys([*starts, *(row[0] for row in rows), *(row[2] for row in rows)])
    seen = await _objects(tx, list(nearby), audience)
    asked = {key: seen[key] for key in starts if key in seen}
    enterable = {key for key, item in seen.items() if item.kind not in way.closed and key not in asked}
    paths = _paths(asked, _onward(rows, enterable, way.last))
    shown = paths.keys() | asked.keys()
    followed = [row for row in rows if row[0] in shown and row[2] in shown]
    return Lineage(asked, {key: seen[key] for key in paths}, paths, tuple(_edge(*row) for row in followed))


async def reached(tx: Transaction, kinds: Kinds, key: str, direction: Direction, audience: Audience) -> list[str]:
    """Return the keys of what `lineage` would find, the nearest first, at most REACH; raise NotFound. It costs a third."""
    found: dict[str, None] = {}
    for way in ("serves", "origin") if direction == "purpose" else (direction,):
        statement = _keys(_kept_outside(kinds, steps(kinds, way)), tx.connection.dialect.name)
        found |= dict.fromkeys((await tx.run(statement, keys=key, **audience.binds)).scalars())
    if key not in found:
        raise NotFound(key)
    return [each for each in found if each != key]


def _kept_outside(kinds: Kinds, way: Steps) -> Steps:
    return way._replace(closed=tuple(kind.name for kind in kinds if kind.anchor))


def _edge(via: str, relation: str, reached: str, is_along: bool) -> Edge:
    return Edge(via, relation, reached) if is_along else Edge(reached, relation, via)


def _onward(rows: Iterable[Any], enterable: set[str], last: Iterable[str]) -> dict[str, dict[str, bool]]:
    """Return for each key the next ones, and whether a path ends there."""
    onward: dict[str, dict[str, bool]] = {}
    for via, relation, reached, _ in rows:
        if reached in enterable:
            onward.setdefault(via, {}).setdefault(reached, relation in last)
    return onward


def _paths(asked: Iterable[str], onward: Mapping[str, Mapping[str, bool]]) -> dict[str, list[Path]]:
    """Return for each key that can be reached a few paths without loops, its shortest first; the nearest key first.

    A path of a key is a path of its neighbour and the key. So each is made once, and the work grows with the links, however
    many ways lead through them.
    """
    best = {key: [key] for key in asked}
    neighbours: dict[str, list[str]] = {}
    ends: set[str] = set()
    waiting = deque(best)
    while waiting:
        via = waiting.popleft()
        for reached, is_last in onward.get(via, {}).items():
            neighbours.setdefault(reached, []).append(via)
            if is_last:
                ends.add(reached)
            elif reached not in best:
                best[reached] = [reached, *best[via]]
                waiting.append(reached)
    found: dict[str, list[Path]] = {}
    for key, vias in neighbours.items():
        known = ([best[via]] if via in ends else found.get(via) or [best[via]] for via in vias)
        longer = [[key, *path] for path in islice((path for paths in known for path in paths if key not in path), PATHS_KEPT)]
        if longer:
            found[key] = sorted(longer, key=len) if len(longer) > 1 else longer
    return found


def _best(paths: Iterable[Path]) -> list[Path]:
    unique = list({tuple(path): path for path in paths}.values())
    return sorted(unique, key=len)[:PATHS_KEPT]


_OF_KEYS = {  # one statement for any number of keys: each would be planned anew
    "sqlite": objects.c.key.in_(select(func.json_each(bindparam("keys", type_=JSON)).table_valued("value").c.value)),
    "postgresql": objects.c.key == any_(bindparam("keys", type_=ARRAY(Text))),
}
_OBJECTS = {engine: select(*OBJECT_COLUMNS).where(ours(objects), one, VISIBLE) for engine, one in _OF_KEYS.items()}


async def _objects(tx: Transaction, keys: list[str], audience: Audience) -> dict[str, Object]:
    statement = _OBJECTS[tx.connection.dialect.name]
    rows: Sequence[Any] = (await tx.run(statement, keys=keys, **audience.binds)).all()
    return {row[0]: Object(*row) for row in rows}


@lru_cache(maxsize=64)
def _edges(way: Steps, dialect: str, is_one: bool) -> Select[Any]:
    """Return the statement that yields (via, relation, reached, is along) for every link of a walk from `keys`.

    `is_one`: `keys` is a single key. First the keys that are reached, then the links from them, also to what the audience may
    not see.
    """
    walked = _walked(way, dialect, is_one)
    near = select(walked.c.workspace, walked.c.key).limit(REACH).cte("near")
    if dialect == "sqlite":
        return select(union_all(*_hops(way, near)).subquery()).limit(4 * REACH)
    hops = _lateral(way, near)
    return select(hops).select_from(near.join(hops, true())).limit(4 * REACH)


@lru_cache(maxsize=64)
def _keys(way: Steps, dialect: str) -> Select[Any]:
    """Return the statement that yields the keys of a walk from one key, `keys`, that first."""
    return select(_walked(way, dialect, is_one=True).c.key).limit(REACH)


def _walked(way: Steps, dialect: str, is_one: bool) -> CTE:
    """Return (workspace, key) of all that a walk from `keys` reaches, each once, so that a loop ends by itself.

    The workspace is carried in the row, so that each step is one lookup in the index that covers it: the primary key along,
    ix_links_backwards against. What the audience may not see, or holds thousands of others, is not entered.
    """
    # PostgreSQL would plan a walk from a list anew each time: it could be a long one.
    is_asked = objects.c.key == bindparam("keys", type_=Text) if is_one else _OF_KEYS[dialect]
    asked = select(objects.c.workspace, objects.c.key).where(ours(objects), is_asked, VISIBLE)
    walked = asked.cte("walked", recursive=True)
    if dialect == "sqlite":
        hops = (hop.with_only_columns(walked.c.workspace, hop.selected_columns.reached) for hop in _hops(way, walked))
        return walked.union(*(hop.where(_is_entered(way, walked, hop.selected_columns.reached)) for hop in hops))
    onward = _lateral(way, walked)
    hop = select(walked.c.workspace, onward.c.reached).select_from(walked.join(onward, true()))
    return walked.union(hop.where(_is_entered(way, walked, onward.c.reached)))


def _is_entered(way: Steps, here: CTE, key: ColumnElement[str]) -> ColumnElement[bool]:
    """Return the condition that an object may be entered, as a lookup for each key.

    A join would be quicker written, and on a bad day carried out by reading all objects: SQLite makes a Bloom filter of them,
    PostgreSQL a hash table.
    """
    found = select(true()).where(objects.c.workspace == here.c.workspace, objects.c.key == key, VISIBLE)
    return (found.where(objects.c.kind.not_in(way.closed)) if way.closed else found).scalar_subquery()


def _lateral(way: Steps, here: CTE) -> LateralFromClause:
    """Return the links from `here` for PostgreSQL: it takes one recursive term only, and asks for each row in turn only so."""
    return union_all(*(hop.correlate(here) for hop in _hops(way, here))).lateral("hops")


def _hops(way: Steps, here: CTE) -> list[Select[Any]]:
    """Return a select of (via, relation, reached, is along) for each way in which links are followed from `here`."""
    ends = [(way.along, links.c.from_key, links.c.to_key, True), (way.against, links.c.to_key, links.c.from_key, False)]
    return [
        select(near.label("via"), links.c.relation, far.label("reached"), literal(is_along).label("is_along")).where(
            links.c.workspace == here.c.workspace, near == here.c.key, links.c.relation.in_(relations)
        )
        for relations, near, far, is_along in ends
        if relations
    ]
