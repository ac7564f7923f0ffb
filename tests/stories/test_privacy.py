"""Who may see what, as channels change: people leave and come, a channel is shared, Slack hides who is in it."""

from sandbox.person import Person
from sandbox.state import Channel, View
from tests.support.pressing import press
from tests.support.story import Story, days, words_of

ANA, IVO, LEA = "U01ANA", "U02IVO", "U05LEA"
BOT = "U0THREAD"
GROWTH, QUIET = "C01GROWTH", "C99QUIET"


async def log_quietly(story: Story, user: str, title: str, members: set[str]) -> Channel:
    """Log an insight in a private channel with these members, which is made for it where it is not there yet."""
    workspace = story.slack.workspace()
    quiet = workspace.channels.get(QUIET) or workspace.add_channel(Channel(QUIET, "quiet", is_private=True, members=members))
    person = story.person(user)
    await person.command(QUIET, "/insight", title)
    assert (await person.submit(await story.modal(user, title))).errors == {}
    return quiet


async def knows(person: Person, key: str) -> bool:
    return not (await person.command(GROWTH, "/pom", key)).text.startswith("I don't know")


async def comes_to(story: Story, person: Person, key: str, expected: bool) -> None:
    for _ in range(100):
        if await knows(person, key) == expected:
            return
    raise AssertionError(f"{person.id} {'never' if expected else 'still'} knows {key}")


async def test_who_leaves_a_private_channel_sees_nothing_of_it_any_more(story: Story) -> None:
    ana, lea = story.person(ANA), story.person(LEA)
    await log_quietly(story, LEA, "Not for everybody", {ANA, LEA, BOT})
    await story.message(LEA, QUIET, "Not for everybody")
    assert await knows(ana, "INS-20")
    await ana.leave(QUIET)
    await comes_to(story, ana, "INS-20", expected=False)
    assert await knows(lea, "INS-20")
    await lea.invite(QUIET, ANA)
    await comes_to(story, ana, "INS-20", expected=True)


async def test_who_is_asked_of_a_message_and_has_left_its_channel_is_offered_nothing_of_it(story: Story) -> None:
    ana, lea = story.person(ANA), story.person(LEA)
    await log_quietly(story, LEA, "Not for everybody", {ANA, LEA, BOT})
    await lea.react(await ana.say(QUIET, "Nobody finds the export"), "bulb")
    asked = await story.message(ANA, await ana.open_messages(), "thought that")
    await ana.leave(QUIET)
    await comes_to(story, ana, "INS-20", expected=False)
    await ana.click(asked, "reaction.keep")
    await ana.select(await story.modal(ANA, "Nobody finds the export"), "message.as", "comment")
    form = await story.modal(ANA, "message.object")
    offered = [each.text for each in await ana.type_ahead(form, "message.object", "Not for")]
    assert not any("INS-20" in each for each in offered)


async def test_who_logs_in_a_private_channel_that_the_bot_is_not_in_goes_on_seeing_it(story: Story) -> None:
    await log_quietly(story, LEA, "Léa's own", {ANA, LEA})
    await log_quietly(story, ANA, "Ana's own", {ANA, LEA})
    assert await knows(story.person(LEA), "INS-20")
    assert await knows(story.person(ANA), "INS-21")
    assert not await knows(story.person(IVO), "INS-20")


async def test_a_channel_that_was_shared_with_another_company_is_told_nothing_more(story: Story) -> None:
    ana = story.person(ANA)
    await ana.command(GROWTH, "/bet", "Guide them all")
    assert (await ana.submit(await story.modal(ANA, "Guide them all"))).errors == {}
    card = await story.message(ANA, GROWTH, "Guide them all")
    story.slack.workspace().channels[GROWTH].is_ext_shared = True
    await story.move_to(story.slack.clock.now() + days(0.01))
    await ana.click(card, "object.why")
    answer = await story.until(lambda: ana.sees(GROWTH, card.ts)[1:], "an answer in the thread")
    assert "Guide them all" not in words_of(answer[-1])
    board = (await ana.command(GROWTH, "/pom", "board Growth")).message
    assert board
    await ana.click(board, "pom.show_all")
    assert (await story.message(ANA, GROWTH, "I keep the board between us")).ephemeral_to == ANA


async def test_a_link_to_what_the_person_may_not_see_is_refused_as_one_to_nothing(story: Story) -> None:
    ana, refused = story.person(ANA), ["I don't know INS-20. Please choose another."]
    await log_quietly(story, LEA, "Not for everybody", {LEA, BOT})
    await ana.command(GROWTH, "/bet", "Guide them all")
    form = await story.modal(ANA, "We believe that")
    name_hidden(form)
    assert list((await ana.submit(form)).errors.values()) == refused
    form.values.pop("link.to targets")
    assert (await ana.submit(form)).errors == {}
    await press(story, ANA, await story.message(ANA, GROWTH, "Guide them all"), "object.edit")
    form = await story.modal(ANA, "What could go wrong?")
    name_hidden(form)
    assert list((await ana.submit(form)).errors.values()) == refused


def name_hidden(form: View) -> None:
    """Put what no type-ahead has offered into a form."""
    hidden = {"text": {"type": "plain_text", "text": "INS-20"}, "value": "INS-20"}
    form.values["link.to targets"] = {"link": {"type": "multi_external_select", "selected_options": [hidden]}}
