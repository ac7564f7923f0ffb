"""How many taps what people do takes, measured in the sandbox: `python -m tests.taps` writes it down in docs/taps.md anew."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from sandbox.workspace import Message
from tests.support.copies import make_tables
from tests.support.finger import RULES, Finger
from tests.support.newcomers import GROWTH, IVO, JONAS, NORA, ZOE, newcomers_story
from tests.support.story import Story, sample_story

DOCUMENT = Path(__file__).parent.parent / "docs" / "taps.md"
ANA, LEA, SAM = "U01ANA", "U05LEA", "U16SAM"
VOICE = "C06VOICE"
MONDAY = datetime(2026, 9, 21, 7, 30, tzinfo=UTC)  # 09:30 in Berlin
BELIEF, LOOK_AGAIN = "We believe that… because…", "When shall we look again?"
WHY = "We believe that it brings them back, because it did."

WORDS = """# Taps

How many taps it takes, from the message or the channel where somebody is until it is done. `python -m tests.taps` writes this
page: it does each of them in the local workspace, with the bot at work. The suite does so, too, and fails where one takes
another number of taps, or more than it may.

| counts | as |
|---|---|
{rules}

Typing is no tap, and a title is typed behind its command. In brackets: what takes more taps than one, or none.

| what somebody does | taps | at most | how |
|---|---|---|---|
{rows}
"""

Do = Callable[[Story, Finger], Awaitable[None]]


@dataclass(frozen=True)
class Flow:
    """Something that people do. `most`: how many taps it may take; None where nobody has promised anything."""

    what: str
    who: str
    do: Do
    most: int | None = None


@dataclass(frozen=True)
class Measured:
    flow: Flow
    finger: Finger


async def save_a_message(story: Story, lea: Finger) -> None:
    message = await story.person(SAM).say(VOICE, "Nobody finds the export")
    await lea.choose_in_menu_of(message, "message.save", "Save to Throughline")
    await lea.save(await story.modal(LEA, "Nobody finds the export"))
    await story.message(LEA, VOICE, "Kept as")


async def log_an_insight(story: Story, lea: Finger) -> None:
    await lea.command(GROWTH, "/insight", "New teams stall")
    await lea.save(await story.modal(LEA, "Where from?"))
    await story.message(LEA, GROWTH, "New teams stall")


async def log_in_plain_words(story: Story, lea: Finger) -> None:
    direct = await lea.person.open_messages()
    await lea.write(direct, "insight: Tips are in the way")
    await story.message(LEA, direct, "Kept as")


async def say_by_a_reaction(story: Story, ana: Finger) -> None:
    await ana.react(await story.person(SAM).say(VOICE, "They close every tip"), "bulb")
    await story.message(SAM, await story.person(SAM).open_messages(), "thought that")


async def keep_what_was_marked(story: Story, sam: Finger) -> None:
    direct = await sam.person.open_messages()
    await sam.press(await story.message(SAM, direct, "thought that"), "Keep it as an insight")
    form = await story.modal(SAM, "They close every tip")
    await sam.answer(form, "For which team?", "Growth")
    await sam.save(form)
    await story.message(SAM, direct, "is kept as")


async def comment_on_something(story: Story, lea: Finger) -> None:
    message = await story.person(SAM).say(VOICE, "INS-4 is true of us, too")
    await lea.choose_in_menu_of(message, "message.save", "Save to Throughline")
    await lea.answer(await story.modal(LEA, "is true of us"), "Save as", "comment")
    await lea.save(await story.modal(LEA, "On what?"))
    await story.message(LEA, VOICE, "Added to")


async def propose_with_three_fields(story: Story, ana: Finger) -> None:
    await ana.command(GROWTH, "/bet", "Guide the second board")
    form = await story.modal(ANA, BELIEF)
    await ana.answer(form, BELIEF, WHY)
    await ana.answer(form, LOOK_AGAIN, "2026-11-30")
    await ana.save(form)
    await story.message(ANA, GROWTH, "Guide the second board")


async def propose_with_all_that_matters_first(story: Story, ana: Finger) -> None:
    await ana.command(GROWTH, "/bet", "Guide the third board")
    form = await story.modal(ANA, BELIEF)
    await ana.answer(form, BELIEF, WHY)
    await ana.answer(form, LOOK_AGAIN, "2026-11-30")
    await ana.answer(form, "What should it move?", "INP-2 ")
    await ana.save(await story.modal(ANA, BELIEF))
    await story.message(ANA, GROWTH, "Guide the third board")


async def proposed(story: Story, title: str) -> Message:
    """Ana proposes a bet that says nothing but its title."""
    ana = story.person(ANA)
    await ana.command(GROWTH, "/bet", title)
    assert (await ana.submit(await story.modal(ANA, BELIEF))).errors == {}
    return await story.message(ANA, GROWTH, title)


async def fill_a_gap(story: Story, ana: Finger) -> None:
    await ana.press(await proposed(story, "Fill it"), f"+ {BELIEF}")
    form = await story.modal(ANA, BELIEF)
    await ana.answer(form, BELIEF, WHY)
    await ana.save(form)
    await story.message(ANA, GROWTH, WHY)


async def place_a_bet(story: Story, ana: Finger) -> None:
    await ana.press(await proposed(story, "Place it"), "Place")
    form = await story.modal(ANA, LOOK_AGAIN)
    await ana.answer(form, LOOK_AGAIN, "2026-11-30")
    await ana.save(form)
    await story.message(ANA, GROWTH, "Place it – placed")


async def close_with_what_was_learned(story: Story, ana: Finger) -> None:
    card, person = await proposed(story, "Close it"), story.person(ANA)
    await person.click(card, "object.go:place")
    await person.submit(await story.modal(ANA, LOOK_AGAIN))
    await person.click(await story.message(ANA, GROWTH, "Close it – placed"), "object.go:begin")
    await ana.press(await story.message(ANA, GROWTH, "Close it – running"), "Close…")
    form = await story.modal(ANA, "What did we learn?")
    await ana.answer(form, "How did it end?", "lost")
    await ana.answer(form, "What did we learn?", "Small teams need no guide.")
    await ana.save(form)
    await story.message(ANA, GROWTH, "*Taught us*")


async def undo(story: Story, ana: Finger) -> None:
    card = await story.message(ANA, GROWTH, "Place it – placed")
    post = await story.message(ANA, GROWTH, "proposed → *placed*", thread_ts=card.ts)
    ana.open_thread()
    await ana.press(post, "Undo", beside="proposed → *placed*")
    await story.message(ANA, GROWTH, "taken back by Ana Ruiz", thread_ts=card.ts)


async def propose_a_change(story: Story, lea: Finger) -> None:
    await lea.press(await proposed(story, "Ask me"), f"+ {BELIEF}")
    form = await story.modal(LEA, BELIEF)
    await lea.answer(form, BELIEF, WHY)
    await lea.save(form)
    await story.message(ANA, await story.person(ANA).open_messages(), "would like to change")


async def accept_a_change(story: Story, ana: Finger) -> None:
    direct = await ana.person.open_messages()
    await ana.press(await story.message(ANA, direct, "would like to change"), "Accept")
    await story.message(ANA, direct, "*Accepted* by")


async def pitch(story: Story, ana: Finger) -> None:
    await ana.press(await proposed(story, "Pitch it"), "Pitch…")
    form = await story.modal(ANA, "Why now?")
    await ana.answer(form, "Who decides?", IVO)
    await ana.save(form)
    await story.message(ANA, GROWTH, "back it, challenge it, ask")


async def back_a_pitch(story: Story, lea: Finger) -> None:
    await lea.press(await story.message(LEA, GROWTH, "back it, challenge it, ask"), "Back it")
    form = await story.modal(LEA, "Why do you back it?")
    await lea.answer(form, "Why do you back it?", "It is small")
    await lea.save(form)
    await story.message(LEA, GROWTH, "Backed by Léa Moreau")


async def decide_a_pitch(story: Story, ivo: Finger) -> None:
    letters = await ivo.person.open_messages()
    await ivo.press(await story.message(IVO, letters, "asks you to decide"), "Decide…")
    form = await story.modal(IVO, "What becomes of it?")
    await ivo.answer(form, "Why? (for those who come later)", "It teaches us most")
    await ivo.save(form)
    await story.message(ANA, GROWTH, "Placed by Ivo Horvat")


async def ask_where_it_came_from(story: Story, lea: Finger) -> None:
    shown = (await lea.person.command(GROWTH, "/pom", "BET-12")).message
    assert shown is not None
    await lea.press(shown, "Why?")
    await story.message(LEA, GROWTH, "behind it stand")


async def ask_in_words(story: Story, lea: Finger) -> None:
    answer = await lea.command(GROWTH, "/pom", "ask where did BET-12 come from?")
    assert "came from" in answer.text


async def tie_two_together(story: Story, ana: Finger) -> None:
    assert "It is kept." in (await ana.command(GROWTH, "/pom", "link BET-12 targets INP-2")).text


async def put_away(story: Story, ana: Finger) -> None:
    await ana.press(await proposed(story, "Put it away"), "More…")
    await ana.press(await story.modal(ANA, "'rest'"), "Put away")
    await story.message(ANA, GROWTH, "Put it away – proposed, put away")


async def mute_by_name(story: Story, ana: Finger) -> None:
    assert "is muted" in (await ana.command(GROWTH, "/pom", "mute bet check-in")).text
    await ana.person.command(GROWTH, "/pom", "unmute bet check-in")


async def mute_in_the_home(story: Story, ana: Finger) -> None:
    await ana.open_home()
    home = await story.until(lambda: (shown := story.person(ANA).home()) and "Bet check-in" in str(shown.blocks) and shown)
    await ana.press(home, "Mute", beside="Bet check-in")
    await story.until(lambda: "muted" in str((shown := story.person(ANA).home()) and shown.blocks))
    await ana.person.command(GROWTH, "/pom", "unmute bet check-in")


async def say_that_nothing_changed(story: Story, ana: Finger) -> None:
    direct = await ana.person.open_messages()
    await story.move_to(MONDAY)
    asked = await story.message(ANA, direct, "BET-9")
    await ana.press(asked, "Same as last time", beside="BET-9")
    await story.message(ANA, direct, "Thanks. ")


async def update_from_a_check_in(story: Story, ana: Finger) -> None:
    direct = await ana.person.open_messages()
    await ana.press(await story.message(ANA, direct, "BET-12"), "Update…", beside="BET-12")
    form = await story.modal(ANA, "What changed?")
    await ana.answer(form, "What changed?", "It is live for half of them.")
    await ana.answer(form, "How sure are you now?", "70")
    await ana.save(form)
    await story.message(ANA, direct, "60 → 70 %")


async def set_up_a_team_of_five(story: Story, nora: Finger) -> None:
    await nora.command(GROWTH, "/pom", "setup")
    await nora.save(await story.modal(NORA, "Step 1 of 3"))
    people = await story.modal(NORA, "Step 2 of 3")
    for label, who in (("Product", IVO), ("Design", ZOE), ("Engineering", JONAS)):
        await nora.answer(people, label, who)
    await nora.save(people)
    await nora.save(await story.modal(NORA, "Step 3 of 3"))
    await story.modal(NORA, "Growth is ready")


# In the order in which they are done: the clock goes forward only, and some go on where another ended.
FLOWS = (
    Flow("Log an insight from a message", LEA, save_a_message, most=3),
    Flow("Log an insight by a command", LEA, log_an_insight),
    Flow("Log an insight in plain words, in a direct message", LEA, log_in_plain_words),
    Flow("Say by a reaction that a message is an insight", ANA, say_by_a_reaction),
    Flow("Keep what somebody said of one’s message by a reaction, as one who is in no team", SAM, keep_what_was_marked),
    Flow("Save a message as a comment on what it names", LEA, comment_on_something),
    Flow("Propose a bet with three fields: title, belief, day", ANA, propose_with_three_fields, most=5),
    Flow("Propose a bet with all that its form asks first", ANA, propose_with_all_that_matters_first),
    Flow("Fill a gap", ANA, fill_a_gap),
    Flow("Place a bet", ANA, place_a_bet),
    Flow("Undo that", ANA, undo),
    Flow("Close a bet with what was learned, as an insight", ANA, close_with_what_was_learned, most=4),
    Flow("Change what is somebody else’s: propose it", LEA, propose_a_change),
    Flow("Accept such a change", ANA, accept_a_change, most=1),
    Flow("Pitch a bet", ANA, pitch),
    Flow("Back a pitch, with the reason", LEA, back_a_pitch),
    Flow("Decide a pitch: place it, with the reason", IVO, decide_a_pitch),
    Flow("See why a bet is done", LEA, ask_where_it_came_from),
    Flow("Ask where a bet came from", LEA, ask_in_words),
    Flow("Tie two things together", ANA, tie_two_together),
    Flow("Put something away", ANA, put_away),
    Flow("Mute a ritual by its name", ANA, mute_by_name),
    Flow("Mute a ritual in the Home", ANA, mute_in_the_home),
    Flow("Answer a check-in: nothing changed", ANA, say_that_nothing_changed),
    Flow("Update a bet from a check-in: what changed, and how sure", ANA, update_from_a_check_in, most=3),
)
SETUP = Flow("Set up a team of five, with its triad", NORA, set_up_a_team_of_five)


async def measured_in(story: Story, flows: Sequence[Flow]) -> list[Measured]:
    """Have each of `flows` done by a finger that counts."""
    found = [Measured(flow, Finger(story, flow.who)) for flow in flows]
    for each in found:
        await each.flow.do(story, each.finger)
    return found


def document(found: Sequence[Measured]) -> str:
    """Return the document that says what was measured."""
    rules = [f"| {what} | {count} |" for what, count in RULES.items()]
    rows = [
        f"| {each.flow.what} | {each.finger.count} | {each.flow.most or ''} | {' → '.join(map(str, each.finger.taps))} |"
        for each in found
    ]
    return WORDS.format(rules="\n".join(rules), rows="\n".join(rows))


async def measured(sample_url: str, empty_url: str) -> list[Measured]:
    """Measure all, in two databases with the newest schema and no rows."""
    async with sample_story(sample_url) as story:
        found = await measured_in(story, FLOWS)
    async with newcomers_story(empty_url) as story:
        return [*found, *await measured_in(story, [SETUP])]


def main() -> int:
    """Write the document and return the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        urls = [f"sqlite:///{folder}/{name}.db" for name in ("sample", "empty")]
        for url in urls:
            make_tables(url)
        found = asyncio.run(measured(*urls))
    DOCUMENT.write_text(document(found), "utf-8")
    console = Console(stderr=True, highlight=False)
    for each in found:
        console.print(f"{each.finger.count} {each.flow.what}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
