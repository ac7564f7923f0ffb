"""People are asked as much as they want: later, not this week, muted, fewer; and they are told why, and why not."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from rituals.records import of_person
from sandbox.person import Person
from sandbox.workspace import Message
from storage.preferences import preferences_of
from tests.support.story import Story, sample_story, words_of

ANA = "U01ANA"
GROWTH = "C01GROWTH"
MONDAY = datetime(2026, 9, 21, 7, 30, tzinfo=UTC)  # 09:30 in Berlin
WEEK = timedelta(days=7)
LESS = ["Skip the next one", "A day later", "Pause for two weeks", "Mute"]


async def test_a_checkin_is_put_off_explained_declined_and_taken_up(database_url: str) -> None:
    async with sample_story(database_url) as story:
        ana = story.person(ANA)
        direct = await ana.open_messages()
        await story.move_to(MONDAY)
        asked = await story.message(ANA, direct, "Your two bets this week")
        assert buttons(asked)[-3:] == ["Later…", "Not this week", "Why me?"]

        await ana.click(asked, "checkin.why")
        told = await story.message(ANA, direct, "Why I asked you")
        assert told.ephemeral_to == ANA
        assert re.search(r"came because you own BET-\d+ and BET-\d+", words_of(told))
        assert "You get at most 5 prompts a week; this week so far: 1." in words_of(told)

        await choose(story, ana, asked, "checkin.later", "In two hours")
        await story.message(ANA, direct, "All right, I ask again")
        await story.move_to(MONDAY + timedelta(hours=2))
        again = await story.message(ANA, direct, "Your two bets this week")
        assert again.ts > asked.ts

        await ana.click(again, "checkin.skip")
        declined = await story.message(ANA, direct, "All right, not this week")
        assert buttons(declined) == ["Answer now"]
        await ana.click(declined, "checkin.now")
        reopened = await story.message(ANA, direct, "Your two bets this week")
        assert reopened.ts == again.ts
        await ana.click(reopened, "checkin.same")
        await story.message(ANA, direct, "One more.")


async def test_what_comes_when_is_told_and_muted_by_name_and_what_is_muted_does_not_come(database_url: str) -> None:
    async with sample_story(database_url) as story:
        ana = story.person(ANA)
        listed = (await ana.command(GROWTH, "/pom", "rituals")).message
        assert listed is not None
        assert "Growth’s weekly review*" in words_of(listed)
        assert "for all of you in <#C01GROWTH>" in words_of(listed)
        assert [option["text"]["text"] for option in menu_of(listed)] == LESS

        near = (await ana.command(GROWTH, "/pom", "mute bet chekin")).message
        assert near is not None
        assert near.text == "I don’t know a ritual called “bet chekin”. These ask you:"
        assert buttons(near) == ["Mute", "Mute"]
        refused = (await ana.command(GROWTH, "/pom", "mute weekly review")).message
        assert refused is not None
        assert "for a whole team, in its channel" in refused.text
        muted = (await ana.command(GROWTH, "/pom", "mute check-in")).message
        assert muted is not None
        assert muted.text.startswith("*Bet check-in* is muted")
        assert await story.read(lambda tx: preferences_of(tx, ANA)) == {"mute:bet check-in": True}

        await story.move_to(MONDAY)
        await held(story)
        why = (await ana.command(GROWTH, "/pom", "why-me")).message
        assert why is not None
        assert "held back, because you muted it" in words_of(why)
        assert buttons(why) == ["Fewer", "Bet check-in: ask again"]
        await ana.click(why, "courtesy.usual:bet check-in")
        assert (await story.message(ANA, GROWTH, "Mute Bet check-in")).ts == why.ts
        await story.move_to(MONDAY + WEEK)
        await story.message(ANA, await ana.open_messages(), "Your two bets this week")


async def choose(story: Story, person: Person, message: Message, action: str, label: str) -> None:
    """Choose the option called `label` in a select of a message."""
    element = next(
        each for block in message.blocks or [] for each in block.get("elements", []) if each.get("action_id") == action
    )
    option = next(option for option in element["options"] if option["text"]["text"] == label)
    await person.select(message, action, option["value"])


async def held(story: Story) -> None:
    """Wait until a run was held back for Ana."""
    for _ in range(200):
        if [run for run in await story.read(lambda tx: of_person(tx, ANA, MONDAY.date(), 5)) if run.state == "held"]:
            return
        await asyncio.sleep(0.05)


def buttons(message: Message) -> list[str]:
    """Return what stands on the buttons and menus of a message."""
    elements = [each for block in message.blocks or [] if block["type"] == "actions" for each in block["elements"]]
    elements += [block["accessory"] for block in message.blocks or [] if "accessory" in block]
    return [(each.get("text") or each.get("placeholder") or {"text": "⋯"})["text"] for each in elements]


def menu_of(message: Message) -> list[dict[str, Any]]:
    """Return the options of the first `⋯` of a message."""
    elements = [block["accessory"] for block in message.blocks or [] if "accessory" in block]
    options: list[dict[str, Any]] = next(each["options"] for each in elements if each["type"] == "overflow")
    return options
