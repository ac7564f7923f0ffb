"""Who is asked, and when next: in step with the pack, the teams, the owners of running bets and everybody's zone."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import event

from rituals.schedules import keep_asking
from storage.kinds import Kinds
from tests.rituals.house import ANA, CHANNEL, FRIDAY, IVO, MONDAY, House

TOKYO_MONDAY = datetime(2026, 9, 21, 0, 30, tzinfo=UTC)


async def test_each_team_with_a_channel_has_a_review_and_each_owner_of_a_running_bet_a_checkin(house: House) -> None:
    await house.add_team("Growth", CHANNEL, "Europe/Berlin")
    await house.add_team("Nowhere", None, "Europe/Berlin")
    await house.add_person(ANA, "Asia/Tokyo")
    await house.add_bet()
    await house.add_bet("Not yet", author=IVO, status="proposed")
    await house.set_up()
    assert await house.schedules() == {
        ("weekly review:Growth", ""): ("Europe/Berlin", FRIDAY),
        ("bet check-in", ANA): ("Asia/Tokyo", TOKYO_MONDAY),
    }


async def test_setting_up_again_changes_nothing(house: House) -> None:
    await house.add_team("Growth", CHANNEL, "Europe/Berlin")
    await house.add_bet()
    await house.set_up()
    before = await house.schedules()
    house.clock.at = MONDAY  # overdue by now, and not moved on: it is yet to be opened
    await house.set_up()
    assert await house.schedules() == before


@pytest.mark.parametrize("zone", [None, "", "Etc/Unknown", "US/Pacific-New", "../../etc/passwd"])
async def test_without_a_usable_zone_a_person_goes_by_their_teams(house: House, zone: str | None) -> None:
    await house.add_team("Growth", CHANNEL, "Asia/Tokyo")
    await house.add_person(ANA, zone)
    await house.add_bet()
    await house.set_up()
    assert (await house.schedules())["bet check-in", ANA] == ("Asia/Tokyo", TOKYO_MONDAY)


async def test_who_is_not_known_and_in_no_team_goes_by_utc(house: House) -> None:
    await house.add_bet(author="U99NEW", team=None)
    await house.set_up()
    assert (await house.schedules())["bet check-in", "U99NEW"] == ("UTC", datetime(2026, 9, 21, 9, 30, tzinfo=UTC))


async def test_a_new_cadence_finds_a_new_slot_and_what_is_gone_is_switched_off(house: House) -> None:
    await house.add_team("Growth", CHANNEL, "Europe/Berlin")
    await house.add_bet()
    await house.set_up()
    plans = house.kinds.rituals
    earlier = plans["weekly review"].model_copy(update={"cadence": "weekly on friday at 14:00"})
    house.kinds = house.kinds.model_copy(update={"rituals": {"weekly review": earlier}})
    await house.set_up()
    assert (await house.schedules())["weekly review:Growth", ""][1] == datetime(2026, 9, 18, 12, 0, tzinfo=UTC)
    assert await house.tick(MONDAY) == (0, 0)
    assert await house.states() == [("weekly review:Growth", "2026-09-18", "missed")]


async def test_a_bet_that_begins_to_run_is_asked_about_from_then_on(house: House) -> None:
    await house.add_person(ANA, "Europe/Berlin")
    bet = await house.add_bet(team=None)
    async with house.writing() as tx:
        await keep_asking(tx, house.kinds, bet)
        await keep_asking(tx, house.kinds, bet)
    assert await house.schedules() == {("bet check-in", ANA): ("Europe/Berlin", MONDAY)}


@pytest.mark.parametrize(("status", "statements"), [("running", 1), ("proposed", 0)])
async def test_asking_on_costs_one_statement_at_most(house: House, status: str, statements: int) -> None:
    bet = await house.add_bet(team=None)
    other = await house.add_bet("Another", team=None, status=status)
    counted: list[str] = []

    def count(_: object, __: object, statement: str, *rest: object) -> None:
        counted.append(statement)

    async with house.writing() as tx:
        await keep_asking(tx, house.kinds, bet)
        event.listen(house.database.engine.sync_engine, "before_cursor_execute", count)
        await keep_asking(tx, house.kinds, other)
    assert len([statement for statement in counted if "SELECT" in statement]) == statements


async def test_a_pack_without_checkins_asks_nobody(house: House) -> None:
    bet = await house.add_bet(team=None)
    nothing: Kinds = house.kinds.model_copy(update={"rituals": {}})
    async with house.writing() as tx:
        await keep_asking(tx, nothing, bet)
    assert await house.schedules() == {}
