"""Somebody leaves: what is theirs passes to who leads the team, who is told once; nothing is asked of the dead (FAULTS 35)."""

from datetime import UTC, datetime
from typing import Any

from sandbox.state import Channel
from storage.audience import ADMINISTRATOR, EVERYBODY
from storage.handover import belonging_to_nobody
from storage.history import of_object
from storage.objects import find, get
from storage.packs.pack import starter
from tests.support.sample import BOT
from tests.support.story import Story, words_of

ANA, IVO, LEA, ZOE, PRIYA, NORA = "U01ANA", "U02IVO", "U05LEA", "U03ZOE", "U11PRIYA", "U15NORA"
GROWTH, QUIET = "C01GROWTH", "C99QUIET"
MONDAY = datetime(2026, 9, 21, 7, 30, tzinfo=UTC)


async def owner(story: Story, key: str) -> Any:
    return (await story.read(lambda tx: get(tx, key, ADMINISTRATOR))).owner


async def log(story: Story, channel: str, title: str) -> None:
    ana = story.person(ANA)
    await ana.command(channel, "/bet", title)
    assert (await ana.submit(await story.modal(ANA, title))).errors == {}
    await story.message(ANA, channel, title)


async def leave(story: Story, user: str, **how: bool) -> None:
    workspace = story.slack.workspace()
    workspace.change_user(workspace.users[user], **how)


async def test_what_was_somebodys_passes_to_the_lead_who_keeps_it_or_gives_it_on(story: Story) -> None:
    story.slack.workspace().add_channel(Channel(QUIET, "quiet", is_private=True, members={ANA, ZOE, LEA, BOT}))
    await log(story, GROWTH, "Guide them all")  # BET-20
    await log(story, QUIET, "Not for everybody")  # BET-21, which Ivo may not see
    ivo, zoe = story.person(IVO), story.person(ZOE)
    of_ana, of_ivo, of_zoe = [await story.person(user).open_messages() for user in (ANA, IVO, ZOE)]
    lea = story.person(LEA)
    [card] = [each for each in lea.sees(GROWTH) if "Guide them all" in words_of(each)]
    await lea.click(card, "object.fill:hypothesis")
    said = {"field.hypothesis": "It helps."}
    assert (await lea.submit(await story.modal(LEA, "We believe that"), said)).errors == {}
    await story.message(ANA, of_ana, "would like to change")
    await leave(story, ANA, deleted=True)
    told = await story.message(IVO, of_ivo, "Ana Ruiz no longer works here.")
    assert "things of theirs are yours now" in told.text
    assert "Guide them all" in words_of(told)
    assert "Not for everybody" not in words_of(told)
    quiet = await story.message(ZOE, of_zoe, "Ana Ruiz no longer works here. One thing of theirs is yours now")
    assert "Not for everybody" in words_of(quiet)
    owners = {key: await owner(story, key) for key in ("BET-20", "BET-12", "INP-1", "BET-21")}
    assert owners == {"BET-20": IVO, "BET-12": IVO, "INP-1": IVO, "BET-21": ZOE}
    assert await owner(story, "BET-3") == "U18PETRA"  # what is over stays as it was
    last = (await story.read(lambda tx: of_object(tx, "BET-20", ADMINISTRATOR)))[-1]
    assert (last.author, last.reason) == (BOT, "Ana Ruiz no longer works here")
    await ivo.click(await story.message(IVO, of_ivo, "would like to change"), "proposal.accept")  # what waited for her is his
    await story.message(IVO, of_ivo, "*Accepted* by Ivo Horvat")
    await story.message(IVO, GROWTH, "Ana Ruiz no longer works here", thread_ts=card.ts)

    [choose] = [block["accessory"]["action_id"] for block in told.blocks or [] if "BET-20" in str(block.get("text"))]
    await ivo.select(told, choose, LEA)
    await story.message(IVO, of_ivo, "→ *Léa Moreau*")
    assert await owner(story, "BET-20") == LEA
    [hidden] = [block["accessory"]["action_id"] for block in quiet.blocks or [] if "accessory" in block]
    await zoe.select(quiet, hidden, PRIYA)
    assert (await story.message(ZOE, of_zoe, "Priya Raman may not see BET-21")).ephemeral_to == ZOE
    await ivo.click(told, "handover.keep")
    kept = await story.message(IVO, of_ivo, "*You keep what is left.*")
    assert (kept.ts, "accessory" in str(kept.blocks)) == (told.ts, False)

    heard = len(story.person(ANA).sees(of_ana))
    await story.move_to(MONDAY)
    await story.message(IVO, of_ivo, "BET-9")  # the check-in follows
    await leave(story, ANA, deleted=False)  # who comes back gets nothing back by itself
    assert await owner(story, "BET-12") == IVO
    assert len(story.person(ANA).sees(of_ana)) == heard


async def test_a_guest_owns_nothing_any_more_and_what_nobody_can_take_waits_for_anybody(story: Story) -> None:
    await leave(story, "U17HELENA", is_restricted=True)  # who is in no team
    priya = story.person(PRIYA)
    await leave(story, "U12ARJUN", is_restricted=True)  # who leads one, together with Priya
    direct = await priya.open_messages()
    await story.message(PRIYA, direct, "Arjun Nair no longer works here.")
    left = await story.read(lambda tx: belonging_to_nobody(tx, starter(), EVERYBODY, 3))
    assert ({item.owner for item in left[0]}, len(left[0]), left[1] > 3) == ({"U17HELENA"}, 3, True)
    nora = story.person(NORA)
    await nora.open_home()
    home = await story.until(
        lambda: (shown := nora.home()) and "no longer work here" in str(shown.blocks) and shown, "the Home"
    )
    assert "Helena Vogt" in str(home.blocks)
    mine = await story.read(lambda tx: find(tx, ADMINISTRATOR, owner="U12ARJUN"))
    assert {item.status in starter().kind(item.kind).closed for item in mine} <= {True}
