"""A bet is pitched in its channel: backed, challenged, asked about, and decided, with who and why kept."""

from dataclasses import replace

from sandbox.state import Channel, Message
from storage.audience import ADMINISTRATOR, EVERYBODY
from storage.objects import find, get, links_from
from storage.pitches import waiting_for
from tests.support.pressing import buttons, press
from tests.support.story import Story, words_of

ANA, IVO, ZOE, JONAS, LEA, MAYA = "U01ANA", "U02IVO", "U03ZOE", "U04JONAS", "U05LEA", "U07MAYA"
GROWTH, QUIET = "C01GROWTH", "C99QUIET"


async def proposed(story: Story, title: str, **said: object) -> Message:
    """Propose a bet as Ana and return its card."""
    ana = story.person(ANA)
    await ana.command(GROWTH, "/bet", title)
    form = await story.modal(ANA, "We believe that")
    assert (await ana.submit(form, said)).errors == {}
    return await story.message(ANA, GROWTH, title)


async def pitched(story: Story, card: Message, **said: object) -> Message:
    """Pitch the bet of `card` as Ana and return the one-pager."""
    ana = story.person(ANA)
    await press(story, ANA, card, "pitch.open")
    form = await story.modal(ANA, "Why now?")
    assert (await ana.submit(form, said)).errors == {}
    return await story.message(ANA, GROWTH, "back it, challenge it, ask")


async def test_a_bet_is_pitched_discussed_and_placed(story: Story) -> None:
    said = {"field.hypothesis": "We believe that it brings them back, because they stall."}
    card = await proposed(story, "Guide them all", **said)
    page = await pitched(story, card, why_now="The season begins in three weeks", decider=IVO)
    shown = words_of(page)
    assert page.text == "Ana Ruiz pitches BET-20 Guide them all: back it, challenge it, ask"
    for words in ("*Why now?* The season begins in three weeks", "We believe that it brings them back", "Ivo Horvat decides."):
        assert words in shown
    assert "Not said yet" in shown
    assert buttons(page) == ["Back it", "Challenge", "Ask", "Decide…", "Withdraw"]
    assert (await story.read(lambda tx: get(tx, "BET-20", ADMINISTRATOR))).status == "pitched"
    await story.until(lambda: buttons(card)[0] == "Decide…", "the card offers to decide")
    letters = await story.person(IVO).open_messages()
    asked = await story.message(IVO, letters, "asks you to decide")
    assert buttons(asked) == ["Decide…"]
    assert [pitch.key for pitch, _ in await story.read(lambda tx: waiting_for(tx, IVO, ADMINISTRATOR))] == ["BET-20"]

    for user, stance, why in (
        (LEA, "back", ""),
        (JONAS, "challenge", "We tried it in <spring>"),
        (ZOE, "ask", "For large teams too?"),
    ):
        await story.person(user).click(page, f"pitch.say:{stance}")
        form = await story.modal(user, "It goes into the thread")
        assert (await story.person(user).submit(form, {"why": why})).errors == {}
    told = await story.message(ANA, GROWTH, "Jonas Weber challenges it: We tried it in &lt;spring&gt;", thread_ts=page.ts)
    assert told.thread_ts == page.ts
    summed = await story.message(ANA, GROWTH, "Zoë Lindqvist asks: “For large teams too?”")
    assert summed.ts == page.ts
    assert "Backed by Léa Moreau" in words_of(summed)

    lea, ivo = story.person(LEA), story.person(IVO)
    await lea.click(page, "pitch.decide")
    refusal = await story.message(LEA, GROWTH, "Ivo Horvat decides about BET-20")
    assert refusal.ephemeral_to == LEA
    await ivo.click(asked, "pitch.decide")
    form = await story.modal(IVO, "What becomes of it?")
    assert (
        await ivo.submit(form, {"reason": "It is small and teaches us most", "field.review_date": "2026-11-30"})
    ).errors == {}

    closed = await story.message(ANA, GROWTH, "It is small and teaches us most")
    assert closed.ts == page.ts
    assert closed.text == "Ana Ruiz pitches BET-20 Guide them all – placed"
    assert "Placed by Ivo Horvat" in words_of(closed)
    assert buttons(closed) == ["Why?"]
    assert "placed. Thank you." in words_of(await story.message(IVO, letters, "Thank you"))
    bet = await story.read(lambda tx: get(tx, "BET-20", ADMINISTRATOR))
    assert (bet.status, bet.fields["review_date"]) == ("placed", "2026-11-30")
    [decision] = await story.read(lambda tx: find(tx, ADMINISTRATOR, kind="decision", limit=1))
    assert (decision.title, decision.description, decision.fields["decided_by"]) == (
        "Place BET-20 Guide them all",
        "It is small and teaches us most",
        [IVO],
    )
    assert decision.fields["what_was_known"].splitlines() == [
        "Léa Moreau backed it",
        "Jonas Weber challenged it: We tried it in <spring>",
        "Zoë Lindqvist asked: For large teams too?",
    ]
    links = await story.read(lambda tx: links_from(tx, [decision.key], ADMINISTRATOR))
    assert ("decides", "BET-20") in [(link.relation, link.to_key) for link in links]
    await lea.click(closed, "object.why")
    await ivo.command(GROWTH, "/pom", "ask where did BET-20 come from?")


async def test_an_all_in_bet_says_what_waits_and_a_reshaped_one_can_be_pitched_again(story: Story) -> None:
    ana, ivo = story.person(ANA), story.person(IVO)
    card = await proposed(story, "Guide them all", **{"field.review_date": "2026-10-30"})
    await press(story, ANA, card, "object.edit")
    form = await story.modal(ANA, "All in")
    assert (await ana.submit(form, {"field.all_in": ["yes"]})).errors == {}
    page = await pitched(story, await story.message(ANA, GROWTH, "Guide them all"), decider=IVO)
    assert "*All in.* While it runs, these wait: " in words_of(page)
    assert "BET-12" in words_of(page)
    assert "*When shall we look again?* 30 October" in words_of(page)
    await ivo.click(page, "pitch.decide")
    reshape = {"verdict": "reshaped", "reason": "Say what we would learn"}
    assert (await ivo.submit(await story.modal(IVO, "What becomes of it?"), reshape)).errors == {}
    await story.message(ANA, GROWTH, "Reshaped by Ivo Horvat")
    again = await story.message(ANA, GROWTH, "Guide them all – proposed")
    second = await pitched(story, again, decider=IVO)
    assert second.ts != page.ts
    old = replace(second, blocks=list(second.blocks or []))
    await ana.click(second, "pitch.withdraw")
    assert "Withdrawn" in words_of(await story.message(ANA, GROWTH, "withdrawn"))
    assert (await story.read(lambda tx: get(tx, "BET-20", ADMINISTRATOR))).status == "proposed"
    await story.person(LEA).click(old, "pitch.decide")
    assert (await story.message(LEA, GROWTH, "the pitch is over")).ephemeral_to == LEA


async def test_placing_an_all_in_bet_keeps_what_waits_with_the_decision(story: Story) -> None:
    ana, ivo = story.person(ANA), story.person(IVO)
    card = await proposed(story, "Guide them all")
    await press(story, ANA, card, "object.edit")
    assert (await ana.submit(await story.modal(ANA, "All in"), {"field.all_in": ["yes"]})).errors == {}
    page = await pitched(story, await story.message(ANA, GROWTH, "Guide them all"), decider=IVO)
    await ivo.click(page, "pitch.decide")
    assert (await ivo.submit(await story.modal(IVO, "What becomes of it?"), {"reason": "Now or never"})).errors == {}
    await story.message(ANA, GROWTH, "Placed by Ivo Horvat")
    [decision] = await story.read(lambda tx: find(tx, ADMINISTRATOR, kind="decision", limit=1))
    waits = await story.read(lambda tx: links_from(tx, [decision.key], ADMINISTRATOR))
    assert {link.to_key: link.why for link in waits if link.relation == "decides"}[
        "BET-12"
    ] == "Waits while the team is all in on BET-20"
    assert "While the team is all in on it, these wait: " in decision.fields["what_was_known"]


async def test_only_who_may_edit_pitches_and_nobody_decides_who_cannot_see_it(story: Story) -> None:
    card = await proposed(story, "Guide them all")
    await press(story, LEA, card, "pitch.open")
    assert (await story.message(LEA, GROWTH, "BET-20 can be pitched only by Ana Ruiz")).ephemeral_to == LEA
    await press(story, ANA, card, "pitch.open")
    form = await story.modal(ANA, "Why now?")
    ana = story.person(ANA)
    errors = (await ana.submit(form, {"decider": "U18PETRA"})).errors
    assert "can't see BET-20" in errors["decider"]
    assert (await ana.submit(form, {"decider": ANA})).errors == {}
    page = await story.message(ANA, GROWTH, "back it, challenge it, ask")
    await ana.click(page, "pitch.decide")
    form = await story.modal(ANA, "What becomes of it?")
    assert (await ana.submit(form, {"verdict": "declined", "reason": "It teaches us nothing"})).errors == {}
    over = await story.message(ANA, GROWTH, "Declined by Ana Ruiz")
    assert (over.ts, "It teaches us nothing" in words_of(over)) == (page.ts, True)
    [decision] = await story.read(lambda tx: find(tx, ADMINISTRATOR, kind="decision", limit=1))
    assert (decision.title, decision.fields["decided_by"]) == ("Decline BET-20 Guide them all", [ANA])


async def test_what_was_said_in_a_private_channel_stays_there_when_all_can_see_the_bet(story: Story) -> None:
    ana, lea = story.person(ANA), story.person(LEA)
    story.slack.workspace().add_channel(Channel(QUIET, "quiet", is_private=True, members={ANA, LEA, "U0THREAD"}))
    for title, who, fields in (("Ours alone", "channel", {}), ("Guide them all", "workspace", {"field.all_in": ["yes"]})):
        await ana.command(QUIET, "/bet", title)
        form = await story.modal(ANA, "We believe that")
        await ana.click(form, "form.more")
        form = await story.modal(ANA, "All in")
        assert (await ana.submit(form, {"title": title, "visibility": who, **fields})).errors == {}
        card = await story.message(ANA, QUIET, title)
    await press(story, ANA, card, "pitch.open")
    assert (await ana.submit(await story.modal(ANA, "Why now?"), {"decider": ANA})).errors == {}
    page = await story.message(ANA, QUIET, "back it, challenge it, ask")
    await lea.click(page, "pitch.say:challenge")
    assert (await lea.submit(await story.modal(LEA, "It goes into the thread"), {"why": "Between us"})).errors == {}
    await story.message(ANA, QUIET, "Between us", thread_ts=page.ts)
    await ana.click(page, "pitch.decide")
    assert (await ana.submit(await story.modal(ANA, "What becomes of it?"), {"reason": "Now"})).errors == {}
    await story.message(ANA, QUIET, "Placed by Ana Ruiz")
    [decision] = await story.read(lambda tx: find(tx, EVERYBODY, kind="decision", limit=1))
    assert (decision.visibility, decision.description) == ("workspace", "Now")
    assert not any(words in str(decision) for words in ("Between us", "Ours alone"))


async def test_what_has_no_channel_is_pitched_where_its_author_says(story: Story) -> None:
    sam, direct = story.person("U16SAM"), await story.person("U16SAM").open_messages()
    await sam.command("C06VOICE", "/bet", "Call them back")
    assert (await sam.submit(await story.modal("U16SAM", "We believe that"))).errors == {}
    card = await story.message("U16SAM", direct, "BET-20")
    await press(story, "U16SAM", card, "pitch.open")
    form = await story.modal("U16SAM", "Where?")
    assert (await sam.submit(form, {"where": "C06VOICE"})).errors == {}
    assert "Call them back" in (await story.message(LEA, "C06VOICE", "back it, challenge it, ask")).text
