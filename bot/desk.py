"""What every flow needs, built once in app.py and passed in."""

import asyncio
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from bot.deliver import Delivery
from bot.directory import Directory
from bot.slack import Slack
from storage.database import Database, Transaction
from storage.kinds import Kinds
from storage.workspaces import kinds_of

KINDS_FRESH_FOR = 5.0  # seconds; `pack apply` runs in another process


@dataclass
class Desk:
    """The database, the way to Slack, the delivery loop, and what is known of each workspace."""

    database: Database
    slack: Slack
    delivery: Delivery
    directory: Directory
    _kinds: dict[str, tuple[float, Kinds]] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def kinds(self, workspace: str) -> Kinds:
        """Return what kinds `workspace` has, at most some seconds old."""
        known = self._kinds.get(workspace)
        if known is None or time.monotonic() - known[0] > KINDS_FRESH_FOR:
            async with self.database.reading(workspace) as tx:
                known = (time.monotonic(), await kinds_of(tx))
            self._kinds[workspace] = known
        return known[1]

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
        """Wait until nothing that was put off is under way."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)
