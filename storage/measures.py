"""Dated values of an object: how an input, a driver or an outcome moved. `Graph.measure` writes them."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import bindparam, func, select

from storage.checks import check_text
from storage.database import Transaction, ours
from storage.errors import Problem
from storage.fields import read_number
from storage.tables import measured_values
from storage.text import LINE_LIMIT, storable_line

_CHUNK = 5_000  # SQLite takes 32,766 variables in a statement


@dataclass(frozen=True)
class Measure:
    """What the object `key` measured at the moment `at`. Without a `unit` it is in the one that the object names.

    `source`: where the number is from (a dashboard, a link). `author` recorded it at `recorded_at`; `version` is one
    more than the number of its corrections.
    """

    key: str
    at: datetime
    value: float
    note: str = ""
    unit: str = ""
    source: str = ""
    version: int = field(default=1, compare=False)
    author: str = field(default="", compare=False)
    recorded_at: datetime | None = field(default=None, compare=False)


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


def checked(given: Measure, problems: list[Problem]) -> Measure:
    """Return `given` in the form that is stored, and add to `problems` what is wrong with it."""
    number = given.value
    try:
        number = float(read_number(given.value))
    except ValueError as error:
        problems.append(Problem("value", f"The value {error}"))
    unit, source = _checked_line("unit", given.unit, problems), _checked_line("source", given.source, problems)
    return replace(given, value=number, note=check_text("note", given.note, problems), unit=unit, source=source)


def _checked_line(name: str, text: str, problems: list[Problem]) -> str:
    try:
        return storable_line(text, LINE_LIMIT)
    except ValueError as error:
        problems.append(Problem(name, f"The {name} {error}"))
        return text


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
