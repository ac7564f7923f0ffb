"""From nothing to a team that works: who installed is greeted, an admin sets up a team of five, and its first week begins."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sandbox.person import Person
from sandbox.workspace import Message, View
from storage.audience import ADMINISTRATOR
from storage.objects import find, get
from storage.preferences import preferences_of
from storage.teams import Team, all_teams
from tests.support.finger import Finger
from tests.support.newcomers import (
    ANA,
    BOT,
    FIVE,
    GENERAL,
    GROWTH,
    GUS,
    HIDDEN,
    IVO,
    JONAS,
    NORA,
    OLD,
    OTHER,
    PARTNERS,
    SAM,
    ZOE,
    newcomers_story,
)
from tests.support.pressing import press
from tests.support.story import Story, words_of

MONDAY_MORNING = datetime(2026, 9, 21, 7, 30, tzinfo=UTC)  # 09:30 in Berlin
FRIDAY_AFTERNOON = datetime(2026, 9, 18, 13, 0, tzinfo=UTC)  # 15:00 in Berlin
RENAMED = "R&D <!here> 🚀"
DOCUMENT = Path(__file__).parents[2] / "docs" / "setup.md"


@pytest.fixture
async def story(database_url: str) -> AsyncIterator[Story]:
    async with newcomers_story(database_url) as living:
        yield living


def shown_in(view: View) -> dict[str, Any]:
    """Return what stands in each input of a modal."""
    state = {block: next(iter(elements.values())) for block, elements in view.values.items()}
    return {block: next(value for name, value in each.items() if name != "type") for block, each in state.items()}


def words_in(view: View) -> str:
    return words_of(Message(channel="", ts="", user="", blocks=view.blocks))


def everything_said(story: Story) -> dict[str, list[str]]:
    """Return the first line of each message of the bot that stands anywhere, by channel or the person it went to."""
    said: dict[str, list[str]] = {}
    for channel in story.slack.workspace().channels.values():
        place = channel.name or next(iter(set(channel.members) - {BOT}), channel.id)
        lines = [each.text.splitlines()[0] for each in channel.timeline if each.user == BOT and not each.ephemeral_to]
        said.update({place: lines} if lines else {})
    return said


async def test_a_team_of_five_is_ready_in_three_minutes_and_lives_its_first_days(story: Story) -> None:
    nora = story.person(NORA)
    await story.person(SAM).open_home()  # no admin, so nobody says a word to him
    await story.person(SAM).command(GENERAL, "/pom", "help")
    await nora.command(GENERAL, "/pom", "help")
    direct = await nora.open_messages()
    hello = await story.message(NORA, direct, "Hello, I am Throughline")
    assert "I post nowhere until you choose a channel" in words_of(hello)
    await nora.open_home()

    finger = Finger(story, NORA)
    assert (await finger.command(GROWTH, "/pom", "setup")).text == ""
    form = await story.modal(NORA, "Step 1 of 3")
    assert shown_in(form)["name"] == "Growth"
    assert shown_in(form)["channel"] == GROWTH
    assert shown_in(form)["timezone"]["value"] == "Europe/Berlin"
    form = await step(finger, form)
    assert set(shown_in(form)["members"]) == set(FIVE)
    for label, lead in (("Product", IVO), ("Design", ZOE), ("Engineering", JONAS)):
        await finger.answer(form, label, lead)
    form = await step(finger, form)
    assert "Bet check-in, every Monday at 09:30" in words_in(form)
    assert "from the starter pack: 💡\u00a0Insight" in words_in(form)
    ready = words_in(await step(finger, form))
    assert "*Growth is ready* (TEAM-1), with 5 people. I have posted nothing." in ready
    [friday, monday] = re.findall(r"<!date\^(\d+)\^[^>]+>: (.+)", ready)
    review, checkin = "weekly review in <#C01GROWTH>, then every Friday at 15:00 (Europe/Berlin)", "then every Monday at 09:30"
    assert friday == (f"{FRIDAY_AFTERNOON.timestamp():.0f}", review)
    assert (monday[0], checkin in monday[1]) == (f"{MONDAY_MORNING.timestamp():.0f}", True)
    assert [tap.words for tap in finger.taps] == documented_steps()
    team = Team("Growth", GROWTH, "Europe/Berlin", tuple(sorted(FIVE)), tuple(sorted((IVO, ZOE, JONAS))))
    assert await story.read(all_teams) == [team]
    assert everything_said(story) == {NORA: [hello.text]}  # to nobody else a word, and nowhere

    await log_and_bet(story)
    await story.move_to(FRIDAY_AFTERNOON)
    await story.message(IVO, GROWTH, "week 38")
    await story.move_to(MONDAY_MORNING)
    asked = await story.message(ANA, await story.person(ANA).open_messages(), "BET-1")
    said = everything_said(story)
    assert list(said) == ["growth", NORA, ANA]
    assert said[NORA] == [hello.text]
    assert said[ANA] == [asked.text]
    assert [line.partition(" · ")[0] for line in said["growth"]][:2] == ["💡 INS-1", "🎲 BET-1"]


async def log_and_bet(story: Story) -> None:
    ana = story.person(ANA)
    await ana.command(GROWTH, "/insight", "New teams stall at the empty board")
    assert (await ana.submit(await story.modal(ANA, "Where from?"), {})).errors == {}
    await story.message(ANA, GROWTH, "INS-1")
    await ana.command(GROWTH, "/bet", "Guide the first board")
    assert (await ana.submit(await story.modal(ANA, "We believe that"), {})).errors == {}
    card = await story.message(ANA, GROWTH, "BET-1")
    assert (await story.read(lambda tx: get(tx, "BET-1", ADMINISTRATOR))).team == "Growth"
    await press(story, ANA, card, "object.status")
    assert (await ana.submit(await story.modal(ANA, "Where does it stand?"), {"status": "running"})).errors == {}
    await story.message(ANA, GROWTH, "Guide the first board – running")


async def step(finger: Finger, view: View) -> View:
    """Press the button of a step; return the modal as it is then."""
    updated = (await finger.save(view)).updated
    assert updated is not None
    return updated


def documented_steps() -> list[str]:
    """Return the second column of the table of steps, which counts them."""
    rows = re.findall(r"(?m)^\| (\d+) \| (.+?) \|", DOCUMENT.read_text("utf-8"))
    assert [int(number) for number, _ in rows] == list(range(1, len(rows) + 1))
    return [what for _, what in rows]


async def test_a_set_up_goes_on_where_it_was_left_and_warns_of_what_is_unwise(story: Story) -> None:
    nora, ana = story.person(NORA), story.person(ANA)
    refused = await ana.command(GROWTH, "/pom", "setup")
    assert refused.text == "Teams are set up by the workspace’s admins.\nPlease ask Nora Chen. It takes three minutes."

    await nora.command(GENERAL, "/pom", "setup  Growth  team")
    form = await story.modal(NORA, "Step 1 of 3")
    assert (shown_in(form)["name"], shown_in(form)["channel"]) == ("Growth team", None)
    [found] = await nora.type_ahead(form, "setup.zone:0", "new york", "timezone")
    assert found.text == "America/New York (UTC-04:00)"
    for channel, words in ((OLD, "is archived"), (HIDDEN, "/invite @Throughline")):
        assert words in (await nora.submit(form, {"channel": channel})).errors["channel"]
    warned = form
    for channel, words in ((GENERAL, "Everybody is in"), (PARTNERS, "shared with another company")):
        warned = await go_on(nora, form, {"channel": channel, "timezone": found.raw})
        assert words in words_in(warned)
        assert shown_in(warned)["sure"] == []
        assert "choose another" in (await nora.submit(warned)).errors["sure"]
    people = await go_on(nora, warned, {"sure": ["yes"], "channel": OTHER})
    assert "I am not in <#C11OTHER> yet. Type `/invite @Throughline` there" in words_in(people)
    assert set(shown_in(people)["members"]) == {NORA, SAM}
    assert "cannot lead" in (await nora.submit(people, {"design": GUS})).errors["design"]
    assert "at least one person" in (await nora.submit(people, {"design": None, "members": [GUS, BOT]})).errors["members"]
    rituals = await go_on(nora, people, {"members": [SAM, GUS, BOT], "product": SAM})
    assert "Left out: Gus Guest and Throughline" in words_in(rituals)
    await nora.close(rituals)

    await nora.command(GROWTH, "/pom", "setup")
    resumed = await story.modal(NORA, "Here you left off with *Growth team*")
    assert len(shown_in(resumed)["rituals"]) == 2
    user = story.slack.workspace().users[NORA]
    user.is_admin = False  # whether somebody may is asked when they do it
    ended = await go_on(nora, resumed)
    assert "Teams are set up by the workspace’s admins." in words_in(ended)
    assert await story.read(all_teams) == []
    user.is_admin = True
    await nora.close(ended)

    await nora.command(GROWTH, "/pom", "setup")
    resumed = await story.modal(NORA, "Here you left off with *Growth team*")
    await nora.click(resumed, "setup.back", values={"rituals": []})
    people = await story.modal(NORA, "Step 2 of 3")
    assert (shown_in(people)["members"], shown_in(people)["product"]) == ([SAM], SAM)
    await nora.click(people, "setup.again")
    fresh = await story.modal(NORA, "Step 1 of 3")
    assert (shown_in(fresh)["name"], shown_in(fresh)["channel"]) == (None, None)
    assert await story.read(all_teams) == []
    await nora.close(fresh)
    assert await story.read(lambda tx: preferences_of(tx, NORA)) == {}


async def test_a_team_is_shown_changed_and_renamed_with_all_that_is_its_own(story: Story) -> None:
    nora, ana, ivo = story.person(NORA), story.person(ANA), story.person(IVO)
    await set_up(story, "Growth", {"product": IVO})
    await nora.open_home()  # there is a team, so nobody needs a word any more
    await ana.command(GROWTH, "/insight", "Teams stall")
    assert (await ana.submit(await story.modal(ANA, "Where from?"), {})).errors == {}
    await story.message(ANA, GROWTH, "INS-1")

    shown = await told(ana, OTHER, "team")
    assert shown.text == "👥 *Growth* (TEAM-1)"
    assert "*Led by* Ivo Horvat (product)\n*With* Ana Ruiz, Jonas Weber, Nora Chen and Zoë Lindqvist" in words_of(shown)
    assert "Home: <#C01GROWTH> · Europe/Berlin\nBet check-in: every Monday at 09:30" in words_of(shown)
    assert buttons_of(shown) == []
    assert (await story.person(GUS).command(GROWTH, "/pom", "team")).text.startswith("Thank you for looking in")
    wrong = await told(ana, GROWTH, "team Grwth")
    assert "Is it one of these?" in wrong.text
    assert buttons_of(wrong) == ["Growth"]

    theirs = await told(ivo, GROWTH, "team growth")
    assert buttons_of(theirs) == ["Change…"]
    await ivo.click(theirs, "setup.change")
    form = await story.modal(IVO, "Step 1 of 3")
    people = await go_on(ivo, form, {"name": RENAMED, "channel": OTHER})
    rituals = await go_on(ivo, people, {"members": [ANA, IVO, ZOE], "design": ZOE})
    await ana.command(GROWTH, "/insight", "Open while the team was renamed")
    begun = await story.modal(ANA, "Where from?")
    ready = await go_on(ivo, rituals, {"rituals": ["bet check-in"]})
    assert "weekly review" not in words_in(ready)
    assert "*Invite me:* type `/invite @Throughline` in <#C11OTHER>" in words_in(ready)
    assert await story.read(all_teams) == [Team(RENAMED, OTHER, "Europe/Berlin", (ANA, IVO, ZOE), (IVO, ZOE))]
    assert (await story.read(lambda tx: get(tx, "INS-1", ADMINISTRATOR))).team == RENAMED
    assert (await ana.submit(begun, {})).errors == {}  # its form knew the team by its former name, and its channel is another
    assert (await story.read(lambda tx: get(tx, "INS-2", ADMINISTRATOR))).team is None
    assert [item.title for item in await story.read(lambda tx: find(tx, ADMINISTRATOR, kind="team"))] == [RENAMED]
    assert (await told(ana, GROWTH, "team")).text.startswith("👥 *R&amp;D &lt;!here&gt; 🚀*")
    await story.move_to(FRIDAY_AFTERNOON)
    await story.move_to(MONDAY_MORNING)
    assert not [line for line in everything_said(story).get("growth", []) if "week" in line]

    await nora.command(GROWTH, "/pom", "setup Growth")
    form = await story.modal(NORA, "There already: R&amp;D &lt;!here&gt; 🚀")
    taken = await nora.submit(form, {"name": RENAMED.upper(), "channel": OTHER})
    assert list(taken.errors) == ["name", "channel"]


async def set_up(story: Story, name: str, leads: Mapping[str, str]) -> None:
    """Set a team up in #growth with the five people of it; at the end with a double click."""
    nora = story.person(NORA)
    await nora.command(GROWTH, "/pom", f"setup {name}")
    view = await go_on(nora, await story.modal(NORA, "Step 1 of 3"), {})
    view = await go_on(nora, view, leads)
    twice = await asyncio.gather(nora.submit(view), nora.submit(view))
    assert [f"*{name} is ready*" in words_in(each.updated) for each in twice if each.updated] == [True, True]
    await nora.close(view)


async def go_on(person: Person, view: View, chosen: Mapping[str, Any] | None = None) -> View:
    """Press the button of a step, and return the modal as it is then."""
    updated = (await person.submit(view, chosen)).updated
    assert updated is not None
    return updated


async def told(person: Person, channel: str, words: str) -> Message:
    """Return what `/pom` with these words answers."""
    message = (await person.command(channel, "/pom", words)).message
    assert message is not None
    return message


def buttons_of(message: Message) -> list[str]:
    blocks = message.blocks or []
    return [each["text"]["text"] for block in blocks for each in block.get("elements", []) if each.get("type") == "button"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_who_is_named_as_installer_is_greeted_and_nobody_after(database_url: str) -> None:
    async with newcomers_story(database_url, throughline_installer=ANA) as story:
        direct = await story.person(ANA).open_messages()
        hello = await story.message(ANA, direct, "Hello, I am Throughline")
        await story.person(NORA).open_home()
        await story.until(lambda: story.person(NORA).home())
        await story.person(NORA).command(GROWTH, "/pom", "help")
        assert everything_said(story) == {ANA: [hello.text]}
        await story.person(ANA).click(hello, "setup.open")
        said = await story.message(ANA, direct, "Please ask Nora Chen")
        assert said.ephemeral_to == ANA
