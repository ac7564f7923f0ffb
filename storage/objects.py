"""Objects and links as values, and how they are read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, select

from storage.audience import VISIBLE, Audience, visible
from storage.database import Transaction, ours
from storage.fields import Value
from storage.tables import links, objects


@dataclass(frozen=True)
class Object:
    key: str
    kind: str
    title: str
    description: str
    status: str
    owner: str | None
    team: str | None
    horizon: str | None
    tags: list[str]
    fields: dict[str, Value]
    source: str | None
    channel: str | None
    visibility: str
    version: int
    created_by: str
    created_at: datetime
    updated_at: datetime
    archived: bool = False


@dataclass(frozen=True)
class Link:
    from_key: str
    relation: str
    to_key: str
    why: str = ""
    confidence: float | None = None
    fields: dict[str, Value] = field(default_factory=dict)
    version: int = 1
    created_by: str = ""
    created_at: datetime | None = None


@dataclass(frozen=True)
class Draft:
    """An object that is yet to be stored. What is None takes its default: the next key, the first status, now."""

    kind: str
    title: str
    description: str = ""
    status: str | None = None
    owner: str | None = None
    team: str | None = None
    horizon: str | None = None
    tags: tuple[str, ...] = ()
    fields: Mapping[str, object] = field(default_factory=dict)
    source: str | None = None
    channel: str | None = None
    visibility: str = "workspace"
    key: str | None = None
    created_at: datetime | None = None
    archived: bool = False


OBJECT_COLUMNS = tuple(objects.c[name] for name in Object.__dataclass_fields__)
LINK_COLUMNS = tuple(links.c[name] for name in Link.__dataclass_fields__)

_GET = select(*OBJECT_COLUMNS).where(ours(objects), objects.c.key == bindparam("key"), VISIBLE)
_GET_MANY = select(*OBJECT_COLUMNS).where(ours(objects), objects.c.key.in_(bindparam("keys", expanding=True)), VISIBLE)
_KEYS: BindParameter[Any] = bindparam("keys", expanding=True)
_FROM, _TO = objects.alias("from_end"), objects.alias("to_end")
_LINKS = (
    select(*LINK_COLUMNS)
    .join(_FROM, (_FROM.c.workspace == links.c.workspace) & (_FROM.c.key == links.c.from_key))
    .join(_TO, (_TO.c.workspace == links.c.workspace) & (_TO.c.key == links.c.to_key))
    .where(ours(links), visible(_FROM), visible(_TO))
)
LINKS_FROM = _LINKS.where(links.c.from_key.in_(_KEYS)).order_by(links.c.from_key, links.c.to_key, links.c.relation)
LINKS_TO = _LINKS.where(links.c.to_key.in_(_KEYS)).order_by(links.c.to_key, links.c.from_key, links.c.relation)
_CHUNK = 5_000  # SQLite takes 32,766 variables in a statement


async def get(tx: Transaction, key: str, audience: Audience) -> Object | None:
    """Return the object `key`, or None where there is none for this audience."""
    row = await tx.row(_GET, key=key.upper(), **audience.binds)
    return None if row is None else Object(**row)


async def get_many(tx: Transaction, keys: Iterable[str], audience: Audience) -> dict[str, Object]:
    """Return the objects among `keys` that this audience may see, by key."""
    found: dict[str, Object] = {}
    wanted = list(dict.fromkeys(keys))
    for start in range(0, len(wanted), _CHUNK):
        for row in await tx.rows(_GET_MANY, keys=wanted[start : start + _CHUNK], **audience.binds):
            found[row["key"]] = Object(**row)
    return found


async def links_from(tx: Transaction, keys: Iterable[str], audience: Audience) -> list[Link]:
    """Return the links that start at `keys` and of which this audience may see both ends."""
    return await _links(tx, LINKS_FROM, keys, audience)


async def links_to(tx: Transaction, keys: Iterable[str], audience: Audience) -> list[Link]:
    """Return the links that end at `keys` and of which this audience may see both ends."""
    return await _links(tx, LINKS_TO, keys, audience)


async def links_of(tx: Transaction, keys: Iterable[str], audience: Audience) -> list[Link]:
    """Return the links that start or end at `keys`, each once, and of which this audience may see both ends."""
    wanted = list(keys)
    found = [*await links_from(tx, wanted, audience), *await links_to(tx, wanted, audience)]
    return list({(link.from_key, link.relation, link.to_key): link for link in found}.values())


async def _links(tx: Transaction, statement: Select[Any], keys: Iterable[str], audience: Audience) -> list[Link]:
    wanted, found = list(dict.fromkeys(keys)), list[Link]()
    for start in range(0, len(wanted), _CHUNK):
        rows = await tx.rows(statement, keys=wanted[start : start + _CHUNK], **audience.binds)
        found += [Link(**row) for row in rows]
    return found


def select_objects(audience: Audience, *, archived: bool = False) -> tuple[Select[Any], dict[str, Any]]:
    """Return a statement for all objects of the workspace that `audience` may see, to be narrowed, and its values.

    `archived`: those too that were put away.
    """
    statement = select(*OBJECT_COLUMNS).where(ours(objects), VISIBLE)
    return (statement if archived else statement.where(objects.c.archived.is_(False))), audience.binds


async def find(
    tx: Transaction,
    audience: Audience,
    *,
    kind: str | None = None,
    statuses: Iterable[str] | None = None,
    team: str | None = None,
    owner: str | None = None,
    changed_since: datetime | None = None,
    limit: int = 1_000,
) -> list[Object]:
    """Return the objects that fit every condition given, the most recently changed first; none that are archived."""
    statement, values = select_objects(audience)
    if kind is not None:
        statement = statement.where(objects.c.kind == kind)
    if statuses is not None:
        statement = statement.where(objects.c.status.in_(list(statuses)))
    if team is not None:
        statement = statement.where(objects.c.team == team)
    if owner is not None:
        statement = statement.where(objects.c.owner == owner)
    if changed_since is not None:
        statement = statement.where(objects.c.updated_at >= changed_since)
    rows = await tx.rows(statement.order_by(objects.c.updated_at.desc(), objects.c.key).limit(limit), **values)
    return [Object(**row) for row in rows]
