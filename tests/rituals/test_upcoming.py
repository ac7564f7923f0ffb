"""What falls due next, as the clock that is moved by hand and a person's Home say it."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.clock import FollowedClock
from bot.deliver import Delivery
from bot.desk import Desk
from bot.directory import Directory
from bot.slack import Slack
from bot.upcoming import announce, next_rituals
from tests.rituals.house import ANA, CHANNEL, FRIDAY, IVO, MONDAY, THURSDAY, WORKSPACE, House
from tests.rituals.sample import move_in

WEEK = [
    ("2026-09-18T09:30:00+00:00", "Platform’s weekly review, Friday 15:00"),
    ("2026-09-18T13:00:00+00:00", "Growth’s weekly review, Friday 15:00"),
    ("2026-09-18T19:00:00+00:00", "Payments’ weekly review, Friday 15:00"),
    ("2026-09-20T23:00:00+00:00", "Bet check-in, Monday 09:30 Lord Howe"),
    ("2026-09-21T04:00:00+00:00", "Bet check-in, Monday 09:30 Kolkata"),
    ("2026-09-21T07:30:00+00:00", "Bet check-in, Monday 09:30 Berlin"),
    ("2026-09-21T13:30:00+00:00", "Bet check-in, Monday 09:30 New York"),
]


@pytest.fixture
async def told() -> AsyncIterator[tuple[str, list[Any]]]:
    """The address of a clock, and what it was told."""
    heard: list[Any] = []

    async def put_alarms(request: web.Request) -> web.Response:
        heard.append(await request.json())
        return web.Response()

    app = web.Application()
    app.router.add_put("/clock/alarms", put_alarms)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/clock", heard
    await runner.cleanup()


async def test_the_clock_is_told_what_comes_next_and_only_when_that_changes(house: House, told: tuple[str, list[Any]]) -> None:
    url, heard = told
    await move_in(house)
    async with aiohttp.ClientSession() as session:
        clock, slack = FollowedClock(session, url), Slack(session, url, "xoxb-none")
        desk = Desk(house.database, slack, Delivery(house.database, WORKSPACE, slack, {}), Directory(house.database, slack))
        await announce(desk, WORKSPACE, clock)
        await announce(desk, WORKSPACE, clock)
        assert heard == [{"app": "throughline", "alarms": [{"at": at, "label": label} for at, label in WEEK]}]
        await house.tick(FRIDAY)
        await announce(desk, WORKSPACE, clock)
        assert [alarm["at"] for alarm in heard[1]["alarms"]][:2] == [WEEK[2][0], WEEK[3][0]]


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        (ANA, [("Growth’s weekly review", FRIDAY), ("Bet check-in", MONDAY)]),
        (IVO, [("Growth’s weekly review", FRIDAY)]),
        ("U99", []),
    ],
)
async def test_a_person_sees_what_asks_them_and_their_teams(
    house: House, user: str, expected: list[tuple[str, datetime]]
) -> None:
    house.clock.at = THURSDAY
    await house.add_person(ANA, "Europe/Berlin")
    await house.add_team("Growth", CHANNEL, "Europe/Berlin", [ANA, IVO])
    await house.add_team("Other", "C09", "Europe/Berlin", [])
    await house.add_bet()
    await house.set_up()
    async with house.reading() as tx:
        assert await next_rituals(tx, user) == [{"name": name, "at": at} for name, at in expected]
