"""What an audience may see of the past: only what it could see then, and can see now as well.

Both are asked, so that what was narrowed since tells nothing of itself any more, and what was written in private stays private
after the object was shown to more people: for them it begins as it was when they were let in. An object that is gone is judged
by how it was last. What a link or a value says is seen where the objects that it names are.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import RowMapping, bindparam, or_, select

from storage.audience import Audience
from storage.database import Transaction, ours
from storage.tables import objects, revisions

_CHUNK = 5_000  # SQLite takes 32,766 variables in a statement
_KEYS: Any = bindparam("keys", expanding=True)
_NOW = select(objects.c.key, objects.c.visibility, objects.c.channel).where(ours(objects), objects.c.key.in_(_KEYS))
_TURNS = (
    select(revisions.c.key, revisions.c.version, revisions.c.at, revisions.c.before)
    .where(
        ours(revisions),
        revisions.c.key.in_(_KEYS),
        revisions.c.relation.is_(None),
        revisions.c.value_at.is_(None),
        revisions.c.before.is_not(None),
        or_(
            revisions.c.before["visibility"].as_string().is_not(None),
            revisions.c.before["channel"].as_string().is_not(None),
            revisions.c.after["channel"].as_string().is_not(None),
        ),
    )
    .order_by(revisions.c.version.desc())
)


class Place(NamedTuple):
    """Where an object belongs, which says who may see it."""

    visibility: str
    channel: str | None


class _Turn(NamedTuple):
    """A change of who may see an object: its version, when it came, and where the object belonged before."""

    version: int
    at: datetime
    before: Place


class Sight:
    """What `audience` may see of some objects, through time."""

    def __init__(self, audience: Audience, now: Mapping[str, Place], turns: Mapping[str, Sequence[_Turn]]) -> None:
        self._audience = audience
        self._now = now
        self._turns = turns  # the newest first

    @classmethod
    async def of(cls, tx: Transaction, keys: Iterable[str], audience: Audience) -> "Sight":
        """Read what is to be known of the objects `keys`."""
        wanted = sorted(set(keys))
        now: dict[str, Place] = {}
        turns: dict[str, list[_Turn]] = {}
        for start in range(0, 0 if audience.sees_all else len(wanted), _CHUNK):
            chunk = wanted[start : start + _CHUNK]
            now |= {row["key"]: Place(row["visibility"], row["channel"]) for row in await tx.rows(_NOW, keys=chunk)}
            for row in await tx.rows(_TURNS, keys=chunk):
                _add_turn(now, turns, row)
        return cls(audience, now, turns)

    def sees(self, key: str, at: datetime) -> bool:
        """Tell whether the object is seen as it was at the moment `at`."""
        earlier = next((turn.before for turn in reversed(self._turns.get(key, ())) if turn.at > at), None)
        return self._sees_place(key, earlier)

    def sees_version(self, key: str, version: int) -> bool:
        """Tell whether the object is seen as that version of it left it."""
        earlier = next((turn.before for turn in reversed(self._turns.get(key, ())) if turn.version > version), None)
        return self._sees_place(key, earlier)

    def _sees_place(self, key: str, earlier: Place | None) -> bool:
        if self._audience.sees_all:
            return True
        now = self._now.get(key)
        return now is not None and self._audience.sees(*now) and (earlier is None or self._audience.sees(*earlier))


def _add_turn(now: dict[str, Place], turns: dict[str, list[_Turn]], row: RowMapping) -> None:
    """Add one turn of an object; they come the newest first, and what one does not say is as the one after it had it."""
    key, before = row["key"], row["before"]
    mine = turns.setdefault(key, [])
    after = mine[-1].before if mine else now.get(key, Place("", None))
    place = Place(before.get("visibility", after.visibility), before.get("channel", after.channel))
    now.setdefault(key, place)  # of what is gone the newest turn is its end
    mine.append(_Turn(row["version"], row["at"], place))
