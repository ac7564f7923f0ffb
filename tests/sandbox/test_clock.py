import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from sandbox.clock import Alarm, Clock
from sandbox.server import Sandbox

START = datetime(2026, 9, 17, 8, tzinfo=UTC)


@pytest.fixture
async def http(slack: Sandbox) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(slack.url) as session:
        yield session


def test_a_frozen_clock_stands_still_until_it_is_moved() -> None:
    clock = Clock(START, runs=False)
    assert clock.now() == START
    clock.advance(timedelta(days=1))
    assert (clock.now(), clock.version) == (START + timedelta(days=1), 2)
    clock.move_to(START)
    assert clock.now() == START


async def test_a_running_clock_runs_from_where_it_was_put() -> None:
    clock = Clock(START)
    await asyncio.sleep(0.02)
    assert timedelta(milliseconds=20) <= clock.now() - START < timedelta(seconds=5)
    clock.freeze()
    frozen = clock.now()
    await asyncio.sleep(0.01)
    assert clock.now() == frozen
    clock.run()
    await asyncio.sleep(0.01)
    assert clock.now() > frozen


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        Clock(START).move_to(datetime(2026, 9, 17))  # noqa: DTZ001 - that is the point


def test_alarms_come_soonest_first() -> None:
    clock = Clock(START)
    soon, late = Alarm(START, "check-in"), Alarm(START + timedelta(days=1), "digest")
    clock.set_alarms("A01", [late, soon])
    assert clock.alarms == {"A01": [soon, late]}


async def test_the_clock_over_http(http: aiohttp.ClientSession) -> None:
    async def answer(request: Any) -> Any:
        async with request as response:
            return response.status, await response.json()

    assert await answer(http.get("/clock")) == (200, {"now": "2026-09-17T08:00:00+00:00", "version": 1, "runs": False})
    moved = await answer(http.post("/clock", json={"now": "2026-09-18T17:00:00+02:00"}))
    assert moved == (200, {"now": "2026-09-18T15:00:00+00:00", "version": 2, "runs": False})
    advanced = await answer(http.post("/clock", json={"advance_seconds": 3600}))
    assert advanced == (200, {"now": "2026-09-18T16:00:00+00:00", "version": 3, "runs": False})
    assert (await answer(http.post("/clock", json={"runs": True})))[1]["runs"]


async def test_a_bot_follows_the_clock(slack: Sandbox, http: aiohttp.ClientSession) -> None:
    waiting = asyncio.create_task(http.get("/clock?after=1").__aenter__())
    await asyncio.sleep(0.05)
    assert not waiting.done()
    slack.clock.advance(timedelta(hours=1))
    response = await waiting
    assert await response.json() == {"now": "2026-09-17T09:00:00+00:00", "version": 2, "runs": False}


async def test_an_app_says_what_it_waits_for(slack: Sandbox, http: aiohttp.ClientSession) -> None:
    body = {"app": "A01HELPER", "alarms": [{"at": "2026-09-18T15:00:00+00:00", "label": "Weekly review"}]}
    assert (await http.put("/clock/alarms", json=body)).status == 200
    assert slack.clock.alarms == {"A01HELPER": [Alarm(datetime(2026, 9, 18, 15, tzinfo=UTC), "Weekly review")]}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/clock", {"now": "yesterday"}),
        ("POST", "/clock", {"now": "2026-09-18T15:00:00"}),
        ("POST", "/clock", {"advance_seconds": "long"}),
        ("POST", "/clock", {"advance_seconds": 1e300}),
        ("PUT", "/clock/alarms", {"app": "A01HELPER"}),
        ("PUT", "/clock/alarms", {"app": "A01HELPER", "alarms": [{"at": "2026-09-18T15:00:00", "label": "x"}]}),
        ("GET", "/clock?after=soon", None),
    ],
)
async def test_nonsense_is_refused(http: aiohttp.ClientSession, method: str, path: str, body: Any) -> None:
    async with http.request(method, path, json=body) as response:
        assert response.status == 400
