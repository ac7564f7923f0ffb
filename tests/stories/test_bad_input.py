"""Bad input: a clear sentence where the person is, nothing lost that they typed, nothing stored twice."""

import asyncio
from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs

from sandbox.state import Channel
from storage.audience import ADMINISTRATOR
from storage.database import Transaction
from storage.objects import Link, find, get, links_from
from tests.support.pressing import press
from tests.support.story import Story, words_of

ANA, IVO, LEA, SAM, JONAS = "U01ANA", "U02IVO", "U05LEA", "U16SAM", "U04JONAS"
IN_SAMPLE = 19  # insights in the sample organisation
GROWTH, GENERAL = "C01GROWTH", "C05GENERAL"
FRIDAY = datetime(2026, 9, 18, 13, 0, tzinfo=UTC)  # 15:00 in Berlin


async def insights(story: Story) -> list[str]:
    """Return the titles of the insights that were not there at the start."""
    stored = await story.read(lambda tx: find(tx, ADMINISTRATOR, kind="insight"))
    return [item.title for item in stored if int(item.key.removeprefix("INS-")) > IN_SAMPLE]


async def test_an_unknown_key_is_said_to_be_unknown(story: Story) -> None:
    reply = await story.person(ANA).command(GROWTH, "/pom", "BET-999")
    assert reply.text.startswith("I don't know BET-999. A key is a short name and a number, such as BET-12")


async def test_a_title_of_blanks_is_asked_for_under_its_field(story: Story) -> None:
    lea = story.person(LEA)
    await lea.command(GROWTH, "/insight")
    form = await story.modal(LEA, "Where from?")
    result = await lea.submit(form, {"title": "   ", "field.who_is_affected": "teams"})
    assert result.errors == {"title": "Please give it a title; everything else can wait."}
    assert await insights(story) == []


@pytest.mark.parametrize(
    ("title", "sentence"),
    [
        ("bell \x07 rings", "The title has a character that can't be shown (U+0007). Please take it out."),
        ("x" * 2_000, "The title is 2,000 characters long; 300 fit. Please shorten it."),
    ],
)
async def test_a_title_that_cannot_be_kept_whole_is_refused_in_words(story: Story, title: str, sentence: str) -> None:
    lea = story.person(LEA)
    await lea.command(GROWTH, "/insight")
    form = await story.modal(LEA, "Where from?")
    assert (await lea.submit(form, {"title": title})).errors == {"title": sentence}
    assert (await lea.submit(form, {"title": "A short one"})).errors == {}
    await story.message(LEA, GROWTH, "A short one")
    assert await insights(story) == ["A short one"]


async def test_forty_thousand_characters_are_given_back(story: Story) -> None:
    reply = await story.person(LEA).command(GROWTH, "/insight", "x" * 40_000)
    assert reply.text.startswith("That is too long for a title: 40000 characters, and 300 fit.")
    assert "x" * 3_000 in reply.text
    assert story.person(LEA).modal() is None


async def test_an_expired_trigger_keeps_the_title_behind_a_button(story: Story) -> None:
    lea, triggers = story.person(LEA), story.slack.context.triggers
    seconds, triggers.seconds = triggers.seconds, -1
    reply = await lea.command(GROWTH, "/insight", "Guides are finished")
    triggers.seconds = seconds
    assert reply.text == "Slack was too slow to open the form; your title “Guides are finished” is kept."
    assert reply.message is not None
    await lea.click(reply.message, "form.open")
    form = await story.modal(LEA, "Guides are finished")
    assert (await lea.submit(form)).errors == {}
    await story.message(LEA, GROWTH, "Guides are finished")


async def test_what_slack_no_longer_takes_ends_in_words_or_changes_nothing_and_never_fails(story: Story) -> None:
    ana, triggers = story.person(ANA), story.slack.context.triggers
    shown = (await ana.command(GROWTH, "/pom", "BET-12")).message
    assert shown is not None
    seconds, triggers.seconds = triggers.seconds, -1
    await press(story, ANA, shown, "object.edit")
    triggers.seconds = seconds
    assert (await story.message(ANA, GROWTH, "Slack was too slow. Please press it once more.")).ephemeral_to == ANA
    with capture_logs() as logged:
        for refusal in ("not_found", "hash_conflict"):  # the form was closed, or somebody typed on, while it was filled
            story.slack.faults.add("error", "views.update", error=refusal, times=1)
            await ana.command(GROWTH, "/insight", f"Said during {refusal}")
            assert (await ana.submit(await story.modal(ANA, refusal))).errors == {}
            await story.message(ANA, GROWTH, f"Said during {refusal} – new")
    assert [each for each in logged if each["log_level"] == "error"] == []


async def test_a_form_that_is_submitted_twice_is_stored_once(story: Story) -> None:
    lea = story.person(LEA)
    await lea.command(GROWTH, "/insight", "Said once")
    form = await story.modal(LEA, "Where from?")
    results = await asyncio.gather(*(lea.submit(form) for _ in range(3)), return_exceptions=True)
    assert any(getattr(result, "errors", None) == {} for result in results)
    await story.message(LEA, GROWTH, "Said once")
    assert await insights(story) == ["Said once"]


async def test_a_link_whose_target_is_gone_is_said_under_its_field(story: Story) -> None:
    ana = story.person(ANA)
    await ana.command(GROWTH, "/bet", "Guide them all")
    form = await story.modal(ANA, "We believe that")
    gone = {"text": {"type": "plain_text", "text": "INP-99 Gone"}, "value": "INP-99"}
    form.values["link.to targets"] = {"link": {"type": "multi_external_select", "selected_options": [gone]}}
    assert (await ana.submit(form)).errors == {"link.to targets": "I don't know INP-99. Please choose another."}
    assert await story.read(lambda tx: get(tx, "BET-20", ADMINISTRATOR)) is None


async def test_who_is_in_no_team_is_asked_once_which_one(story: Story) -> None:
    sam = story.person(SAM)
    await sam.command(GENERAL, "/insight", "Callers ask for the guide")
    form = await story.modal(SAM, "For which team?")
    assert (await sam.submit(form, {"team": "Growth"})).errors == {}
    await story.message(SAM, GROWTH, "Callers ask for the guide")
    await sam.command(GENERAL, "/insight", "Callers ask again")
    form = await story.modal(SAM, "Where from?")
    assert "For which team?" not in str(form.blocks)
    assert (await sam.submit(form)).errors == {}
    await story.message(SAM, GROWTH, "Callers ask again")


async def test_what_is_logged_in_a_private_channel_stays_there(story: Story) -> None:
    private = story.slack.workspace().add_channel(Channel("C99QUIET", "quiet", is_private=True, members={LEA, "U0THREAD"}))
    lea = story.person(LEA)
    await lea.command(private.id, "/insight", "Not for everybody")
    assert (await lea.submit(await story.modal(LEA, "Where from?"))).errors == {}
    await story.message(LEA, private.id, "Not for everybody")
    stored = await story.read(lambda tx: get(tx, "INS-20", ADMINISTRATOR))
    assert (stored.visibility, stored.channel) == ("channel", private.id)
    assert (await story.person(ANA).command(GROWTH, "/pom", "INS-20")).text.startswith("I don't know INS-20.")
    assert "Not for everybody" in words_of((await lea.command(private.id, "/pom", "INS-20")).message)  # type: ignore[arg-type]


async def test_a_channel_that_the_bot_is_not_in_is_told_and_tried_again(story: Story) -> None:
    private = story.slack.workspace().add_channel(Channel("C98CLOSED", "closed", is_private=True, members={LEA}))
    lea = story.person(LEA)
    direct = await lea.open_messages()
    await lea.command(private.id, "/insight", "Behind a door")
    assert (await lea.submit(await story.modal(LEA, "Where from?"))).errors == {}
    told = await story.message(LEA, direct, "I could not post in")
    assert "Nothing is lost" in told.text
    await lea.invite(private.id, "U0THREAD")
    await lea.click(told, "letters.again")
    await story.message(LEA, private.id, "Behind a door")


async def test_a_review_that_its_channel_does_not_take_is_told_to_the_lead_and_sent_when_somebody_has_acted(
    story: Story,
) -> None:
    ivo = story.person(IVO)
    refusing = story.slack.faults.add(
        "error", "chat.postMessage", error="not_in_channel", where={"channel": GROWTH}, times=None
    )
    await story.move_to(FRIDAY)
    told = await story.message(IVO, await ivo.open_messages(), "I could not post in")
    assert f"<#{GROWTH}>" in told.text
    await ivo.click(told, "letters.elsewhere")
    form = await story.modal(IVO, "In which channel shall it stand?")
    assert (await ivo.submit(form, {"where": "C06VOICE"})).errors == {}
    await story.message(LEA, "C06VOICE", "week 38")
    await ivo.click(told, "letters.elsewhere")
    form = await story.modal(IVO, "In which channel shall it stand?")
    assert list((await ivo.submit(form, {"where": "C06VOICE"})).errors) == ["where"]  # it stands elsewhere by now
    story.slack.faults.rules.remove(refusing)


async def test_the_second_of_two_editors_sees_both_versions(story: Story) -> None:
    ana, jonas = story.person(ANA), story.person(JONAS)
    for person in (ana, jonas):
        shown = await person.command(GROWTH, "/pom", "BET-12")
        assert shown.message is not None
        await press(story, person.id, shown.message, "object.edit")
    anas, jonass = await story.modal(ANA, "Guide the first board"), await story.modal(JONAS, "Guide the first board")
    assert (await ana.submit(anas, {"title": "Guide the very first board"})).errors == {}
    await jonas.submit(jonass, {"field.risk": "Teams skip it."})
    both = await story.modal(JONAS, "was changed by Ana Ruiz while you were writing")
    assert str(both.blocks[0]["text"]["text"]).splitlines()[1:] == ["Title – Ana Ruiz wrote: Guide the very first board"]
    assert (await jonas.submit(both)).errors == {}
    stored = await story.read(lambda tx: get(tx, "BET-12", ADMINISTRATOR))
    assert (stored.title, stored.fields["risk"]) == ("Guide the very first board", "Teams skip it.")


async def test_a_link_that_is_there_is_shown_before_it_is_written_over(story: Story) -> None:
    ivo = story.person(IVO)
    shown = await ivo.command(GROWTH, "/pom", "BET-12")
    assert shown.message is not None
    await press(story, IVO, shown.message, "object.link")
    form = await story.modal(IVO, "BET-12")
    ivo.fill(form, {"relation": "to targets"})
    [activation] = [each for each in await ivo.type_ahead(form, "link", "INP-1", "object") if each.text.startswith("INP-1 ")]
    mine = {"object": activation.raw, "why": "Ours, too", "confidence": "80"}
    await ivo.submit(form, mine)
    again = await story.modal(IVO, "BET-12 targets INP-1 already")
    [link] = await story.read(lambda tx: links_between(tx, "BET-12", "INP-1"))
    assert link.why.startswith("A first board")
    assert (await ivo.submit(again, mine)).errors == {}
    [link] = await story.read(lambda tx: links_between(tx, "BET-12", "INP-1"))
    assert (link.why, link.confidence) == ("Ours, too", 80)
    await press(story, IVO, shown.message, "object.link")
    ivo.fill(await story.modal(IVO, "BET-12 …"), {"relation": "to targets"})
    await ivo.submit(await story.modal(IVO, "BET-12 …"), {**mine, "confidence": "90"})
    await story.modal(IVO, "BET-12 targets INP-1 already, as you said:* “Ours, too”, 80 % sure\\nSave again")


async def links_between(tx: Transaction, from_key: str, to_key: str) -> list[Link]:
    return [link for link in await links_from(tx, [from_key], ADMINISTRATOR) if link.to_key == to_key]


async def test_the_second_of_two_who_choose_a_status_sees_that_it_is_another_already(story: Story) -> None:
    ana, jonas = story.person(ANA), story.person(JONAS)
    for person in (ana, jonas):
        shown = await person.command(GROWTH, "/pom", "BET-12")
        assert shown.message is not None
        await press(story, person.id, shown.message, "object.status")
    anas, jonass = await story.modal(ANA, "Where does it stand?"), await story.modal(JONAS, "Where does it stand?")
    assert (await ana.submit(anas, {"status": "stopped"})).errors == {}
    await jonas.submit(jonass, {"status": "released"})
    both = await story.modal(JONAS, "Ana Ruiz has set BET-12 to stopped while you were choosing")
    stored = await story.read(lambda tx: get(tx, "BET-12", ADMINISTRATOR))
    assert stored.status == "stopped"
    assert (await jonas.submit(both, {"status": "stopped"})).errors == {}
