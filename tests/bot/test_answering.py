"""What a person reads in an answer, and what a program reads."""

import json

import pytest
from sqlalchemy import insert

from bot.answers.answering import Reply, ask
from bot.fitting import fitted
from prompts.blocks import Message
from storage.audience import EVERYBODY
from storage.database import Transaction
from storage.people import Person, put_people
from storage.tables import messages, workspaces
from tests.storage.graphs import KINDS, drawn, sample


async def put(tx: Transaction, words: str, about: str | None = None) -> Reply:
    return await ask(tx, KINDS, words, about=about, audience=EVERYBODY)


async def test_the_path_is_told_in_the_words_of_its_links(database_url: str) -> None:
    async with sample(database_url) as tx:
        await put_people(tx, [Person("U01ANA", "Ana", "Europe/Berlin")])
        reply = await put(tx, "Where did this bet come from?", "BET-12")
    assert reply.plain.replace("\u2003\u2002", "  ") == (
        "BET-12 Guide the first board came from one insight, one opportunity, two options and one decision.\n"
        "💡 INS-4 New teams stall at the empty board · promoted, Ana, 2 March\n"
        "└ informs 🧭 OPP-2 The first session leads nowhere · pursued\n"
        "  ├ offers 🛤 OPT-5 Guided first board · chosen → became this bet\n"
        "  │ └ was considered for ⚖️ DEC-3 Place the guided first board · made → decided this bet\n"
        "  └ offers 🛤 OPT-6 Sample data · rejected: “teaches us nothing about intent” → was considered for this bet\n"
        "Nobody has said what would make us stop"
    )


async def test_what_came_of_it_hangs_from_it(database_url: str) -> None:
    async with drawn(database_url, "BET-1 executes WRK-1\nWRK-1 ships REL-1\nBET-1 yields INS-1") as tx:
        reply = await put(tx, "What came of BET-1?")
    assert reply.plain.splitlines()[1:4] == [
        "├ is executed by 🔨 WRK-1 WRK-1 · planned",
        "│ └ shipped in 🚀 REL-1 REL-1 · planned",
        "└ taught us 💡 INS-1 INS-1 · new",
    ]


async def test_the_json_has_exactly_the_keys_that_others_rely_on(database_url: str) -> None:
    async with drawn(database_url, "INS-1 informs BET-1", BET_1={"fields": {"hypothesis": "It helps"}}) as tx:
        found = (await put(tx, "Which insights informed BET-1?")).json
        unknown = (await put(tx, "blah")).json
    assert json.loads(json.dumps(found)) == {
        "understood": True,
        "objects": ["INS-1"],
        "paths": {"INS-1": [["INS-1", "BET-1"]]},
        "count": 1,
        "gaps": [],
        "suggestions": [],
        "text": found["text"],
    }
    assert found["text"].startswith("One insight for BET-1 BET-1.\n💡 INS-1 INS-1 · new")
    assert (unknown["understood"], unknown["objects"], len(unknown["suggestions"])) == (False, [], 3)


async def test_each_object_is_linked_to_its_card(database_url: str) -> None:
    async with drawn(database_url, "INS-1 informs BET-1") as tx:
        await tx.connection.execute(workspaces.update().values(url="https://acme.slack.com/"))
        await tx.run(insert(messages), subject="card:INS-1", channel="C01", ts="1773133200.000100")
        reply = await put(tx, "Where did BET-1 come from?")
    assert "<https://acme.slack.com/archives/C01/p1773133200000100|INS-1>" in reply.text


async def test_gaps_and_suggestions_are_buttons(database_url: str) -> None:
    async with drawn(database_url, "INS-1 informs BET-1") as tx:
        found = await put(tx, "Where did this come from?", "BET-1")
        unknown = await put(tx, "blah", "BET-1")
    fill = found.blocks[2]["accessory"]
    offers = [block["elements"][0] for block in unknown.blocks[1:]]
    assert (fill["action_id"], json.loads(fill["value"])) == ("object.fill", {"key": "BET-1", "field": "hypothesis"})
    assert [json.loads(offer["value"]) for offer in offers] == [
        {"question": suggestion, "key": "BET-1"} for suggestion in unknown.answer.suggestions
    ]
    assert {offer["action_id"] for offer in offers} == {"ask"}


async def test_the_gaps_of_others_are_told_with_their_keys(database_url: str) -> None:
    async with drawn(database_url, "BET-1 targets INP-1", BET_1={"fields": {"hypothesis": "It helps"}}) as tx:
        reply = await put(tx, "What is BET-1 for?")
    assert reply.plain.splitlines()[-1] == "INP-1: nothing that it contributes to"


@pytest.mark.parametrize(
    ("links", "about", "field"),
    [("", "BET-1", "from becomes"), ("", "OPT-1", "from frames"), ("", "IMP-1", None), ("INS-1 informs BET-1", "BET-1", None)],
)
async def test_where_nothing_is_known_to_have_led_to_it_one_can_say_so(
    database_url: str, links: str, about: str, field: str | None
) -> None:
    async with drawn(database_url, f"{links}\nTEAM-1 owns {about}") as tx:
        headline = (await put(tx, "Where did this come from?", about)).blocks[0]
    offered = json.loads(headline["accessory"]["value"]) if "accessory" in headline else None
    assert offered == ({"key": about, "field": field} if field else None)


async def test_that_something_is_simply_there_is_not_told(database_url: str) -> None:
    async with drawn(database_url, "BET-1 targets INP-1\nBET-1 targets INP-2", INP_2={"status": "resting"}) as tx:
        reply = await put(tx, "What does BET-1 target?")
    assert reply.plain.splitlines()[1:3] == ["├ targets 🎚 INP-1 INP-1", "└ targets 🎚 INP-2 INP-2 · resting"]


async def test_what_people_typed_is_shown_and_never_acts(database_url: str) -> None:
    title = "<!channel> *now* & <https://evil|bank.com>"
    async with drawn(database_url, "INS-1 informs BET-1", INS_1={"title": title}) as tx:
        reply = await put(tx, "Where did BET-1 come from?")
        unknown = await put(tx, "where did <!channel> come from")
    assert "<!channel>" not in reply.text + json.dumps(reply.blocks) + unknown.text
    assert title in reply.plain


async def test_a_large_answer_fits_in_a_message_and_says_how_much_more_there_is(database_url: str) -> None:
    links = "\n".join(f"INS-{number} informs BET-1" for number in range(1, 41))
    titles = {f"INS_{number}": {"title": f"{number}{'&' * 290}"} for number in range(1, 41)}
    async with drawn(database_url, links, **titles) as tx:
        reply = await put(tx, "Which insights informed BET-1?")
    payload = fitted(Message(reply.text, reply.blocks))
    assert reply.json["count"] == len(reply.json["objects"]) == 40
    assert reply.plain.endswith("and 28 more")
    assert all(len(block["text"]["text"]) <= 3_000 for block in payload["blocks"] if block["type"] == "section")


async def test_who_owns_something_is_told_by_name(database_url: str) -> None:
    more = {"SCO_1": {"title": "Onboarding", "owner": "U01ANA"}, "TEAM_1": {"title": "Growth"}}
    async with drawn(database_url, "TEAM-1 owns SCO-1", **more) as tx:
        await put_people(tx, [Person("U01ANA", "Ana", "Europe/Berlin")])
        reply = await put(tx, "Who owns onboarding?")
    assert reply.plain.splitlines()[0] == "SCO-1 Onboarding is owned by Ana and Growth."


async def test_the_weakest_link_is_told_with_what_speaks_for_it(database_url: str) -> None:
    async with sample(database_url) as tx:
        near = await put(tx, "What does BET-12 serve?")
        told = await put(tx, "How does INP-1 link to DRV-1?")
    star = "INP-1 Activation rate contributes to NST-1 Weekly active teams"
    driver = "INP-1 Activation rate contributes to DRV-1 New-team retention"
    assert f"Weakest link: {star} – 30 % sure, no evidence yet" in near.plain
    assert f"Weakest link: {driver} – 75 % sure, evidence of 3 November 2025" in told.plain


async def test_what_it_serves_begins_with_what_is_told_in_one_line(database_url: str) -> None:
    links = "BET-1 targets INP-1\nINP-1 contributes to DRV-1\nDRV-1 contributes to NST-1\nBET-1 part of SCO-1"
    async with drawn(database_url, links) as tx:
        reply = await put(tx, "What does BET-1 serve?")
    assert reply.plain.replace("\u2003\u2002", "  ").splitlines()[:5] == [
        "BET-1 BET-1 serves one input, one scope, one driver and one north star.",
        "├ is part of 🗺 SCO-1 SCO-1",
        "└ targets 🎚 INP-1 INP-1",
        "  └ contributes to ⚙️ DRV-1 DRV-1",
        "    └ contributes to ⭐ NST-1 NST-1",
    ]


async def test_what_was_believed_is_told_as_it_was_written_then(database_url: str) -> None:
    async with sample(database_url) as tx:
        reply = await put(tx, "What did we believe about BET-12 on 11 September?")
        nothing = await put(tx, "What did we believe in 2020?")
    assert reply.plain.splitlines() == [
        "What we believed then:",
        "🎲 BET-12 Guide the first board · running, confidence 45 %, “We bet that a guided first board brings new teams back"
        " for a second session, because they stall at the empty one.”",
    ]
    assert nothing.plain == "I know of nothing that we believed then."


async def test_the_players_are_told_by_name(database_url: str) -> None:
    async with sample(database_url) as tx:
        await put_people(tx, [Person("U11PRIYA", "Priya", "Asia/Kolkata"), Person("U12ARJUN", "Arjun", "Asia/Kolkata")])
        reply = await put(tx, "Who are the players in Platform?")
    assert reply.plain.splitlines() == [
        "The players: Priya, Arjun, U13YUKI, U14HAMISH and Platform.",
        "👥 TEAM-3 Platform · Priya, 6 October",
    ]
