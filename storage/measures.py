"""Dated values of an object: how an input, a driver or an outcome moved. `Graph.measure` writes them."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, func, select

from storage.audience import VISIBLE, Audience
from storage.checks import check_line, check_text
from storage.database import Transaction, ours
from storage.errors import Problem
from storage.fields import read_number
from storage.figures import same_unit
from storage.kinds import Kinds
from storage.tables import measured_values, objects

_CHUNK = 5_000  # SQLite takes 32,766 variables in a statement
_AHEAD = timedelta(days=1)


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
_KEYS: BindParameter[Any] = bindparam("keys", expanding=True)
_ALL = select(*_COLUMNS).where(ours(measured_values)).order_by(measured_values.c.key, measured_values.c.at)
_STORED = _ALL.where(measured_values.c.key.in_(_KEYS))
_THEIR_OBJECTS = (objects.c.workspace == measured_values.c.workspace) & (objects.c.key == measured_values.c.key)
_SEEN = _ALL.join(objects, _THEIR_OBJECTS).where(VISIBLE)
_SERIES = _SEEN.where(measured_values.c.key.in_(_KEYS))
_NEWEST = (
    select(measured_values.c.key, func.max(measured_values.c.at).label("at"))
    .where(ours(measured_values), measured_values.c.key.in_(_KEYS), measured_values.c.at <= bindparam("until"))
    .group_by(measured_values.c.key)
    .subquery()
)
_LATEST = _SEEN.join(_NEWEST, (measured_values.c.key == _NEWEST.c.key) & (measured_values.c.at == _NEWEST.c.at))


def checked(given: Measure, problems: list[Problem]) -> Measure:
    """Return `given` in the form that is stored, and add to `problems` what is wrong with it."""
    number = given.value
    try:
        number = float(read_number(given.value))
    except ValueError as error:
        problems.append(Problem("value", f"The value {error}"))
    unit, source = check_line("unit", given.unit, problems), check_line("source", given.source, problems)
    return replace(given, value=number, note=check_text("note", given.note, problems), unit=unit, source=source)


def cannot_be(kinds: Kinds, kind: str, value: Measure, now: datetime) -> list[Problem]:
    """Return why an object of `kind` cannot have measured `value`, in words: its kind carries none, or its day has not come.

    A day is some hours ahead where a date is read in another zone, so a day ahead is none.
    """
    declared = kinds.kind(kind)
    if declared.measured is None:
        words = f"{value.key} is one of the {declared.many}, which carry no values. They belong to {measured_kinds(kinds)}."
        return [Problem("value", words)]
    if value.at > now + _AHEAD:
        return [Problem("at", f"{value.at:%Y-%m-%d} has not come yet, and a value says what was measured.")]
    return []


def measured_kinds(kinds: Kinds) -> str:
    """Return the kinds that carry values, in words: "inputs, drivers or goals"."""
    *most, last = [kind.many for kind in kinds.offered if kind.measured] or ["no kind"]
    return f"{', '.join(most)} or {last}" if most else last


def comparable(values: Iterable[Measure], unit: str | None) -> list[Measure]:
    """Return those of the values that are in `unit`, or name none. Without one, it is the last that any of them names."""
    known = list(values)
    shared = unit or next((value.unit for value in reversed(known) if value.unit), "")
    return [value for value in known if not value.unit or same_unit(value.unit, shared)]


async def latest(tx: Transaction, keys: Iterable[str], audience: Audience) -> dict[str, Measure]:
    """Return the newest value up to now of each of `keys` that has one and that `audience` may see."""
    rows = await _of(tx, _LATEST, keys, until=tx.now, **audience.binds)
    return {value.key: value for value in rows}


async def series(tx: Transaction, keys: Iterable[str], audience: Audience) -> dict[str, list[Measure]]:
    """Return every value of each of `keys` that has any and that `audience` may see, the oldest first."""
    return _by_key(await _of(tx, _SERIES, keys, **audience.binds))


async def all_measures(tx: Transaction, audience: Audience) -> list[Measure]:
    """Return every value of the workspace that `audience` may see, by object, the oldest first."""
    return [Measure(**row) for row in await tx.rows(_SEEN, **audience.binds)]


async def stored(tx: Transaction, keys: Iterable[str]) -> dict[str, list[Measure]]:
    """Return every value of `keys` as `series` does, whoever may see it: for those who write them, never for a reader."""
    return _by_key(await _of(tx, _STORED, keys))


async def _of(tx: Transaction, statement: Select[Any], keys: Iterable[str], **values: object) -> list[Measure]:
    wanted, found = list(dict.fromkeys(keys)), list[Measure]()
    for start in range(0, len(wanted), _CHUNK):
        found += [Measure(**row) for row in await tx.rows(statement, keys=wanted[start : start + _CHUNK], **values)]
    return found


def _by_key(values: Iterable[Measure]) -> dict[str, list[Measure]]:
    found: dict[str, list[Measure]] = {}
    for value in values:
        found.setdefault(value.key, []).append(value)
    return found
