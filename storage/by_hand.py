"""A measured value as somebody types it: "43 %" of INP-1, on a day. The command line and Slack read it alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from storage.audience import Audience
from storage.database import Transaction
from storage.errors import NotFound, Problem, Refused
from storage.figures import Figure, read_figure, same_unit
from storage.graph import Graph
from storage.kinds import Kinds
from storage.measures import Measure, stored
from storage.objects import Object, get


@dataclass(frozen=True)
class Typed:
    """What was typed: of the object `key`, "43 %", "2026-09-14" (none = now). What is None stays as it was in a correction."""

    key: str
    value: str
    at: str | None = None
    note: str | None = None
    source: str | None = None


@dataclass(frozen=True)
class Recorded:
    """A value that was stored. `before`: as it was, where it is corrected. `unit`: what it is in, as the object says, or it."""

    of: Object
    before: Measure | None
    after: Measure
    unit: str

    @property
    def is_apart(self) -> bool:
        """Whether it is in another unit than the object's, so that no trend counts it."""
        return bool(self.after.unit) and not same_unit(self.after.unit, self.unit)


async def record(tx: Transaction, kinds: Kinds, author: str, audience: Audience, typed: Typed) -> Recorded:
    """Store a value for `author`, who sees what `audience` does.

    What there is of the same moment, or where only a day is said, the only value of it, is corrected. Raise NotFound, or
    Refused with a sentence for each thing that cannot be read or stored.
    """
    item = await _seen(tx, typed.key, audience)
    unit = kinds.kind(item.kind).unit_of(item.fields) or ""
    problems: list[Problem] = []
    figure, at = _figure(typed.value, unit, problems), _moment(typed.at, tx.now, problems)
    if figure is None or at is None:
        raise Refused(problems)
    there = (await stored(tx, [item.key])).get(item.key, [])
    before = _meant(there, at)
    after = Measure(
        item.key,
        before.at if before else _beginning(at),
        figure.value,
        note=typed.note if typed.note is not None else before.note if before else "",
        unit=figure.unit or (before.unit if before else ""),
        source=typed.source if typed.source is not None else before.source if before else "",
    )
    found = await Graph(tx, kinds, author).measure(after)
    return Recorded(item, before, found[0] if found else before or after, unit or after.unit)


async def remove(tx: Transaction, kinds: Kinds, author: str, audience: Audience, key: str, at: str) -> Measure | None:
    """Take the value of a moment, or the only one of a day, away and return it, or None where there is none.

    Raise NotFound, or Refused.
    """
    item = await _seen(tx, key, audience)
    problems: list[Problem] = []
    moment = _moment(at, tx.now, problems)
    if moment is None:
        raise Refused(problems)
    there = _meant((await stored(tx, [item.key])).get(item.key, []), moment)
    if there is not None:
        await Graph(tx, kinds, author).unmeasure(item.key, there.at)
    return there


async def _seen(tx: Transaction, key: str, audience: Audience) -> Object:
    item = await get(tx, key, audience)
    if item is None:
        raise NotFound(key)
    return item


def _figure(text: str, unit: str, problems: list[Problem]) -> Figure | None:
    try:
        return read_figure(text, unit)
    except ValueError as error:
        problems.append(Problem("value", f"The value {error}"))
        return None


def _moment(text: str | None, now: datetime, problems: list[Problem]) -> date | datetime | None:
    """Return the day, or the moment where a time is given; one without a zone is in UTC."""
    if text is None:
        return now
    try:
        if len(text.strip()) <= len("2026-09-14"):
            return date.fromisoformat(text.strip())
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        problems.append(Problem("at", f'I can\'t read "{text}" as a day; it should be like 2026-09-14 or 2026-09-14T09:30.'))
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _beginning(at: date | datetime) -> datetime:
    return at if isinstance(at, datetime) else datetime(at.year, at.month, at.day, tzinfo=UTC)


def _meant(there: Sequence[Measure], at: date | datetime) -> Measure | None:
    """Return the stored value that is meant: of that very moment, or the only one of that day (in UTC); raise Refused."""
    by_moment: Mapping[datetime, Measure] = {value.at: value for value in there}
    start = _beginning(at)
    if isinstance(at, datetime) or start in by_moment:
        return by_moment.get(start)
    of_day = [value for value in there if start <= value.at < start + timedelta(days=1)]
    if len(of_day) > 1:
        moments = " or ".join(f"{value.at:%Y-%m-%dT%H:%M:%S%z}" for value in of_day)
        raise Refused([Problem("at", f"There are {len(of_day)} values of that day. Say which: {moments}.")])
    return of_day[0] if of_day else None
