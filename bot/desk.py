"""What every flow needs, built once in app.py and passed in."""

import asyncio
import time
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from bot.deliver import Delivery
from bot.directory import Directory
from bot.ending import STOP_SECONDS
from bot.slack import Slack
from storage.database import Database, Transaction
from storage.kinds import Kinds
from storage.teams import homes
from storage.workspaces import kinds_of

FRESH_FOR = 5.0  # seconds; `import` and `pack apply` run in another process


@dataclass(frozen=True)
class _Known:
    """What a workspace declares, read together: its kinds, and which team's home each channel is."""

    kinds: Kinds
    homes: Mapping[str, str]
    at: float


@dataclass
class Desk:
    """The database, the way to Slack, the delivery loop, and what is known of each workspace."""

    database: Database
    slack: Slack
    delivery: Delivery
    directory: Directory
    _known: dict[str, _Known] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def kinds(self, workspace: str) -> Kinds:
        """Return what kinds `workspace` has, at most some seconds old."""
        return (await self._fresh(workspace)).kinds

    async def team_at(self, workspace: str, channel: str) -> str | None:
        """Return the name of the team whose home `channel` is, at most some seconds old, or None."""
        return (await self._fresh(workspace)).homes.get(channel)

    def forget(self, workspace: str) -> None:
        """Call when teams or kinds were changed here, so that this process knows at once."""
        self._known.pop(workspace, None)

    async def _fresh(self, workspace: str) -> _Known:
        known = self._known.get(workspace)
        if known is None or time.monotonic() - known.at > FRESH_FOR:
            async with self.database.reading(workspace) as tx:
                known = _Known(await kinds_of(tx), await homes(tx), time.monotonic())
            self._known[workspace] = known
        return known

    @asynccontextmanager
    async def writing(self, workspace: str) -> AsyncIterator[Transaction]:
        """A transaction whose letters are sent as soon as it is kept."""
        async with self.database.writing(workspace) as tx:
            yield tx
        self.delivery.wake()

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """Do `work` after the answer to Slack; it must handle its own failures."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)  # the loop keeps only weak references
        task.add_done_callback(self._tasks.discard)

    async def idle(self) -> None:
        """Wait until nothing that was put off is under way; what takes very long is broken off."""
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                while self._tasks:
                    await asyncio.gather(*self._tasks, return_exceptions=True)
