"""A tour of everything that people can be shown, so that a walk finds every button of it."""

from datetime import timedelta

from storage.packs.pack import starter
from tests.support.sample import THURSDAY
from tests.support.story import Story
from tests.support.walker import POM_WORDS, Walk

ANA, IVO, LEA, NORA = "U01ANA", "U02IVO", "U05LEA", "U15NORA"
GROWTH, LEADS = "C01GROWTH", "C04LEADS"
FRIDAY, MONDAY = THURSDAY + timedelta(days=1, hours=6, minutes=5), THURSDAY + timedelta(days=4)


async def show_everything(walk: Walk) -> None:
    """Have the bot show what it has: cards of every kind, lists, letters, prompts, Homes."""
    story = walk.story
    await _log_one_of_each(story)
    await _talk(story)
    for user in (ANA, NORA):
        await story.person(user).open_home()
        for words in POM_WORDS:
            await story.person(user).command(GROWTH, "/pom", words)
            await walk.finish_modals()
    await story.move_to(FRIDAY)
    await story.message(ANA, GROWTH, "week 38")
    await story.move_to(MONDAY)
    await story.message(ANA, await story.person(ANA).open_messages(), "this week")
    walk.check()


async def leave(walk: Walk) -> None:
    """Have somebody leave the company: what is theirs passes to the lead."""
    workspace = walk.story.slack.workspace()
    workspace.change_user(workspace.users[ANA], deleted=True)
    await walk.story.until(lambda: walk.story.slack.log.of("user_change"), "the event")


async def _log_one_of_each(story: Story) -> None:
    ana = story.person(ANA)
    for kind in starter().offered:
        await ana.command(GROWTH, "/pom", f"log {kind.name} One more {kind.name}")
        assert (await ana.submit(await story.modal(ANA, "One more"), {})).errors == {}


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
