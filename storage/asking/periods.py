"""Stretches of time as people say them: "last week", "this quarter", "since 1 March", "in March", "the last 10 days"."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

Unit = Literal["day", "week", "month", "quarter", "year"]

MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_DAYS_IN = {"day": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}
_UNIT = r"(day|week|month|quarter|year)"
_MONTH = rf"({'|'.join(f'{name}|{name[:3]}' for name in MONTHS)})"
_DAY_OF_MONTH = r"(\d{1,2})(?:st|nd|rd|th)?"


@dataclass(frozen=True)
class Period:
    """A stretch of time in UTC days, yet to be placed by the present moment.

    unit, back: that many whole units ago (0 = the present one). days: the last so many. month, year, day: that date or month;
    the latest that has begun where no year is named. weekday: the latest. review: since the last review. is_open: to now.
    """

    unit: Unit | None = None
    back: int = 0
    days: int | None = None
    day: int | None = None
    month: int | None = None
    year: int | None = None
    quarter: int | None = None
    weekday: int | None = None
    review: bool = False
    is_open: bool = False

    def bounds(self, now: datetime) -> tuple[datetime, datetime]:
        """Return the first moment of the period and the first one after it."""
        first, after = self._dates(now.date())
        return _midnight(first), now + timedelta(microseconds=1) if self.is_open or self.review else _midnight(after)

    def _dates(self, today: date) -> tuple[date, date]:
        """Return the first day and the first day after."""
        if self.days is not None:
            return today - timedelta(days=self.days), today + timedelta(days=1)
        if self.weekday is not None:
            return _span(today - timedelta(days=(today.weekday() - self.weekday) % 7), "day")
        if self.unit is not None:
            return _back(_span(today, self.unit), self.unit, self.back)
        return self._named(today) or (today - timedelta(days=7), today + timedelta(days=1))

    def _named(self, today: date) -> tuple[date, date] | None:
        """Return the span of a named date, month, quarter or year, or None."""
        if self.quarter is not None:
            return _span(self._latest(today, 3 * self.quarter - 2, 1), "quarter")
        if self.month is not None:
            return _span(self._latest(today, self.month, self.day or 1), "day" if self.day else "month")
        return _span(date(self.year, 1, 1), "year") if self.year is not None else None

    def _latest(self, today: date, month: int, day: int) -> date:
        if self.year:
            return date(self.year, month, day)
        this_year = date(today.year, month, min(day, 28) if month == 2 else day)
        return this_year if this_year <= today else date(today.year - 1, month, min(day, 28) if month == 2 else day)


def _back(span: tuple[date, date], unit: Unit, times: int) -> tuple[date, date]:
    for _ in range(times):
        span = _span(span[0] - timedelta(days=1), unit)
    return span


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _span(day: date, unit: Unit) -> tuple[date, date]:
    """Return the first day of the `unit` in which `day` is, and the first day after it."""
    if unit == "day":
        return day, day + timedelta(days=1)
    if unit == "week":
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=7)
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    first = day.month - (day.month - 1) % months
    after = first + months
    return date(day.year, first, 1), date(day.year + (after > 12), (after - 1) % 12 + 1, 1)


def read_period(words: str) -> Period | None:
    """Return the period that `words` (folded) say, or None. A date that does not exist is none."""
    words = re.sub(r"^(in|during|on|over|within) (the )?", "", words)
    since = re.sub(r"^(since|after|from) (the )?", "", words)
    period = _simple(since)
    if period is None or since == words:
        return period
    return Period(**{**period.__dict__, "is_open": True})


def _simple(words: str) -> Period | None:
    for read in (_relative, _calendar, _dated):
        period = read(words)
        if period is not None:
            return period
    return None


def _relative(words: str) -> Period | None:
    if words in ("today", "yesterday"):
        return Period(unit="day", back=int(words == "yesterday"))
    if words in ("last review", "last weekly review", "last digest"):
        return Period(review=True)
    if match := re.fullmatch(rf"(?:the )?(this|current|last|previous|past) {_UNIT}", words):
        return Period(unit=match[2], back=int(match[1] not in ("this", "current")))  # type: ignore[arg-type]  # a unit
    if match := re.fullmatch(rf"(?:the )?(?:last|past) (\d{{1,3}}) {_UNIT}s?", words):
        return Period(days=int(match[1]) * _DAYS_IN[match[2]])
    return None


def _calendar(words: str) -> Period | None:
    if match := re.fullmatch(rf"(?:last )?({'|'.join(DAYS)})", words):
        return Period(weekday=DAYS.index(match[1]))
    if match := re.fullmatch(r"q([1-4])(?: (\d{4}))?", words):
        return Period(quarter=int(match[1]), year=int(match[2]) if match[2] else None)
    match = re.fullmatch(r"20\d\d", words)
    return Period(year=int(words)) if match else None


def _dated(words: str) -> Period | None:
    if match := re.fullmatch(r"(20\d\d)-(\d{2})-(\d{2})", words):
        return _existing(int(match[3]), int(match[2]), int(match[1]))
    for pattern, day, month, year in (
        (rf"{_DAY_OF_MONTH} (?:of )?{_MONTH}(?:,? (20\d\d))?", 1, 2, 3),
        (rf"{_MONTH} {_DAY_OF_MONTH}(?:,? (20\d\d))?", 2, 1, 3),
        (rf"{_MONTH}(?: (20\d\d))?", None, 1, 2),
    ):
        if match := re.fullmatch(pattern, words):
            number = next(place for place, name in enumerate(MONTHS, 1) if name.startswith(match[month][:3]))
            return _existing(int(match[day]) if day else None, number, int(match[year]) if match[year] else None)
    return None


def _existing(day: int | None, month: int, year: int | None) -> Period | None:
    try:
        date(year or 2024, month, day or 1)
    except ValueError:
        return None
    return Period(day=day, month=month, year=year)
