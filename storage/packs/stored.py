"""How much of what a pack declares is in use: counted from the workspace's rows."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, func, select, tuple_
from sqlalchemy.engine import RowMapping

from storage.database import Transaction, ours
from storage.kinds import Kinds
from storage.tables import links, measured_values, objects

_BATCH = 5_000  # rows that are looked through at a time
_STATUSES = (
    select(objects.c.kind, objects.c.status, func.count().label("count"))
    .where(ours(objects))
    .group_by(objects.c.kind, objects.c.status)
)
_HORIZONS = (
    select(objects.c.horizon, func.count().label("count"))
    .where(ours(objects), objects.c.horizon.is_not(None))
    .group_by(objects.c.horizon)
)
_ONE, _OTHER = objects.alias("one"), objects.alias("other")
_PAIRS = (
    select(links.c.relation, _ONE.c.kind.label("from_kind"), _OTHER.c.kind.label("to_kind"), func.count().label("count"))
    .join(_ONE, (_ONE.c.workspace == links.c.workspace) & (_ONE.c.key == links.c.from_key))
    .join(_OTHER, (_OTHER.c.workspace == links.c.workspace) & (_OTHER.c.key == links.c.to_key))
    .where(ours(links))
    .group_by(links.c.relation, _ONE.c.kind, _OTHER.c.kind)
)
_FIELDS = (
    select(objects.c.key, objects.c.kind, objects.c.fields)
    .where(ours(objects), objects.c.kind.in_(bindparam("kinds", expanding=True)), objects.c.key > bindparam("after"))
    .order_by(objects.c.key)
    .limit(_BATCH)
)
_TRIPLE = tuple_(links.c.from_key, links.c.to_key, links.c.relation)
_LINK_FIELDS = (
    select(links.c.from_key, links.c.to_key, links.c.relation, links.c.fields)
    .where(ours(links), tuple_(bindparam("from_key"), bindparam("to_key"), bindparam("relation")) < _TRIPLE)
    .order_by(*_TRIPLE)
    .limit(_BATCH)
)
LINK = "link"  # stands for the kind where a field is one of links

Place = tuple[str, str]  # a kind, or LINK, and the name of a field of it


_MEASURED = (
    select(objects.c.kind, func.count().label("count"))
    .join(measured_values, (measured_values.c.workspace == objects.c.workspace) & (measured_values.c.key == objects.c.key))
    .where(ours(objects))
    .group_by(objects.c.kind)
)


@dataclass(frozen=True)
class Stored:
    """How many there are of what.

    Objects by kind and status, and by horizon. Links by relation and the kinds of their ends. Values by kind and field; and by
    each different value, as JSON, in the fields whose type or choices change. Dated values by kind.
    """

    statuses: Mapping[Place, int] = field(default_factory=dict)
    horizons: Mapping[str, int] = field(default_factory=dict)
    pairs: Mapping[tuple[str, str, str], int] = field(default_factory=dict)
    fields: Mapping[Place, int] = field(default_factory=dict)
    values: Mapping[Place, Mapping[str, int]] = field(default_factory=dict)
    measured: Mapping[str, int] = field(default_factory=dict)

    def objects(self, kind: str) -> int:
        return sum(count for (name, _), count in self.statuses.items() if name == kind)

    def links(self, relation: str) -> int:
        return sum(count for (name, _, _), count in self.pairs.items() if name == relation)

    def different(self, place: Place) -> list[tuple[Any, int]]:
        """Return the different values at `place`, and how often each is there."""
        return [(json.loads(value), count) for value, count in self.values.get(place, {}).items()]


async def stored(tx: Transaction, old: Kinds, new: Kinds) -> Stored:
    """Count what the workspace stores, as far as `new` differs from `old`."""
    counts: Counter[Place] = Counter()
    values: dict[Place, Counter[str]] = {}
    wanted = _to_compare(old, new)
    async for place, value in _values(tx, old, new):
        counts[place] += 1
        if place in wanted:
            values.setdefault(place, Counter())[json.dumps(value)] += 1
    ends_differ = old.relations != new.relations or old.kinds.keys() != new.kinds.keys()
    pairs = await tx.rows(_PAIRS) if ends_differ else []
    return Stored(
        statuses={(row["kind"], row["status"]): row["count"] for row in await tx.rows(_STATUSES)},
        horizons={row["horizon"]: row["count"] for row in await tx.rows(_HORIZONS)},
        pairs={(row["relation"], row["from_kind"], row["to_kind"]): row["count"] for row in pairs},
        fields=counts,
        values=values,
        measured={row["kind"]: row["count"] for row in await tx.rows(_MEASURED)},
    )


def _to_compare(old: Kinds, new: Kinds) -> set[Place]:
    """Return the fields of which each value matters: those that have other choices now, or another type."""
    before, after = _fields(old), _fields(new)
    shared = before.keys() & after.keys()
    same_type = {place for place in shared if before[place].type == after[place].type}
    return {place for place in shared if place not in same_type or before[place].choices != after[place].choices}


def _fields(kinds: Kinds) -> dict[Place, Any]:
    found = {(kind.name, name): declared for kind in kinds for name, declared in kind.fields.items()}
    return found | {(LINK, name): declared for name, declared in kinds.link_fields.items()}


async def _values(tx: Transaction, old: Kinds, new: Kinds) -> AsyncIterator[tuple[Place, object]]:
    """Yield each value in a field of the kinds whose fields differ, and of links where theirs do."""
    changed = [kind.name for kind in old if kind.name not in new.kinds or new.kind(kind.name).fields != kind.fields]
    async for row in _objects(tx, changed):
        for name, value in row["fields"].items():
            yield (row["kind"], name), value
    if old.link_fields != new.link_fields:
        async for row in _links(tx):
            for name, value in row["fields"].items():
                yield (LINK, name), value


async def _objects(tx: Transaction, kinds: list[str]) -> AsyncIterator[RowMapping]:
    """Yield the objects of `kinds`, read some at a time: there may be more than memory holds."""
    after = ""
    while kinds and (rows := await tx.rows(_FIELDS, kinds=kinds, after=after)):
        for row in rows:
            yield row
        after = rows[-1]["key"]


async def _links(tx: Transaction) -> AsyncIterator[RowMapping]:
    after = {"from_key": "", "to_key": "", "relation": ""}
    while rows := await tx.rows(_LINK_FIELDS, **after):
        for row in rows:
            yield row
        after = {name: rows[-1][name] for name in after}
