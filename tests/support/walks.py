"""Walks as a whole: a tour of what there is, then every button that was never pressed, then anything."""

from collections import Counter
from collections.abc import Sequence
from random import Random

import structlog

from bot.flows.wire import WIRE
from tests.support.story import sample_story
from tests.support.tour import ANA, GROWTH, IVO, LEA, LEADS, NORA, show_everything
from tests.support.walker import Walk

# What a walk does not come by, and the story that tells of it instead.
ELSEWHERE = {
    "letters.again": "tests/stories/test_bad_input.py: a channel that the bot is not in",
    "letters.elsewhere": "tests/stories/test_bad_input.py: a review that its channel does not take",
    "submit letters.elsewhere": "the same",
    "form.take_up": "tests/stories/test_forms.py: a draft with another title",
}
MOST_ROUNDS = 60  # of looking for what was never met
A_ROUND = 25  # steps at random, after which what is new is pressed first
HOSTILE = ("Guide them", "<!channel> & *x* <@U01ANA>", "\u202eabc 🎲\u2066", "a\n> b\n§ links", "₩𝕏 नमस्ते مرحبا", "x" * 2_900)


def names() -> set[str]:
    """Return every name on the wire that a person can press, choose or save."""
    return {*WIRE.actions, *(f"submit {name}" for name in WIRE.submissions), *(f"shortcut {name}" for name in WIRE.shortcuts)}


async def walk_all_over(database_url: str, seed: int, texts: Sequence[str], met: Counter[str], steps: int) -> None:
    """Show everything, press whatever was never pressed, and take `steps` more at random. Raise AssertionError."""
    with structlog.testing.capture_logs() as logged:
        async with sample_story(database_url) as story:
            walk = Walk(story, Random(seed), [*HOSTILE, *texts], [ANA, IVO, LEA, NORA], [GROWTH, LEADS], met, logged)
            await show_everything(walk)
            await _press_everything(walk)
            for _ in range(0, steps, A_ROUND):
                await walk.steps(A_ROUND)
                await _press_everything(walk)
            for _ in range(MOST_ROUNDS):
                if never_met(met):
                    await walk.press_what_leads_on()
                    await _press_everything(walk)


def never_met(met: Counter[str]) -> set[str]:
    """Return the names that no walk came by that counts in `met`."""
    return names() - {name for name, times in met.items() if times} - ELSEWHERE.keys()


async def _press_everything(walk: Walk) -> None:
    while await walk.press_what_was_never():
        await walk.finish_modals()
