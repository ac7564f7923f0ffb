"""The three ways to run: everything in one process, HTTP only, tick and delivery only."""

import asyncio
import signal
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import structlog
import uvicorn
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler

from bot.app import Throughline, assembled, prepare
from bot.clock import FollowedClock
from bot.commands.opening import newest_schema
from bot.deliver import Timing
from bot.ending import STOP_SECONDS, ended
from bot.settings import Settings, secret
from bot.web import web_app
from storage.clock import RealClock
from storage.database import Database
from storage.lock import sole_user

Job = Coroutine[Any, Any, None]
log = structlog.get_logger("processes")


async def run(settings: Settings, timing: Timing = Timing(), told: asyncio.Event | None = None) -> int:  # noqa: B008  # frozen
    """Run everything in one process until it is told to stop, by a signal or by `told`; return the exit code."""
    async with _ready(settings, timing) as house:
        jobs = [*_worker_jobs(house), house.mail.run()]
        if settings.uses_sockets:
            async with _socket(house):
                served = [_serve(house, with_slack=False)] if settings.port else []
                return await _until_told(house, [*jobs, *served], told)
        return await _until_told(house, [*jobs, _serve(house, with_slack=True)], told)


async def web(settings: Settings) -> int:
    """Serve HTTP only; return the exit code."""
    async with _ready(settings, Timing()) as house:
        return await _until_told(house, [house.mail.run(), _serve(house, with_slack=True)])


async def worker(settings: Settings) -> int:
    """Tick and deliver only; return the exit code."""
    async with _ready(settings, Timing()) as house:
        return await _until_told(house, _worker_jobs(house))


@asynccontextmanager
async def _ready(settings: Settings, timing: Timing) -> AsyncIterator[Throughline]:
    database = Database(settings.database_url, RealClock())
    try:
        with sole_user(database):
            await newest_schema(database)
            async with assembled(settings, timing) as house:
                await prepare(house)
                yield house
    finally:
        await database.close()


def _worker_jobs(house: Throughline) -> list[Job]:
    return [_deliver(house), _ticking(house)]


async def _deliver(house: Throughline) -> None:
    if house.database.is_sqlite:  # the only process: what is marked as being sent was left by one that died
        await house.desk.delivery.resolve_abandoned()
    await house.desk.delivery.run()


async def _ticking(house: Throughline) -> None:
    """Tick until the tick is dead. A clock that is moved makes it tick at once."""
    house.tick.start()
    following = asyncio.create_task(_follow(house))
    try:
        await house.tick.watch()
    finally:
        following.cancel()
        await house.tick.stop()


async def _follow(house: Throughline) -> None:
    if not isinstance(house.clock, FollowedClock):
        return
    asking = asyncio.create_task(house.clock.follow(house.clock_moved))
    try:
        while True:
            await house.clock_moved.wait()
            house.clock_moved.clear()
            await ended(house.tick.once())
    finally:
        asking.cancel()


@asynccontextmanager
async def _socket(house: Throughline) -> AsyncIterator[None]:
    handler = AsyncSocketModeHandler(house.bolt, secret(house.settings.slack_app_token))
    await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt leaves it untyped
    try:
        yield
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


class _Server(uvicorn.Server):
    """Uvicorn without signal handlers of its own: the process has one way to stop."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _serve(house: Throughline, *, with_slack: bool) -> None:
    app = web_app(house.metrics, house.bolt if with_slack else None, secret(house.settings.slack_signing_secret))
    config = uvicorn.Config(
        app,
        host="0.0.0.0",  # noqa: S104  # containers
        port=house.settings.http_port,
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=5,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve())
    try:
        await asyncio.shield(serving)
    finally:  # requests that are under way are answered
        server.should_exit = True
        await serving


def _told_by_signal() -> asyncio.Event:
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    return told


async def _until_told(house: Throughline, jobs: Sequence[Job], told: asyncio.Event | None = None) -> int:
    """Run `jobs` until the process is told to stop (0) or one of them ends, which none should (1)."""
    told = told or _told_by_signal()
    tasks = [asyncio.create_task(job) for job in jobs]
    stop = asyncio.create_task(told.wait())
    log.info("running", workspace=house.identity.workspace)
    done, _ = await asyncio.wait([stop, *tasks], return_when=asyncio.FIRST_COMPLETED)
    for task in (stop, *tasks):
        task.cancel()
    await asyncio.wait([stop, *tasks], timeout=STOP_SECONDS)
    if stop in done:
        return 0
    for task in done:
        log.error("a part of the process ended", exc_info=task.exception())
    return 1
