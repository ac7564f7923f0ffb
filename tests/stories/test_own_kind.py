"""A kind that only a pack declares goes through everything that people meet, with no change anywhere else."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from sandbox.server import Sandbox
from storage.audience import ADMINISTRATOR
from storage.objects import get, links_from
from storage.packs.pack import read_pack
from tests.support.packs import apply
from tests.support.pressing import buttons, press
from tests.support.sample import sample_config
from tests.support.spoken import check_spoken
from tests.support.story import Story, free_port, load_sample, settings_for, words_of, working_bot

ANA, IVO, LEA, GROWTH = "U01ANA", "U02IVO", "U05LEA", "C01GROWTH"
FRIDAY = datetime(2026, 9, 18, 13, 0, tzinfo=UTC)
MONDAY = datetime(2026, 9, 21, 7, 30, tzinfo=UTC)

HUNCHES = read_pack("""
version: 1
extends: starter
kinds:
  hunch:
    prefix: HUN
    label: Hunch
    plural: hunches
    emoji: "🔮"
    altitude: prioritised
    about: What somebody feels before they can say why.
    reaction: crystal_ball
    from_message: true
    lifecycle: [felt, in the open, confirmed, let go]
    running: [in the open]
    closed: [confirmed, let go]
    fields:
      because: {label: "What makes us feel it?", type: text, ask: first, wanted_from: felt, gap: nobody has said why}
      sure: {label: "How sure are we?", type: percent, ask: first, section: How sure}
      place: {label: "Where did it come up?", type: choice, choices: [shower, meeting], section: How sure}
      meeting: {label: "Which meeting?", type: line, section: How sure, when: {place: [meeting]}}
    links:
      - {relation: hints at, label: "What does it hint at?", ask: first}
relations:
  hints at:
    words: [hints at, is hinted at by]
    ends: [{from: [hunch], to: [input, bet]}]
    serves: true
""")


@pytest.fixture
async def story(database_url: str) -> AsyncIterator[Story]:
    async with Sandbox(sample_config(), retry_factor=0.01) as slack:
        await load_sample(database_url, slack)
        await apply(HUNCHES, database_url)
        settings = settings_for(slack, database_url, "socket", free_port())
        async with working_bot(settings):
            yield Story(slack, settings)
        check_spoken(slack)


async def test_a_kind_of_ones_own_goes_through_everything(story: Story) -> None:
    ana, lea = story.person(ANA), story.person(LEA)
    # Logged, with its own fields and links, and what hangs on a choice.
    await ana.command(GROWTH, "/pom", "log hunch They come back for each other")
    form = await story.modal(ANA, "What makes us feel it?")
    [activation] = [
        each for each in await ana.type_ahead(form, "link", "activation", "link.to hints at") if "INP-1" in each.text
    ]
    said = {"field.because": "Two of them said so", "field.sure": "40", "link.to hints at": [activation.raw]}
    assert (await ana.submit(form, said)).errors == {}
    card = await story.message(ANA, GROWTH, "HUN-1")
    assert card.text == "🔮 HUN-1 · They come back for each other – felt"
    for words in ("Two of them said so", "Hints at", "INP-1", "40 %"):
        assert words in words_of(card)
    # Taken on by one press; edited; linked; its story told and taken back.
    assert buttons(card)[0] == "In the open"
    await ana.click(card, "object.go:next")
    card = await story.message(ANA, GROWTH, "They come back for each other – in the open")
    await press(story, ANA, card, "object.edit")
    form = await story.modal(ANA, "Where did it come up?")
    assert "Which meeting?" in str(form.blocks)
    assert (await ana.submit(form, {"field.sure": "70", "field.place": "shower"})).errors == {}
    assert "from 40 %" in words_of(await story.message(ANA, GROWTH, "70 %"))
    linked = await ana.command(GROWTH, "/pom", "link HUN-1 hints at BET-12")
    assert "BET-12" in linked.text
    told = await story.message(ANA, GROWTH, "felt → *in the open*", thread_ts=card.ts)
    assert "Undo" in words_of(told)
    found = await story.read(lambda tx: links_from(tx, ["HUN-1"], ADMINISTRATOR))
    assert [(link.relation, link.to_key) for link in found] == [("hints at", "BET-12"), ("hints at", "INP-1")]
    # Asked about, in its own words.
    answer = await lea.command(GROWTH, "/pom", "ask which hunches hint at activation rate?")
    assert "HUN-1" in answer.text
    assert "INP-1" in (await lea.command(GROWTH, "/pom", "why HUN-1")).text
    # On the board, among what is mine, in the Home, and saved from a message.
    for words in ("board growth", "mine", "find come back"):
        shown = (await ana.command(GROWTH, "/pom", words)).message
        assert shown is not None, words
        assert "HUN-1" in words_of(shown), words
    await ana.open_home()
    home = await story.until(lambda: (view := ana.home()) and "HUN-1" in str(view.blocks) and view, "the hunch in the Home")
    assert "They come back for each other" in str(home.blocks)
    message = await lea.say(GROWTH, "I feel that they hate Mondays")
    await lea.shortcut("message.save", message)
    form = await story.modal(LEA, "hate Mondays")
    assert "hunch" in [each["value"] for each in form.blocks[0]["element"]["options"]]
    await lea.close(form)
    # Its own reaction asks who wrote a message.
    await ana.react(message, "crystal_ball")
    assert "is a hunch 🔮" in (await story.message(LEA, await lea.open_messages(), "thought that")).text
    # The review tells it, and the check-in asks about it.
    await story.move_to(FRIDAY)
    review = await story.message(ANA, GROWTH, "week 38")
    assert "HUN-1" in words_of(review)
    await story.move_to(MONDAY)
    asked = await story.message(ANA, await ana.open_messages(), "They come back for each other")
    assert "HUN-1" in words_of(asked)
    # Put away, and back.
    await press(story, ANA, card, "object.archive")
    await story.until(lambda: "away" in words_of(next(m for m in ana.sees(GROWTH) if m.ts == card.ts)), "the card says so")
    assert (await story.read(lambda tx: get(tx, "HUN-1", ADMINISTRATOR))).archived
