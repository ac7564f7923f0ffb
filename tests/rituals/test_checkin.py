"""What the check-in asks, and what becomes of an answer."""

from typing import Any

import pytest
from sqlalchemy import select

from rituals import checkin
from rituals.checkin import Said
from rituals.learning import first_sentence
from storage import history
from storage.audience import ADMINISTRATOR
from storage.errors import NotFound, Refused
from storage.graph import Graph, Tie
from storage.measures import Measure
from storage.members import audience_of_user
from storage.objects import Object, find, get, links_to
from storage.outbox import show
from storage.past.undo import undo
from storage.tables import answers, outbox
from tests.rituals.house import ANA, CHANNEL, IVO, MONDAY, THURSDAY, House, hours, seen
from tests.rituals.sample import move_in

ASKED = """\
Your two bets this week. About a minute.

🎲 BET-1 Guide the first board
last time 60 %, “Copy is done”
Activation rate 41 → 43 %

[Same as last time] [Update…]

🎲 BET-2 Weekly summary e-mail

[Nothing new] [Update…]

· Asked because you own them and the last answer is 3 days old

[Later…] [Not this week] [Why me?]"""

HALF_ANSWERED = """\
One more.

Thanks. BET-1 60 → 70 %, and what you learned is INS-1. [Change…]

🎲 BET-2 Weekly summary e-mail

[Nothing new] [Update…]

· Asked because you own it and the last answer is 3 days old

[Later…] [Not this week] [Why me?]"""

ANSWERED = """\
Thanks. BET-1 60 → 70 %, and what you learned is INS-1. [Change…]

BET-2 is noted. [Change…]"""

OVER = """\
The week is over for these bets. An answer still counts.

🎲 BET-1 Guide the first board
last time 60 %, “Copy is done”
Activation rate 41 → 43 % [Update…]

🎲 BET-2 Weekly summary e-mail [Update…]"""

SAID = Said("Copy is in, three languages.", "70", "Teams of three love it. They come back daily!\nLarger ones do not.")


async def two_bets(house: House) -> str:
    """Ask Ana about two bets; return the run."""
    await house.add_person(ANA, "Europe/Berlin")
    await house.add_team("Growth", None, "Europe/Berlin")
    await house.add("input", "Activation rate", fields={"unit": "%"})
    await house.add_bet("Guide the first board", Tie("targets", "INP-1"), fields={"confidence": 45})
    await house.revise("BET-1", THURSDAY, "Copy is done", fields={"confidence": 60})
    await house.add("bet", "Weekly summary e-mail", status="placed")
    await house.add("bet", "Somebody else's", author=IVO, status="running")
    await house.add("bet", "Not placed yet")
    async with house.writing() as tx:
        values = [Measure("INP-1", THURSDAY - hours(24 * 10), 41), Measure("INP-1", THURSDAY, 43)]
        await Graph(tx, house.kinds, ANA).measure(*values)
    await house.set_up()
    await house.tick(MONDAY)
    return str(next(run["id"] for run in await house.runs() if run["subject"] == ANA))


async def answer(house: House, run: str, key: str, said: Said, author: str = ANA) -> str | None:
    async with house.writing() as tx:
        return (await checkin.answer(tx, house.kinds, run, key, author, said)).insight


async def insights(house: House) -> list[Object]:
    async with house.reading() as tx:
        return await find(tx, ADMINISTRATOR, kind="insight")


async def stored(house: House) -> list[dict[str, Any]]:
    async with house.reading() as tx:
        return [dict(row) for row in await tx.rows(select(answers.c.about, answers.c.author, answers.c.said))]


async def letters_about(house: House, subject: str) -> int:
    async with house.reading() as tx:
        return len(await tx.rows(select(outbox.c.id).where(outbox.c.subject == subject)))


async def test_one_message_asks_about_ones_own_running_bets(house: House) -> None:
    run = await two_bets(house)
    message = await house.message(run, ANA)
    assert seen(message) == ASKED
    assert message.text == "Your two bets this week: Guide the first board and Weekly summary e-mail. About a minute."
    buttons = [element for block in message.blocks if block["type"] == "actions" for element in block["elements"]]
    assert [(button["action_id"], button["value"]) for button in buttons[:2]] == [
        ("checkin.same", f'{{"run":"{run}","key":"BET-1"}}'),
        ("checkin.update", f'{{"run":"{run}","key":"BET-1"}}'),
    ]


async def test_it_says_what_came_of_the_bet_so_far(house: House) -> None:
    await move_in(house)
    await house.tick(MONDAY)
    run = next(run["id"] for run in await house.runs() if run["subject"] == ANA)
    said = seen(await house.message(run, ANA)).splitlines()
    assert "Activation rate 41 → 43 % (+2.1 so far, expected +5 points)" in said
    assert "Second session within a week 52.9 → 53.3 % (+0.6 so far, expected +2 points)" in said


async def test_a_late_one_says_when_it_was_meant_to_come(house: House) -> None:
    await house.add_person(ANA, "Europe/Berlin")
    await house.add_bet(team=None)
    await house.set_up()
    await house.tick(MONDAY + hours(5))
    words = seen(await house.message((await house.only_run()).id, ANA))
    assert "· Asked because you own it and the last answer is 3 days old. It was meant for 2026-09-21 07:30 UTC" in words


async def test_an_answer_becomes_a_revision_and_an_insight_and_the_message_says_thanks(house: House) -> None:
    run = await two_bets(house)
    assert await answer(house, run, "BET-1", SAID) == "INS-1"
    assert seen(await house.message(run, ANA)) == HALF_ANSWERED
    async with house.reading() as tx:
        bet = await get(tx, "BET-1", ADMINISTRATOR)
        last = [each for each in await history.of_object(tx, "BET-1", ADMINISTRATOR) if each.relation is None][-1]
        insight = await get(tx, "INS-1", ADMINISTRATOR)
        links = await links_to(tx, ["INS-1"], ADMINISTRATOR)
    assert bet is not None
    assert insight is not None
    assert (bet.fields["confidence"], last.reason, last.author) == (70, "Copy is in, three languages.", ANA)
    assert (insight.title, insight.description) == ("Teams of three love it", "They come back daily!\nLarger ones do not.")
    assert (insight.owner, insight.team, insight.channel, insight.fields) == (ANA, "Growth", CHANNEL, {"kind": "learning"})
    assert [(link.from_key, link.relation) for link in links] == [("BET-1", "yields")]


async def test_who_gave_a_bet_away_says_no_more_of_it_and_what_was_taken_back_is_learned_anew(house: House) -> None:
    run = await two_bets(house)
    await answer(house, run, "BET-1", SAID)
    async with house.writing() as tx:
        [made] = [each for each in await history.of_object(tx, "INS-1", ADMINISTRATOR) if each.is_of_object]
        await undo(tx, house.kinds, made.act, ANA, await audience_of_user(tx, ANA))
    assert await answer(house, run, "BET-1", Said("Copy is in.", 75, "Teams of four love it.")) == "INS-2"
    await house.add_person(IVO, "Europe/Zagreb")
    async with house.writing() as tx:
        await Graph(tx, house.kinds, ANA).revise("BET-1", {"owner": IVO})
    with pytest.raises(Refused, match="looked after by somebody else"):
        await answer(house, run, "BET-1", Said(confidence=1))


async def test_when_all_is_answered_only_thanks_are_left(house: House) -> None:
    run = await two_bets(house)
    await answer(house, run, "BET-1", SAID)
    async with house.writing() as tx:
        await checkin.same(tx, house.kinds, run, "BET-2", ANA)
    message = await house.message(run, ANA)
    assert seen(message) == ANSWERED
    assert message.text == "Thanks. BET-1 60 → 70 %, BET-2 is noted."


async def test_answering_again_edits_the_answer(house: House) -> None:
    run = await two_bets(house)
    await answer(house, run, "BET-1", SAID)
    await answer(house, run, "BET-1", SAID)
    await answer(house, run, "BET-1", Said("Copy is in.", 75, "Teams of four love it."))
    assert [(insight.key, insight.title, insight.description) for insight in await insights(house)] == [
        ("INS-1", "Teams of four love it", "")
    ]
    outcome = {"before": 60, "after": 75, "insight": "INS-1"}
    said = {"changed": "Copy is in.", "confidence": 75, "surprise": "Teams of four love it.", **outcome}
    assert await stored(house) == [{"about": "BET-1", "author": ANA, "said": said}]


async def test_same_as_last_time_does_not_undo_what_was_said(house: House) -> None:
    run = await two_bets(house)
    await answer(house, run, "BET-1", SAID)
    async with house.writing() as tx:
        await checkin.same(tx, house.kinds, run, "BET-1", ANA)
    assert [row["said"]["changed"] for row in await stored(house)] == ["Copy is in, three languages."]


async def test_an_answer_edits_the_card_of_the_bet_and_the_check_in(house: House) -> None:
    run = await two_bets(house)
    async with house.writing() as tx:
        await show(tx, "card:BET-1", CHANNEL)
    await answer(house, run, "BET-1", SAID)
    assert (await letters_about(house, "card:BET-1"), await letters_about(house, f"run:{run}")) == (2, 2)


async def test_a_late_answer_counts(house: House) -> None:
    run = await two_bets(house)
    await house.tick(MONDAY + hours(120))
    assert seen(await house.message(run, ANA)) == OVER
    await answer(house, run, "BET-1", SAID)
    assert "BET-1 60 → 70 %, and what you learned is INS-1." in seen(await house.message(run, ANA))


async def test_the_next_one_shows_what_was_answered_in_this_one(house: House) -> None:
    run = await two_bets(house)
    await answer(house, run, "BET-1", SAID)
    await house.tick(MONDAY + hours(7 * 24))
    latest = [each for each in await house.runs() if each["subject"] == ANA][-1]["id"]
    assert "last time 70 %, “Copy is in, three languages.”" in seen(await house.message(latest, ANA))


@pytest.mark.parametrize(("key", "author"), [("BET-1", IVO), ("BET-3", ANA), ("BET-99", ANA)])
async def test_nobody_answers_for_another_or_about_what_was_not_asked(house: House, key: str, author: str) -> None:
    run = await two_bets(house)
    with pytest.raises(NotFound):
        await answer(house, run, key, SAID, author)
    assert await stored(house) == []


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (Said("", 101, ""), "confidence"),
        (Said("", "many", ""), "confidence"),
        (Said("\x00", 60, ""), "changed"),
        (Said("", 60, "x" * 100_001), "surprise"),
    ],
)
async def test_what_cannot_be_stored_is_refused_whole_with_its_field(house: House, said: Said, field: str) -> None:
    run = await two_bets(house)
    with pytest.raises(Refused) as refused:
        await answer(house, run, "BET-1", said)
    assert [problem.field for problem in refused.value.problems] == [field]
    assert (await stored(house), await insights(house)) == ([], [])


async def test_a_private_bets_learning_stays_where_the_bet_is(house: House) -> None:
    await house.add_person(ANA, "Europe/Berlin")
    await house.add_team("Leads", "C04LEADS", "Europe/Berlin")
    await house.add_bet(team="Leads", channel="C04LEADS", visibility="channel")
    await house.set_up()
    await house.tick(MONDAY)
    run = next(run["id"] for run in await house.runs() if run["subject"] == ANA)
    await answer(house, run, "BET-1", SAID)
    assert [(each.visibility, each.channel) for each in await insights(house)] == [("channel", "C04LEADS")]


async def test_a_bet_that_ended_meanwhile_is_not_asked_about_any_more(house: House) -> None:
    run = await two_bets(house)
    await house.revise("BET-1", status="won")
    await house.revise("BET-2", status="stopped")
    assert seen(await house.message(run, ANA)) == "Nothing to ask any more: you have no running bet here."


async def test_of_very_many_bets_some_are_asked_about_and_the_rest_counted(house: House) -> None:
    await house.add_person(ANA, "Europe/Berlin")
    for number in range(15):
        await house.add_bet(f"Bet {number}", team=None)
    await house.set_up()
    await house.tick(MONDAY)
    message = await house.message((await house.only_run()).id, ANA)
    assert seen(message).startswith("Your twelve bets this week. About three minutes.")
    assert "; 3 more of yours are on your Home" in seen(message)
    assert len(message.blocks) <= 50


@pytest.mark.parametrize(
    ("words", "title", "rest"),
    [
        ("Teams of three love it", "Teams of three love it", ""),
        ("Teams of three love it.", "Teams of three love it", ""),
        ("They love it! Daily.", "They love it!", "Daily."),
        ("Who knows? We do. Now.", "Who knows?", "We do. Now."),
        ("Up 3.5 points. Good", "Up 3.5 points", "Good"),
        ("First line\nSecond. Third.", "First line", "Second. Third."),
        ("Well...", "Well...", ""),
        ("x" * 301, "x" * 299 + "…", "x" * 301),
    ],
)
def test_the_first_sentence_is_the_title(words: str, title: str, rest: str) -> None:
    assert first_sentence(words) == (title, rest)
