"""Who may change what: owner and leads at once, everybody else by a proposal that takes one press."""

import asyncio
from typing import Any

from sandbox.state import Message
from sandbox.workspace import View
from storage.audience import ADMINISTRATOR
from storage.history import of_object
from storage.objects import get, links_from
from tests.stories.test_card import logged
from tests.support.pressing import press
from tests.support.story import Story, words_of

ANA, IVO, LEA, TOMAS = "U01ANA", "U02IVO", "U05LEA", "U06TOMAS"
GROWTH = "C01GROWTH"


async def stored(story: Story, key: str) -> Any:
    return await story.read(lambda tx: get(tx, key, ADMINISTRATOR))


async def filled(story: Story, user: str, card: Message, values: dict[str, str]) -> View | None:
    """Fill the first gap of a card, and return what the modal says afterwards, if it stays."""
    person = story.person(user)
    await person.click(card, "object.fill:hypothesis")
    form = await story.modal(user, "We believe that")
    assert "Ana Ruiz looks after BET-20, and is asked before your change is made." in str(form.blocks)
    result = await person.submit(form, values)
    assert result.errors == {}
    return result.updated


async def test_what_somebody_else_fills_in_waits_for_the_owner_who_accepts_in_one_press(story: Story) -> None:
    ana, lea, card = story.person(ANA), story.person(LEA), await logged(story, "/bet", "Guide them all")
    of_ana, of_lea = await ana.open_messages(), await lea.open_messages()
    said = await filled(story, LEA, card, {"field.hypothesis": "We believe <!channel> it *helps*."})
    assert said is not None
    assert "Proposed to Ana Ruiz, who looks after BET-20. You will hear as soon as it is decided." in str(said.blocks)
    asked = await story.message(ANA, of_ana, "would like to change")
    assert asked.text.startswith("Léa Moreau would like to change 🎲 ")
    assert "Guide them all" in asked.text
    assert "We believe &lt;!channel&gt; it" in words_of(asked)
    assert (await stored(story, "BET-20")).fields == {}

    await ana.click(card, "object.fill:hypothesis")  # the owner's own change, in another place, loses nothing
    assert (await ana.submit(await story.modal(ANA, "We believe that"), {"field.hypothesis": "Ana's own."})).errors == {}
    asked = await story.message(ANA, of_ana, "Ana Ruiz has changed")  # both are there to see
    assert "Ana's own." in words_of(asked)
    assert "We believe &lt;!channel&gt; it" in words_of(asked)
    await asyncio.gather(*(ana.click(asked, "proposal.accept") for _ in range(2)))
    heard = await story.message(LEA, of_lea, "*accepted* your change of")
    assert "Guide them all" in heard.text
    shown = await story.message(ANA, of_ana, "*Accepted* by Ana Ruiz.")
    assert shown.ts == asked.ts
    assert "proposal.accept" not in str(shown.blocks)
    bet = await stored(story, "BET-20")
    assert bet.fields == {"hypothesis": "We believe <!channel> it *helps*."}
    last = (await story.read(lambda tx: of_object(tx, "BET-20", ADMINISTRATOR)))[-1]
    assert (last.author, last.reason) == (LEA, "accepted by Ana Ruiz")
    told = await story.message(IVO, GROWTH, "Léa Moreau: ", thread_ts=card.ts)
    assert "accepted by Ana Ruiz" in words_of(told)
    assert len([each for each in story.person(LEA).sees(of_lea) if "*accepted*" in each.text]) == 1
    ivo = story.person(IVO)  # who leads the team edits at once
    await press(story, IVO, card, "object.edit")
    assert (await ivo.submit(await story.modal(IVO, "Guide them all"), {"title": "Guide them gently"})).updated is None
    assert (await stored(story, "BET-20")).title == "Guide them gently"


async def test_a_proposal_is_declined_with_a_reason_or_withdrawn_and_nothing_changes(story: Story) -> None:
    ana, lea, card = story.person(ANA), story.person(LEA), await logged(story, "/bet", "Guide them all")
    of_ana, of_lea = await ana.open_messages(), await lea.open_messages()
    await filled(story, LEA, card, {"field.hypothesis": f"It helps {'a lot, ' * 100}as we shall see."})
    asked = await story.message(ANA, of_ana, "would like to change")
    assert "as we shall see." in words_of(asked)  # nothing is accepted that was not read
    await ana.click(asked, "proposal.decline")
    form = await story.modal(ANA, "Why not?")
    assert (await ana.submit(form, {"reason": "Not before <Friday>"})).errors == {}
    heard = await story.message(LEA, of_lea, "*declined* your change of")
    assert heard.text.endswith("Guide them all: Not before &lt;Friday&gt;")
    await story.message(ANA, of_ana, "*Declined* by Ana Ruiz: Not before &lt;Friday&gt;")

    said = await filled(story, LEA, card, {"field.hypothesis": "It may help."})
    assert said is not None
    await lea.click(said, "proposal.withdraw")
    await story.modal(LEA, "It is withdrawn. Nothing was changed.")
    shown = await story.message(ANA, of_ana, "*Withdrawn* by Léa Moreau.")
    assert "proposal.accept" not in str(shown.blocks)
    assert ((await stored(story, "BET-20")).fields, (await stored(story, "BET-20")).version) == ({}, 1)


async def test_a_link_is_made_at_once_from_ones_own_end_and_proposed_between_others(story: Story) -> None:
    lea, tomas = story.person(LEA), story.person(TOMAS)
    of_ana = await story.person(ANA).open_messages()
    mine = {"text": {"type": "plain_text", "text": "INP-10"}, "value": "INP-10"}  # Léa's own
    activation = {"text": {"type": "plain_text", "text": "INP-1"}, "value": "INP-1"}  # Ana's, as the bet is
    card = await logged(story, "/bet", "Guide them all")
    for person, chosen, linked in ((lea, mine, True), (tomas, activation, False)):
        await press(story, person.id, card, "object.link")
        form = await story.modal(person.id, "How sure?")
        result = await person.submit(form, {"relation": "to targets", "object": chosen, "why": "New teams"})
        assert (result.errors, result.updated is None) == ({}, linked)
    found = await story.read(lambda tx: links_from(tx, ["BET-20"], ADMINISTRATOR))
    assert [link.to_key for link in found] == ["INP-10"]
    asked = await story.message(ANA, of_ana, "Tomás Oliveira would like to change")
    assert "BET-20 targets" in words_of(asked)
    assert "Activation rate" in words_of(asked)
    await story.person(ANA).click(asked, "proposal.accept")
    await story.message(ANA, of_ana, "*Accepted* by Ana Ruiz.")
    found = await story.read(lambda tx: links_from(tx, ["BET-20"], ADMINISTRATOR))
    assert [(link.to_key, link.created_by) for link in found] == [("INP-1", TOMAS), ("INP-10", LEA)]
