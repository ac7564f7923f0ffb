"""What people say where they talk becomes what it is: saved from its message, asked about by a reaction, shown by its keys."""

from typing import Any

from sandbox.person import Upload
from storage.audience import ADMINISTRATOR, EVERYBODY
from storage.comments import comments_of
from storage.objects import find, get
from tests.support.story import Story, words_of

ANA, IVO, LEA, SAM, NORA = "U01ANA", "U02IVO", "U05LEA", "U16SAM", "U15NORA"
GROWTH, LEADS, VOICE = "C01GROWTH", "C04LEADS", "C06VOICE"
SAID = "Teams <3 the *first* board. לוח ריק עוצר אותם 🛑 @ana says see https://x.example/a?b=1&c=2"


async def test_a_message_is_saved_in_two_taps_commented_on_in_three_and_what_was_commented_stays(story: Story) -> None:
    sam, lea, ana = story.person(SAM), story.person(LEA), story.person(ANA)
    message = await sam.say(VOICE, SAID)
    await lea.shortcut("message.save", message)
    form = await story.modal(LEA, "Sam Okafor")
    offered = [each["value"] for each in form.blocks[0]["element"]["options"]]
    assert offered == ["insight", "impact", "decision", "comment"]
    assert form.blocks[0]["element"]["initial_option"]["value"] == "insight"
    assert "|Sam Okafor’s message> in #customer-voice" in str(form.blocks[1])
    assert (await lea.submit(form)).errors == {}
    stored = await story.read(lambda tx: get(tx, "INS-20", ADMINISTRATOR))
    assert (stored.title, stored.owner, stored.created_by) == ("Teams <3 the *first* board", LEA, LEA)
    assert stored.source.endswith(f"/archives/{VOICE}/p{message.ts.replace('.', '')}")
    whole = "Teams <3 the *first* board. לוח ריק עוצר אותם 🛑 @Ana Ruiz says see https://x.example/a?b=1&c=2"
    assert stored.description == f"{whole}\n— Sam Okafor in #customer-voice"
    assert (stored.team, stored.visibility) == ("Growth", "workspace")
    card = await story.message(LEA, GROWTH, "INS-20")
    told = await story.message(LEA, VOICE, "Kept as")
    assert told.ephemeral_to == LEA
    assert "Kept as 💡 *INS-20* Teams &lt;3" in told.text

    await sam.say(VOICE, "Ignore me")
    second = await sam.say(VOICE, "And the second one, too")
    third = await ana.say(GROWTH, "INS-4? No: this is more", thread_ts=card.ts)
    await lea.shortcut("message.save", third)
    form = await story.modal(LEA, "this is more")
    lea.fill(form, {"message.as": "comment"})
    quick = await lea.submit(form)  # before the form was drawn for it
    assert quick.updated is not None
    form = await story.modal(LEA, "On what?")
    assert form.blocks[2]["element"]["initial_option"]["value"] == "INS-20", "in whose thread it stands"
    await lea.select(form, "message.as", "impact")
    lea.fill(await story.modal(LEA, "In a few words"), {"title": "In other words"})
    await lea.close(await story.modal(LEA, "In a few words"))
    await lea.shortcut("message.save", third)
    form = await story.modal(LEA, "In other words")
    assert form.blocks[0]["element"]["initial_option"]["value"] == "impact", "as it was when it was closed"
    assert [(await lea.submit(form)).errors for _ in range(2)] == [{}, {}]
    impacts = await story.read(lambda tx: find(tx, EVERYBODY, kind="impact", owner=LEA))
    assert [each.key for each in impacts if each.title == "In other words"] == ["IMP-9"]
    await story.message(LEA, GROWTH, "📈 IMP-9 · In other words")
    await lea.shortcut("message.save", second)
    form = await story.modal(LEA, "And the second one")
    await lea.select(form, "message.as", "comment")
    form = await story.modal(LEA, "On what?")
    [insight] = [each for each in await lea.type_ahead(form, "message.object", "INS-20") if "INS-20" in each.text]
    assert (await lea.submit(form, {"object": insight.raw})).errors == {}
    await story.message(LEA, VOICE, "Added to 💡 *INS-20*")
    [said] = (await story.read(lambda tx: comments_of(tx, ["INS-20"], EVERYBODY)))["INS-20"]
    assert (said.text, said.author, said.added_by) == ("And the second one, too", SAM, LEA)
    card = await story.message(ANA, GROWTH, "|Sam Okafor>: “And the second one, too”")
    assert card.text.startswith("💡 INS-20")
    in_thread = await story.message(ANA, GROWTH, "in #customer-voice: “And", thread_ts=card.ts)
    assert "|Sam Okafor> in #customer-voice: “And the second one, too”" in in_thread.text

    await lea.click(told, "kept.undo")
    refused = await story.message(LEA, VOICE, "can't be taken back")
    assert "a comment of Sam Okafor" in refused.text
    assert await story.read(lambda tx: get(tx, "INS-20", ADMINISTRATOR)) is not None


async def test_what_is_said_in_private_stays_there_and_odd_messages_are_saved_whole(story: Story) -> None:
    ivo, lea = story.person(IVO), story.person(LEA)
    workspace = story.slack.workspace()
    parent = await ivo.say(LEADS, "We may stop BET-9")
    reply = await story.person("U03ZOE").say(LEADS, "Only in spring", thread_ts=parent.ts)
    await save(story, IVO, reply, "Only in spring")
    stored = await story.read(lambda tx: get(tx, "INS-20", ADMINISTRATOR))
    assert (stored.visibility, stored.channel) == ("channel", LEADS)
    assert stored.source.endswith(f"?thread_ts={parent.ts}&cid={LEADS}")
    assert stored.description == "— Zoë Lindqvist in #growth-leads"
    assert "Only those in this channel see it" in (await story.message(IVO, LEADS, "Kept as")).text
    assert await story.read(lambda tx: get(tx, "INS-20", EVERYBODY)) is None

    long = "A long story. " + "word " * 7_000 + "the end 🏁"
    await save(story, LEA, await story.person(SAM).say(VOICE, long), "all 35,0")
    stored = await story.read(lambda tx: get(tx, "INS-21", ADMINISTRATOR))
    assert stored.title == "A long story"
    assert stored.description == f"{long}\n— Sam Okafor in #customer-voice"

    await save(story, LEA, await story.person(SAM).say(VOICE, "", files=[Upload("plan.pdf", b"%PDF")]), "plan.pdf")
    assert (await story.read(lambda tx: get(tx, "INS-22", ADMINISTRATOR))).title == "File: plan.pdf"

    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "Churn is *up*"}}]
    from_bot = workspace.post(workspace.channels[VOICE], "", "", blocks=blocks, bot_id="B9METER", username="Meter")
    await save(story, LEA, from_bot, "Churn is")
    stored = await story.read(lambda tx: get(tx, "INS-23", ADMINISTRATOR))
    assert (stored.title, stored.description) == ("Churn is *up*", "— Meter in #customer-voice")

    card = await story.message(LEA, GROWTH, "INS-23")
    await lea.shortcut("message.save", card)
    await story.message(LEA, GROWTH, "That is a message of mine")
    assert lea.modal() is None


async def save(story: Story, user: str, message: Any, containing: str) -> None:
    person = story.person(user)
    await person.shortcut("message.save", message)
    assert (await person.submit(await story.modal(user, containing))).errors == {}


async def test_a_reaction_asks_the_author_once_and_quietly(story: Story) -> None:
    sam, ana, lea = story.person(SAM), story.person(ANA), story.person(LEA)
    direct = await sam.open_messages()
    message = await sam.say(VOICE, "Nobody finds the export")
    await ana.react(message, "bulb")
    asked = await story.message(SAM, direct, "thought that")
    assert asked.text.startswith("Ana Ruiz thought that <http")
    assert asked.text.endswith("|what you said> in #customer-voice is an insight 💡. Shall I keep it?")
    await lea.react(message, "bulb")
    await ana.react(message, "tada")
    await ana.unreact(message, "bulb")
    await lea.unreact(message, "bulb")
    back = await story.message(SAM, direct, "is taken back")
    assert back.ts == asked.ts
    await lea.react(message, "bulb")
    asked = await story.message(SAM, direct, "Léa Moreau thought that")
    assert (asked.ts, len(sam.sees(direct))) == (back.ts, 1)

    await sam.click(asked, "reaction.keep")
    form = await story.modal(SAM, "Nobody finds the export")
    assert (await sam.submit(form, {"team": "Growth"})).errors == {}
    thanked = await story.message(SAM, direct, "is kept as 💡 *INS-20*")
    assert thanked.ts == asked.ts
    stored = await story.read(lambda tx: get(tx, "INS-20", ADMINISTRATOR))
    assert (stored.title, stored.description, stored.owner) == ("Nobody finds the export", "", SAM)
    await lea.unreact(message, "bulb")

    gone = await sam.say(VOICE, "Never mind")
    await ana.react(gone, "bulb")
    asked = await story.message(SAM, direct, "Ana Ruiz thought that")
    await sam.delete(gone)
    await sam.click(asked, "reaction.keep")
    form = await story.modal(SAM, "I could not read the message again")
    assert (await sam.submit(form, {"title": "In my own words"})).errors == {}
    assert (await story.read(lambda tx: get(tx, "INS-21", ADMINISTRATOR))).title == "In my own words"

    await lea.react(await story.message(LEA, GROWTH, "INS-21"), "bulb")  # a message of the bot's
    story.slack.workspace().react(await sam.say(VOICE, "A bot likes it"), "U0THREAD", "bulb")

    other = await sam.say(VOICE, "So do I", thread_ts=message.ts)
    await sam.react(other, "bulb")
    asked = await story.message(SAM, direct, "Sam Okafor thought that")
    await sam.click(asked, "reaction.quiet")
    await story.message(SAM, direct, "I won’t ask about your messages again")
    third = await sam.say(VOICE, "Third")
    await ana.react(third, "bulb")
    mine = await ana.say(VOICE, "Last")
    await lea.react(mine, "bulb")
    await story.message(ANA, await ana.open_messages(), "Léa Moreau thought that")  # so the third one was looked at before
    assert len([each for each in sam.sees(direct) if "thought that" in words_of(each)]) == 0


async def test_anything_is_logged_from_the_shortcut_and_keys_are_shown_only_to_who_asks(story: Story) -> None:
    lea, ana = story.person(LEA), story.person(ANA)
    await lea.shortcut("log")
    choice = await story.modal(LEA, "What would you like to keep?")
    await lea.select(choice, "log.kind", "opportunity")
    form = await story.modal(LEA, "Whose?")
    assert (await lea.submit(form, {"title": "Nobody invites anybody"})).errors == {}
    assert [each.title for each in await story.read(lambda tx: find(tx, ADMINISTRATOR, kind="opportunity", limit=1))] == [
        "Nobody invites anybody"
    ]
    await lea.shortcut("log")
    await lea.click(await story.modal(LEA, "What would you like to keep?"), "log.kind:bet")
    await lea.close(await story.modal(LEA, "We believe that"))

    message = await ana.say(GROWTH, "BET-12 looks like INS-4, not like BET-999")
    before = len(ana.sees(GROWTH))
    await ana.shortcut("message.keys", message)
    shown = await story.message(ANA, GROWTH, "*BET-12*")
    assert shown.ephemeral_to == ANA
    assert "INS-4" in shown.text
    assert "I don’t know BET-999" in shown.text
    assert len(ana.sees(GROWTH)) == before + 1, "nothing that anybody else sees"
    await ana.click(shown, "keys.show:BET-12")
    here = await story.message(LEA, GROWTH, "*BET-12*")
    assert here.text.startswith("🎲 *BET-12* Guide")
    assert "–" in here.text

    asking = await ana.say(GROWTH, "<@U0THREAD> BET-12, INS-4")
    answer = await story.message(LEA, GROWTH, "💡 *INS-4*", thread_ts=asking.ts)
    assert [line[:1] for line in answer.text.splitlines()] == ["🎲", "💡"]
    await ana.click(answer, "object.why:INS-4")
    await story.until(lambda: len(ana.sees(GROWTH, asking.ts)) == 3)
    nothing = await ana.say(GROWTH, "no key here")
    await ana.shortcut("message.keys", nothing)
    await story.message(ANA, GROWTH, "There is no key in this message")
