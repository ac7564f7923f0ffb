"""The workspace's own time, which a demo and a test can move."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True)
class Alarm:
    """A moment that an app says it waits for; the page offers to jump to it."""

    at: datetime
    label: str


class Clock:
    """An aware UTC clock that runs with real time from where it was put, or stands still.

    `version` grows with each change of hand (move, advance, freeze, run, alarms), never by running.
    """

    def __init__(self, starts: datetime, *, runs: bool = True) -> None:
        self.version = 1
        self.runs = runs
        self.alarms: dict[str, list[Alarm]] = {}
        self.listeners: list[Callable[[], None]] = []
        self._set(starts)
        self._changed = asyncio.Event()

    def now(self) -> datetime:
        """The workspace's time, aware, in UTC."""
        if not self.runs:
            return self._base
        return self._base + timedelta(seconds=time.monotonic() - self._base_monotonic)

    def move_to(self, at: datetime) -> None:
        """Put the hands on `at` (aware). Raises ValueError for a time without a zone."""
        if at.tzinfo is None:
            raise ValueError("the clock needs a time with a zone")
        self._set(at)
        self._touch()

    def advance(self, by: timedelta) -> None:
        self.move_to(self.now() + by)

    def freeze(self) -> None:
        """Stand still from now on."""
        self._set(self.now())
        self.runs = False
        self._touch()

    def run(self) -> None:
        """Run with real time from now on."""
        self._set(self.now())
        self.runs = True
        self._touch()

    def set_alarms(self, app_id: str, alarms: list[Alarm]) -> None:
        """Replace what an app says it waits for, soonest first."""
        self.alarms[app_id] = sorted(alarms, key=lambda alarm: alarm.at)
        self._touch()

    async def wait_change(self, after: int, timeout_seconds: float) -> int:
        """The version, as soon as it differs from `after` or when the time is up."""
        if self.version == after:
            try:
                async with asyncio.timeout(timeout_seconds):
                    await self._changed.wait()
            except TimeoutError:
                pass
        return self.version

    def let_go(self) -> None:
        """Answer everybody who waits for a change, though there is none."""
        self._changed.set()

    def _set(self, at: datetime) -> None:
        self._base = at.astimezone(UTC)
        self._base_monotonic = time.monotonic()

    def _touch(self) -> None:
        self.version += 1
        self._changed.set()
        self._changed = asyncio.Event()
        for listener in tuple(self.listeners):
            listener()
