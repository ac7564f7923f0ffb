"""The clock that the demo and the tests move: followed over HTTP, read without waiting."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import structlog

RETRY_SECONDS = 1.0
log = structlog.get_logger("clock")


class FollowedClock:
    """Says what a clock at `url` says: GET gives {"now", "version", "runs"}, at once or, given `after`, when it is moved."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url
        self._version = -1
        self._base = datetime.now(UTC)
        self._read_at = 0.0
        self._runs = False

    def now(self) -> datetime:
        """Return the followed clock's present moment, aware, in UTC."""
        if not self._runs:
            return self._base
        return self._base + timedelta(seconds=asyncio.get_running_loop().time() - self._read_at)

    async def read(self) -> None:
        """Ask for the time once; raise aiohttp.ClientError."""
        await self._ask({})

    async def follow(self, moved: asyncio.Event) -> None:
        """Ask for every move of the clock, for ever, and set `moved` at each."""
        while True:
            try:
                await self._ask({"after": str(self._version)})
                moved.set()
            except (TimeoutError, aiohttp.ClientError) as error:
                log.warning("the clock does not answer", url=self._url, error=str(error))
                await asyncio.sleep(RETRY_SECONDS)

    async def announce(self, app: str, alarms: Sequence[Mapping[str, Any]]) -> None:
        """Tell the clock what is waited for, so that whoever moves it can jump there. `alarms`: [{"at", "label"}]."""
        async with self._session.put(f"{self._url}/alarms", json={"app": app, "alarms": list(alarms)}) as response:
            response.raise_for_status()

    async def _ask(self, question: Mapping[str, str]) -> None:
        async with self._session.get(self._url, params=question, timeout=aiohttp.ClientTimeout(total=60)) as response:
            response.raise_for_status()
            said = await response.json()
        self._base, self._read_at = datetime.fromisoformat(said["now"]), asyncio.get_running_loop().time()
        self._version, self._runs = said["version"], said["runs"]
