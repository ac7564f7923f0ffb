"""A tour of everything that people can be shown, so that a walk finds every button of it."""

from datetime import timedelta

from sandbox.state import Message
from storage.packs.pack import starter
from tests.support.pressing import press
from tests.support.sample import THURSDAY
from tests.support.story import Story
from tests.support.walker import POM_WORDS, Walk

ANA, IVO, JONAS, LEA, NORA = "U01ANA", "U02IVO", "U04JONAS", "U05LEA", "U15NORA"
GROWTH, LEADS = "C01GROWTH", "C04LEADS"
FRIDAY, MONDAY = THURSDAY + timedelta(days=1, hours=6, minutes=5), THURSDAY + timedelta(days=4)
PROPOSED = 4  # more than the Home shows at once


async def show_everything(walk: Walk) -> None:
    """Have the bot show what it has: cards of every kind, lists, letters, prompts, Homes."""
    story = walk.story
    await _leave(story)
    cards = await _log_one_of_each(story)
    await _pitch_and_propose(walk, cards)
    await _talk(story)
    await _begin_and_come_back(walk)
    for user in (ANA, NORA):
        await story.person(user).open_home()
        for words in POM_WORDS:
            await story.person(user).command(GROWTH, "/pom", words)
            await walk.finish_modals()
    await story.move_to(FRIDAY)
    await story.message(ANA, GROWTH, "week 38")
    await story.message(IVO, await story.person(IVO).open_messages(), "which you follow")
    await story.move_to(MONDAY)
    await story.message(ANA, await story.person(ANA).open_messages(), "this week")
    await story.person(ANA).open_home()
    walk.check()


async def _leave(story: Story) -> None:
    """Have somebody leave the company: what is theirs passes to the lead, who is told."""
    workspace = story.slack.workspace()
    workspace.change_user(workspace.users[JONAS], deleted=True)
    await story.message(IVO, await story.person(IVO).open_messages(), "Jonas")


async def _log_one_of_each(story: Story) -> dict[str, Message]:
    """Return the card of one new object of each kind, all Ana's."""
    ana, cards = story.person(ANA), dict[str, Message]()
    for kind in starter().offered:
        await ana.command(GROWTH, "/pom", f"log {kind.name} One more {kind.name}")
        assert (await ana.submit(await story.modal(ANA, "One more"), {})).errors == {}
        cards[kind.name] = await story.message(ANA, GROWTH, f"One more {kind.name}")
    return cards


async def _pitch_and_propose(walk: Walk, cards: dict[str, Message]) -> None:
    story = walk.story
    await press(story, ANA, cards["bet"], "pitch.open")
    form = await story.modal(ANA, "Why now?")
    assert (await story.person(ANA).submit(form, {"decider": IVO})).errors == {}
    for kind in list(cards)[-PROPOSED:]:
        await press(story, LEA, cards[kind], "object.archive")
    for does, told in (("object.follow", "You follow"), ("object.unfollow", "You no longer"), ("object.follow", "You follow")):
        await press(story, IVO, cards["insight"], does)
        await story.person(IVO).close(await story.modal(IVO, told), all_views=True)
        walk.met[does] += 1
    await press(story, ANA, cards["insight"], "object.go:promote")


async def _talk(story: Story) -> None:
    """Say what can be kept, in a channel and to the bot; and have somebody mark it."""
    lea = story.person(LEA)
    said = await lea.say(GROWTH, "Teams stall at the empty board, BET-12 shows it")
    await story.person(ANA).react(said, "bulb")
    direct = await lea.open_messages()
    for words in (
        "insight: They come back on Mondays",
        "Nobody reads the summary",
        "which bets target activation rate?",
        "INS-4",
    ):
        await lea.say(direct, words)
    await story.message(LEA, direct, "INS-4")


async def _begin_and_come_back(walk: Walk) -> None:
    """Leave a form half filled, and open it again."""
    story, ivo = walk.story, walk.story.person(IVO)
    await ivo.command(GROWTH, "/impact", "Half a thought")
    form = await story.modal(IVO, "What is the evidence?")
    await ivo.select(form, "value", "Two said so", "field.evidence")
    await ivo.close(form)
    await ivo.command(GROWTH, "/impact")
    await story.modal(IVO, "Half a thought")
    await walk.finish_modals()
