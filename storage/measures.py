"""Dated values of an object: how an input, a driver or an outcome moved."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select

from storage.conflicts import insert_or_update
from storage.database import Transaction, ours
from storage.tables import measured_values

_CHUNK = 5_000  # SQLite takes 32,766 variables in a statement


@dataclass(frozen=True)
class Measure:
    """What the object `key` measured at the moment `at`, in the unit that the object names."""

    key: str
    at: datetime
    value: float
    note: str = ""


_COLUMNS = tuple(measured_values.c[name] for name in Measure.__dataclass_fields__)
_ALL = select(*_COLUMNS).where(ours(measured_values)).order_by(measured_values.c.key, measured_values.c.at)
_OF = _ALL.where(measured_values.c.key.in_(bindparam("keys", expanding=True)))
_NEWEST = (
    select(measured_values.c.key, func.max(measured_values.c.at).label("at"))
    .where(ours(measured_values), measured_values.c.key.in_(bindparam("keys", expanding=True)))
    .group_by(measured_values.c.key)
    .subquery()
)
_LATEST = (
    select(*_COLUMNS)
    .join(_NEWEST, (measured_values.c.key == _NEWEST.c.key) & (measured_values.c.at == _NEWEST.c.at))
    .where(ours(measured_values))
)


_PUT = insert_or_update(measured_values, ("value", "note", "author", "recorded_at"))


async def put(tx: Transaction, measures: Sequence[Measure], author: str) -> None:
    """Store `measures`; one of the same object and moment takes the place of the one before. Their objects must exist."""
    rows = [
        {"key": each.key, "at": each.at, "value": each.value, "note": each.note, "author": author, "recorded_at": tx.now}
        for each in measures
    ]
    await tx.run_many(_PUT[tx.connection.dialect.name], rows)


async def latest(tx: Transaction, keys: Iterable[str]) -> dict[str, Measure]:
    """Return the newest value of each of `keys` that has one."""
    found: dict[str, Measure] = {}
    wanted = list(dict.fromkeys(keys))
    for start in range(0, len(wanted), _CHUNK):
        for row in await tx.rows(_LATEST, keys=wanted[start : start + _CHUNK]):
            found[row["key"]] = Measure(**row)
    return found


async def series(tx: Transaction, keys: Iterable[str]) -> dict[str, list[Measure]]:
    """Return every value of each of `keys` that has any, the oldest first."""
    found: dict[str, list[Measure]] = {}
    wanted = list(dict.fromkeys(keys))
    for start in range(0, len(wanted), _CHUNK):
        for row in await tx.rows(_OF, keys=wanted[start : start + _CHUNK]):
            found.setdefault(row["key"], []).append(Measure(**row))
    return found


async def all_measures(tx: Transaction) -> list[Measure]:
    """Return every value of the workspace, by object, the oldest first."""
    return [Measure(**row) for row in await tx.rows(_ALL)]
