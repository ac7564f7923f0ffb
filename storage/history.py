"""Every change of an object or a link: who, when, before, after. Written in the transaction of the change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, insert, select

from storage.database import Transaction, ours
from storage.ids import new_id
from storage.tables import revisions

State = Mapping[str, Any]

_RECORD = insert(revisions)
_OF_AN_OBJECT = revisions.c.relation.is_(None) & revisions.c.value_at.is_(None)
_COLUMNS = tuple(column for column in revisions.c if column.name != "workspace")
_OF_OBJECT = (
    select(*_COLUMNS)
    .where(ours(revisions), revisions.c.key == bindparam("key"))
    .order_by(revisions.c.at, revisions.c.act, revisions.c.position)
)
_SINCE = (
    select(*_COLUMNS)
    .where(
        ours(revisions),
        revisions.c.at >= bindparam("since"),
        revisions.c.at < bindparam("until"),
    )
    .order_by(revisions.c.at, revisions.c.act, revisions.c.position)
)

_LATEST_CHANGES = (
    select(revisions.c.before, revisions.c.after)
    .where(ours(revisions), revisions.c.key == bindparam("key"), _OF_AN_OBJECT)
    .order_by(revisions.c.version.desc())
    .limit(20)
)
_LAST_AUTHOR = (
    select(revisions.c.author)
    .where(ours(revisions), revisions.c.key == bindparam("key"), _OF_AN_OBJECT)
    .order_by(revisions.c.version.desc())
    .limit(1)
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

    def note(self, at: datetime, item: Item, version: int, before: State | None, after: State | None) -> None:
        """Remember a change; `write` stores all that were noted."""
        self._fresh.append(
            {
                "act": self.id,
                "position": self._written + len(self._fresh),
                **item._asdict(),
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
        await tx.run_many(_RECORD, self._fresh)
        self._written += len(self._fresh)
        self._fresh.clear()


def difference(before: State, after: State) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what differs between two states: as it was, as it is."""
    changed = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return {name: before.get(name) for name in changed}, {name: after.get(name) for name in changed}


async def of_object(tx: Transaction, key: str) -> Sequence[Revision]:
    """Return every change of the object `key` of its values and of the links that start at it, the oldest first."""
    return [Revision(**row) for row in await tx.rows(_OF_OBJECT, key=key)]


async def between(tx: Transaction, since: datetime, until: datetime) -> Sequence[Revision]:
    """Return every change of the workspace from `since` to before `until`, the oldest first."""
    return [Revision(**row) for row in await tx.rows(_SINCE, since=since, until=until)]


async def last_author(tx: Transaction, key: str) -> str:
    """Return who changed the object `key` last."""
    return str(await tx.value(_LAST_AUTHOR, key=key))


async def last_before(tx: Transaction, key: str, field: str) -> Any:
    """Return what the kind's own `field` of the object `key` was before its last change; None where it never changed."""
    for row in await tx.rows(_LATEST_CHANGES, key=key):
        before, after = (row["before"] or {}).get("fields") or {}, (row["after"] or {}).get("fields") or {}
        if row["before"] is not None and before.get(field) != after.get(field):
            return before.get(field)
    return None
