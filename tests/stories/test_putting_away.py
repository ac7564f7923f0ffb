"""Two that say the same become one, and back; who follows something finds its news in their own weekly note.

What it is called has all that a name can have, and is shown as it was typed wherever it stands.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from prompts.escape import plain
from sandbox.state import Message
from storage.audience import ADMINISTRATOR
from storage.objects import get, links_from
from tests.support.pressing import press
from tests.support.story import Story, sample_story, words_of

ANA, LEA = "U01ANA", "U05LEA"
GROWTH = "C01GROWTH"
FRIDAY = datetime(2026, 9, 18, 14, 0, tzinfo=UTC)  # 16:00 in Berlin and Paris
NAME = "<!channel> *b* _i_ ~s~ `c` R&D <@U01ANA> לוח ריק \u200fلوحة 🧭 𝕏 空"


@pytest.fixture
async def story(database_url: str) -> AsyncIterator[Story]:
    async with sample_story(database_url) as living:
        yield living


async def logged(story: Story, command: str, title: str, containing: str) -> Message:
    ana = story.person(ANA)
    await ana.command(GROWTH, command, "")
    assert (await ana.submit(await story.modal(ANA, "Title"), {"title": title})).errors == {}
    return await story.message(ANA, GROWTH, containing)


def shows(message: Message | None) -> bool:
    """Tell whether a message says the name as it was typed, and nowhere as markup."""
    assert message is not None
    marked = [message.text, *_marked(message.blocks)]
    return any(NAME in plain(words) for words in marked) and not any(sign in str(marked) for sign in ("<!channel", "<@U01ANA"))


def _marked(value: Any) -> list[str]:
    """Return the texts that Slack reads marks and mentions in."""
    if isinstance(value, dict):
        own = [value["text"]] if value.get("type") == "mrkdwn" else []
        return own + [text for part in value.values() for text in _marked(part)]
    return [text for part in value for text in _marked(part)] if isinstance(value, list) else []


async def test_two_become_one_and_back_and_who_follows_hears_of_it_once_a_week(story: Story) -> None:
    ana, lea = story.person(ANA), story.person(LEA)
    kept, twin = [await logged(story, "/insight", title, key) for title, key in ((NAME, "INS-20"), ("The same", "INS-21"))]
    await press(story, LEA, twin, "object.follow")
    await story.modal(LEA, "You follow INS-21 The same. Its news come in your weekly note.")

    await press(story, ANA, twin, "object.merge")
    form = await story.modal(ANA, "Which insight says the same?")
    [found] = [each for each in await ana.type_ahead(form, "link", "INS-20", "link.to replaces") if "INS-20" in each.text]
    assert NAME[:40] in found.text
    assert (await ana.submit(form, {"link.to replaces": found.raw})).errors == {}
    away = await story.message(ANA, GROWTH, "The same – merged, put away")
    assert away.ts == twin.ts
    post = await story.message(ANA, GROWTH, "INS-20 replaces", thread_ts=kept.ts)
    links = await story.read(lambda tx: links_from(tx, ["INS-20"], ADMINISTRATOR))
    assert [(link.relation, link.to_key) for link in links] == [("replaces", "INS-21")]

    await ana.click(post, "story.undo")  # one press takes all of it back
    assert (await story.message(ANA, GROWTH, "The same – new")).ts == twin.ts
    await ana.click(await story.message(ANA, GROWTH, "taken back by Ana Ruiz", thread_ts=kept.ts), "story.undo")
    await story.message(ANA, GROWTH, "The same – merged, put away")
    assert (await story.read(lambda tx: get(tx, "INS-21", ADMINISTRATOR))).archived

    await press(story, ANA, kept, "object.edit")
    form = await story.modal(ANA, "Who is affected?")
    assert (await ana.submit(form, {"field.who_is_affected": NAME})).errors == {}
    assert shows(await story.message(ANA, GROWTH, "affected", thread_ts=kept.ts))
    await story.move_to(FRIDAY)
    note = await story.message(LEA, await lea.open_messages(), "you follow")
    assert shows(note)
    for words in ("INS-20", "said anew: Who is affected?", "it was put away"):  # of both: the merging was taken back once
        assert words in words_of(note)


async def test_a_name_is_shown_as_it_was_typed_wherever_it_stands(story: Story) -> None:
    ana, lea = story.person(ANA), story.person(LEA)
    card = await logged(story, "/bet", NAME, "BET-20")
    assert shows(card)
    for words in ("BET-20", "board prioritised", "find R&D", "why BET-20"):
        assert "R&D" in plain(words_of((await ana.command(GROWTH, "/pom", words)).message)), words  # type: ignore[arg-type]
    assert shows((await ana.command(GROWTH, "/pom", "board prioritised")).message)
    assert shows((await ana.command(GROWTH, "/pom", "ask where did BET-20 come from?")).message)

    await lea.click(card, "object.fill:hypothesis")
    assert (await lea.submit(await story.modal(LEA, "We believe that"), {"field.hypothesis": NAME})).errors == {}
    direct = await ana.open_messages()
    assert shows(await story.message(ANA, direct, "would like to change"))
    await ana.open_home()
    home = await story.until(lambda: (view := ana.home()) and "BET-20" in str(view.blocks) and view, "the proposal in the Home")
    assert NAME in plain("\n".join(_marked(home.blocks)))
    assert "<!channel" not in str(_marked(home.blocks))
    await ana.click(await story.message(ANA, direct, "would like to change"), "proposal.accept")
    await story.message(ANA, GROWTH, "accepted by Ana Ruiz", thread_ts=card.ts)

    await press(story, ANA, card, "pitch.open")
    form = await story.modal(ANA, "Why now?")
    assert (await ana.submit(form, {"why_now": NAME, "decider": ANA})).errors == {}
    page = await story.message(ANA, GROWTH, "back it, challenge it, ask")
    assert shows(page)
    await lea.click(page, "pitch.say:ask")
    assert (await lea.submit(await story.modal(LEA, "It goes into the thread"), {"why": NAME})).errors == {}
    assert shows(await story.message(ANA, GROWTH, "asks", thread_ts=page.ts))
