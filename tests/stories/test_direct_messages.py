"""The messages tab: it logs in plain words, shows keys, answers, and never guesses."""

from collections.abc import AsyncIterator

import pytest

from storage.audience import ADMINISTRATOR, EVERYBODY
from storage.objects import find, get
from tests.support.story import Story, sample_story, words_of

ANA = "U01ANA"
GROWTH = "C01GROWTH"


@pytest.fixture
async def story(database_url: str) -> AsyncIterator[Story]:
    async with sample_story(database_url) as living:
        yield living


async def test_plain_words_are_logged_taken_back_and_filled_in(story: Story) -> None:
    ana = story.person(ANA)
    direct = await ana.open_messages()
    await ana.say(direct, "insight: New teams stall. They <3 *templates* & leave.")
    note = await story.message(ANA, direct, "Kept as")
    assert "Kept as 💡 *INS-20* New teams stall.\nOnly you see it." in note.text
    stored = await story.read(lambda tx: get(tx, "INS-20", ADMINISTRATOR))
    assert (stored.title, stored.description) == ("New teams stall", "They <3 *templates* & leave.")
    assert (stored.owner, stored.visibility) == (ANA, "channel")
    assert await story.read(lambda tx: get(tx, "INS-20", EVERYBODY)) is None
    card = await story.message(ANA, direct, "💡 INS-20 · New teams stall – new")
    await ana.click(note, "object.edit")
    form = await story.modal(ANA, "Who is affected?")
    assert (await ana.submit(form, {"field.who_is_affected": "small teams", "visibility": "workspace"})).errors == {}
    assert (await story.read(lambda tx: get(tx, "INS-20", EVERYBODY))).fields["who_is_affected"] == "small teams"
    await ana.say(direct, "where did this come from?", thread_ts=card.ts)
    await story.message(ANA, direct, "INS-20", thread_ts=card.ts)

    odd = "nul\x00 and \u202ertl\u202c \u200b👩‍👩‍👧 𐍈 <!channel> <@U02IVO>"
    await ana.say(direct, f"signal: {odd}")
    await story.message(ANA, direct, "*INS-21*")
    stored = await story.read(lambda tx: get(tx, "INS-21", ADMINISTRATOR))
    assert stored.title == "nul and \u202ertl\u202c \u200b👩‍👩‍👧 𐍈 @channel @Ivo Horvat"

    await ana.say(direct, "log bet Guide them twice")
    note = await story.message(ANA, direct, "*BET-20* Guide them twice")
    await ana.click(note, "kept.undo")
    back = await story.message(ANA, direct, "BET-20 is taken back. You wrote: “Guide them twice”")
    assert back.ts == note.ts
    assert await story.read(lambda tx: get(tx, "BET-20", ADMINISTRATOR)) is None

    asking = await ana.say(GROWTH, "<@U0THREAD> decision: We stop BET-9")
    await story.message(ANA, GROWTH, "Kept as", thread_ts=asking.ts)
    [decision] = await story.read(lambda tx: find(tx, EVERYBODY, kind="decision", owner=ANA, limit=1))
    assert (decision.title, decision.team) == ("We stop BET-9", "Growth")


async def test_what_is_no_question_and_no_order_is_offered_to_be_kept_and_nothing_is_guessed(story: Story) -> None:
    ana = story.person(ANA)
    direct = await ana.open_messages()
    said = "Three teams told me that tips are in the way.\nThey close them at once."
    await ana.say(direct, said)
    offer = await story.message(ANA, direct, "Shall I keep this, and as what?")
    buttons = [each["text"]["text"] for each in (offer.blocks or [])[-1]["elements"]]
    assert buttons == ["💡 Insight", "✨ Impact", "⚖️ Decision", "🎲 Bet", "Something else…"] or len(buttons) == 5
    assert await story.read(lambda tx: get(tx, "INS-20", ADMINISTRATOR)) is None
    await ana.click(offer, "words.keep:insight")
    kept = await story.message(ANA, direct, "*INS-20*")
    assert kept.ts == offer.ts
    stored = await story.read(lambda tx: get(tx, "INS-20", ADMINISTRATOR))
    assert (stored.title, stored.description) == ("Three teams told me that tips are in the way", "They close them at once.")
    assert f"/archives/{direct}/p" in stored.source

    await ana.say(direct, "The invite step is where they all stop")
    offer = await story.message(ANA, direct, "“The invite step")
    await ana.click(offer, "words.other")
    await ana.select(await story.modal(ANA, "What would you like to keep?"), "log.kind", "question")
    form = await story.modal(ANA, "The invite step is where they all stop")
    assert (await ana.submit(form)).errors == {}
    [question] = await story.read(lambda tx: find(tx, ADMINISTRATOR, kind="question", owner=ANA, limit=1))
    assert (question.title, question.visibility) == ("The invite step is where they all stop", "channel")

    await ana.say(direct, "hello")
    hello = await story.message(ANA, direct, "Hello. Write to me as you would")
    assert "Log an insight" in words_of(hello)
    await ana.say(direct, "Thanks, bot!")
    await story.message(ANA, direct, "You are welcome.")
    await ana.say(direct, "insight:")
    empty = await story.message(ANA, direct, "Tell me in a few words")
    await ana.click(empty, "form.open")
    await ana.close(await story.modal(ANA, "Where from?"))
    await ana.say(direct, "BET-12")
    shown = await story.message(ANA, direct, "🎲 *BET-12*")
    assert "Guide" in words_of(shown)
