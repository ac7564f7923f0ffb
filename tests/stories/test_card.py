"""A card and its buttons, what /pom shows, and the questions of its thread."""

import pytest

from sandbox.state import Message
from storage.audience import ADMINISTRATOR
from storage.objects import get, links_from
from tests.support.pressing import buttons, press, words_in_menu
from tests.support.story import Story, words_of

ANA, IVO, LEA = "U01ANA", "U02IVO", "U05LEA"
GROWTH = "C01GROWTH"


async def logged(story: Story, command: str, title: str, user: str = ANA) -> Message:
    """Log something with a title alone and return its card."""
    person = story.person(user)
    await person.command(GROWTH, command, title)
    assert (await person.submit(await story.modal(user, title))).errors == {}
    return await story.message(user, GROWTH, title)


async def test_edit_changes_the_card_in_place_and_not_the_rest(story: Story) -> None:
    ana, card = story.person(ANA), await logged(story, "/bet", "Guide them all")
    assert buttons(card) == ["Place", "+ We believe that… because…", "Why?"]
    assert words_in_menu(card) == ["Pitch…", "Edit", "Link…", "Decline", "More…"]
    await press(story, ANA, card, "object.edit")
    form = await story.modal(ANA, "What could go wrong?")
    said = {"title": "Guide them gently", "field.risk": "They skip it", "horizon": "1-3 months", "field.all_in": ["yes"]}
    assert (await ana.submit(form, said)).errors == {}
    changed = await story.message(ANA, GROWTH, "Guide them gently")
    assert changed.ts == card.ts
    stored = await story.read(lambda tx: get(tx, "BET-20", ADMINISTRATOR))
    assert (stored.fields, stored.horizon, stored.version) == ({"risk": "They skip it", "all_in": True}, "1-3 months", 2)


async def test_status_asks_why_and_tells_it_in_the_thread(story: Story) -> None:
    ana, card = story.person(ANA), await logged(story, "/bet", "Guide them all")
    await press(story, ANA, card, "object.status")
    form = await story.modal(ANA, "Where does it stand?")
    assert (await ana.submit(form, {"status": "placed", "reason": "It is small"})).errors == {}
    told = await story.message(ANA, GROWTH, "It is small", thread_ts=card.ts)
    assert told.text == "Ana Ruiz: proposed → *placed*. It is small"
    assert (await story.message(ANA, GROWTH, "Guide them all – placed")).ts == card.ts


async def test_link_offers_what_fits_the_relation_and_both_cards_show_it(story: Story) -> None:
    ana, card = story.person(ANA), await logged(story, "/bet", "Guide them all")
    await press(story, ANA, card, "object.link")
    form = await story.modal(ANA, "How sure?")
    ana.fill(form, {"relation": "to targets"})
    offered = await ana.type_ahead(form, "link", "rate", "object")
    assert {option.group for option in offered} <= {"Input", "Driver"}
    [activation] = [option for option in offered if option.text.startswith("INP-1 ")]
    assert (await ana.submit(form, {"object": activation.raw, "why": "New teams", "confidence": "70"})).errors == {}
    await story.message(ANA, GROWTH, "INP-1 Activation rate")
    [link] = await story.read(lambda tx: links_from(tx, ["BET-20"], ADMINISTRATOR))
    assert (link.relation, link.to_key, link.why, link.confidence) == ("targets", "INP-1", "New teams", 70)


async def test_ends_that_do_not_fit_are_said_under_the_choice(story: Story) -> None:
    ana, card = story.person(ANA), await logged(story, "/bet", "Guide them all")
    await press(story, ANA, card, "object.link")
    form = await story.modal(ANA, "How sure?")
    insight = {"text": {"type": "plain_text", "text": "INS-4"}, "value": "INS-4"}
    errors = (await ana.submit(form, {"relation": "to targets", "object": insight})).errors
    assert errors["object"].startswith('"targets" does not lead from a bet to an insight.')


async def test_why_answers_in_the_cards_thread(story: Story) -> None:
    ana, card = story.person(ANA), await logged(story, "/bet", "Guide them all")
    await ana.click(card, "object.why")
    answer = await story.message(ANA, GROWTH, "Nobody has said yet what BET-20 Guide them all is for", thread_ts=card.ts)
    assert answer.thread_ts == card.ts


async def test_a_gap_is_filled_from_its_button(story: Story) -> None:
    ana, card = story.person(ANA), await logged(story, "/bet", "Guide them all")
    assert "obody has written the hypothesis" in words_of(card)
    await ana.click(card, "object.fill:hypothesis")
    said = {"field.hypothesis": "We believe that it helps, because it did."}
    assert (await ana.submit(await story.modal(ANA, "We believe that"), said)).errors == {}
    filled = await story.message(ANA, GROWTH, "We believe that it helps")
    assert "obody has written the hypothesis" not in words_of(filled)


async def test_pom_shows_any_object_to_who_asks_alone(story: Story) -> None:
    reply = await story.person(LEA).command(GROWTH, "/pom", "bet-12")
    assert reply.text == "🎲 BET-12 · Guide the first board – running"
    assert reply.message is not None
    assert reply.message.ephemeral_to == LEA
    shown = words_of(reply.message)
    for words in (
        "Ana Ruiz · Growth · 1–3 months · confidence ▄▅ 60 %, up from 45 %",
        "*From* OPP-2 The first session leads nowhere → OPT-5 Guided first board\n*Should move* INP-1 ",
        "INP-1 Activation rate, +5 points by 30 November",
        "*Taught us* ",
        "_Nobody has said what would make us stop_",
    ):
        assert words in shown
    assert buttons(reply.message) == ["It is out", "+ What would make us stop?", "Why?"]
    over = await story.person(LEA).command(GROWTH, "/pom", "BET-11")
    assert over.message is not None
    assert "*Outcome* INP-5 Trials that start paying moved by −0,35, expected +2 points" in words_of(
        over.message
    )  # as she writes figures
    measured = await story.person(LEA).command(GROWTH, "/pom", "INP-1")
    assert measured.message is not None
    assert "*Measured* 41 → 43 % on 14 September, target 44 %" in words_of(measured.message)
    await story.person(LEA).click(reply.message, "object.why")
    why = await story.message(LEA, GROWTH, "behind it stand")
    assert why.ephemeral_to == LEA


async def test_help_explains_commands_kinds_and_questions(story: Story) -> None:
    reply = await story.person(LEA).command(GROWTH, "/pom", "help")
    assert reply.message is not None
    shown = words_of(reply.message)
    for word in ("/insight", "/bet", "/impact", "/pom", "Opportunity", "North star", "where did this bet come from?"):
        assert word.lower() in shown.lower()


@pytest.mark.parametrize(
    ("question", "keys"),
    [
        ("where did this come from?", ["INS-4", "OPP-2", "OPT-5"]),
        ("why are we doing this?", ["INP-1", "NST-1"]),
        ("what came of this?", ["WRK-8", "REL-5", "INS-19"]),
        ("which bets target Activation rate?", ["BET-12", "BET-14"]),
    ],
)
async def test_the_thread_of_a_card_answers_with_the_path(story: Story, question: str, keys: list[str]) -> None:
    ivo, lea = story.person(IVO), story.person(LEA)
    shown = await lea.command(GROWTH, "/pom", "BET-12")
    assert shown.message is not None
    asked = await ivo.say(GROWTH, f"<@U0THREAD> {question.replace('this', 'BET-12')}")
    answer = words_of(await story.message(IVO, GROWTH, keys[0], thread_ts=asked.ts))
    for key in keys:
        assert key in answer


async def test_this_is_the_object_whose_card_the_thread_hangs_from(story: Story) -> None:
    ivo, card = story.person(IVO), await logged(story, "/bet", "Guide them all")
    await ivo.say(GROWTH, "<@U0THREAD> where did this come from?", thread_ts=card.ts)
    await story.message(IVO, GROWTH, "Nobody has said yet where BET-20 Guide them all came from", thread_ts=card.ts)


async def test_a_direct_message_is_answered_there(story: Story) -> None:
    ana = story.person(ANA)
    direct = await ana.open_messages()
    await ana.say(direct, "which bets target Activation rate?")
    answer = await story.message(ANA, direct, "BET-14")
    assert answer.thread_ts is None


async def test_what_a_private_channel_knows_is_not_told_elsewhere(story: Story) -> None:
    ivo = story.person(IVO)
    asked = await ivo.say(GROWTH, "<@U0THREAD> what came of INS-17?")
    said = words_of(await story.message(IVO, GROWTH, "INS-17", thread_ts=asked.ts))
    assert "rival" not in said
    assert "INS-17" in words_of((await ivo.command(GROWTH, "/pom", "INS-17")).message)  # type: ignore[arg-type]
    assert (await story.person(LEA).command(GROWTH, "/pom", "INS-17")).text.startswith("I don't know INS-17.")


async def test_what_is_put_away_says_so_and_a_card_that_is_gone_is_posted_anew(story: Story) -> None:
    ana, card = story.person(ANA), await logged(story, "/bet", "Guide them all")
    await press(story, ANA, card, "object.archive")
    await story.modal(ANA, "BET-20")  # pressed behind "More", where words say it
    away = await story.message(ANA, GROWTH, "Guide them all – proposed, put away")
    assert (away.ts, buttons(away)) == (card.ts, ["Bring back", "Why?"])
    story.slack.workspace().delete(away, "U0THREAD")
    mine = (await ana.command(GROWTH, "/pom", "BET-20")).message
    assert mine is not None
    await ana.click(mine, "object.unarchive")
    here = "Guide them all – proposed"
    replaced, anew = await story.until(lambda: len(both := [m for m in ana.sees(GROWTH) if m.text.endswith(here)]) > 1 and both)
    assert (replaced.ts, replaced.ephemeral_to) == (mine.ts, ANA)
    assert (anew.ephemeral_to, anew.ts in (card.ts, mine.ts)) == (None, False)
    assert buttons(replaced)[0] == buttons(anew)[0] == "Place"


async def test_an_answer_that_slack_takes_no_more_at_its_address_is_said_in_the_channel(story: Story) -> None:
    shown = await story.person(LEA).command(GROWTH, "/pom", "BET-12")
    assert shown.message is not None
    story.slack.context.response_urls.seconds = -1  # as if thirty minutes had passed
    await story.person(LEA).click(shown.message, "object.why")
    why = await story.message(LEA, GROWTH, "behind it stand")
    assert (why.ephemeral_to, why.ts != shown.message.ts) == (LEA, True)
