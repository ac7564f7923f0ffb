"""What the weekly review says, to whom, and how answers edit it."""

from datetime import datetime, timedelta
from typing import Any

from rituals import checkin
from rituals.checkin import Said
from storage.graph import Graph, Tie
from storage.measures import Measure
from storage.people import Channel, put_channel
from tests.rituals.house import ANA, CHANNEL, FRIDAY, IVO, MONDAY, THURSDAY, House, hours, seen
from tests.rituals.sample import move_in

WEEK = timedelta(days=7)

SMALL = """\
Growth, week 38 – Second sessions rose only for small teams

Learned
INS-2 Teams of ten skip the guide (from BET-1)
INS-1 Somebody saw something

Decided
DEC-1 Guide first, samples never
• OPT-1 rejected: It teaches us nothing
BET-3 Dark mode: declined, “Nobody asked”

Working?
Activation rate 41 → 43 %, expected 44 %
IMP-1 Activation is up – claimed

Weakest link to the north star
Activation rate → Weekly active teams: assumed, 30 % sure, no evidence yet

Waiting
BET-1: nobody has said what would make us stop

In the coming week
24 September: BET-1 Guide the first board

· Possible 3: INS-1, INS-2, OPT-1 rejected
Prioritised 2: BET-1 60 → 70 %, BET-3 declined
Working 1: IMP-1

One question for all of us
BET-2 Make the first week a habit: we meant to look again on 31 August. Still the right bet? If so, when shall we look again?

[Answer]"""

SAMPLE = """\
Growth, week 38 – Second sessions rose only for teams under ten

Learned
INS-19 Teams of ten and more skip the guide: they arrive with work that is already somewhere else (from BET-12)

Decided
DEC-8 Place the start for large teams, let the long study go
• BET-14 placed: The guide is not for large teams; this might be
• OPT-9 rejected: too slow to teach us anything
• OPT-10 chosen: The only option that starts from their work and not from ours.

Working?
Activation rate 41 → 43 %, expected 44 % (BET-12: +2.1 so far, expected +5 points; one more bet on it)
Second session within a week 52.9 → 53.3 %, expected 60 % (BET-7: +0.6 so far, expected +4 points; two more bets on it)
Invitations accepted 48 → 48.5 %, expected 55 % (BET-15: +2.1 so far, expected +8 points)
IMP-8 New teams say what they will do next – supported
IMP-7 Activation is up two points where the guide runs – supported

Weakest link to the north star
Activation rate → Weekly active teams: assumed, 30 % sure, no evidence yet

Waiting
BET-8 Make the first week a habit: we meant to look again on 31 August
Nobody has said what came of REL-6
BET-12: nobody has said what would make us stop

In the coming week
24 September: BET-15 Invite from the first card

· Possible 4: OPP-8 pursued, OPT-9 rejected, OPT-10 chosen, INS-19
Prioritised 3: BET-12 45 → 60 %, BET-9 40 → 30 %, BET-14 placed
Working 2: IMP-8, IMP-7

One question for all of us
REL-3 Invite from the first card has been out for five weeks. What came of it?

[Say what came of it] [It is logged already]"""

WHOLE = {"hypothesis": "We believe", "risk": "None", "how_we_will_know": "We look", "stop_if": "It fails"}


async def a_team(house: House) -> None:
    await house.add_person(ANA, "Europe/Berlin")
    await house.add_team("Growth", CHANNEL, "Europe/Berlin", [ANA, IVO])


async def a_lively_week(house: House) -> None:
    """What SMALL tells of. The clock ends on the Thursday of that week."""
    before, in_week = THURSDAY - 3 * WEEK, THURSDAY - hours(24)
    await a_team(house)
    await house.add("north star", "Weekly active teams", at=before, team=None)
    feeds = Tie("contributes to", "NST-1", confidence=30, fields={"status": "hypothesised"})
    await house.add("input", "Activation rate", feeds, fields={"unit": "%", "target": "44 %", "in_attention": True})
    whole = {name: words for name, words in WHOLE.items() if name != "stop_if"}
    await house.add_bet("Guide the first board", Tie("targets", "INP-1"), fields={**whole, "review_date": "2026-09-24"})
    habit = {**WHOLE, "review_date": "2026-08-31"}
    await house.add_bet("Make the first week a habit", Tie("targets", "INP-1"), fields=habit, author=IVO)
    await house.add("bet", "Dark mode")
    await house.add("option", "Sample data")
    await house.add("insight", "Somebody saw something", at=in_week)
    learned: dict[str, Any] = {"description": "Teams of ten skip the guide.", "fields": {"kind": "learning"}}
    await house.add("insight", "Second sessions rose only for small teams", Tie("yields", "BET-1", backward=True), **learned)
    await house.add("decision", "Guide first, samples never", Tie("considers", "OPT-1"))
    await house.revise("OPT-1", status="rejected", fields={"reason": "It teaches us nothing"})
    await house.revise("BET-3", reason="Nobody asked", status="declined")
    await house.revise("BET-1", fields={"confidence": 70})
    await house.add("impact", "Activation is up", Tie("moves", "INP-1"))
    async with house.writing() as tx:
        values = [Measure("INP-1", before, 40), Measure("INP-1", THURSDAY - WEEK, 41), Measure("INP-1", in_week, 43)]
        await Graph(tx, house.kinds, ANA).measure(*values)
    await house.set_up()


async def review(house: House, at: datetime = FRIDAY) -> str:
    """Let the review fall due and return its run."""
    await house.tick(at)
    return str(next(run["id"] for run in reversed(await house.runs()) if run["ritual"] == "weekly review:Growth"))


async def words_of_review(house: House, run: str) -> str:
    return seen(await house.message(run, CHANNEL))


async def test_it_tells_the_week_of_a_small_team(house: House) -> None:
    await a_lively_week(house)
    run = await review(house)
    assert await words_of_review(house, run) == SMALL
    assert (await house.message(run, CHANNEL)).text == "Growth, week 38 – Second sessions rose only for small teams"


async def test_it_tells_the_week_of_the_sample_organisation(house: House) -> None:
    await move_in(house)
    assert await words_of_review(house, await review(house)) == SAMPLE


async def test_a_quiet_week_is_one_line(house: House) -> None:
    await a_team(house)
    for number in range(2):
        fields = {"released_at": f"2026-08-1{number}"}
        await house.add("release", f"Release {number}", at=THURSDAY - 2 * WEEK, status="released", fields=fields)
    await house.set_up()
    quiet = "Growth, week 38 – a quiet week: nothing new learned or decided."
    waiting = "Two releases wait for somebody to look at what they did."
    assert await words_of_review(house, await review(house)) == f"{quiet} {waiting}"


async def test_a_team_with_nothing_at_all_has_a_quiet_week(house: House) -> None:
    await a_team(house)
    await house.set_up()
    words = "Growth, week 38 – a quiet week: nothing new learned or decided."
    assert await words_of_review(house, await review(house)) == words


async def test_a_week_begins_where_the_last_one_ended(house: House) -> None:
    await a_lively_week(house)
    await review(house)
    await house.add("insight", "Said on Saturday", at=FRIDAY + hours(24))
    await house.add("insight", "Said just after it was due", at=FRIDAY + WEEK + hours(1))
    words = await words_of_review(house, await review(house, FRIDAY + WEEK + hours(2)))
    assert words.startswith("Growth, week 39 – Said on Saturday\n\nLearned\nINS-3 Said on Saturday\n\n")
    assert "Said just after" not in words


async def test_another_question_is_asked_in_the_next_week(house: House) -> None:
    await a_lively_week(house)
    first = await words_of_review(house, await review(house))
    await house.add("insight", "Something", at=FRIDAY + hours(24))
    second = await words_of_review(house, await review(house, FRIDAY + WEEK))
    assert first.split("One question for all of us\n")[1].startswith("BET-2 Make the first week a habit: we meant")
    assert second.split("One question for all of us\n")[1].startswith("BET-1 Guide the first board: we meant")


async def test_an_answered_question_loses_its_button_and_says_thanks(house: House) -> None:
    await a_lively_week(house)
    run = await review(house)
    await house.revise("BET-2", FRIDAY + hours(1), fields={"review_date": "2026-10-30"})
    words = await words_of_review(house, run)
    assert words.endswith("BET-2 Make the first week a habit: answered, thank you.")


async def test_a_button_opens_what_answers_the_question(house: House) -> None:
    await a_lively_week(house)
    run = await review(house)
    (button,) = (await house.message(run, CHANNEL)).blocks[-1]["elements"]
    assert button["action_id"] == "object.fill"
    assert button["value"] == f'{{"run":"{run}","key":"BET-2","field":"review_date"}}'


async def test_a_late_answer_edits_it(house: House) -> None:
    await a_lively_week(house)
    await house.tick(MONDAY)
    (asked,) = [run["id"] for run in await house.runs() if run["subject"] == ANA]
    run = await review(house, FRIDAY + WEEK)
    before = len(await house.letters())
    house.clock.at = FRIDAY + WEEK + hours(3)
    async with house.writing() as tx:
        await checkin.answer(tx, house.kinds, asked, "BET-1", ANA, Said("Late.", 80, "They invite their boss."))
    words = await words_of_review(house, run)
    assert words.startswith(
        "Growth, week 39 – They invite their boss\n\nLearned\nINS-3 They invite their boss (from BET-1)\n\n"
    )
    assert "Prioritised 1: BET-1 70 → 80 %" in words
    assert (f"run:{run}", CHANNEL) in (await house.letters())[before:]


async def test_what_was_missed_is_told_without_names(house: House) -> None:
    await a_lively_week(house)
    await house.tick(FRIDAY + 2 * WEEK - hours(24))  # away over a review and two Mondays of two people
    await house.add("insight", "Back again")
    words = await words_of_review(house, await review(house, FRIDAY + 2 * WEEK))
    waiting = next(part for part in words.split("\n\n") if part.startswith("Waiting\n"))
    assert waiting.splitlines()[-2:] == [
        "I was not running when two reviews were due",
        "I was not running when four check-ins were due",
    ]


async def test_only_what_every_reader_of_the_channel_may_see_is_told(house: House) -> None:
    await a_team(house)
    hidden: dict[str, Any] = {"channel": "C04LEADS", "visibility": "channel"}
    in_week = THURSDAY - hours(24)
    await house.add("input", "Secret input", at=in_week, **hidden)
    await house.add_bet("Secret bet", Tie("targets", "INP-1"), **hidden)
    await house.add("insight", "Secret insight", Tie("yields", "BET-1", backward=True), **hidden)
    await house.add("decision", "Secret decision", Tie("decides", "BET-1"), **hidden)
    await house.add("insight", "Open insight", Tie("yields", "BET-1", backward=True))
    await house.revise("BET-1", reason="Secret reason", status="won")
    await house.set_up()
    run = await review(house)
    words = await words_of_review(house, run)
    assert "ecret" not in words
    assert "INS-2 Open insight" in words
    assert "BET-1" not in words
    assert "Secret insight" in seen(await house.message(run, "C04LEADS"))


async def test_in_a_channel_shared_with_another_company_nothing_internal_is_told(house: House) -> None:
    await a_lively_week(house)
    async with house.writing() as tx:
        await put_channel(tx, Channel(CHANNEL, "growth", False, True, None, THURSDAY))
    words = "Growth, week 38 – a quiet week: nothing new learned or decided."
    assert await words_of_review(house, await review(house)) == words


async def test_what_people_typed_is_shown_as_they_typed_it(house: House) -> None:
    await a_team(house)
    await house.add("insight", "<!channel> *bold* <http://evil.example|bank.example> & more", at=THURSDAY)
    await house.set_up()
    message = await house.message(await review(house), CHANNEL)
    assert "<!channel>" not in str(message.blocks)
    assert "<http" not in str(message.blocks)
    assert "INS-1 <!channel> *bold* <http://evil.example|bank.example> & more" in seen(message)


async def test_much_is_cut_to_what_a_phone_can_show(house: House) -> None:
    await a_team(house)
    for number in range(30):
        await house.add("insight", f"Insight {number}", at=THURSDAY)
    await house.set_up()
    words = await words_of_review(house, await review(house))
    assert "and 26 more" in words
    assert len(words) < 1_000
