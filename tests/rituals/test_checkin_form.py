"""The check-in as its owner meets it in Slack: the form, wrong answers, and a finger that is too quick."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from rituals.records import latest_about
from sandbox.workspace import Message
from storage.audience import ADMINISTRATOR
from storage.objects import find
from tests.rituals.house import ANA, CHANNEL, IVO, MONDAY
from tests.support.story import Story, sample_story, words_of

LEARNED = "Legal reads fast. We never asked."


@pytest.fixture
async def story(tmp_path: Path) -> AsyncIterator[Story]:
    async with sample_story(f"sqlite:///{tmp_path / 'throughline.db'}") as living:
        yield living


async def asked(story: Story) -> Message:
    direct = await story.person(ANA).open_messages()
    await story.move_to(MONDAY)
    return await story.message(ANA, direct, "Weekly summary e-mail")


def button_of(message: Message, action: str, key: str) -> tuple[str, str]:
    """Return action id and block id of the button of `action` for the bet `key`."""
    return next(
        (element["action_id"], block["block_id"])
        for block in message.blocks or []
        for element in _elements(block)
        if element["action_id"] == action and f'"key":"{key}"' in element["value"]
    )


def _elements(block: Any) -> list[Any]:
    beside = [block["accessory"]] if "accessory" in block else []
    return [*block.get("elements", []), *beside] if block["type"] in ("actions", "section") else []


async def press(story: Story, message: Message, action: str, key: str) -> None:
    action_id, block_id = button_of(message, action, key)
    await story.person(ANA).click(message, action_id, block_id=block_id)


async def answer_of(story: Story, key: str) -> Any:
    return (await story.read(lambda tx: latest_about(tx, [key]))).get(key)


async def test_the_form_asks_three_things_and_stores_them_once_however_often_it_is_sent(story: Story) -> None:
    message = await asked(story)
    await press(story, message, "checkin.update", "BET-9")
    form = await story.modal(ANA, "surprised")
    assert form.blocks[2]["element"]["initial_value"] == "30"
    said = {"changed": "Legal said yes.", "confidence": "45", "surprise": LEARNED}
    results = await asyncio.gather(*(story.person(ANA).submit(form, said) for _ in range(3)))
    assert [result.errors for result in results] == [{}, {}, {}]
    thanked = await story.message(ANA, message.channel, "30 → 45 %")
    assert thanked.ts == message.ts
    learned = [item for item in await story.read(lambda tx: find(tx, ADMINISTRATOR, kind="insight")) if item.key == "INS-20"]
    assert [(item.title, item.description) for item in learned] == [("Legal reads fast", "We never asked.")]
    again = await story.message(ANA, message.channel, "INS-20")
    await press(story, again, "checkin.update", "BET-9")
    reopened = await story.modal(ANA, "surprised")
    assert [block["element"].get("initial_value") for block in reopened.blocks[1:]] == ["Legal said yes.", "45", LEARNED]


async def test_what_cannot_be_stored_stands_under_its_field_and_nothing_is_lost(story: Story) -> None:
    message = await asked(story)
    await press(story, message, "checkin.update", "BET-9")
    form = await story.modal(ANA, "surprised")
    result = await story.person(ANA).submit(form, {"changed": "ring \x07", "confidence": "45"})
    assert result.errors == {"changed": "This has a character that can't be shown (U+0007). Please take it out."}
    assert await answer_of(story, "BET-9") is None
    assert (await story.person(ANA).submit(form, {"changed": "ring", "confidence": "45"})).errors == {}
    await story.message(ANA, message.channel, "30 → 45 %")


async def test_one_tap_says_that_nothing_changed(story: Story) -> None:
    message = await asked(story)
    await press(story, message, "checkin.same", "BET-9")
    thanked = await story.message(ANA, message.channel, "stays at 30 %")
    assert (thanked.ts, "One more." in words_of(thanked)) == (message.ts, True)


async def test_the_reviews_question_is_answered_where_it_is_asked(story: Story) -> None:
    await story.move_to(MONDAY.replace(day=18, hour=13, minute=0))
    review = await story.message(IVO, CHANNEL, "week 38")
    action_id, block_id = button_of(review, "object.fill", "REL-3")
    await story.person(IVO).click(review, action_id, block_id=block_id)
    form = await story.modal(IVO, "What came of it?")
    element = next(block for block in form.blocks if block.get("block_id") == "link.to results in")
    found = await story.person(IVO).type_ahead(form, element["element"]["action_id"], "Activation is up", element["block_id"])
    assert (await story.person(IVO).submit(form, {element["block_id"]: [found[0].raw]})).errors == {}
    answered = await story.message(IVO, CHANNEL, "answered, thank you")
    assert answered.ts == review.ts
