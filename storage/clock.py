"""Where the present moment comes from. It is passed in, and read once an operation."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""


class RealClock:
    def now(self) -> datetime:
        return datetime.now(UTC)
