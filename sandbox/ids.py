"""Slack's identifiers: a letter that says what it is, then ten letters or digits; and message timestamps."""

import random
import string
from datetime import UTC, datetime, timedelta

_ALPHABET = string.ascii_uppercase + string.digits
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def new_id(prefix: str, length: int = 10) -> str:
    """A fresh identifier such as "D0A7K2QX9ZB" for the prefix "D". It is no secret."""
    return prefix + "".join(random.choices(_ALPHABET, k=length))  # noqa: S311


def microseconds(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


def ts_from(micros: int) -> str:
    """A message timestamp, "seconds.microseconds", from microseconds since 1970."""
    return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"


def ts_to_datetime(ts: str) -> datetime:
    """The aware UTC time of a message timestamp."""
    seconds, _, fraction = ts.partition(".")
    return _EPOCH + timedelta(seconds=int(seconds), microseconds=int(fraction or 0))
