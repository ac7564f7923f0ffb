"""A pack that is applied beside a bot that runs: its forms, help and cards follow without a restart."""

import asyncio
from pathlib import Path

from storage.audience import ADMINISTRATOR
from storage.objects import get
from storage.packs.pack import read_pack
from tests.support.packs import apply
from tests.support.pressing import buttons, press, words_in_menu
from tests.support.story import Story, words_of

LEA, GROWTH = "U05LEA", "C01GROWTH"
EXAMPLE = read_pack((Path(__file__).parents[2] / "docs/example-pack.yaml").read_text("utf-8"))
NOTICED_WITHIN = 10.0  # seconds; a process knows the kinds for five


IDEAS = read_pack("""
version: 1
extends: starter
kinds:
  idea:
    prefix: IDE
    label: Idea
    emoji: "💭"
    lifecycle: [fresh, picked, let go]
    closed: [let go]
    marks: {rejected: let go, reason: because}
    fields:
      because: {label: "Because?", type: text}
""")


async def test_a_running_bot_offers_what_a_pack_declares(story: Story, database_url: str) -> None:
    lea = story.person(LEA)
    assert (await lea.command(GROWTH, "/pom", "log customer Schools")).text.startswith("I don't know")
    await lea.command(GROWTH, "/pom", "log funding A round")  # a kind that goes
    late = await story.modal(LEA, "A round")
    await apply(EXAMPLE, database_url)
    await until_noticed(story, "Customer")
    assert "Funding is out of use here" in str((await lea.submit(late, {})).errors)
    await lea.command(GROWTH, "/pom", "log customer Schools")
    form = await story.modal(LEA, "What do they try to get done?")
    assert (await lea.submit(form, {"field.job": "Plan a term"})).errors == {}
    card = await story.message(LEA, GROWTH, "CUS-1")
    assert "Schools" in words_of(card)
    growth = await lea.command(GROWTH, "/pom", "GRO-1")
    assert growth.text.startswith("🌱 GRO-1")
    stored = await story.read(lambda tx: get(tx, "CUS-1", ADMINISTRATOR))
    assert (stored.title, stored.fields) == ("Schools", {"job": "Plan a term"})


async def test_why_something_of_ones_own_was_let_go_is_asked_once_kept_and_told(story: Story, database_url: str) -> None:
    await apply(IDEAS, database_url)
    await until_noticed(story, "Idea")
    lea = story.person(LEA)
    await lea.command(GROWTH, "/pom", "log idea Stickers")
    assert (await lea.submit(await story.modal(LEA, "Stickers"), {})).errors == {}
    card = await story.message(LEA, GROWTH, "IDE-1")
    assert buttons(card) == ["Picked", "Why?"]
    assert words_in_menu(card)[-2:] == ["Let go", "More…"]  # moves that no pack declares
    await press(story, LEA, card, "object.go:close")
    form = await story.modal(LEA, "Why? (for those who come later)")
    assert (await lea.submit(form, {"reason": "Nobody would buy them"})).errors == {}
    line = "Léa Moreau: fresh → *let go*; Because? *Nobody would buy them*"
    assert (await story.message(LEA, GROWTH, line, thread_ts=card.ts)).text == line
    assert (await story.read(lambda tx: get(tx, "IDE-1", ADMINISTRATOR))).fields == {"because": "Nobody would buy them"}
    told = await lea.command(GROWTH, "/pom", "ask why was IDE-1 let go?")
    assert told.text.startswith("IDE-1 Stickers was let go: “Nobody would buy them”")


async def until_noticed(story: Story, kind: str) -> None:
    """Wait until the help knows the new `kind`, by asking for it now and then."""
    for _ in range(50):
        if kind in (await story.person(LEA).command(GROWTH, "/pom", f"help {kind.lower()}")).text:
            return
        await asyncio.sleep(NOTICED_WITHIN / 50)
    raise AssertionError("the bot did not notice the pack")
