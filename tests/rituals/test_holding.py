"""What somebody wishes holds when a ritual falls due: nothing is posted, and the run says why. What waits comes when it may."""

from datetime import datetime, timedelta

import pytest

from rituals import holding, wishes
from rituals.checkin import Said, answer
from rituals.courtesy import Held
from rituals.records import run_of
from storage.errors import NotFound
from storage.preferences import choose
from tests.rituals.house import ANA, IVO, MONDAY, House, hours, seen

CHECKIN = "bet check-in"
WEEK = timedelta(days=7)


async def one_checkin(house: House, **chosen: object) -> None:
    await house.add_person(ANA, "Europe/Berlin")
    await house.add_team("Growth", None, "Europe/Berlin")
    await house.add_bet()
    await house.set_up()
    async with house.writing() as tx:
        for name, value in chosen.items():
            await choose(tx, ANA, name, value)


async def posted(house: House) -> list[tuple[str, str]]:
    """Return state and reason of each run; "" where it was not held back."""
    async with house.reading() as tx:
        runs = [await run_of(tx, run["id"]) for run in await house.runs()]
    return [(run.state, (run.brings.get("held") or {}).get("why", "")) for run in runs if run]


async def only_words(house: House) -> str:
    return seen(await house.message((await house.only_run()).id, ANA))


async def test_what_is_muted_skipped_or_snoozed_is_held_and_comes_again_as_usual(house: House) -> None:
    await one_checkin(house)
    async with house.writing() as tx:
        await wishes.skip(tx, ANA, CHECKIN, MONDAY)
    assert await house.tick(MONDAY) == (0, 0)
    async with house.writing() as tx:
        await wishes.snooze(tx, ANA, CHECKIN, MONDAY + 3 * WEEK)
    assert await house.tick(MONDAY + WEEK) == (0, 0)
    async with house.writing() as tx:
        await wishes.mute(tx, ANA, CHECKIN)
    assert await house.tick(MONDAY + 2 * WEEK) == (0, 0)
    assert await posted(house) == [("held", "skipped"), ("held", "snoozed"), ("held", "muted")]
    assert await house.letters() == []
    async with house.writing() as tx:
        await wishes.as_usual(tx, ANA, CHECKIN)
    assert await house.tick(MONDAY + 3 * WEEK) == (1, 0)
    assert [channel for _, channel in await house.letters()] == [ANA]


async def test_a_week_has_as_many_prompts_as_somebody_wants(house: House) -> None:
    await one_checkin(house)
    async with house.writing() as tx:
        assert [await wishes.fewer(tx, ANA) for _ in range(5)] == [4, 3, 2, 1, 1]
        assert await wishes.asked_this_week(tx, ANA, MONDAY, await wishes.zone_of(tx, ANA)) == 0
    assert await house.tick(MONDAY) == (1, 0)
    async with house.reading() as tx:
        zone = await wishes.zone_of(tx, ANA)
        assert [await wishes.asked_this_week(tx, ANA, MONDAY + hours(number), zone) for number in (0, 6 * 24, 7 * 24)] == [
            1,
            1,
            0,
        ]
        assert await wishes.asked_this_week(tx, IVO, MONDAY, zone) == 0
        rhythm = await holding.rhythm_of(tx, CHECKIN, ANA)
        assert rhythm is not None
        assert await holding.held_back(tx, ANA, MONDAY, rhythm) == Held("enough")
        assert await holding.held_back(tx, ANA, MONDAY, rhythm, posted=True) is None


async def test_in_quiet_hours_it_waits_until_they_are_over(house: House) -> None:
    await one_checkin(house, **{"quiet hours": ["18:00", "11:00"]})
    assert await house.tick(MONDAY) == (0, 0)
    assert await posted(house) == [("held", "quiet")]
    assert await house.tick(MONDAY + hours(1)) == (0, 0)
    assert await house.tick(MONDAY + hours(1.5)) == (1, 0)
    assert await posted(house) == [("open", "")]
    words = await only_words(house)
    assert words.startswith("Your bet this week.")
    assert "It was meant for" not in words
    assert await house.tick(MONDAY + hours(121.5)) == (0, 1)


@pytest.mark.parametrize(("how", "again"), [("soon", MONDAY + hours(2)), ("tomorrow", MONDAY + hours(23.5))])
async def test_later_asks_again_below_and_says_so_meanwhile(house: House, how: str, again: datetime) -> None:
    await one_checkin(house)
    await house.tick(MONDAY)
    run = (await house.only_run()).id
    async with house.writing() as tx:
        await holding.put_off(tx, run, ANA, how)  # type: ignore[arg-type]
    assert await only_words(house) == f"All right, I ask again {again:%Y-%m-%d %H:%M} UTC.\n\n[Answer now]"
    assert await house.tick(again - timedelta(seconds=1)) == (0, 0)
    assert await house.tick(again) == (1, 0)
    assert (await only_words(house)).startswith("Your bet this week.")
    assert len(await house.runs()) == 1
    assert len(await house.letters()) == 3  # it was posted, edited, posted again


async def test_what_is_put_off_nearly_to_the_next_one_comes_with_that_one(house: House) -> None:
    await one_checkin(house)
    await house.tick(MONDAY)
    run = (await house.only_run()).id
    async with house.writing() as tx:
        await holding.put_off(tx, run, ANA, "monday")  # at nine, and the next one comes at half past
    assert (await house.only_run()).state == "closed"
    assert (await only_words(house)).startswith("All right, not this week. The next one comes 2026-09-28 07:30 UTC.")


async def test_not_this_week_closes_it_and_an_answer_or_a_change_of_mind_still_counts(house: House) -> None:
    await one_checkin(house)
    await house.tick(MONDAY)
    run = (await house.only_run()).id
    async with house.writing() as tx:
        await holding.decline(tx, run, ANA)
    assert await only_words(house) == "All right, not this week. The next one comes 2026-09-28 07:30 UTC.\n\n[Answer now]"
    async with house.writing() as tx:
        await holding.take_up(tx, run, ANA)
    assert (await only_words(house)).startswith("Your bet this week.")
    async with house.writing() as tx:
        await holding.decline(tx, run, ANA)
        await answer(tx, house.kinds, run, "BET-1", ANA, Said("Copy is done", "65"))
    assert (await only_words(house)).startswith("Thanks. BET-1 60 → 65 %")


async def test_nobody_puts_off_what_another_is_asked(house: House) -> None:
    await one_checkin(house)
    await house.tick(MONDAY)
    run = (await house.only_run()).id
    for act in (holding.decline, holding.take_up):
        with pytest.raises(NotFound):
            async with house.writing() as tx:
                await act(tx, run, IVO)


async def test_what_was_put_off_over_an_outage_gives_way_to_the_next(house: House) -> None:
    await one_checkin(house)
    await house.tick(MONDAY)
    async with house.writing() as tx:
        await holding.put_off(tx, (await house.only_run()).id, ANA, "soon")
    assert await house.tick(MONDAY + WEEK) == (1, 0)
    assert [state for state, _ in await posted(house)] == ["closed", "open"]
