"""What people saw in a story can be read as text."""

from collections.abc import Callable

from tests.support.story import sample_story
from tests.support.transcript import transcript

LEA, GROWTH = "U05LEA", "C01GROWTH"


async def test_a_story_is_told_by_place_with_who_sees_it_and_what_can_be_pressed(new_sqlite_url: Callable[[], str]) -> None:
    async with sample_story(new_sqlite_url()) as story:
        lea = story.person(LEA)
        await lea.command(GROWTH, "/insight", "They <come> back")
        assert (await lea.submit(await story.modal(LEA, "Where from?"))).errors == {}
        card = await story.message(LEA, GROWTH, "INS-20")
        await lea.click(card, "object.why")
        await story.message(LEA, GROWTH, "INS-20", thread_ts=card.ts)
        await lea.command(GROWTH, "/pom", "bet-12")
        told = transcript(story.slack)
    growth = told.partition("== #growth\n")[2]
    assert "throughline: 💡 INS-20 · They <come> back – new\n" in growth
    assert "  [Looked at]" in growth
    assert "throughline, to lea alone: 🎲 BET-12 · Guide the first board – running" in growth
