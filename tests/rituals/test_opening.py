"""A ritual falls due at local wall time, once, whatever clocks, zones and processes do."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from rituals.opening import open_due
from tests.rituals.house import ANA, CHANNEL, FRIDAY, IVO, MONDAY, THURSDAY, WORKSPACE, House, a_house, hours

SECOND = timedelta(seconds=1)
WEEK = timedelta(days=7)
UNREADABLE_RITUAL = """
    INSERT INTO rituals (workspace, id, plan, cadence, open_for_hours, late_window_hours, is_on)
    SELECT workspace, 'broken', plan, 'now and then', 1, 1, is_on FROM rituals
"""
ITS_SCHEDULE = """
    INSERT INTO schedules (workspace, ritual, subject, timezone, next_run_at)
    SELECT workspace, 'broken', subject, timezone, next_run_at FROM schedules WHERE subject = 'U01ANA'
"""


async def one_checkin(house: House, zone: str = "Europe/Berlin") -> None:
    await house.add_person(ANA, zone)
    await house.add_team("Growth", None, "Europe/Berlin")
    await house.add_bet()
    await house.set_up()


async def one_review(house: House, zone: str = "Europe/Berlin") -> None:
    await house.add_team("Growth", CHANNEL, zone)
    await house.set_up()


async def test_a_checkin_opens_at_half_past_nine_by_the_persons_clock_and_not_before(house: House) -> None:
    await one_checkin(house)
    assert await house.tick(MONDAY - SECOND) == (0, 0)
    assert await house.tick(MONDAY) == (1, 0)
    assert await house.states() == [("bet check-in", "2026-09-21", "open")]
    assert await house.letters() == [(f"run:{(await house.only_run()).id}", ANA)]
    assert await house.schedules() == {("bet check-in", ANA): ("Europe/Berlin", MONDAY + WEEK)}


async def test_a_review_opens_on_friday_by_the_teams_clock_in_its_channel(house: House) -> None:
    await one_review(house, "America/New_York")
    assert await house.tick(FRIDAY) == (0, 0)
    assert await house.tick(FRIDAY + hours(6)) == (1, 0)
    assert await house.states() == [("weekly review:Growth", "2026-09-18", "open")]
    assert await house.letters() == [(f"run:{(await house.only_run()).id}", CHANNEL)]


async def test_it_opens_once_however_often_the_tick_comes_and_after_a_restart(house: House, database_url: str) -> None:
    await one_checkin(house)
    assert [await house.tick(MONDAY) for _ in range(3)] == [(1, 0), (0, 0), (0, 0)]
    async with a_house(database_url, MONDAY + SECOND, is_new=False) as restarted:
        await restarted.set_up()
        assert await restarted.tick() == (0, 0)
        assert len(await restarted.letters()) == 1


async def test_who_works_in_several_zones_is_asked_at_their_own_nine_thirty(house: House) -> None:
    zones = {
        "U10LHI": "Australia/Lord_Howe",
        "U11KOL": "Asia/Kolkata",
        "U12BER": "Europe/Berlin",
        "U13LAX": "America/Los_Angeles",
    }
    await house.add_team("Growth", None, None)
    for user, zone in zones.items():
        await house.add_person(user, zone)
        await house.add_bet(f"The bet of {user}", author=user)
    await house.set_up()
    for hour in range(5 * 24 + 12):
        await house.tick(THURSDAY + hours(hour / 2) + hours(60))
    local = {run["subject"]: run["slot_at"].astimezone(ZoneInfo(zones[run["subject"]])) for run in await house.runs()}
    assert {user: f"{at:%A %H:%M}" for user, at in local.items()} == dict.fromkeys(zones, "Monday 09:30")


@pytest.mark.parametrize(
    ("zone", "first"),
    [
        ("Europe/Berlin", date(2026, 10, 19)),  # back an hour on 25 October
        ("Europe/Berlin", date(2027, 3, 22)),  # on an hour on 28 March
        ("America/New_York", date(2026, 10, 26)),
        ("America/New_York", date(2027, 3, 8)),
        ("Australia/Lord_Howe", date(2026, 9, 28)),  # by half an hour
        ("Africa/Casablanca", date(2027, 2, 1)),  # twice around Ramadan
    ],
)
async def test_the_wall_time_stays_when_clocks_change(house: House, zone: str, first: date) -> None:
    house.clock.at = datetime.combine(first, datetime.min.time(), tzinfo=ZoneInfo(zone)).astimezone(UTC)
    await one_checkin(house, zone)
    start = house.clock.at
    for half_hour in range(4 * 7 * 48):
        now = start + hours(half_hour / 2)
        if now.astimezone(ZoneInfo(zone)).weekday() == 0:  # ticks on other days find nothing, and take time
            await house.tick(now)
    found = [run["slot_at"].astimezone(ZoneInfo(zone)) for run in await house.runs()]
    assert [f"{at:%Y-%m-%d %H:%M}" for at in found] == [f"{first + number * WEEK} 09:30" for number in range(4)]


async def test_a_short_outage_opens_late_and_says_so(house: House) -> None:
    await one_checkin(house)
    assert await house.tick(MONDAY + hours(6)) == (1, 0)
    run = await house.only_run()
    assert (run.state, run.slot_at, run.brings["late"]) == ("open", MONDAY, True)
    assert (await house.schedules())["bet check-in", ANA][1] == MONDAY + WEEK


async def test_a_minute_is_not_late(house: House) -> None:
    await one_checkin(house)
    await house.tick(MONDAY + timedelta(minutes=1))
    assert (await house.only_run()).brings["late"] is False


async def test_beyond_its_window_it_is_recorded_as_missed_and_nobody_is_asked(house: House) -> None:
    await one_checkin(house)
    assert await house.tick(MONDAY + timedelta(days=3)) == (0, 0)
    assert await house.states() == [("bet check-in", "2026-09-21", "missed")]
    assert await house.letters() == []
    assert (await house.schedules())["bet check-in", ANA][1] == MONDAY + WEEK


async def test_after_a_long_outage_only_the_latest_is_opened(house: House) -> None:
    await one_checkin(house)
    assert await house.tick(MONDAY + 3 * WEEK + hours(1)) == (1, 0)
    assert await house.states() == [
        ("bet check-in", "2026-09-21", "missed"),
        ("bet check-in", "2026-09-28", "missed"),
        ("bet check-in", "2026-10-05", "missed"),
        ("bet check-in", "2026-10-12", "open"),
    ]


async def test_an_outage_of_years_leaves_a_bounded_trace(house: House) -> None:
    await one_checkin(house)
    await house.tick(MONDAY + 520 * WEEK)
    assert [state for *_, state in await house.states()] == ["missed"] * 12 + ["open"]


async def test_who_has_nothing_to_be_asked_about_is_left_alone(house: House) -> None:
    await one_checkin(house)
    await house.revise("BET-1", status="won")
    assert await house.tick(MONDAY) == (0, 0)
    assert await house.states() == [("bet check-in", "2026-09-21", "empty")]
    assert await house.letters() == []


async def test_who_has_left_is_not_asked(house: House) -> None:
    await one_checkin(house)
    await house.add_person(ANA, "Europe/Berlin", is_gone=True)
    await house.tick(MONDAY)
    assert await house.states() == [("bet check-in", "2026-09-21", "empty")]


async def test_a_clock_that_steps_back_repeats_nothing(house: House) -> None:
    await one_checkin(house)
    await house.tick(MONDAY)
    for back in (hours(1), timedelta(days=1), timedelta(days=3)):
        await house.tick(MONDAY - back)
        await house.set_up()
        await house.tick(MONDAY)
    assert len(await house.runs()) == 1


async def test_a_clock_that_steps_a_day_on_and_back_repeats_nothing(house: House) -> None:
    await one_review(house)
    await house.tick(THURSDAY + timedelta(days=1, hours=6))
    await house.tick(THURSDAY)
    await house.set_up()
    await house.tick(FRIDAY)
    assert [run["local_date"] for run in await house.runs()] == ["2026-09-18"]


@pytest.mark.parametrize("hour", range(0, 48, 12))
async def test_a_move_to_another_zone_never_makes_two_on_one_date(house: House, hour: int) -> None:
    await one_checkin(house, "Pacific/Auckland")
    moved_at = datetime(2026, 9, 20, 12, 0, tzinfo=UTC) + hours(hour)
    now = THURSDAY
    while now < MONDAY + 2 * WEEK:
        await house.tick(now)
        if now == moved_at:
            await house.add_person(ANA, "Pacific/Honolulu")
            await house.set_up()
        now += hours(4)
    dates = [run["local_date"] for run in await house.runs()]
    assert dates == sorted(set(dates))
    assert len(dates) >= 2
    assert (await house.schedules())["bet check-in", ANA][0] == "Pacific/Honolulu"


async def test_what_was_overdue_when_a_zone_changed_is_not_forgotten(house: House) -> None:
    await one_checkin(house)
    house.clock.at = MONDAY + hours(1)
    await house.add_person(ANA, "Asia/Tokyo")
    await house.set_up()
    assert await house.tick() == (1, 0)
    assert (await house.schedules())["bet check-in", ANA] == ("Asia/Tokyo", datetime(2026, 9, 28, 0, 30, tzinfo=UTC))


async def test_due_ones_are_opened_in_due_order_and_none_is_dropped(house: House) -> None:
    users = [f"U{number:03}" for number in range(40)]
    for user in users:
        await house.add_person(user, "Europe/Berlin" if int(user[1:]) % 2 else "Asia/Kolkata")
        await house.add_bet(f"The bet of {user}", author=user, team=None)
    await house.set_up()
    assert await house.tick(MONDAY) == (40, 0)
    channels = [channel for _, channel in await house.letters()]
    assert set(channels[:20]) == {user for user in users if int(user[1:]) % 2 == 0}
    assert sorted(channels) == users


async def test_two_at_once_open_each_only_once(house: House, database_url: str) -> None:
    for number in range(30):
        await house.add_person(f"U{number:03}", "Europe/Berlin")
        await house.add_bet(f"Bet {number}", author=f"U{number:03}", team=None)
    await house.set_up()
    house.clock.at = MONDAY
    async with a_house(database_url, MONDAY, is_new=False) as other:
        workers = [open_due(each.database, WORKSPACE, each.kinds) for each in (house, other) for _ in range(3)]
        opened = await asyncio.gather(*workers)
    assert sum(opened) == 30
    assert len({run["subject"] for run in await house.runs()}) == 30
    assert len(await house.letters()) == 30


async def test_one_that_fails_keeps_no_other_from_being_opened(house: House) -> None:
    await one_checkin(house)
    await house.add_person(IVO, "Europe/Berlin")
    await house.add_bet("Another", author=IVO)
    await house.set_up()
    async with house.writing() as tx:
        await tx.connection.exec_driver_sql(UNREADABLE_RITUAL)
        await tx.connection.exec_driver_sql(ITS_SCHEDULE)
    with pytest.raises(ExceptionGroup, match="1 of 3 rituals"):
        await house.tick(MONDAY)
    assert sorted(channel for _, channel in await house.letters()) == [ANA, IVO]


async def test_a_run_is_closed_when_its_time_is_over_and_its_message_edited(house: House) -> None:
    await one_checkin(house)
    await house.tick(MONDAY)
    assert await house.tick(MONDAY + hours(120) - SECOND) == (0, 0)
    assert await house.tick(MONDAY + hours(120)) == (0, 1)
    assert (await house.only_run()).state == "closed"
    assert len(await house.letters()) == 2
