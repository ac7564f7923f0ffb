"""Taking objects on by one button: with the one question that the move deserves, once, and kindly where a card is old."""

import asyncio

from storage.audience import ADMINISTRATOR
from storage.history import of_object
from storage.objects import get, links_to
from tests.stories.test_card import logged
from tests.support.pressing import buttons, press, words_in_menu
from tests.support.story import Story, words_of

ANA, IVO, LEA = "U01ANA", "U02IVO", "U05LEA"
GROWTH = "C01GROWTH"


async def test_a_bet_from_its_placing_to_what_was_learned(story: Story) -> None:
    ana, card = story.person(ANA), await logged(story, "/bet", "Guide them all")
    await ana.click(card, "object.go:place")
    asked = await story.modal(ANA, "When shall we look again?")
    assert [block["block_id"] for block in asked.blocks if block["type"] == "input"] == ["field.review_date"]
    assert (await ana.submit(asked, {"field.review_date": "2026-11-30"})).errors == {}
    card = await story.message(ANA, GROWTH, "Guide them all – placed")
    line = "Ana Ruiz: proposed → *placed*; When shall we look again? *30 November*"
    assert (await story.message(ANA, GROWTH, line, thread_ts=card.ts)).text == line

    await asyncio.gather(*(ana.click(card, "object.go:begin") for _ in range(2)))  # it asks nothing, and is done once
    card = await story.message(ANA, GROWTH, "Guide them all – running")
    assert buttons(card)[0] == "It is out"
    assert words_in_menu(card) == ["Edit", "Link…", "Close…", "Stop…", "More…"]

    await press(story, ANA, card, "object.go:close")  # three taps: the menu, its entry …
    asked = await story.modal(ANA, "What did we learn?")
    [ends] = [block["element"] for block in asked.blocks if block.get("block_id") == "status"]
    assert (ends["type"], [each["value"] for each in ends["options"]]) == ("radio_buttons", ["won", "lost", "inconclusive"])
    assert list((await ana.submit(asked, {"learned": "Small teams need no guide."})).errors) == ["status"]
    said = {"status": "lost", "learned": "Small teams need no guide. They <said> so."}
    assert (await ana.submit(asked, said)).errors == {}  # … how it ended, and four with Save
    card = await story.message(ANA, GROWTH, "*Taught us*")
    assert card.text == "🎲 BET-20 · Guide them all – lost"
    told = words_of(await story.message(ANA, GROWTH, "BET-20 taught us", thread_ts=card.ts))
    assert "Ana Ruiz: running → *lost*" in told
    assert "Ana Ruiz: BET-20 taught us INS-20 *Small teams need no guide*" in told
    assert "INS-20 Small teams need no guide" in words_of(card)
    insight = await story.read(lambda tx: get(tx, "INS-20", ADMINISTRATOR))
    assert (insight.title, insight.description) == ("Small teams need no guide", "They <said> so.")
    assert insight.fields == {"kind": "learning", "source": "closed bet"}
    history = await story.read(lambda tx: of_object(tx, "BET-20", ADMINISTRATOR))
    assert [each.after["status"] for each in history if "status" in (each.after or {})] == [
        "proposed",
        "placed",
        "running",
        "lost",
    ]


async def test_why_an_option_was_rejected_stands_on_it_and_in_its_story(story: Story) -> None:
    ana = story.person(ANA)
    await ana.command(GROWTH, "/pom", "log option Show a full board")
    assert (await ana.submit(await story.modal(ANA, "Show a full board"), {})).errors == {}
    card = await story.message(ANA, GROWTH, "🛤 OPT-")
    assert buttons(card)[0] == "Choose"
    await press(story, ANA, card, "object.go:reject")
    form = await story.modal(ANA, "Why chosen or rejected?")
    ana.fill(form, {"field.reason": "It teaches us nothing."})
    await ana.close(form)  # what was typed comes back
    await press(story, ANA, card, "object.go:reject")
    form = await story.modal(ANA, "It teaches us nothing.")
    assert (await ana.submit(form)).errors == {}
    card = await story.message(ANA, GROWTH, "Show a full board – rejected")
    await story.message(ANA, GROWTH, "rejected? *It teaches us nothing.*", thread_ts=card.ts)


async def test_an_old_card_says_what_is_possible_now_and_what_was_typed_stays(story: Story) -> None:
    ana, ivo, lea = story.person(ANA), story.person(IVO), story.person(LEA)
    old, ivos, leas = [(await each.command(GROWTH, "/pom", "BET-12")).message for each in (ana, ivo, lea)]
    assert old is not None
    assert ivos is not None
    assert leas is not None
    await press(story, ANA, old, "object.go:stop")
    await lea.click(leas, "object.go:release")  # who may not edit it proposes
    await story.message(LEA, GROWTH, "Proposed to Ana Ruiz")
    await ivo.click(ivos, "object.go:release")
    shown = await story.message(IVO, GROWTH, "Guide the first board – released")
    assert (shown.ts, shown.ephemeral_to) == (ivos.ts, IVO)  # the card in which he pressed, and only he sees, goes with it

    form = await story.modal(ANA, "What did we learn?")
    again = (await ana.submit(form, {"reason": "Nobody comes back"})).updated
    assert again is not None
    assert "somebody else took BET-12 Guide the first board on: it is *released* now" in str(again.blocks)
    assert (await story.read(lambda tx: get(tx, "BET-12", ADMINISTRATOR))).status == "released"
    assert (await ana.submit(await story.modal(ANA, "Nobody comes back"))).errors == {}
    await story.message(ANA, GROWTH, "Guide the first board – stopped")  # in the place of the answer to her command

    await ivo.click(shown, "object.go:measure")
    kindly = await story.message(IVO, GROWTH, "BET-12 Guide the first board has gone on since: it is *stopped* now.")
    assert (kindly.ephemeral_to, buttons(kindly)) == (IVO, ["Place"])
    [stopped] = [
        each
        for each in await story.read(lambda tx: of_object(tx, "BET-12", ADMINISTRATOR))
        if (each.after or {}).get("status") == "stopped"
    ]
    assert (stopped.author, stopped.reason) == (ANA, "Nobody comes back")
    assert await story.read(lambda tx: links_to(tx, ["INS-20"], ADMINISTRATOR)) == []  # nobody said that anything was learned
