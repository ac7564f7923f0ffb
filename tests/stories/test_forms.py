"""Forms as people fill them: what hangs on a choice, what is missing and is added in place, what is typed and not saved."""

from asyncio import gather, sleep
from collections.abc import Awaitable, Callable
from typing import Any

from structlog.testing import capture_logs

from sandbox.state import Channel
from sandbox.workspace import View
from storage.audience import ADMINISTRATOR
from storage.clock import RealClock
from storage.database import Database, Transaction
from storage.graph import Graph
from storage.objects import get, get_many, links_of
from storage.packs.pack import starter
from storage.tables import drafts
from tests.support.pressing import press
from tests.support.sample import WORKSPACE
from tests.support.story import Story

ANA, IVO, LEA = "U01ANA", "U02IVO", "U05LEA"
GROWTH, PRIVATE = "C01GROWTH", "C99QUIET"
BELIEF = "We believe that a second guide brings teams back, because the first one did."


def labels_in(view: View) -> list[str]:
    """Return headings and labels in the order in which they stand."""
    return [(block.get("label") or block["text"])["text"] for block in view.blocks if block["type"] in ("input", "header")]


def value_in(view: View, block: str) -> Any:
    """Return what stands in an input, as the person sees it."""
    [state] = view.values[block].values()
    return next((value for name, value in state.items() if name != "type"), None)


def action_of(view: View, block_id: str) -> str:
    return str(next(block["element"]["action_id"] for block in view.blocks if block["block_id"] == block_id))


async def say(story: Story, user: str, view: View, block: str, value: Any) -> None:
    """Type or choose something, of which the bot hears at once."""
    await story.person(user).select(view, action_of(view, block), value, block)


async def offered(story: Story, user: str, view: View, block: str, words: str) -> list[tuple[str, str]]:
    """Return group and text of each option of a type-ahead."""
    found = await story.person(user).type_ahead(view, action_of(view, block), words, block)
    return [(option.group, option.text) for option in found]


async def choose(story: Story, user: str, view: View, block: str, words: str, text: str) -> None:
    """Look for `words` in a type-ahead and choose the option that begins with `text`, beside what was chosen already."""
    found = await story.person(user).type_ahead(view, action_of(view, block), words, block)
    option = next(each.raw for each in found if each.text.startswith(text))
    await say(story, user, view, block, [*(value_in(view, block) or []), option])


async def kept(story: Story) -> list[str]:
    """Return which forms are kept."""
    return sorted([row["form"] for row in await story.read(lambda tx: tx.rows(drafts.select()))])


async def test_a_form_follows_what_is_chosen_and_keeps_what_was_typed(story: Story) -> None:
    ana = story.person(ANA)
    await ana.command(GROWTH, "/bet", "Guide the second board")
    form = await story.modal(ANA, "We believe that")
    assert labels_in(form) == ["Title", "We believe that… because…", "When shall we look again?", "What should it move?"]
    ana.fill(form, {"field.hypothesis": BELIEF})
    await choose(story, ANA, form, "link.to targets", "INP-1", "INP-1 ")
    form = await story.modal(ANA, "By when?")
    assert labels_in(form)[3:] == ["What should it move?", "Which way?", "How much?", "By when?"]
    ana.fill(form, {"with.to targets.direction": "up", "with.to targets.size": "5 points"})
    ana.fill(form, {"with.to targets.by_when": "2026-12-01"})
    await ana.click(form, "form.more")
    form = await story.modal(ANA, "Where it belongs")
    assert labels_in(form)[7:] == [
        *("In a few words", "Why it is worth it", "Kind of bet", "What could go wrong?", "What is it worth if we are right?"),
        *("How we will know", "How will we know?", "Confidence", "What would make us stop?"),
        *("What we put in", "Appetite", "Mandate", "All in"),
        *("Where it comes from", "Which options is it made from?", "Which insights speak for it?", "Part of"),
        *("Where it belongs", "Horizon", "Owner", "Tags"),
    ]
    ana.fill(form, {"field.mandate": "Growth decides", "field.risk": "Nobody reads it", "tags": "guides, growth"})
    await say(story, ANA, form, "field.kind", "exploratory")
    form = await story.modal(ANA, "What will we understand if we are right?")
    assert "Mandate" not in labels_in(form)
    assert (value_in(form, "field.risk"), value_in(form, "field.hypothesis")) == ("Nobody reads it", BELIEF)
    await say(story, ANA, form, "field.kind", "delivery")
    form = await story.modal(ANA, "Which number will tell us that it worked?")
    assert value_in(form, "field.mandate") == "Growth decides"
    assert await kept(story) == ["new:bet"]
    assert (await ana.submit(form)).errors == {}
    await story.message(ANA, GROWTH, "BET-20")
    bet = await story.read(lambda tx: get(tx, "BET-20", ADMINISTRATOR))
    said = {"hypothesis": BELIEF, "risk": "Nobody reads it", "kind": "delivery", "mandate": "Growth decides"}
    assert bet.fields == {**said, "all_in": False}
    assert bet.tags == ["guides", "growth"]
    [link] = await story.read(lambda tx: links_of(tx, ["BET-20"], ADMINISTRATOR))
    assert (link.to_key, link.fields) == ("INP-1", {"direction": "up", "size": "5 points", "by_when": "2026-12-01"})
    assert await kept(story) == []


async def test_what_is_missing_is_added_in_place_and_nothing_typed_is_lost(story: Story) -> None:
    ana = story.person(ANA)
    await ana.command(GROWTH, "/bet", "Guide the second board")
    form = await story.modal(ANA, "We believe that")
    first = await offered(story, ANA, form, "link.to targets", "")
    assert [group for group, _ in first][:1] == ["Likely"]
    assert first[-2:] == [("Not there yet?", "+ New input…"), ("Not there yet?", "+ New driver…")]
    assert len({text for _, text in first}) == len(first)
    ana.fill(form, {"field.hypothesis": BELIEF})
    await choose(story, ANA, form, "link.to targets", "INP-1", "INP-1 ")
    form = await story.modal(ANA, "By when?")
    await choose(story, ANA, form, "link.to targets", "Teams that return", "+ New input “Teams that return”")
    above = await story.modal(ANA, "Metric")
    assert (above.body["title"]["text"], value_in(above, "title")) == ("New input", "Teams that return")
    assert all(group != "Not there yet?" for group, _ in await offered(story, ANA, above, "link.to contributes to", ""))
    assert (await ana.submit(above, {"field.metric": "returning teams", "field.unit": "%"})).errors == {}
    form = await story.modal(ANA, " Teams that return")
    assert [option["value"] for option in value_in(form, "link.to targets")] == ["INP-1", "INP-11"]
    assert (value_in(form, "title"), value_in(form, "field.hypothesis")) == ("Guide the second board", BELIEF)
    await story.message(ANA, GROWTH, "INP-11")
    await choose(story, ANA, form, "link.to targets", "Another one", "+ New driver “Another one”")
    await ana.close(await story.modal(ANA, "Metric"))
    form = await story.modal(ANA, "We believe that")
    await story.until(lambda: len(value_in(form, "link.to targets")) == 2, "the form without what was not made")
    assert (await ana.submit(form)).errors == {}
    await story.message(ANA, GROWTH, "BET-20")
    links = await story.read(lambda tx: links_of(tx, ["BET-20"], ADMINISTRATOR))
    assert sorted(link.to_key for link in links) == ["INP-1", "INP-11"]
    made = await story.read(lambda tx: get(tx, "INP-11", ADMINISTRATOR))
    assert (made.team, made.fields) == ("Growth", {"metric": "returning teams", "unit": "%"})


async def test_what_was_typed_comes_back_until_it_is_saved(story: Story) -> None:
    lea = story.person(LEA)
    await lea.command(GROWTH, "/insight")
    form = await story.modal(LEA, "Where from?")
    await say(story, LEA, form, "title", "Guides are finished")
    await say(story, LEA, form, "field.who_is_affected", "teams under ten")
    await lea.close(form)
    await lea.command(GROWTH, "/insight", "Tips are skipped")
    form = await story.modal(LEA, "You began “Guides are finished”")
    assert (value_in(form, "title"), value_in(form, "field.who_is_affected")) == ("Tips are skipped", None)
    await lea.click(form, "form.take_up")
    form = await story.modal(LEA, "Not saved yet (")
    assert (value_in(form, "title"), value_in(form, "field.who_is_affected")) == ("Guides are finished", "teams under ten")
    assert await kept(story) == ["new:insight", "new:insight:2"]
    assert (await lea.submit(form)).errors == {}
    await story.message(LEA, GROWTH, "Guides are finished")
    assert await kept(story) == ["new:insight:2"]
    await lea.command(GROWTH, "/insight")
    form = await story.modal(LEA, "Not saved yet (")
    assert value_in(form, "title") == "Tips are skipped"
    await lea.click(form, "form.afresh")
    await story.until(lambda: value_in(form, "title") is None, "an empty form")
    assert await kept(story) == []
    await lea.close(form)
    assert await kept(story) == []


async def test_an_edit_that_was_not_saved_comes_back_beside_what_others_changed(story: Story) -> None:
    ana = story.person(ANA)
    shown = await ana.command(GROWTH, "/pom", "BET-12")
    assert shown.message is not None
    card = shown.message
    for title in ("Guide the first board now", "Guide the very first board"):
        await press(story, ANA, card, "object.edit")
        form = await story.modal(ANA, "What could go wrong?")
        await say(story, ANA, form, "title", title)
        if title.endswith("now"):
            await say(story, ANA, form, "field.risk", "Teams skip it.")
            await ana.close(form)
            assert await kept(story) == ["edit:BET-12"]
            await in_database(story, retitled)
        else:
            note = form.blocks[0]["text"]["text"]
            assert note.startswith("Not saved yet (<!date^")
            assert note.endswith("\nTitle – now it says: Guide them all")
            assert (value_in(form, "field.risk"), await kept(story)) == ("Teams skip it.", ["edit:BET-12"])
            assert (await ana.submit(form)).errors == {}
    bet = await story.read(lambda tx: get(tx, "BET-12", ADMINISTRATOR))
    assert (bet.title, bet.fields["risk"]) == ("Guide the very first board", "Teams skip it.")
    assert await kept(story) == []


async def retitled(tx: Transaction) -> None:
    """Somebody else changes the title meanwhile."""
    await Graph(tx, starter(), IVO).revise("BET-12", {"title": "Guide them all"})


async def in_database(story: Story, act: Callable[[Transaction], Awaitable[object]]) -> None:
    """Do `act` in the bot's database, under its feet."""
    database = Database(story.settings.database_url, RealClock())
    try:
        async with database.writing(WORKSPACE) as tx:
            await act(tx)
    finally:
        await database.close()


async def test_two_choices_at_once_end_in_the_form_that_both_ask_for(story: Story) -> None:
    ana = story.person(ANA)
    await ana.command(GROWTH, "/bet", "Guide the second board")
    form = await story.modal(ANA, "We believe that")
    await ana.click(form, "form.more")
    form = await story.modal(ANA, "Where it belongs")
    await gather(
        say(story, ANA, form, "field.kind", "exploratory"),
        choose(story, ANA, form, "link.to targets", "INP-1", "INP-1 "),
    )
    await story.until(lambda: {"By when?", "What will we understand if we are right?"} <= set(labels_in(form)), "both")
    await ana.close(form)
    await say_and_close_in_private(story)


async def say_and_close_in_private(story: Story) -> None:
    """What is begun in a private channel is found again only there; who may see what is made of it is asked."""
    private = story.slack.workspace().add_channel(Channel(PRIVATE, "quiet", is_private=True, members={LEA, "U0THREAD"}))
    lea = story.person(LEA)
    await lea.command(private.id, "/insight")
    form = await story.modal(LEA, "Where from?")
    await say(story, LEA, form, "title", "Not for everybody")
    await lea.close(form)
    await lea.command(GROWTH, "/insight")
    form = await story.modal(LEA, "Where from?")
    assert (value_in(form, "title"), "Not for everybody" in str(form.blocks)) == (None, False)
    await lea.close(form)
    await lea.command(private.id, "/insight")
    form = await story.modal(LEA, "Not saved yet (")
    await lea.click(form, "form.more")
    form = await story.modal(LEA, "Who may see it?")
    assert value_in(form, "title") == "Not for everybody"
    assert (await lea.submit(form)).errors == {}
    await story.message(LEA, private.id, "Not for everybody")
    await lea.command(private.id, "/insight", "For everybody")
    await lea.click(await story.modal(LEA, "Where from?"), "form.more")
    form = await story.modal(LEA, "Who may see it?")
    assert (await lea.submit(form, {"visibility": "workspace"})).errors == {}
    await story.message(LEA, private.id, "For everybody")
    stored = await story.read(lambda tx: get_many(tx, ["INS-20", "INS-21"], ADMINISTRATOR))
    assert [stored[key].visibility for key in ("INS-20", "INS-21")] == ["channel", "workspace"]
    assert {item.channel for item in stored.values()} == {private.id}


async def test_a_trigger_that_expired_and_an_error_of_ours_cost_nobody_their_text(story: Story) -> None:
    lea, triggers = story.person(LEA), story.slack.context.triggers
    seconds, triggers.seconds = triggers.seconds, -1
    reply = await lea.command(GROWTH, "/insight", "Guides are finished")
    triggers.seconds = seconds
    assert "your title “Guides are finished” is kept" in reply.text
    await until_kept(story, ["new:insight"])
    await lea.command(GROWTH, "/insight")
    form = await story.modal(LEA, "Not saved yet (")
    assert value_in(form, "title") == "Guides are finished"
    lea.fill(form, {"field.source": "user research"})
    await say(story, LEA, form, "field.who_is_affected", "teams \x00 under ten")
    await renamed(story, "submissions", "submissions_away")
    with capture_logs() as told:
        refused = (await lea.submit(form, {"field.who_is_affected": "teams under ten"})).errors
    [reference] = [each["reference"] for each in told if each["event"] == "failed"]
    words = f"Something went wrong on our side, and nothing you wrote is lost. Reference {reference}.\n"
    assert refused == {"title": f"{words}Please press Save again in a moment."}
    assert (lea.modal(), value_in(form, "field.who_is_affected")) == (form, "teams under ten")
    assert await kept(story) == ["new:insight"]
    await renamed(story, "submissions_away", "submissions")
    assert (await lea.submit(form)).errors == {}
    await story.message(LEA, GROWTH, "Guides are finished")
    assert await kept(story) == []


async def until_kept(story: Story, forms: list[str]) -> None:
    """Wait until just these forms are kept."""
    for _ in range(200):
        if await kept(story) == forms:
            return
        await sleep(0.02)
    raise AssertionError(f"kept: {await kept(story)}")


async def renamed(story: Story, table: str, name: str) -> None:
    """Rename a table: what needs it fails."""
    await in_database(story, lambda tx: tx.connection.exec_driver_sql(f"ALTER TABLE {table} RENAME TO {name}"))
