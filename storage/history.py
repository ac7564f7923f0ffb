"""Every change of an object or a link: who, when, before, after. Written in the transaction of the change."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select

from storage import bulk
from storage.audience import Audience
from storage.database import Transaction, ours
from storage.ids import new_id
from storage.past.sight import Sight
from storage.tables import revisions

State = Mapping[str, Any]

_CHUNK = 5_000  # SQLite takes 32,766 variables in a statement
_OF_AN_OBJECT = revisions.c.relation.is_(None) & revisions.c.value_at.is_(None)
REVISION_COLUMNS = tuple(column for column in revisions.c if column.name != "workspace")
_IN_TIME = (revisions.c.at, revisions.c.act, revisions.c.position)
_OF_OBJECT = select(*REVISION_COLUMNS).where(ours(revisions), revisions.c.key == bindparam("key")).order_by(*_IN_TIME)
_OF_ACTS = (
    select(*REVISION_COLUMNS)
    .where(ours(revisions), revisions.c.act.in_(bindparam("acts", expanding=True)))
    .order_by(revisions.c.act, revisions.c.position)
)
_BETWEEN = (
    select(*REVISION_COLUMNS)
    .where(ours(revisions), revisions.c.at >= bindparam("since"), revisions.c.at < bindparam("until"))
    .order_by(*_IN_TIME)
)
_LATEST_CHANGES = (
    select(*REVISION_COLUMNS)
    .where(ours(revisions), revisions.c.key == bindparam("key"), _OF_AN_OBJECT)
    .order_by(revisions.c.version.desc())
    .limit(20)
)
_NAMED = tuple(revisions.c[name] for name in ("key", "relation", "to_key", "value_at"))
_ENDS = (
    select(*_NAMED, func.max(revisions.c.version).label("version"))
    .where(ours(revisions), revisions.c.key.in_(bindparam("keys", expanding=True)), revisions.c.after.is_(None))
    .group_by(*_NAMED)
)


class Item(NamedTuple):
    """What has a history: an object; a link, `key` being its "from" end; or what the object `key` measured at `value_at`."""

    key: str
    relation: str | None = None
    to_key: str | None = None
    value_at: datetime | None = None


@dataclass(frozen=True)
class Revision:
    """One change of an `item`. `before`/`after` hold what changed; None = did not exist."""

    act: str
    position: int
    key: str
    relation: str | None
    to_key: str | None
    version: int
    author: str
    at: datetime
    reason: str | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    value_at: datetime | None = None

    @property
    def item(self) -> Item:
        return Item(self.key, self.relation, self.to_key, self.value_at)

    @property
    def is_of_object(self) -> bool:
        """Whether it tells of an object itself, and not of a link or a value."""
        return self.relation is None and self.value_at is None


@dataclass
class Act:
    """The changes that one person makes in one go; kept together, so that they can be undone together."""

    author: str
    reason: str | None = None
    id: str = field(default_factory=new_id)
    _fresh: list[dict[str, Any]] = field(default_factory=list)
    _written: int = 0

    @property
    def is_told(self) -> bool:
        """Whether it changed anything."""
        return self._written > 0

    def note(self, at: datetime, item: Item, version: int, before: State | None, after: State | None) -> None:
        """Remember a change; `write` stores all that were noted."""
        self._fresh.append(
            {
                "act": self.id,
                "position": self._written + len(self._fresh),
                "key": item.key,
                "relation": item.relation,
                "to_key": item.to_key,
                "value_at": item.value_at,
                "version": version,
                "author": self.author,
                "at": at,
                "reason": self.reason,
                "before": before,
                "after": after,
            }
        )

    async def write(self, tx: Transaction) -> None:
        """Store the changes noted since the last write."""
        await bulk.insert(tx, revisions, self._fresh)
        self._written += len(self._fresh)
        self._fresh.clear()


def difference(before: State, after: State) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what differs between two states: as it was, as it is."""
    changed = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return {name: before.get(name) for name in changed}, {name: after.get(name) for name in changed}


async def of_object(tx: Transaction, key: str, audience: Audience) -> list[Revision]:
    """Return every change of the object `key`, of its values and of the links that start at it, the oldest first.

    Only what `audience` could see when it was made, and can see now (see `storage.past.sight`).
    """
    return await seen(tx, in_order([Revision(**row) for row in await tx.rows(_OF_OBJECT, key=key)]), audience)


async def between(tx: Transaction, since: datetime, until: datetime, audience: Audience) -> list[Revision]:
    """Return every change from `since` to before `until` that `audience` may see as in `of_object`, the oldest first."""
    return await seen(tx, in_order([Revision(**row) for row in await tx.rows(_BETWEEN, since=since, until=until)]), audience)


async def of_acts(tx: Transaction, acts: Iterable[str], audience: Audience) -> dict[str, list[Revision]]:
    """Return what each of `acts` changed, in the order in which it did, as far as `audience` may see it as in `of_object`."""
    wanted = sorted(set(acts))
    found: dict[str, list[Revision]] = {}
    rows = await tx.rows(_OF_ACTS, acts=wanted) if wanted else []
    for each in await seen(tx, [Revision(**row) for row in rows], audience):
        found.setdefault(each.act, []).append(each)
    return found


async def last_before(tx: Transaction, key: str, field: str, audience: Audience) -> Any:
    """Return what the kind's own `field` of the object `key` was before its last change; None where it never changed.

    None also where `audience` may not see that change as in `of_object`.
    """
    for each in await seen(tx, [Revision(**row) for row in await tx.rows(_LATEST_CHANGES, key=key)], audience):
        before, after = (each.before or {}).get("fields") or {}, (each.after or {}).get("fields") or {}
        if each.before is not None and before.get(field) != after.get(field):
            return before.get(field)
    return None


async def course_of(tx: Transaction, key: str, field: str, audience: Audience) -> list[Any]:
    """Return what the kind's own `field` of the object `key` was in its last versions, the oldest first, each value once.

    Only what `audience` may see as in `of_object`. The last is what it is now; empty where the field was never said.
    """
    latest = await seen(tx, [Revision(**row) for row in await tx.rows(_LATEST_CHANGES, key=key)], audience)
    states = [((each.before or {}).get("fields") or {}, (each.after or {}).get("fields") or {}) for each in reversed(latest)]
    changed = [(before, after) for before, after in states if before.get(field) != after.get(field)]
    values = [changed[0][0].get(field), *(after.get(field) for _, after in changed)] if changed else []
    return [value for value in values if value is not None]


async def seen(tx: Transaction, revisions: Sequence[Revision], audience: Audience) -> list[Revision]:
    """Return those of `revisions` that `audience` may see: both what they change and what it becomes."""
    keys = {key for each in revisions for key in (each.key, each.to_key) if key is not None}
    sight = await Sight.of(tx, keys, audience)
    return [each for each in revisions if _is_seen(each, sight)]


def _is_seen(revision: Revision, sight: Sight) -> bool:
    if revision.is_of_object:
        states = ((revision.version - 1, revision.before), (revision.version, revision.after))
        return all(sight.sees_version(revision.key, version) for version, state in states if state is not None)
    ends = (revision.key, revision.to_key)
    return all(sight.sees(key, revision.at) for key in ends if key is not None)


def in_order(found: Sequence[Revision]) -> list[Revision]:
    """Return `found`, which is in the order of time, with those of each item in the order of its versions.

    Processes whose clocks differ may tell a later change an earlier moment; its version is later all the same.
    """
    of_item: dict[Item, list[Revision]] = {}
    for each in found:
        of_item.setdefault(each.item, []).append(each)
    turns = {item: iter(sorted(mine, key=lambda each: each.version)) for item, mine in of_item.items()}
    return [next(turns[each.item]) for each in found]


async def versions_of_gone(tx: Transaction, items: Iterable[Item]) -> dict[Item, int]:
    """Return for each of `items` that was ever removed the version of its last removal: it goes on from there."""
    wanted = sorted({item.key for item in items})
    found: dict[Item, int] = {}
    for start in range(0, len(wanted), _CHUNK):
        for row in await tx.rows(_ENDS, keys=wanted[start : start + _CHUNK]):
            found[Item(row["key"], row["relation"], row["to_key"], row["value_at"])] = row["version"]
    return found
