"""How often something is looked at again, in the words that people write: "every 6 weeks", "quarterly". Pure."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from storage.text import folded

_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_DAYS = {"day": 1, "week": 7, "fortnight": 14}
_MONTHS = {"month": 1, "quarter": 3, "half year": 6, "year": 12}
_UNIT = "half year|half-year|day|week|fortnight|month|quarter|year"
_WORDS = {
    "daily": "day",
    "weekly": "week",
    "fortnightly": "2 weeks",
    "biweekly": "2 weeks",
    "monthly": "month",
    "bimonthly": "2 months",
    "quarterly": "quarter",
    "half-yearly": "half year",
    "half yearly": "half year",
    "biannually": "half year",
    "semiannually": "half year",
    "yearly": "year",
    "annually": "year",
    "annual": "year",
}
_TIMES = {"once": 1, "twice": 2, "two times": 2, "three times": 3, "four times": 4}
_LEAD = re.compile(r"^(?:(?:looked at|look at it|reviewed|refreshed|refresh|review|about|again|at least|roughly|ca\.?) )*")
_COUNT = rf"other|second|third|\d{{1,3}}|{'|'.join(_NUMBERS)}"
_EVERY = re.compile(rf"(?:(?:every|each|per|once an?|once every|once per|an?) )*(?:({_COUNT}) )?({_UNIT})s?")
_OFTEN = re.compile(rf"({'|'.join(_TIMES)}) (?:an?|per|each|every) ({_UNIT})")


@dataclass(frozen=True)
class Cadence:
    """A time that passes between two looks: whole months, or days."""

    months: int = 0
    days: int = 0

    def after(self, day: date) -> date:
        """Return the day on which it is time again, counted from `day`; the last of the month where it has no such day."""
        if not self.months:
            return day + timedelta(days=self.days)
        month = day.month - 1 + self.months
        first = date(day.year + month // 12, month % 12 + 1, 1)
        following = first.replace(day=28) + timedelta(days=4)
        last = following - timedelta(days=following.day)
        return min(first + timedelta(days=day.day - 1), last)


def read_cadence(words: str) -> Cadence | None:
    """Return what `words` say, or None where they say no cadence that is known."""
    said = _LEAD.sub("", folded(words).rstrip(". "))
    said = _WORDS.get(said, said)
    often = _OFTEN.fullmatch(said)
    if often:
        return _part_of(_cadence(1, often[2]), _TIMES[often[1]])
    every = _EVERY.fullmatch(said)
    return _cadence(_number(every[1]), every[2]) if every else None


def _number(said: str | None) -> int:
    if said in _NUMBERS:
        return _NUMBERS.index(said) + 1
    return {None: 1, "other": 2, "second": 2, "third": 3}.get(said) or int(said or 0)


def _cadence(count: int, unit: str) -> Cadence | None:
    unit = unit.replace("-", " ")
    if not count:
        return None
    return Cadence(days=count * _DAYS[unit]) if unit in _DAYS else Cadence(months=count * _MONTHS[unit])


def _part_of(whole: Cadence | None, times: int) -> Cadence | None:
    """Return the cadence of what happens so many times in `whole`."""
    if whole is None:
        return None
    if whole.months and whole.months % times == 0:
        return Cadence(months=whole.months // times)
    return Cadence(days=max(1, (30 * whole.months + whole.days) // times))
