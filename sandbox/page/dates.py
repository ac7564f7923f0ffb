"""Slack's date tokens (`{date_short_pretty} at {time}`) in the reader's zone.

https://docs.slack.dev/messaging/formatting-message-text#date-formatting
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from sandbox.page.reader import Reader

_TOKEN = re.compile(r"\{(\w+)\}")
_STEPS = ((60, "minute"), (60, "hour"), (24, "day"), (7, "week"), (52, "year"))


def format_date(template: str, seconds: float, reader: Reader) -> str:
    """Fill a template of date tokens.

    Takes seconds since 1970. Unknown tokens stay as they are. As in Slack, a word such as "tomorrow" that begins the template
    has a capital, even where the date stands inside a line. Raises ValueError where the moment is absurd.
    """
    at = reader.local_epoch(seconds)

    def token(match: re.Match[str]) -> str:
        found = _TOKENS.get(match[1])
        if found is None:
            return match[0]
        words = found(at, reader)
        return words[:1].upper() + words[1:] if match.start() == 0 else words

    return _TOKEN.sub(token, template)


def day_heading(at: datetime, reader: Reader) -> str:
    """Return the words of a day's divider: `Today`, `Yesterday` or `Tuesday, February 18th`."""
    words = _day_divider(reader.local(at), reader)
    return words[:1].upper() + words[1:]


def ago(at: datetime, now: datetime) -> str:
    """Return the distance in the largest fitting unit: `3 minutes ago`, `in 2 days`."""
    amount, unit = int(abs((now - at).total_seconds())), "second"
    for size, next_unit in _STEPS:
        if amount < size:
            break
        amount, unit = amount // size, next_unit
    words = f"{amount} {unit}{'' if amount == 1 else 's'}"
    return f"{words} ago" if at <= now else f"in {words}"


def _ordinal(day: int) -> str:
    if 10 < day % 100 < 20:
        return f"{day}th"
    return f"{day}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(day % 10, 'th') }"


def _date(at: datetime, reader: Reader) -> str:
    return f"{at:%B} {_ordinal(at.day)}, {at.year}"


def _short(at: datetime, reader: Reader) -> str:
    return f"{at:%b} {at.day}, {at.year}"


def _long(at: datetime, reader: Reader) -> str:
    return f"{at:%A}, {_date(at, reader)}"


def _near(at: datetime, reader: Reader) -> str | None:
    days = at.date() - reader.local(reader.now).date()
    return {0: "today", -1: "yesterday", 1: "tomorrow"}.get(days // timedelta(days=1))


def _day_divider(at: datetime, reader: Reader) -> str:
    if near := _near(at, reader):
        return near
    same_year = at.year == reader.local(reader.now).year
    return f"{at:%A}, {at:%B} {_ordinal(at.day)}" if same_year else _long(at, reader)


def _pretty(plain: Callable[[datetime, Reader], str]) -> Callable[[datetime, Reader], str]:
    return lambda at, reader: _near(at, reader) or plain(at, reader)


_TOKENS: dict[str, Callable[[datetime, Reader], str]] = {
    "date": _date,
    "date_num": lambda at, _: f"{at:%Y-%m-%d}",
    "date_slash": lambda at, _: f"{at:%d/%m/%Y}",
    "date_short": _short,
    "date_long": _long,
    "date_long_full": lambda at, _: f"{at:%B} {at.day}, {at.year}",
    "date_pretty": _pretty(_date),
    "date_short_pretty": _pretty(_short),
    "date_long_pretty": _pretty(_long),
    "day_divider_pretty": _day_divider,
    "time": lambda at, reader: reader.clock_time(at),
    "time_secs": lambda at, reader: reader.clock_time(at, seconds=True),
    "ago": lambda at, reader: ago(at, reader.now),
}
