"""People are asked as much as they want: later, not this week, muted, fewer; and they are told why, and why not."""

import re
from datetime import UTC, datetime, timedelta

from sandbox.person import Person
from sandbox.workspace import Message
from tests.support.story import Story, sample_story, words_of

ANA, IVO = "U01ANA", "U02IVO"
GROWTH = "C01GROWTH"
MONDAY = datetime(2026, 9, 21, 7, 30, tzinfo=UTC)  # 09:30 in Berlin
WEEK = timedelta(days=7)


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


async def choose(story: Story, person: Person, message: Message, action: str, label: str) -> None:
    """Choose the option called `label` in a select of a message."""
    element = next(
        each for block in message.blocks or [] for each in block.get("elements", []) if each.get("action_id") == action
    )
    option = next(option for option in element["options"] if option["text"]["text"] == label)
    await person.select(message, action, option["value"])


def buttons(message: Message) -> list[str]:
    """Return what stands on the buttons and menus of a message."""
    elements = [each for block in message.blocks or [] if block["type"] == "actions" for each in block["elements"]]
    elements += [block["accessory"] for block in message.blocks or [] if "accessory" in block]
    return [(each.get("text") or each.get("placeholder") or {"text": "⋯"})["text"] for each in elements]
