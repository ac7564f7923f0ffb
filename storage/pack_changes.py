"""What another pack would change: what comes, what goes, and how much of what is stored it would leave without a home."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from sqlalchemy import func, select

from storage.database import Transaction, ours
from storage.kinds import Kind, Kinds
from storage.tables import links, objects

_STATUSES = (
    select(objects.c.kind, objects.c.status, func.count().label("count"))
    .where(ours(objects))
    .group_by(objects.c.kind, objects.c.status)
)
_FIELDS = select(objects.c.kind, objects.c.fields).where(ours(objects))
_RELATIONS = select(links.c.relation, func.count().label("count")).where(ours(links)).group_by(links.c.relation)


@dataclass(frozen=True)
class Change:
    """One difference, in words. `stored`: the objects, values or links that it touches. `refused`: they would be unreadable."""

    words: str
    stored: int = 0
    refused: bool = False


@dataclass(frozen=True)
class _Stored:
    """How much there is: objects by kind and status, values by kind and field, links by relation."""

    statuses: Mapping[tuple[str, str], int]
    fields: Mapping[tuple[str, str], int]
    relations: Mapping[str, int]

    def objects(self, kind: str) -> int:
        return sum(count for (name, _), count in self.statuses.items() if name == kind)

    def in_status(self, kind: str, status: str) -> int:
        return self.statuses.get((kind, status), 0)

    def values(self, kind: str, field: str) -> int:
        return self.fields.get((kind, field), 0)

    def links(self, relation: str) -> int:
        return self.relations.get(relation, 0)


async def changes(tx: Transaction, old: Kinds, new: Kinds) -> list[Change]:
    """Return what `new` would change of `old` in the workspace; nothing where they say the same."""
    stored = await _stored(tx)
    found = [*_comings_and_goings("kind", old.kinds, new.kinds, stored.objects, keeps=True)]
    for kind in new:
        if kind.name in old.kinds:
            found += _of_kind(old.kind(kind.name), kind, stored)
    found += _comings_and_goings("relation", old.relations, new.relations, stored.links, keeps=True)
    found += _rewritten("relation", old.relations, new.relations)
    found += _comings_and_goings("link field", old.link_fields, new.link_fields)
    found += _rewritten("link field", old.link_fields, new.link_fields)
    found += _comings_and_goings("ritual", old.rituals, new.rituals)
    found += _rewritten("ritual", old.rituals, new.rituals)
    if old.horizons != new.horizons:
        found.append(Change(f"horizons: {', '.join(new.horizons)} (were: {', '.join(old.horizons)})"))
    return found


def _none(_: str) -> int:
    return 0


def _comings_and_goings(
    what: str, old: Iterable[str], new: Iterable[str], stored: Callable[[str], int] = _none, *, keeps: bool = False
) -> Iterator[Change]:
    """Yield what comes and what goes. `keeps`: what is stored of it could not be read without it."""
    was, is_now = list(old), list(new)
    yield from (Change(f'{what} "{name}" is new') for name in is_now if name not in was)
    for name in was:
        if name not in is_now:
            count = stored(name)
            yield Change(f'{what} "{name}" goes', count, refused=keeps and count > 0)


def _rewritten(what: str, old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[Change]:
    yield from (Change(f'{what} "{name}" says something else') for name in new if name in old and old[name] != new[name])


def _of_kind(old: Kind, new: Kind, stored: _Stored) -> Iterator[Change]:
    named = f'kind "{new.name}"'
    if old.label != new.label:
        yield Change(f"{named} is called {new.label} instead of {old.label}")
    if old.prefix != new.prefix:
        count = stored.objects(new.name)
        yield Change(f"{named} has keys with {new.prefix}- instead of {old.prefix}-", count, refused=count > 0)
    statuses = partial(stored.in_status, new.name)
    yield from _comings_and_goings(f"{named}: status", old.lifecycle, new.lifecycle, statuses, keeps=True)
    yield from _comings_and_goings(f"{named}: field", old.fields, new.fields, partial(stored.values, new.name))
    yield from _rewritten(f"{named}: field", old.fields, new.fields)
    apart = {"label", "prefix", "lifecycle", "fields"}
    if old.model_dump(exclude=apart) != new.model_dump(exclude=apart):
        yield Change(f"{named} says something else of itself")


async def _stored(tx: Transaction) -> _Stored:
    fields: dict[tuple[str, str], int] = {}
    for row in await tx.rows(_FIELDS):
        for name in row["fields"]:
            fields[row["kind"], name] = fields.get((row["kind"], name), 0) + 1
    return _Stored(
        statuses={(row["kind"], row["status"]): row["count"] for row in await tx.rows(_STATUSES)},
        fields=fields,
        relations={row["relation"]: row["count"] for row in await tx.rows(_RELATIONS)},
    )
