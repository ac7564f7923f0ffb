"""The weekly note: who gets one, what it tells, and when there is none."""

from datetime import timedelta

from rituals.runs import render_run
from rituals.schedules import keep_telling
from rituals.weekly_note import WEEKLY_NOTE
from storage import follows
from storage.graph import Graph, Tie
from storage.measures import Measure
from storage.people import Channel, put_channel
from storage.preferences import choose
from tests.rituals.house import ANA, FRIDAY, IVO, THURSDAY, House, hours, seen

NOTE_TIME = FRIDAY + hours(1)  # 16:00 in Berlin
WEEK = timedelta(days=7)

TOLD = """\
News of 2 things that you follow: Guide the first board and Activation rate

🎲 BET-1 Guide the first board
running → won: Second sessions rose
confidence 60 → 80 %
1 new link
said anew: What could go wrong?

🎚 INP-1 Activation rate
now at 43 %

· Once a week, because you follow these. What you changed yourself is left out.

[No more of these]"""


async def at_home(house: House) -> None:
    """Two people, a bet and an input; Ivo follows both."""
    for user in (ANA, IVO):
        await house.add_person(user, "Europe/Berlin")
    await house.add_team("Growth", None, None)
    await house.add_bet(at=THURSDAY - WEEK * 2)
    await house.add("input", "Activation rate", fields={"unit": "%"})
    async with house.writing() as tx:
        for key in ("BET-1", "INP-1"):
            await follows.follow(tx, IVO, key)
    house.clock.at = THURSDAY
    await house.set_up()


async def notes(house: House) -> list[tuple[str, str, str]]:
    return [(run["subject"], run["local_date"], run["state"]) for run in await house.runs() if run["ritual"] == WEEKLY_NOTE]


async def test_who_follows_hears_once_a_week_what_others_did(house: House) -> None:
    await at_home(house)
    await house.revise(
        "BET-1", reason="Second sessions rose", status="won", fields={"confidence": 80, "risk": "Only small teams"}
    )
    async with house.writing() as tx:
        await Graph(tx, house.kinds, ANA).link("BET-1", Tie("targets", "INP-1"))
        await Graph(tx, house.kinds, ANA).measure(Measure("INP-1", THURSDAY, 43))
        await Graph(tx, house.kinds, ANA).measure(Measure("INP-1", THURSDAY, 43, note="counted twice"))  # the same value
        await Graph(tx, house.kinds, IVO).revise("INP-1", {"description": "What I said myself is no news to me"})
    await house.tick(NOTE_TIME)
    [run] = [each for each in await house.runs() if each["ritual"] == WEEKLY_NOTE]
    assert (run["subject"], run["state"]) == (IVO, "open")
    assert seen(await house.message(run["id"], IVO)) == TOLD
    await house.tick(NOTE_TIME + WEEK)
    assert await notes(house) == [(IVO, "2026-09-18", "closed"), (IVO, "2026-09-25", "empty")]


async def test_who_begins_to_follow_is_told_from_the_next_week_on_at_once(house: House) -> None:
    await at_home(house)
    async with house.writing() as tx:
        await follows.follow(tx, ANA, "INP-1")
        await keep_telling(tx, house.kinds, ANA)
        await keep_telling(tx, house.kinds, ANA)
        await keep_telling(tx, house.kinds, "U09ZOE")  # follows nothing
        await Graph(tx, house.kinds, IVO).revise("INP-1", {"title": "Activation"})
    assert {subject for ritual, subject in await house.schedules() if ritual == WEEKLY_NOTE} == {ANA, IVO}
    await house.tick(NOTE_TIME)
    assert await notes(house) == [(ANA, "2026-09-18", "open"), (IVO, "2026-09-18", "empty")]


async def test_nobody_gets_a_note_who_follows_nothing_or_wants_none_or_has_no_news(house: House) -> None:
    await at_home(house)
    await house.tick(NOTE_TIME)
    assert await notes(house) == [(IVO, "2026-09-18", "empty")]
    async with house.writing() as tx:
        await choose(tx, IVO, WEEKLY_NOTE, value=False)
    await house.set_up()
    await house.revise("BET-1", at=NOTE_TIME + hours(1), status="won")
    await house.tick(NOTE_TIME + WEEK)
    assert [state for *_, state in await notes(house)] == ["empty"]
    assert await house.letters() == []


async def test_what_moved_to_a_private_channel_is_in_no_note_of_who_is_not_in_it(house: House) -> None:
    await at_home(house)
    await house.revise("BET-1", status="won")
    await house.tick(NOTE_TIME)
    [run] = [each for each in await house.runs() if each["ritual"] == WEEKLY_NOTE]
    assert "Guide the first board" in seen(await house.message(run["id"], IVO))
    async with house.writing() as tx:
        await put_channel(tx, Channel("C04LEADS", "leads", True, False, [ANA], tx.now))
    await house.revise("BET-1", channel="C04LEADS", visibility="channel")
    async with house.reading() as tx:
        assert await render_run(tx, run["id"], IVO) is None
