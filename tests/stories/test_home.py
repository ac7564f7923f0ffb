"""The Home of a person: it greets once, says what waits, what is under way and what comes, and each of it is a press away."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from prompts.escape import plain
from sandbox.person import Person
from sandbox.workspace import View
from storage import heartbeat
from storage.preferences import preferences_of
from tests.support.story import Story, sample_story

ANA, TOMAS, NORA = "U01ANA", "U06TOMAS", "U15NORA"
MONDAY = datetime(2026, 9, 21, 7, 30, tzinfo=UTC)  # 09:30 in Berlin


async def test_a_first_visit_greets_once_and_what_waits_is_done_from_there(database_url: str) -> None:
    async with sample_story(database_url) as story:
        ana = story.person(ANA)
        await visit(story, ANA, "Hello Ana Ruiz. Three things to do first")
        assert buttons(ana.home())[:3] == ["Log an insight", "Propose a bet", "Log an impact"]
        assert "BET-12 Guide the first board – running · ▄▅ 60 % · look again 2 October" in words(ana.home())
        direct = await ana.open_messages()
        await story.move_to(MONDAY)
        await story.message(ANA, direct, "Your two bets this week")
        seen = await visit(story, ANA, "What changed? The check-in is open")
        assert "Hello" not in words(seen)
        assert "REL-6 The guide in German and French\nNo impact has been logged for this release" in words(seen)

        await ana.click(seen, "checkin.update", block_id=block_with(seen, "BET-12")["block_id"])
        form = await story.modal(ANA, "What changed?")
        assert (await ana.submit(form, {"confidence": "70"})).errors == {}
        await until_home(story, ANA, "▄▅▆ 70 %")
        assert "BET-12 Guide the first board\nWhat changed?" not in words(ana.home())

        await ana.click(at_home(ana), "home.level:prioritised")
        listed = await story.modal(ANA, "BET-12")
        assert "Growth: 6 prioritised" in words(listed)
        await choose_in(story, ANA, listed, "home.card", "BET-12 Guide the first board")
        read = await story.modal(ANA, "confidence")
        assert buttons(read) == []
        await ana.close(read, all_views=True)
        await choose(story, ANA, "home.horizon", "1-3 months")
        await until_home(story, ANA, "Growth at a glance, 1-3 months")
        assert "Prioritised 6" not in buttons(ana.home())

        await choose(story, ANA, "courtesy.menu", "Skip the next one")
        await until_home(story, ANA, "Bet check-in – you skip the one on 2026-09-28")
        await ana.click(at_home(ana), "courtesy.usual")
        await until_home(story, ANA, "Bet check-in – 2026-09-28")
        await ana.click(at_home(ana), "home.note")
        await until_home(story, ANA, "Weekly note – muted")

        await ana.click(at_home(ana), "home.settings")
        settings = await story.modal(ANA, "What may I send you?")
        half = await ana.submit(settings, {"quiet_from": "18:00"})
        assert half.errors == {"quiet_until": "Quiet hours need a beginning and an end."}
        said = {"prompts": ["weekly note"], "most": "3", "quiet_until": "09:00", "horizon": "every", "team": "Growth"}
        assert (await ana.submit(settings, said)).errors == {}
        await until_home(story, ANA, "Bet check-in – muted")
        assert "Prioritised 6" in buttons(ana.home())
        assert await story.read(lambda tx: preferences_of(tx, ANA)) == {
            "greeted": True,
            "mute:bet check-in": True,
            "prompts a week": 3,
            "quiet hours": ["18:00", "09:00"],
        }


async def test_admins_see_health_and_who_is_in_two_teams_turns_from_one_to_the_other(database_url: str) -> None:
    async with sample_story(database_url) as story:
        await until_alive(story)
        await visit(story, NORA, "is at work, and knows 17 people")
        assert "Set up a team" in buttons(story.person(NORA).home())
        await visit(story, TOMAS, "Growth at a glance")
        assert "Setup and health" not in words(story.person(TOMAS).home())
        await choose(story, TOMAS, "home.team", "Payments")
        await until_home(story, TOMAS, "Payments at a glance")
        await visit(story, TOMAS, "Payments at a glance")


async def until_alive(story: Story) -> None:
    """Wait until a worker has given its first sign of life."""
    for _ in range(200):
        if await story.read(heartbeat.latest):
            return
        await asyncio.sleep(0.05)


async def visit(story: Story, user: str, containing: str) -> View:
    """Open the Home of `user` and wait until it says `containing`."""
    await story.person(user).open_home()
    return await until_home(story, user, containing)


async def until_home(story: Story, user: str, containing: str) -> View:
    """Wait until the Home of `user` says `containing`."""
    found: View = await story.until(
        lambda: (home := story.person(user).home()) and containing in words(home) and home, f"{containing!r} in the Home"
    )
    return found


async def choose(story: Story, user: str, action: str, label: str) -> None:
    """Choose the option called `label` in a menu of the Home."""
    await choose_in(story, user, at_home(story.person(user)), action, label)


async def choose_in(story: Story, user: str, view: View, action: str, label: str) -> None:
    """Choose the option called `label` in a menu of a view."""
    person = story.person(user)
    element = next(each for each in elements(view) if each.get("action_id") == action)
    option = next(option for option in element["options"] if option["text"]["text"] == label)
    if element["type"] == "overflow":
        await person.click(view, action, option["value"])
    else:
        await person.select(view, action, option["value"])


def at_home(person: Person) -> View:
    view = person.home()
    assert view is not None
    return view


def words(view: View | None) -> str:
    """Return what a view says, as its reader sees it, but for its buttons."""
    said = [block["text"]["text"] for block in blocks(view) if block["type"] == "section"]
    said += [element["text"] for block in blocks(view) if block["type"] == "context" for element in block["elements"]]
    return plain("\n".join(said))


def buttons(view: View | None) -> list[str]:
    return [each["text"]["text"] for each in elements(view) if each["type"] == "button"]


def block_with(view: View | None, containing: str) -> dict[str, Any]:
    """Return the first block with a button that says `containing`."""
    return next(block for block in blocks(view) if "accessory" in block and containing in block["text"]["text"])


def elements(view: View | None) -> Iterator[dict[str, Any]]:
    for block in blocks(view):
        yield from block["elements"] if block["type"] == "actions" else [block["accessory"]] if "accessory" in block else []


def blocks(view: View | None) -> list[dict[str, Any]]:
    assert view is not None
    return list(view.blocks)
