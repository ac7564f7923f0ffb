"""When a ritual is due: a cadence in words and a time zone in, the next moment out.

Pure. A cadence decides local dates; the zone decides the moment on each of them. Two promises hold in every
zone: a due date has exactly one slot, and the slot lies on that date. From them follow the odd cases: a wall
time that comes twice (autumn) counts the first time; one that never comes (spring) moves to the first moment
that does; where that would already be tomorrow (Nuuk goes from 23:00 to midnight) it is the last minute of
today; a date that a zone leaves out altogether (Apia, 30 December 2011) is not due there.
"""

import functools
import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain, count, takewhile
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
PLACES = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
PERIODS = {"monthly": tuple(range(1, 13)), "quarterly": (1, 4, 7, 10)}
EXAMPLES = (
    "every weekday at 09:30",
    "every monday at 09:30",
    "every two weeks on tuesday at 10:00 from 2026-09-01",
    "monthly on the 1st at 09:00",
    "monthly on the last friday at 10:00",
    "monthly on the last day at 16:00",
    "quarterly on the first monday at 10:00",
    "yearly on 15 january at 09:00",
)
MINUTE = timedelta(minutes=1)


class CadenceError(ValueError):
    """Words that are no cadence; the message says what is wrong and what would be understood."""


@dataclass(frozen=True, slots=True)
class Workdays:
    """Monday to Friday."""

    def words(self, clock: str) -> str:
        return f"every weekday at {clock}"

    def dates(self, day: date) -> Iterator[date]:
        return _cron("* * MON-FRI", day)


@dataclass(frozen=True, slots=True)
class Weekly:
    """A weekday (0 is Monday) in each week, or in every second, third … week.

    `start` is the first possible date, and the weeks are counted from it; without it from the year 1, so that
    cadences of as many weeks fall into the same weeks everywhere.
    """

    weekday: int
    weeks: int = 1
    start: date | None = None

    def words(self, clock: str) -> str:
        weekday = WEEKDAYS[self.weekday]
        often = f"every {weekday}" if self.weeks == 1 else f"every {NUMBERS[self.weeks]} weeks on {weekday}"
        return f"{often} at {clock}" + (f" from {self.start}" if self.start else "")

    def dates(self, day: date) -> Iterator[date]:
        first = _weekday_from(self.start or date.min, self.weekday)
        step = 7 * self.weeks
        periods = max(0, -((first - day).days // step))
        return (first + timedelta(days=step * number) for number in count(periods))


@dataclass(frozen=True, slots=True)
class DayOfMonth:
    """A day of the month, which a shorter month has on its last day; 31 is therefore "the last day"."""

    day: int
    months: tuple[int, ...]

    def words(self, clock: str) -> str:
        if len(self.months) == 1:
            return f"yearly on {self.day} {MONTHS[self.months[0] - 1]} at {clock}"
        day = "last day" if self.day == 31 else _ordinal(self.day)
        return f"{_period(self.months)} on the {day} at {clock}"

    def dates(self, day: date) -> Iterator[date]:
        months = (divmod(number, 12) for number in count(day.year * 12 + day.month - 1))
        due = (self._in(year, month + 1) for year, month in months if month + 1 in self.months)
        return (found for found in due if found >= day)

    def _in(self, year: int, month: int) -> date:
        return date(year, month, min(self.day, monthrange(year, month)[1]))


@dataclass(frozen=True, slots=True)
class WeekdayOfMonth:
    """The first to fourth (1–4) or last (-1) of a weekday (0 is Monday) in a month."""

    place: int
    weekday: int
    months: tuple[int, ...]

    def words(self, clock: str) -> str:
        place = next(name for name, number in PLACES.items() if number == self.place)
        return f"{_period(self.months)} on the {place} {WEEKDAYS[self.weekday]} at {clock}"

    def dates(self, day: date) -> Iterator[date]:
        months = ",".join(map(str, self.months))
        place = "L" if self.place == -1 else f"#{self.place}"
        return _cron(f"* {months} {self.weekday + 1}{place}", day)


Rhythm = Workdays | Weekly | DayOfMonth | WeekdayOfMonth


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often something is due, and at which wall-clock time (whole minutes, no zone)."""

    rhythm: Rhythm
    at: time

    @classmethod
    def read(cls, words: str) -> "Cadence":
        """Read the words of a pack, in any case and spacing; `EXAMPLES` shows every form.

        Raises CadenceError with a sentence for a person.
        """
        said = " ".join(words.lower().split())
        for form, build in _FORMS:
            if found := form.fullmatch(said):
                return cls(build(found), _clock(found["clock"]))
        forms = "; ".join(EXAMPLES)
        raise CadenceError(f'"{words[:80]}" is not a cadence that is understood. These are: {forms}.')

    @property
    def words(self) -> str:
        """The canonical words: `Cadence.read(cadence.words) == cadence`."""
        return self.rhythm.words(f"{self.at:%H:%M}")

    def dates(self, day: date) -> Iterator[date]:
        """Yield the due local dates from `day` on, without end."""
        return self.rhythm.dates(day)


def spoken(words: str) -> str:
    """Return the words of a cadence as one writes them: "every Monday at 09:30". Raise CadenceError."""
    names = "|".join((*WEEKDAYS, *MONTHS))
    return re.sub(rf"\b({names})\b", lambda found: found[0].capitalize(), Cadence.read(words).words)


def next_slot(cadence: Cadence, zone: ZoneInfo, after: datetime, done: date | None = None) -> datetime:
    """Return the first slot strictly after the aware moment `after`, in UTC.

    `done` is the last local date that has had its slot. It matters where a zone has changed since: a Monday
    that was over in Auckland begins once more in Honolulu, and is not due again.
    """
    slots = _slots(cadence, zone, after)
    return next(slot for slot in slots if done is None or local_date(slot, zone) > done)


def slots_between(cadence: Cadence, zone: ZoneInfo, after: datetime, until: datetime) -> Iterator[datetime]:
    """Yield the slots strictly after `after` up to and including `until` (both aware), in UTC."""
    return takewhile(lambda slot: slot <= until, _slots(cadence, zone, after))


def local_date(slot: datetime, zone: ZoneInfo) -> date:
    """Return the date on which the aware moment `slot` falls in `zone`: the date that a run is unique by."""
    return slot.astimezone(zone).date()


def moment_on(day: date, at: time, zone: ZoneInfo) -> datetime | None:
    """Return the moment in UTC at which clocks in `zone` show `at` on `day`, or the nearest that the day has.

    None where the zone leaves the day out.
    """
    forwards = (datetime.combine(day, at) + number * MINUTE for number in count())
    backwards = (datetime.combine(day, at) - number * MINUTE for number in count())
    today = chain(*(takewhile(lambda wall: wall.date() == day, walls) for walls in (forwards, backwards)))
    moments = (wall.replace(tzinfo=zone).astimezone(UTC) for wall in today if _is_shown(wall, zone))
    return next(moments, None)


def week_of(day: date) -> tuple[int, int]:
    """Return the ISO 8601 year and week of `day`; early January may belong to the year before."""
    year, week, _ = day.isocalendar()
    return year, week


def zone_or_fallback(*names: str | None) -> tuple[ZoneInfo, bool]:
    """Return the zone of the first name that is one (say person, team, workspace), else UTC; never raises.

    The second value tells whether the first name could not be used, so that somebody can be told.
    """
    for position, name in enumerate(names):
        if name and name in _zone_names():
            return ZoneInfo(name), position > 0
    return ZoneInfo("UTC"), True


@functools.cache
def _zone_names() -> frozenset[str]:
    # ZoneInfo itself would also open what lies beside the zones: "right/…", whose clocks count leap seconds.
    # "localtime" is this machine's own zone and "Factory" is a machine's that nobody has set.
    return frozenset(available_timezones() - {"localtime", "Factory"})


def _slots(cadence: Cadence, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    for day in cadence.dates(local_date(after, zone)):
        slot = moment_on(day, cadence.at, zone)
        if slot is not None and slot > after:
            yield slot


def _is_shown(wall: datetime, zone: ZoneInfo) -> bool:
    """Tell whether clocks in `zone` ever show `wall`. `fold` is 0: of two such moments the first is meant."""
    return wall.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) == wall


def _cron(days: str, day: date) -> Iterator[date]:
    """Yield the dates of a cron expression's last three fields (day, month, weekday) from `day` on."""
    midnights = CronSim(f"0 0 {days}", datetime.combine(day, time.min) - timedelta(seconds=1))
    return (midnight.date() for midnight in midnights)


def _weekday_from(day: date, weekday: int) -> date:
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def _ordinal(day: int) -> str:
    ending = "th" if 10 < day < 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


def _period(months: tuple[int, ...]) -> str:
    return next(name for name, known in PERIODS.items() if known == months)


def _read_workdays(_: re.Match[str]) -> Workdays:
    return Workdays()


def _read_weekly(found: re.Match[str]) -> Weekly:
    return Weekly(WEEKDAYS.index(found["weekday"]), _weeks(found["weeks"] or "one"), _start(found["start"]))


def _read_day_of_month(found: re.Match[str]) -> DayOfMonth:
    day = int(found["day"] or 31)
    if not 1 <= day <= 31:
        raise CadenceError(f"No month has a day {day}: days go from 1st to 31st.")
    return DayOfMonth(day, PERIODS[found["period"]])


def _read_weekday_of_month(found: re.Match[str]) -> WeekdayOfMonth:
    return WeekdayOfMonth(PLACES[found["place"]], WEEKDAYS.index(found["weekday"]), PERIODS[found["period"]])


def _read_day_of_year(found: re.Match[str]) -> DayOfMonth:
    day, month = int(found["day"]), MONTHS.index(found["month"]) + 1
    longest = monthrange(2024, month)[1]  # of a leap year, so that 29 February is a day
    if not 1 <= day <= longest:
        raise CadenceError(f"There is no {day} {found['month'].title()}: it goes from 1 to {longest}.")
    return DayOfMonth(day, (month,))


def _clock(words: str) -> time:
    hour, minute = map(int, words.split(":"))
    if hour > 23 or minute > 59:
        raise CadenceError(f'There is no time "{words}": times go from 00:00 to 23:59.')
    return time(hour, minute)


def _weeks(words: str) -> int:
    weeks = int(words) if words.isdigit() else NUMBERS.index(words)
    if not 1 <= weeks <= 12:
        raise CadenceError(f'"every {words} weeks" is not understood: it may be from two to twelve.')
    return weeks


def _start(words: str | None) -> date | None:
    try:
        return date.fromisoformat(words) if words else None
    except ValueError as error:
        raise CadenceError(f'There is no date "{words}": dates are written as 2026-09-01.') from error


def _form(days: str, start: str = "") -> re.Pattern[str]:
    return re.compile(rf"{days} at (?P<clock>\d\d?:\d\d){start}", re.ASCII)


def _one_of(name: str, words: Iterable[str]) -> str:
    return f"(?P<{name}>{'|'.join(words)})"


_WEEKS = rf"(?P<weeks>\d\d?|{'|'.join(NUMBERS)})"
_WEEKDAY = _one_of("weekday", WEEKDAYS)
_PERIOD = _one_of("period", PERIODS)
_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Rhythm]], ...] = (
    (_form("every weekday"), _read_workdays),
    (
        _form(rf"(?:every|weekly on|every {_WEEKS} weeks on) {_WEEKDAY}", r"(?: from (?P<start>[-\d]{10}))?"),
        _read_weekly,
    ),
    (_form(rf"{_PERIOD} on the (?:(?P<day>\d\d?)(?:st|nd|rd|th)|last day)"), _read_day_of_month),
    (_form(rf"{_PERIOD} on the {_one_of('place', PLACES)} {_WEEKDAY}"), _read_weekday_of_month),
    (_form(rf"yearly on (?P<day>\d\d?) {_one_of('month', MONTHS)}"), _read_day_of_year),
)
