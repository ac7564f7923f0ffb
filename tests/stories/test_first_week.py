"""A team lives its first week, over both wires and on both databases: from /insight and /bet to the Friday review."""

from datetime import UTC, datetime

import pytest

from storage.audience import ADMINISTRATOR
from storage.history import of_object
from storage.objects import find, get, links_to
from tests.support.pressing import press
from tests.support.story import Story, Transport, sample_story, words_of

ANA, IVO, LEA = "U01ANA", "U02IVO", "U05LEA"
GROWTH = "C01GROWTH"
MONDAY_MORNING = datetime(2026, 9, 21, 7, 30, tzinfo=UTC)  # 09:30 in Berlin
FRIDAY_AFTERNOON = datetime(2026, 9, 25, 13, 0, tzinfo=UTC)  # 15:00 in Berlin
BELIEF = "We believe that a second guided board brings small teams back, because the first one did."


@pytest.fixture(params=["socket", "http"])
def transport(request: pytest.FixtureRequest) -> Transport:
    chosen: Transport = request.param
    return chosen


async def test_a_team_lives_its_first_week(database_url: str, transport: Transport) -> None:
    async with sample_story(database_url, transport) as story:
        insight = await log_an_insight(story)
        bet = await propose_a_bet(story, insight)
        await start_it(story, bet)
        learned = await check_in_on_monday(story, bet)
        await read_the_review_on_friday(story, bet, learned)
        await ask_where_it_came_from(story, bet, insight)


async def log_an_insight(story: Story) -> str:
    lea = story.person(LEA)
    assert (await lea.command(GROWTH, "/insight", "Small teams ask for a second guide")).text == ""
    form = await story.modal(LEA, "Where from?")
    assert form.blocks[0]["element"]["initial_value"] == "Small teams ask for a second guide"
    said = {"field.source": "user research", "field.who_is_affected": "teams under ten"}
    assert (await lea.submit(form, said)).errors == {}
    card = await story.message(LEA, GROWTH, "Small teams ask for a second guide")
    assert card.text == "💡 INS-20 · Small teams ask for a second guide – new"
    return "INS-20"


async def propose_a_bet(story: Story, insight: str) -> str:
    ana = story.person(ANA)
    await ana.command(GROWTH, "/bet", "Guide the second board")
    form = await story.modal(ANA, "We believe that")
    await ana.click(form, "form.more", values={"field.hypothesis": BELIEF})
    form = await story.modal(ANA, "Which insights speak for it?")
    [activation] = [each for each in await ana.type_ahead(form, "link", "activ", "link.to targets") if "INP-1 " in each.text]
    [reason] = [each for each in await ana.type_ahead(form, "link", insight, "link.from informs") if insight in each.text]
    filled = {"link.to targets": [activation.raw], "link.from informs": [reason.raw], "field.review_date": "2026-10-30"}
    assert (await ana.submit(form, {**filled, "field.confidence": "50"})).errors == {}
    card = await story.message(ANA, GROWTH, "Guide the second board")
    shown = words_of(card)
    assert card.text == "🎲 BET-20 · Guide the second board – proposed"
    assert BELIEF in shown
    assert "Activation rate" in shown
    assert insight in shown
    return "BET-20"


async def start_it(story: Story, bet: str) -> None:
    ana = story.person(ANA)
    card = await story.message(ANA, GROWTH, bet)
    await press(story, ANA, card, "object.status")
    assert (await ana.submit(await story.modal(ANA, "Where does it stand?"), {"status": "running"})).errors == {}
    await story.message(ANA, GROWTH, "Guide the second board – running")
    told = await story.message(ANA, GROWTH, "→ *running*", thread_ts=card.ts)
    assert told.text == "Ana Ruiz: proposed → *running*"


async def check_in_on_monday(story: Story, bet: str) -> str:
    ana = story.person(ANA)
    direct = await ana.open_messages()
    await story.move_to(MONDAY_MORNING)
    asked = await story.message(ANA, direct, bet)
    assert "BET-12" in words_of(asked)
    update = next(
        element
        for block in asked.blocks or []
        for element in block.get("elements", [])
        if element.get("action_id", "").startswith("checkin.update") and bet in element["value"]
    )
    block = next(block for block in asked.blocks or [] if update in block.get("elements", []))
    await ana.click(asked, update["action_id"], block_id=block["block_id"])
    form = await story.modal(ANA, "surprise")
    said = {
        "changed": "The guide is live for one team in five.",
        "confidence": "65",
        "surprise": "Teams finish it and skip the tips.",
    }
    assert (await ana.submit(form, said)).errors == {}
    thanked = await story.message(ANA, direct, "50 → 65 %")
    assert thanked.ts == asked.ts
    learned = next(
        insight
        for insight in await story.read(lambda tx: find(tx, ADMINISTRATOR, kind="insight"))
        if insight.title.startswith("Teams finish it and skip the tips")
    )
    assert learned.key in words_of(thanked)
    assert [
        (link.from_key, link.relation) for link in await story.read(lambda tx: links_to(tx, [learned.key], ADMINISTRATOR))
    ] == [(bet, "yields")]
    now = await story.read(lambda tx: get(tx, bet, ADMINISTRATOR))
    assert now.fields["confidence"] == 65
    changes = [each for each in await story.read(lambda tx: of_object(tx, bet, ADMINISTRATOR)) if each.relation is None]
    assert changes[-1].reason == "The guide is live for one team in five."
    assert len([each for each in ana.sees(direct) if bet in words_of(each)]) == 1
    return str(learned.key)


async def read_the_review_on_friday(story: Story, bet: str, learned: str) -> None:
    await story.move_to(FRIDAY_AFTERNOON)
    review = await story.message(IVO, GROWTH, "week 39")
    shown = words_of(review)
    assert learned in shown
    assert bet in shown
    assert "Activation" in shown
    assert len([each for each in story.person(IVO).sees(GROWTH) if "week 39" in words_of(each)]) == 1


async def ask_where_it_came_from(story: Story, bet: str, insight: str) -> None:
    ivo = story.person(IVO)
    card = await story.message(IVO, GROWTH, "Guide the second board – running")
    await ivo.say(GROWTH, "<@U0THREAD> where did this come from?", thread_ts=card.ts)
    answer = words_of(await story.message(IVO, GROWTH, "informs", thread_ts=card.ts))
    assert answer.startswith("BET-20 Guide the second board came from one insight.")
    assert insight in answer
    await ivo.say(GROWTH, "<@U0THREAD> what is the meaning of lunch?", thread_ts=card.ts)
    refused = await story.message(IVO, GROWTH, "I can't answer that", thread_ts=card.ts)
    offered = [
        element for block in refused.blocks or [] for element in block.get("elements", []) if element.get("type") == "button"
    ]
    assert len(offered) == 3
    await ivo.click(refused, offered[0]["action_id"])
