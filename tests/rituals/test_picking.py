"""What a team leaves out is not asked of it; what it takes up again begins where it was."""

from datetime import datetime, timedelta

from rituals import picking
from rituals.records import CHECKIN, REVIEW
from rituals.schedules import keep_asking, set_up
from storage.renaming import rename_team
from tests.rituals.house import ANA, CHANNEL, FRIDAY, IVO, MONDAY, House

Schedules = dict[tuple[str, str], tuple[str, datetime]]


async def pick(house: House, team: str, *names: str) -> Schedules:
    """Let a team choose, plan, and return what is due when."""
    async with house.writing() as tx:
        await picking.pick(tx, team, names)
    await house.set_up()
    return await house.schedules()


async def test_a_team_does_without_what_it_left_out(house: House) -> None:
    await house.add_team("Growth", CHANNEL, "Europe/Berlin", [ANA])
    await house.add_person(ANA, "Europe/Berlin")
    await house.add_bet()
    await house.set_up()
    whole = await house.schedules()
    assert set(whole) == {(CHECKIN, ANA), (f"{REVIEW}:Growth", "")}
    assert (CHECKIN, ANA) not in await pick(house, "Growth", REVIEW)
    another = await house.add_bet("Another")
    async with house.writing() as tx:
        await keep_asking(tx, house.kinds, another)
    await house.set_up()
    assert (CHECKIN, ANA) not in await house.schedules()
    await pick(house, "Growth", CHECKIN)
    assert await house.tick(FRIDAY) == (0, 0)  # no review
    assert await house.tick(MONDAY) == (1, 0)
    assert await pick(house, "Growth") == {}
    again = await pick(house, "Growth", CHECKIN, REVIEW)
    assert again == {  # this Monday has had its own, and last Friday is over
        (CHECKIN, ANA): ("Europe/Berlin", MONDAY + timedelta(weeks=1)),
        (f"{REVIEW}:Growth", ""): ("Europe/Berlin", FRIDAY + timedelta(weeks=1)),
    }
    assert await house.tick() == (0, 0)


async def test_who_is_in_a_team_that_wants_it_or_in_none_is_asked(house: House) -> None:
    await house.add_team("Growth", CHANNEL, "Europe/Berlin", [ANA])
    await house.add_team("Payments", None, "Europe/Berlin", [ANA])
    await house.add_bet()
    await house.add_bet("His", author=IVO)
    for growth, payments, asked in (((), (), {IVO}), ((), (CHECKIN,), {ANA, IVO}), ((CHECKIN,), (), {ANA, IVO})):
        await pick(house, "Growth", *growth)
        planned = await pick(house, "Payments", *payments)
        assert {subject for ritual, subject in planned if ritual == CHECKIN} == asked


async def test_a_team_with_another_name_goes_on_with_its_rituals_and_its_choice(house: House) -> None:
    await house.add_team("Growth", CHANNEL, "Europe/Berlin")
    await pick(house, "Growth", REVIEW)
    await house.tick(FRIDAY)
    async with house.writing() as tx:
        await rename_team(tx, house.kinds, "Growth", "Activation")
        await picking.follow(tx, "Activation")
        await set_up(tx, house.kinds)
        assert await picking.picked(tx) == {"Activation": [REVIEW]}
    assert list(await house.schedules()) == [(f"{REVIEW}:Activation", "")]
    assert [run["ritual"] for run in await house.runs()] == [f"{REVIEW}:Activation"]
    assert await house.tick(FRIDAY + timedelta(minutes=1)) == (0, 0)  # this Friday has had its own
    assert await house.tick(FRIDAY + timedelta(weeks=1)) == (1, 1)
