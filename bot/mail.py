"""Works on the inbox: each event once, its effect and its end in one transaction."""

import asyncio
from contextlib import suppress

from bot.desk import Desk
from bot.ending import ended
from bot.errors import logged
from bot.flows.events import apologise, effect_of
from storage import inbox
from storage.inbox import Received

IDLE_SECONDS = 1.0


class Mail:
    """The loop that works on the inbox of a workspace, in one process."""

    def __init__(self, desk: Desk, workspace: str) -> None:
        self._desk = desk
        self._workspace = workspace
        self._arrived = asyncio.Event()

    def arrived(self) -> None:
        """Say that an event was stored, so that it is worked on at once."""
        self._arrived.set()

    async def run(self) -> None:
        """Work on what waits, for ever."""
        while True:
            self._arrived.clear()
            await ended(logged(self.work_off(), "mail"))
            with suppress(TimeoutError):
                async with asyncio.timeout(IDLE_SECONDS):  # wait_for of Python 3.11 can swallow a cancellation
                    await self._arrived.wait()

    async def work_off(self) -> None:
        """Work on every event of the workspace that waits."""
        while await self._one():
            pass

    async def _one(self) -> bool:
        async with self._desk.database.reading(self._workspace) as tx:
            event = await inbox.peek(tx)
        if event is None:
            return False
        reference = await logged(self._apply(event), "event", workspace=self._workspace, event_id=event.event_id)
        if reference:
            await self._put_off(event, reference)
        return True

    async def _apply(self, event: Received) -> None:
        """Ask Slack what is needed first, so that no transaction waits for it."""
        effect = await effect_of(self._desk, event.payload)
        async with self._desk.writing(self._workspace) as tx:
            if await inbox.lock(tx, event):
                if effect:
                    await effect(tx)
                await inbox.done(tx, event)

    async def _put_off(self, event: Received, reference: str) -> None:
        async with self._desk.writing(self._workspace) as tx:
            if await inbox.failed(tx, event, reference):
                await apologise(tx, event.payload, reference)
