"""The story of a card, a line for each change, and its way back: each line can be taken back, and that, too."""

import asyncio

from sandbox.state import Message
from storage.audience import ADMINISTRATOR
from storage.objects import get, links_from
from tests.stories.test_card import logged
from tests.support.pressing import press
from tests.support.sample import THURSDAY
from tests.support.story import Story, days, words_of

ANA, IVO, LEA = "U01ANA", "U02IVO", "U05LEA"
GROWTH = "C01GROWTH"
A_MINUTE = days(1) / 24 / 60


async def say_risk(story: Story, user: str, card: Message, risk: str) -> None:
    """Have somebody write the risk of a bet."""
    await press(story, user, card, "object.edit")
    form = await story.modal(user, "What could go wrong?")
    assert (await story.person(user).submit(form, {"field.risk": risk})).errors == {}


def posts(story: Story, card: Message) -> list[Message]:
    """Return the posts in the thread of a card that everybody sees, in order."""
    return [each for each in story.person(ANA).sees(GROWTH, card.ts)[1:] if each.ephemeral_to is None]


def undos(post: Message) -> list[tuple[str, str]]:
    """Return the lines of a post, each with the words on its button."""
    return [
        (block["text"]["text"], block["accessory"]["text"]["text"]) for block in post.blocks or [] if block["type"] == "section"
    ]


def of_line(post: Message, words: str) -> str:
    """Return the id of the block whose line holds `words`: each has a button of its own."""
    return next(str(block["block_id"]) for block in post.blocks or [] if words in str(block))


async def test_a_line_is_taken_back_and_done_again_by_who_did_it_or_may_edit(story: Story) -> None:
    ana, card = story.person(ANA), await logged(story, "/bet", "Guide them all")
    await say_risk(story, ANA, card, "They <skip> it")
    line = "Ana Ruiz: What could go wrong? *They &lt;skip&gt; it*"
    post = await story.message(ANA, GROWTH, line, thread_ts=card.ts)
    assert undos(post) == [(line, "Undo")]

    await story.person(LEA).click(post, "story.undo")
    refused = await story.message(LEA, GROWTH, "Only Ana Ruiz, who did it, can take it back.", thread_ts=card.ts)
    assert refused.ephemeral_to == LEA

    await asyncio.gather(*(ana.click(post, "story.undo") for _ in range(2)))
    post = await story.message(ANA, GROWTH, "taken back by Ana Ruiz", thread_ts=card.ts)
    assert undos(post) == [(f"~{line}~ · taken back by Ana Ruiz", "Redo")]
    stored = await story.read(lambda tx: get(tx, "BET-20", ADMINISTRATOR))
    assert (stored.fields, stored.version) == ({}, 3)
    await ana.click(post, "story.undo")
    post = await story.message(ANA, GROWTH, line, thread_ts=card.ts)
    await story.until(lambda: undos(posts(story, card)[0]) == [(line, "Undo")])
    assert (await story.read(lambda tx: get(tx, "BET-20", ADMINISTRATOR))).fields == {"risk": "They <skip> it"}

    await story.move_to(THURSDAY + 9 * A_MINUTE)  # one post takes up all of ten minutes, the next begins after that
    await say_risk(story, IVO, card, "They stop half-way")
    second = "Ivo Horvat: What could go wrong? “They &lt;skip&gt; it” → *They stop half-way*"
    await story.message(ANA, GROWTH, second, thread_ts=card.ts)
    assert [each for each, _ in undos(posts(story, card)[0])] == [line, second]
    await ana.click(posts(story, card)[0], "story.undo", block_id=of_line(posts(story, card)[0], line))
    clash = await story.message(ANA, GROWTH, "Ivo Horvat has changed the risk since", thread_ts=card.ts)
    assert "from “They &lt;skip&gt; it” to “They stop half-way”. Take that back first" in clash.text
    await ana.click(posts(story, card)[0], "story.undo", block_id=of_line(posts(story, card)[0], "half-way"))  # whose bet it is
    await story.message(ANA, GROWTH, "taken back by Ana Ruiz", thread_ts=card.ts)
    await story.move_to(THURSDAY + 11 * A_MINUTE)
    await say_risk(story, ANA, card, "They never begin")
    await story.until(lambda: len(posts(story, card)) == 2)
    assert posts(story, card)[1].text == "Ana Ruiz: What could go wrong? “They &lt;skip&gt; it” → *They never begin*"


async def test_a_link_is_taken_back_at_both_ends(story: Story) -> None:
    ana, bet = story.person(ANA), await logged(story, "/bet", "Guide them all")
    insight = await logged(story, "/insight", "New teams stall")
    await press(story, ANA, insight, "object.link")
    form = await story.modal(ANA, "INS-20 …")
    ana.fill(form, {"relation": "to informs"})
    [found] = [each for each in await ana.type_ahead(form, "link", "BET-20", "object") if each.text.startswith("BET-20 ")]
    assert (await ana.submit(form, {"object": found.raw, "why": "It says who", "confidence": "70"})).errors == {}
    at_insight = await story.message(ANA, GROWTH, "INS-20 informs", thread_ts=insight.ts)
    assert words_of(at_insight).startswith("Ana Ruiz: INS-20 informs <http")
    assert "|BET-20> *Guide them all*, 70 % sure: It says who" in at_insight.text
    at_bet = await story.message(ANA, GROWTH, "BET-20 is informed by", thread_ts=bet.ts)
    assert "*From* <http" in words_of(await story.message(ANA, GROWTH, "Guide them all – proposed"))

    await ana.click(at_bet, "story.undo")
    for card in (bet, insight):
        await story.message(ANA, GROWTH, "taken back by Ana Ruiz", thread_ts=card.ts)
    assert await story.read(lambda tx: links_from(tx, ["INS-20"], ADMINISTRATOR)) == []
    await story.until(lambda: "*From*" not in words_of(story.person(ANA).sees(GROWTH, bet.ts)[0]))
