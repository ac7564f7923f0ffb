"""Two people who press at the same moment: one is first, the other reads what became of it, and nothing is done twice."""

import asyncio

from sandbox.state import Message
from storage.audience import ADMINISTRATOR
from storage.objects import find, get_many
from tests.support.pressing import press
from tests.support.story import Story

ANA, IVO = "U01ANA", "U02IVO"
GROWTH = "C01GROWTH"


async def logged(story: Story, command: str, title: str) -> Message:
    ana = story.person(ANA)
    await ana.command(GROWTH, command, title)
    assert (await ana.submit(await story.modal(ANA, title))).errors == {}
    return await story.message(ANA, GROWTH, title)


async def test_a_pitch_is_decided_once_and_two_that_are_merged_into_each_other_are_not_both_gone(story: Story) -> None:
    ana, ivo = story.person(ANA), story.person(IVO)
    await press(story, ANA, await logged(story, "/bet", "Guide them all"), "pitch.open")
    assert (await ana.submit(await story.modal(ANA, "Why now?"), {"decider": None})).errors == {}
    page = await story.message(ANA, GROWTH, "back it, challenge it, ask")
    for person in (ana, ivo):
        await person.click(page, "pitch.decide")
    forms = [(person, await story.modal(person.id, "What becomes of it?")) for person in (ana, ivo)]
    verdicts = ({"verdict": "placed", "reason": "Now"}, {"verdict": "declined", "reason": "Never"})
    done = await asyncio.gather(*(each.submit(form, said) for (each, form), said in zip(forms, verdicts, strict=True)))
    assert sorted("the pitch is over" in str(each.errors) for each in done) == [False, True]
    told = [each for each in await story.read(lambda tx: find(tx, ADMINISTRATOR, kind="decision")) if "BET-20" in each.title]
    assert len(told) == 1

    cards = [await logged(story, "/insight", title) for title in ("New teams stall", "Teams stall when new")]
    asked = []
    for person, card, other in ((ana, cards[0], "INS-21"), (ivo, cards[1], "INS-20")):
        await press(story, person.id, card, "object.merge")
        form = await story.modal(person.id, "Which insight says the same?")
        [found] = [each for each in await person.type_ahead(form, "link", other, "link.to replaces") if other in each.text]
        asked.append((person, form, found.raw))
    done = await asyncio.gather(*(each.submit(form, {"link.to replaces": into}) for each, form, into in asked))
    assert sorted("is archived" in str(each.errors) for each in done) == [False, True]
    both = (await story.read(lambda tx: get_many(tx, ["INS-20", "INS-21"], ADMINISTRATOR))).values()
    assert sorted(each.archived for each in both) == [False, True]
