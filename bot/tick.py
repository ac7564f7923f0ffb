"""One tick. APScheduler holds one in-memory interval job and nothing else; what is due is found in the database."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.ending import STOP_SECONDS
from bot.errors import logged
from storage.database import Database
from storage.heartbeat import beat

EVERY = 1.0  # seconds
BEAT_EVERY = 10.0
STEP_DEADLINE = 60.0  # seconds; a step that hangs would else keep every later tick from running
DEAD_AFTER = 60.0  # seconds without a tick, after which the process gives up, so that its supervisor starts another

log = structlog.get_logger("tick")


@dataclass
class Step:
    """One thing that a tick does, at most every so many seconds."""

    name: str
    work: Callable[[], Awaitable[None]]
    every: float = 0.0
    done_at: float = -math.inf


class Tick:
    """Runs its steps every second, and at once when it is woken. A step that fails does not keep the others from running."""

    def __init__(self, database: Database, process: str, steps: Sequence[Step]) -> None:
        self._database = database
        self._process = process
        self._steps = [*steps, Step("heartbeat", self._beat, BEAT_EVERY)]
        self._running = asyncio.Lock()
        self._last = 0.0
        self.is_started = False
        self._is_over = False
        self._scheduler = AsyncIOScheduler(timezone="UTC")

    def start(self) -> None:
        """Begin to tick."""
        self.is_started = True
        self._last = asyncio.get_running_loop().time()
        # The defaults skip a run that is a second late; here a late one is still wanted, once. Where one takes longer than
        # that, the next returns at once, which is nothing to warn of.
        self._scheduler.add_job(self.once, "interval", seconds=EVERY, max_instances=2, coalesce=True, misfire_grace_time=None)
        self._scheduler.start()

    async def stop(self) -> None:
        """Tick no more. A tick that is under way is let end, for a while: cut off, it would look like a failure."""
        self._is_over = True
        self._scheduler.pause()
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS), self._running:
                pass
        self._scheduler.shutdown(wait=False)

    async def once(self) -> None:
        """Run every step; return at once where a tick is under way, or there shall be none any more."""
        if self._running.locked() or self._is_over:
            return
        async with self._running:
            for step in self._steps:
                await self._run(step)

    async def _run(self, step: Step) -> None:
        now = asyncio.get_running_loop().time()
        if now - step.done_at < step.every:
            return
        if not await logged(asyncio.wait_for(step.work(), STEP_DEADLINE), step.name):
            step.done_at = now

    @property
    def age(self) -> timedelta:
        """How long ago a tick last got through to the database; every BEAT_EVERY seconds it tries."""
        return timedelta(seconds=asyncio.get_running_loop().time() - self._last)

    async def watch(self) -> None:
        """Return when the tick is dead; the caller then ends the process."""
        while self.age.total_seconds() < DEAD_AFTER:  # noqa: ASYNC110  # time passes; there is no event to wait for
            await asyncio.sleep(EVERY)
        log.error("the tick is dead", seconds=self.age.total_seconds())

    async def _beat(self) -> None:
        async with self._database.writing("") as tx:
            await beat(tx, self._process)
        self._last = asyncio.get_running_loop().time()  # only now: a tick that the database does not let work is none
