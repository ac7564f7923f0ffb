"""Days as spreadsheets write them, and the question whether 03/04 is in March or in April."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Literal

Order = Literal["day-first", "month-first"]

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TIME = r"(?:[T ,]+(?:at )?\d{1,2}:\d{2}.*)?"
_YEAR_FIRST = re.compile(rf"(?P<year>\d{{4}})[-/.](?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}}){_TIME}")
_DOTTED = re.compile(
    rf"(?P<day>\d{{1,2}})\.\s?(?P<month>\d{{1,2}})\.\s?(?P<year>\d{{4}}|\d{{2}}){_TIME}"
)  # nobody puts the month first
_OPEN = re.compile(rf"(?P<one>\d{{1,2}})[/-](?P<two>\d{{1,2}})[/-](?P<year>\d{{4}}|\d{{2}}){_TIME}")
_DAY_NAMED = re.compile(
    rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[ /.-]+(?P<name>[a-z]{{3,9}})[ /.,-]+(?P<year>\d{{4}}|\d{{2}}){_TIME}"
)
_MONTH_NAMED = re.compile(rf"(?P<name>[a-z]{{3,9}})\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>\d{{4}}){_TIME}")


class Unclear(ValueError):
    """A day that can be read in two ways."""


def read_day(text: str, order: Order | None) -> date:
    """Return the day that `text` spells; a time of day in it is left out. Raise Unclear, or ValueError with a sentence."""
    text = text.strip()
    open_day = _OPEN.fullmatch(text)
    if open_day:
        return _in_order(open_day, order)
    match = _YEAR_FIRST.fullmatch(text) or _DOTTED.fullmatch(text)
    if match:
        return _day(match["year"], int(match["month"]), int(match["day"]))
    match = _DAY_NAMED.fullmatch(text.casefold()) or _MONTH_NAMED.fullmatch(text.casefold())
    if match and match["name"][:3] in _MONTHS:
        return _day(match["year"], _MONTHS.index(match["name"][:3]) + 1, int(match["day"]))
    raise ValueError("should be a date, such as 2026-11-30.")


def order_of(cells: Iterable[str]) -> Order | None:
    """Return the order of day and month in which all of `cells` make sense, or None where both do, or neither."""
    pairs = [(int(match["one"]), int(match["two"])) for match in map(_OPEN.fullmatch, map(str.strip, cells)) if match]
    day_first, month_first = any(one > 12 for one, _ in pairs), any(two > 12 for _, two in pairs)
    if day_first == month_first:
        return None
    return "day-first" if day_first else "month-first"


def _in_order(match: re.Match[str], order: Order | None) -> date:
    one, two = int(match["one"]), int(match["two"])
    if order is None and one != two:
        if one > 12 or two > 12:
            order = "day-first" if one > 12 else "month-first"
        else:
            raise Unclear("may be read in two ways.")
    day, month = (two, one) if order == "month-first" else (one, two)
    return _day(match["year"], month, day)


def _day(year: str, month: int, day: int) -> date:
    try:
        return date(int(year) + (2_000 if len(year) == 2 else 0), month, day)
    except ValueError:
        raise ValueError("is no day of the calendar. A date is written like 2026-11-30.") from None
