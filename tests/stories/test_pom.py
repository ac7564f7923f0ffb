"""What stands behind /pom: help, names that are nearly right, the board, what is mine, links and values in words."""

import asyncio
import json

from sandbox.outcomes import CommandReply
from sandbox.person import Person
from sandbox.state import Message
from storage.audience import ADMINISTRATOR
from storage.measures import series
from storage.objects import links_from
from tests.support.story import Story, words_of

ANA, IVO, LEA, NORA = "U01ANA", "U02IVO", "U05LEA", "U15NORA"
GROWTH, PAYMENTS = "C01GROWTH", "C02PAYMENTS"


def shown(reply: CommandReply, to: str) -> Message:
    """Return the answer, which only that person sees."""
    assert reply.message is not None
    assert reply.message.ephemeral_to == to
    return reply.message


def labels(message: Message) -> list[str]:
    """Return what stands on the buttons and menus of a message, those beside its texts first."""
    blocks = message.blocks or []
    beside = [block["accessory"] for block in blocks if "accessory" in block]
    rows = [element for block in blocks if block["type"] == "actions" for element in block["elements"]]
    return [(each.get("text") or each.get("placeholder") or {"text": "⋯"})["text"] for each in (*beside, *rows)]


def lines_of(message: Message) -> list[str]:
    """Return the lines of a message, as a reader sees them."""
    blocks = message.blocks or []
    texts = [block["text"]["text"] for block in blocks if block["type"] == "section"]
    texts += [element["text"] for block in blocks if block["type"] == "context" for element in block["elements"]]
    return [line for text in texts for line in text.splitlines()]


async def press(person: Person, message: Message, label: str) -> None:
    """Press the button with this label, or choose it from a menu."""
    for block in message.blocks or []:
        for element in [*block.get("elements", []), *([block["accessory"]] if "accessory" in block else [])]:
            if element.get("text", {}) and isinstance(element["text"], dict) and element["text"]["text"] == label:
                await person.click(message, element["action_id"], block_id=block["block_id"])
                return
            option = next((each for each in element.get("options", []) if each["text"]["text"] == label), None)
            if option:
                await person.select(message, element["action_id"], option["value"], block_id=block["block_id"])
                return
    raise AssertionError(f"{label!r} is not among {labels(message)}")


async def learned(story: Story) -> None:
    """Wait until the bot has learned who is in the private channel of INS-17."""
    ivo = story.person(IVO)
    for _ in range(100):
        if (await ivo.command(GROWTH, "/pom", "INS-17")).text.startswith("💡"):
            return
        await asyncio.sleep(0.1)
    raise AssertionError("nobody learns who is in there")


async def test_what_is_nearly_right_is_one_tap_away(story: Story) -> None:
    ana = story.person(ANA)
    told = shown(await ana.command(GROWTH, "/pom"), ANA)
    assert labels(told) == ["Log an insight", "Propose a bet", "Log an impact"]
    for word in ("/pom board", "/pom mine", "`stale`", "Opportunity", "North star", "/pom help questions"):
        assert word in words_of(told)
    assert len([line for line in lines_of(told) if line]) <= 24, "it is read on a phone"
    assert "`setup`" not in words_of(told)
    assert "`setup`" in words_of(shown(await story.person(NORA).command(GROWTH, "/pom", "HELP"), NORA))
    assert "in any order" in (await ana.command(GROWTH, "/pom", "help  Board")).text
    assert labels(shown(await ana.command(GROWTH, "/pom", "help bett"), ANA)) == ["/pom help bet"]
    bet = (await ana.command(GROWTH, "/pom", "help bet")).text
    assert "measuring; it ends as won, lost, inconclusive, declined or stopped.\n" in bet

    unsure = shown(await ana.command(GROWTH, "/pom", "bord growth"), ANA)
    assert unsure.text == "Did you mean `/pom board growth`?"
    await press(ana, unsure, "/pom board growth")
    board = await story.message(ANA, GROWTH, "Growth: possible")
    assert board.ts == unsure.ts, "it stands where the question stood"

    unknown = shown(await ana.command(GROWTH, "/pom", "BAT-12"), ANA)
    assert (unknown.text, labels(unknown)) == ("I don't know BAT-12. Did you mean this?", ["/pom BET-12"])
    for words in ("“bet 12”", "BET-12 please", "guide the first BOARD"):
        assert (await ana.command(GROWTH, "/pom", words)).text.startswith("🎲 BET-12 · Guide the first board")
    several = shown(await ana.command(GROWTH, "/pom", "first board"), ANA)
    assert several.text == "5 things are called “first board”. Which one do you mean?"
    await press(ana, several, "OPT-5 Guided first board")
    assert (await story.message(ANA, GROWTH, "🛤 OPT-5 · Guided first board")).ts == several.ts
    assert "BET-14" in (await ana.command(GROWTH, "/pom", "which bets target activation rate?")).text

    for words, nearest in {
        "why BAT-12": "/pom why BET-12",
        "export BAT-12 csv": "/pom export BET-12 csv",
        "value IPN-1 43 % after it": "/pom value INP-1 43 % after it",
        "link BAT-12 targets INP-1": "/pom link BET-12 targets INP-1",
        "link BET-12 targts INP-1": "/pom link BET-12 targets INP-1",
        "find bets activtion": "/pom find activtion",
        "stale paymnets": "/pom stale Payments",
        "unmute chekin": "Mute",
        "tem Growth": "/pom team Growth",
        "mut bet check-in": "/pom mute bet check-in",
        "aks which bets lost?": "/pom ask which bets lost?",
        **{slip: f"/pom {name}" for slip, name in {"minne": "mine", "expotr": "export", "setpu": "setup"}.items()},
    }.items():
        assert nearest in labels(shown(await ana.command(GROWTH, "/pom", words), ANA)), words

    nothing = shown(await ana.command(GROWTH, "/pom", "hamster wheels"), ANA)
    assert nothing.text == "I know nothing called “hamster wheels”, and can't answer it as a question."
    assert labels(nothing)[:3] == ["New insight", "New bet", "New impact"]
    assert len(labels(nothing)) == 6, "and three questions that I can answer"
    await press(ana, nothing, "New insight")
    await ana.close(await story.modal(ANA, "hamster wheels"))
    slip = shown(await ana.command(GROWTH, "/pom", "log insihgt The wheel turns"), ANA)
    await press(ana, slip, "/pom log insight The wheel turns")
    await ana.close(await story.modal(ANA, "The wheel turns"))
    await press(ana, shown(await ana.command(GROWTH, "/pom", "log wheel It turns"), ANA), "❓ Question")
    await ana.close(await story.modal(ANA, "It turns"))


async def test_the_board_shows_what_is_open_and_can_be_shown_to_all(story: Story) -> None:
    ana, ivo = story.person(ANA), story.person(IVO)
    await learned(story)
    hers = shown(await ana.command(GROWTH, "/pom", "board"), ANA)
    for_all = "Growth: possible 14 · prioritised 6 · doing 6 · working 9"
    assert hers.text == for_all
    assert "BET-12" in words_of(hers)
    assert labels(hers)[:4] == ["All 14", "All 6", "All 6", "All 9"]
    assert labels(hers)[4:] == ["1–3 months", "1–3 quarters", "1–3 years", "Another team", "Show to all"]
    await press(ana, hers, "All 14")
    whole = await story.message(ANA, GROWTH, "Whole board")
    assert (whole.ts, whole.text, len(words_of(whole).split("💡"))) == (hers.ts, "Growth: possible 14", 7)
    assert "INS-17" not in words_of(whole), "it belongs to a private channel"
    await press(ana, whole, "1–3 years")
    await press(ana, await story.message(ANA, GROWTH, "Growth, 1–3 years: possible 2"), "Whole board")
    far = await story.message(ANA, GROWTH, "Growth, 1–3 years: possible 2 · prioritised 0")
    assert "OPP-1 New teams try us" in words_of(far)
    await press(ana, far, "Payments")
    await story.message(ANA, GROWTH, "Payments, 1–3 years")

    assert (await ana.command(PAYMENTS, "/pom", "board")).text.startswith("Payments: possible")
    assert (await ana.command(GROWTH, "/pom", "board months working PAYMENTS")).text == "Payments, 1–3 months: working 3"
    wrong = shown(await ana.command(GROWTH, "/pom", "board paymnets"), ANA)
    assert (wrong.text.split(".")[0], labels(wrong)) == ("I know no team called “paymnets”", ["/pom board Payments"])

    his = shown(await ivo.command(GROWTH, "/pom", "board"), IVO)
    assert his.text.startswith("Growth: possible 15 · ")
    await press(ivo, his, "Show to all")
    for person in (ANA, IVO):
        posted = await story.message(person, GROWTH, "Shown by Ivo Horvat")
        assert (posted.ephemeral_to, posted.text) == (None, for_all), "what all who read here may see"
    await press(ivo, posted, "All 14")
    assert "INS-17" in words_of(await story.message(IVO, GROWTH, "Whole board"))
    assert his.ts not in [each.ts for each in ivo.sees(GROWTH)], "what is shown to all stands there once"


async def test_mine_stale_and_find_say_what_and_why(story: Story) -> None:
    ana = story.person(ANA)
    mine = shown(await ana.command(GROWTH, "/pom", "mine"), ANA)
    assert mine.text == "You own 13 things that are open."
    assert "*Bets* 2 running" in words_of(mine)
    assert "_nobody has said what would make us stop_" in words_of(mine)
    await press(ana, mine, "Say it")
    await ana.close(await story.modal(ANA, "What would make us stop?"))
    nobody = shown(await story.person("U16SAM").command("C06VOICE", "/pom", "mine"), "U16SAM")
    assert "You own" in nobody.text

    stale = shown(await ana.command(GROWTH, "/pom", "stale"), ANA)
    assert stale.text.startswith("Growth: 8 things wait for somebody to look again")
    assert "BET-8 Make the first week a habit – running, past its date to look again" in words_of(stale)
    assert "ART-6 Charter of Growth – current, untouched since 20 October 2025" in words_of(stale)
    await press(ana, stale, "BET-8 Make the first week a habit")
    assert (await story.message(ANA, GROWTH, "🎲 BET-8 · Make the first week")).ts == stale.ts
    assert (await ana.command(GROWTH, "/pom", "stale all")).text.startswith("All teams: ")

    found = shown(await ana.command(GROWTH, "/pom", "find board"), ANA)
    assert found.text == "21 things called “board”"
    assert "11 more; say more words, or a kind before them" in words_of(found)
    assert "/pom find bets board" in labels(found)
    assert (await ana.command(GROWTH, "/pom", "find activtion")).text == "2 things called nearly “activtion”"
    bets = await ana.command(GROWTH, "/pom", "find bets board")
    assert "BET-12 Guide the first board" in words_of(shown(bets, ANA))
    assert "INS-" not in words_of(shown(bets, ANA))
    assert (await ana.command(GROWTH, "/pom", "find rival")).text == "I found nothing called “rival”."
    await learned(story)
    assert "INS-17" in words_of(shown(await story.person(IVO).command(GROWTH, "/pom", "find rival"), IVO))


async def test_links_and_values_in_words_can_be_taken_back(story: Story) -> None:
    ana = story.person(ANA)
    made = shown(await ana.command(GROWTH, "/pom", "link bet-12 targets INP-2 because they come back"), ANA)
    assert made.text == "BET-12 targets INP-2 Second session within a week, because they come back. It is kept."
    links = {link.to_key: link for link in await story.read(lambda tx: links_from(tx, ["BET-12"], ADMINISTRATOR))}
    assert (links["INP-2"].relation, links["INP-2"].why) == ("targets", "they come back")
    await press(ana, made, "Undo")
    await story.message(ANA, GROWTH, "Taken back: BET-12 and INP-2")
    assert "INP-2" not in {link.to_key for link in await story.read(lambda tx: links_from(tx, ["BET-12"], ADMINISTRATOR))}
    wrong = shown(await ana.command(GROWTH, "/pom", "link BET-12 targets INS-4"), ANA)
    assert wrong.text.startswith('"targets" does not lead from a bet to an insight.')
    assert labels(wrong) == [f"/pom link BET-12 {words} INS-4" for words in ("is informed by", "taught us", "contains")]
    await press(ana, wrong, "/pom link BET-12 taught us INS-4")
    await story.message(ANA, GROWTH, "BET-12 taught us INS-4 New teams stall at the empty board. It is kept.")
    await ana.command(GROWTH, "/pom", "link BET-12")
    await ana.close(await story.modal(ANA, "How sure?"))
    assert (await ana.command(GROWTH, "/pom", "link BET-12 targets INS-17")).text == "I don't know INS-17."

    kept = shown(await ana.command(GROWTH, "/pom", "value INP-1 44 % after the guide"), ANA)
    assert kept.text == (
        "Kept: INP-1 Activation rate 44 % on 17 September. Note: after the guide\nActivation rate 43 → 44 %, expected 44 %"
    )
    corrected = shown(await ana.command(GROWTH, "/pom", "value INP-1 42.5 on monday"), ANA)
    assert corrected.text.startswith("Corrected: INP-1 Activation rate 42.5 % on 14 September, before 43.")
    await press(ana, corrected, "Undo")
    await story.message(ANA, GROWTH, "Taken back: INP-1 stands as before.")
    values = (await story.read(lambda tx: series(tx, ["INP-1"], ADMINISTRATOR)))["INP-1"]
    assert [(each.value, each.note) for each in values[-2:]] == [(43, values[-2].note), (44, "after the guide")]
    for words, said in {
        "value BET-12 44": "BET-12 is one of the bets, which carry no values.",
        "value INP-1 soon": "The value should be one number",
        "value INP-1 40 on 31 February": 'I can\'t read "31 February" as a day',
        "value INP-1": "Something is missing there.",
    }.items():
        assert (await ana.command(GROWTH, "/pom", words)).text.startswith(said)


async def test_everything_is_exported_for_admins_and_what_lies_around_something_for_all(story: Story) -> None:
    ana, nora = story.person(ANA), story.person(NORA)
    refused = (await ana.command(GROWTH, "/pom", "export")).text
    assert refused.startswith("Everything at once is for the workspace's admins: Nora Chen can send it to you.")
    picture = words_of(shown(await ana.command(GROWTH, "/pom", "export BET-12"), ANA))
    assert 'BET_12 -->|"targets"| INP_1' in picture or 'BET_12 -.->|"targets"| INP_1' in picture
    table = words_of(shown(await ana.command(GROWTH, "/pom", "export BET-12 csv"), ANA))
    assert "BET-12,Guide the first board,targets,INP-1,Activation rate," in table
    assert (await ana.command(GROWTH, "/pom", "export INS-17")).text == "I don't know INS-17."

    story.slack.faults.add("error", "files.getUploadURLExternal", error="file_uploads_disabled", times=1)
    assert (await nora.command(GROWTH, "/pom", "export")).text.startswith("I am writing everything into one file.")
    await story.message(NORA, GROWTH, "Whoever runs me gets it with `throughline export FILE`")
    await nora.command(GROWTH, "/pom", "export")
    direct = await nora.open_messages()
    sent = await story.message(NORA, direct, "also what belongs to private channels")
    [file] = [story.slack.workspace().files[each] for each in sent.files]
    content = json.loads(file.content)
    assert file.name == "throughline.json"
    assert {"BET-12", "INS-17"} < {each["key"] for each in content["objects"]}

    story.slack.workspace().users[NORA].is_admin = False  # of which nobody has told us
    await nora.command(GROWTH, "/pom", "export")
    await story.message(NORA, GROWTH, "Everything at once is for the workspace's admins.")
    assert len([each for each in nora.sees(direct) if each.files]) == 1
