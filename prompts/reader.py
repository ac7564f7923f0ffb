"""Who reads: the words are ours, the figures and days are written as the reader is used to.

What many read is written in one way for all.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_skeleton
from babel.numbers import format_decimal

EVERYBODY = "en_GB"
_locale: ContextVar[str] = ContextVar("reader", default=EVERYBODY)


@contextmanager
def read_by(locale: str | None) -> Iterator[None]:
    """Write for one reader while the block lasts. `locale`: as Slack tells it ("de-DE"); None or unknown: for everybody."""
    token = _locale.set(_known(locale or ""))
    try:
        yield
    finally:
        _locale.reset(token)


def number(value: float) -> str:
    """Return a number as the reader writes it: "12,380" or "12.380", "40.2" or "40,2"; at most two decimals."""
    return format_decimal(round(float(value), 2), format="#,##0.##", locale=_locale.get())


def day_of(value: date) -> str:
    """Return a day in our words, and in the order in which the reader's country has it: "2 March" or "March 2"."""
    return format_skeleton("MMMMd", value, locale=_in_english(_locale.get()))


@cache
def _known(locale: str) -> str:
    try:
        return str(Locale.parse(locale, sep="-"))
    except (ValueError, UnknownLocaleError):
        return EVERYBODY


@cache
def _in_english(locale: str) -> str:
    """Return the English of the reader's country: months are words, and the words are ours."""
    territory = Locale.parse(locale).territory
    return _known(f"en-{territory}") if territory else EVERYBODY
