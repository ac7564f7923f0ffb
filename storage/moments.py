"""When things happened to an object, as well as that is known. Pure, but for what history tells."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import bindparam, select

from storage.audience import Audience
from storage.cadence import read_cadence
from storage.database import Transaction, ours
from storage.kinds import Kinds
from storage.objects import Object
from storage.past.sight import Sight
from storage.tables import revisions

REST = timedelta(days=28)  # untouched for so long, something that is open is stale
SLOW_REST = timedelta(days=90)  # for what stands beside the flow: a document, a goal
NEVER_STALE = ("growth", "outcome", "north star", "driver", "input", "decision", "funding", "ritual", "team", "scope", "role")

_CHANGES = (
    select(revisions.c.key, revisions.c.at, revisions.c.before, revisions.c.after)
    .where(ours(revisions), revisions.c.key.in_(bindparam("keys", expanding=True)), revisions.c.relation.is_(None))
    .order_by(revisions.c.at)
)
_CHANGED = select(revisions.c.key, revisions.c.to_key, revisions.c.at).where(
    ours(revisions),
    revisions.c.at >= bindparam("since"),
    revisions.c.at < bindparam("until"),
    revisions.c.before.is_not(None),
)


def touched_at(item: Object) -> datetime:
    """Return when an object was last changed. One that never was may come from a file, so its making counts, not its import."""
    return item.created_at if item.version == 1 else item.updated_at


def known_until(item: Object, now: datetime) -> datetime:
    """Return the latest moment that the object itself tells of, up to now: when it was made, or a date in its fields."""
    dates = [moment for value in item.fields.values() if isinstance(value, str) and (moment := _moment(value))]
    return max([item.created_at, *(date for date in dates if date <= now)])


def _moment(value: str) -> datetime | None:
    if len(value) > 40 or not value[:4].isdigit():
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


async def reached_at(tx: Transaction, items: Iterable[Object]) -> dict[str, datetime]:
    """Return for each object when it got into its status: as history tells, or, for one that came so, as its own dates tell."""
    by_key = {item.key: item for item in items}
    found = {key: known_until(item, tx.now) for key, item in by_key.items()}
    for row in await tx.rows(_CHANGES, keys=list(by_key)) if by_key else []:
        if row["before"] is not None and (row["after"] or {}).get("status") == by_key[row["key"]].status:
            found[row["key"]] = row["at"]
    return found


async def changed_between(tx: Transaction, since: datetime, until: datetime, audience: Audience) -> set[str]:
    """Return the keys of objects that were changed, or whose links to what `audience` may see were, in the period.

    Not those that were made in it.
    """
    rows = await tx.rows(_CHANGED, since=since, until=until)
    sight = await Sight.of(tx, {key for row in rows for key in (row["key"], row["to_key"]) if key is not None}, audience)
    seen = (row for row in rows if all(sight.sees(key, row["at"]) for key in (row["key"], row["to_key"]) if key is not None))
    return {row["key"] for row in seen}


def is_stale(kinds: Kinds, item: Object, now: datetime, has_led_on: bool) -> bool:
    """Tell whether something open waits: past its date to look again, or long untouched and nothing has come of it."""
    kind = kinds.kind(item.kind)
    if item.status in kind.closed or item.kind in NEVER_STALE:
        return False
    if is_overdue(kinds, item, now):
        return True
    due = next_look(kinds, item)
    if due is not None:
        return due < now.date()
    is_underway = item.status in kind.running
    rest = REST if kind.altitude or kind.name == "question" else SLOW_REST
    return (is_underway or not has_led_on) and now - touched_at(item) > rest


def cadence_words(kinds: Kinds, item: Object) -> str | None:
    """Return how often an object is to be looked at again, as somebody wrote it; None where nobody has."""
    kind = kinds.kinds.get(item.kind)
    words = item.fields.get(kind.marks.cadence or "") if kind else None
    return None if words is None else str(words)


def next_look(kinds: Kinds, item: Object) -> date | None:
    """Return the day (UTC) on which an object is to be looked at again, counted from its last change, or None."""
    cadence = read_cadence(cadence_words(kinds, item) or "")
    return cadence.after(touched_at(item).date()) if cadence else None


def is_overdue(kinds: Kinds, item: Object, now: datetime) -> bool:
    """Tell whether something under way is past its date to look again."""
    kind = kinds.kind(item.kind)
    review = _moment(str(item.fields.get("review_date", "")))
    return review is not None and review + timedelta(days=1) <= now and item.status in (kind.running or kind.lifecycle)
