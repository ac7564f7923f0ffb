"""Every zone, every cadence, ten years: is each due local date fired exactly once, and at the right moment?

`python -m tests.long.zones [FIRST_YEAR LAST_YEAR]` checks all zones of the IANA database and prints a table;
the tests check a few zones with the same function. The dates and moments that are right are worked out here
day by day, in another way than in `rituals.calendar`.
"""

import functools
import sys
import time as stopwatch
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from importlib.metadata import version
from zoneinfo import ZoneInfo, available_timezones, reset_tzpath

from rich.box import MARKDOWN
from rich.console import Console
from rich.progress import track
from rich.table import Table

from rituals.calendar import Cadence, next_slot

START = date(2026, 9, 1)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)

IsDue = Callable[[date], bool]
FindSlot = Callable[[Cadence, ZoneInfo, datetime], datetime]
RHYTHMS: dict[str, IsDue] = {
    "every weekday at {}": lambda day: day.weekday() < 5,
    "every sunday at {}": lambda day: day.weekday() == 6,
    "weekly on friday at {}": lambda day: day.weekday() == 4,
    "every two weeks on tuesday at {} from 2026-09-01": lambda day: day >= START and (day - START).days % 14 == 0,
    "monthly on the 1st at {}": lambda day: day.day == 1,
    "monthly on the 30th at {}": lambda day: day.day == min(30, _last(day)),
    "monthly on the last day at {}": lambda day: day.day == _last(day),
    "monthly on the last friday at {}": lambda day: day.weekday() == 4 and day.day > _last(day) - 7,
    "monthly on the last sunday at {}": lambda day: day.weekday() == 6 and day.day > _last(day) - 7,
    "quarterly on the first monday at {}": lambda day: day.month % 3 == 1 and day.weekday() == 0 and day.day <= 7,
    "yearly on 15 january at {}": lambda day: (day.month, day.day) == (1, 15),
}
# The hours in which clocks change somewhere, and one of an ordinary morning.
TIMES = ("00:00", "00:30", "01:30", "02:00", "02:30", "09:30", "23:30")


@dataclass(frozen=True)
class Due:
    """A cadence beside its own second opinion."""

    rhythm: str
    at: str

    @property
    def cadence(self) -> Cadence:
        return Cadence.read(self.rhythm.format(self.at))


@functools.cache
def due_dates(rhythm: str, years: range) -> list[date]:
    """Return all due dates of the years, the slow and sure way."""
    first, end = date(years.start, 1, 1), date(years.stop, 1, 1)
    days = (first + number * DAY for number in range((end - first).days))
    return [day for day in days if RHYTHMS[rhythm](day)]


CADENCES = tuple(Due(rhythm, at) for rhythm in RHYTHMS for at in TIMES)


@dataclass
class Result:
    """What was seen of one cadence in one zone: slots, the odd ones among them, and what is wrong."""

    slots: int = 0
    repeated: int = 0
    missing: int = 0
    faults: list[str] = field(default_factory=list)

    def add(self, other: "Result") -> None:
        self.slots += other.slots
        self.repeated += other.repeated
        self.missing += other.missing
        self.faults += other.faults


def check(due: Due, zone: ZoneInfo, years: range, find: FindSlot = next_slot) -> Result:
    """Follow a cadence through the years from slot to slot and compare with the second opinion."""
    slots = list(_follow(due.cadence, zone, years, find))
    result = Result(slots=len(slots))
    fired = [slot.astimezone(zone).date() for slot in slots]
    expected = [day for day in due_dates(due.rhythm, years) if _exists(day, zone)]
    if fired != expected:
        result.faults.append(f"{zone.key}: {due.rhythm.format(due.at)}: dates differ")
    for slot in slots:
        _check_moment(slot, zone, time.fromisoformat(due.at), result)
    return result


def _follow(cadence: Cadence, zone: ZoneInfo, years: range, find: FindSlot) -> Iterator[datetime]:
    slot = datetime(years.start, 1, 1, tzinfo=zone) - timedelta(microseconds=1)
    while (slot := find(cadence, zone, slot)).astimezone(zone).year < years.stop:
        yield slot


def _check_moment(slot: datetime, zone: ZoneInfo, at: time, result: Result) -> None:
    wall = slot.astimezone(zone)
    result.repeated += wall.replace(fold=1).utcoffset() != wall.utcoffset()
    result.missing += wall.time() != at
    if wall.fold or not (wall.time() == at or _is_nearest(slot, zone, at)):
        result.faults.append(f"{zone.key}: {slot} is not {at} on {wall.date()}")


def _is_nearest(slot: datetime, zone: ZoneInfo, at: time) -> bool:
    """Tell whether the wall time jumps over `at` just before the slot, or just after it and into the next day."""
    wall, before, after = (moment.astimezone(zone) for moment in (slot, slot - MINUTE, slot + MINUTE))
    jumped_before = wall.time() > at and (before.date() < wall.date() or before.time() < at)
    return jumped_before or (wall.time() < at and after.date() > wall.date())


def _exists(day: date, zone: ZoneInfo) -> bool:
    noon = datetime.combine(day, time(12), zone)
    return noon.astimezone(UTC).astimezone(zone).date() == day


def _last(day: date) -> int:
    return monthrange(day.year, day.month)[1]


def main() -> int:
    """Check all zones and print the table; the exit code is 1 where something is wrong."""
    reset_tzpath(to=())  # the rules of the pinned tzdata, not those of this machine
    first, last = map(int, sys.argv[1:3]) if len(sys.argv) > 2 else (2026, 2035)
    years, console, began = range(first, last + 1), Console(width=110), stopwatch.monotonic()
    zones = [ZoneInfo(name) for name in sorted(available_timezones() - {"localtime", "Factory"})]
    results = {rhythm: Result() for rhythm in RHYTHMS}
    for zone in track(zones, "Zones", console=Console(stderr=True)):
        for due in CADENCES:
            results[due.rhythm].add(check(due, zone, years))
    console.print(_table(results))
    faults = [fault for result in results.values() for fault in result.faults]
    console.print(*faults[:20], sep="\n", end="\n" if faults else "")
    minutes = (stopwatch.monotonic() - began) / 60
    console.print(
        f"{len(zones)} zones × {first}–{last} × {len(RHYTHMS)} rhythms × {len(TIMES)} times of day, "
        f"tzdata {version('tzdata')}, Python {sys.version.split()[0]}: {len(faults)} faults, {minutes:.0f} minutes."
    )
    return 1 if faults else 0


def _table(results: dict[str, Result]) -> Table:
    heads = ("cadence (… is each time of day)", "slots", "time comes twice", "time is missing", "faults")
    table = Table(*heads, box=MARKDOWN)
    for rhythm, seen in results.items():
        numbers = (seen.slots, seen.repeated, seen.missing, len(seen.faults))
        table.add_row(rhythm.format("…"), *(f"{number:,}" for number in numbers))
    return table


if __name__ == "__main__":
    sys.exit(main())
