"""Questions to the sample organisation, and their whole answers."""

from typing import Any

import pytest

from storage.asking.answers import Answer, ask
from storage.audience import ADMINISTRATOR, EVERYBODY, Audience
from storage.database import Transaction
from storage.graph import Graph
from storage.lineage import Edge
from storage.weakness import edge_of
from tests.storage.graphs import KINDS, drawn, sample

# What docs/sample-organisation.md promises, and more in the same manner: question, about, keys of the answer.
TOLD = [
    ("Where did this bet come from?", "BET-12", "INS-4 OPP-2 OPT-5 OPT-6 DEC-3"),
    ("What options were considered for it, and why were they rejected?", "BET-12", "OPT-5 OPT-6"),
    ("Which options were rejected for it?", "BET-12", "OPT-6"),
    ("What insights informed the original decision?", "BET-12", "INS-4"),
    ("Which opportunities sparked it?", "BET-12", "OPP-2"),
    ("Which bets are targeting activation rate?", None, "BET-12 BET-14"),
    ("wich bets traget activtion rate", None, "BET-12 BET-14"),
    ("What insights are informing this strategy?", "ART-2", "INS-2 INS-10"),
    ("Which scopes are mentioned in current 3–6 pagers?", None, "SCO-1 SCO-3 SCO-4"),
    ("Which impacts moved this input?", "INP-1", "IMP-7"),
    ("Which bets moved activation rate?", None, "BET-12"),
    ("Which bets have no hypothesis?", None, "BET-16"),
    ("Which bets have no input?", None, "BET-19"),
    ("Which inputs does no bet target?", None, "INP-8"),
    ("Which releases have no impact?", None, "REL-3 REL-6 REL-7"),
    ("Which opportunities have no option?", None, "OPP-5 OPP-9"),
    ("Who owns onboarding?", None, "TEAM-1"),
    ("Who is working on payments?", None, ""),
    ("Why did we let OPT-9 go?", None, "DEC-8"),
    ("What did we learn from bets that lost this quarter?", None, "INS-15"),
    ("What did BET-3 teach us?", None, "INS-6"),
    ("What feeds our north star?", None, "DRV-1 DRV-2 DRV-4 GOA-1 INP-1 INP-2 INP-3 INP-6 INP-7 INP-10"),
    ("Which drivers feed NST-1?", None, "DRV-1 DRV-2 DRV-4"),
    ("How does this link to the north star?", "BET-12", "INP-1 DRV-1 NST-1"),
    ("How does INS-18 link to the north star?", None, ""),
    ("Why are we doing it?", "BET-12", "INP-1 DRV-1 NST-1 OUT-1 OUT-2 GRO-1 INS-4 OPP-2 OPT-5 OPT-6 DEC-3"),
    ("What came of INS-18?", None, ""),
    ("What does BET-12 target?", None, "INP-1"),
    ("Which bets came from the first session leads nowhere?", None, "BET-12 BET-14"),
    ("Which bets are past their review date?", None, "BET-8"),
    ("Which bets are running in Growth?", None, "BET-8 BET-9 BET-12"),
    ("Which bets were declined?", None, "BET-17"),
    ("insights since 1 September", None, "INS-18 INS-19"),
    ("What is our strategy?", None, "ART-2"),
    ("What did we decide this month?", None, "DEC-7 DEC-8"),
    ("What does team Growth own?", None, "SCO-1 SCO-4 INP-1 INP-2 INP-3 INP-10 DRV-1 DRV-2"),
    ("What is missing in BET-12?", None, ""),
    ("Why was OPT-9 rejected?", None, "DEC-8"),
    ("Which problems are we focused on?", None, "OPP-1 OPP-2 OPP-3 OPP-4 OPP-5 OPP-7 OPP-8"),
]


async def put(tx: Transaction, words: str, about: str | None = None, audience: Audience = EVERYBODY, **more: Any) -> Answer:
    return await ask(tx, KINDS, words, about=about, audience=audience, **more)


async def test_the_sample_organisation_answers(database_url: str) -> None:
    async with sample(database_url) as tx:
        found = {words: await put(tx, words, about) for words, about, _ in TOLD}
    assert {words: {item.key for item in answer.objects} for words, answer in found.items()} == {
        words: set(keys.split()) for words, _, keys in TOLD
    }
    assert all(answer.understood and answer.count == len(answer.objects) for answer in found.values())


async def test_the_paths_prove_it(database_url: str) -> None:
    async with sample(database_url) as tx:
        found = await put(tx, "Which opportunities sparked it?", "BET-12")
        listed = await put(tx, "Which bets have no hypothesis?")
    assert found.paths["OPP-2"][:2] == [["OPP-2", "OPT-5", "BET-12"], ["OPP-2", "OPT-6", "BET-12"]]
    assert [item.key for item in found.about] == ["BET-12"]
    assert {"OPP-2", "OPT-5", "BET-12"} <= set(found.steps)
    assert listed.paths == {}


async def test_the_gaps_are_those_of_what_was_asked_about_first(database_url: str) -> None:
    async with sample(database_url) as tx:
        found = await put(tx, "What came of INS-4?")
    assert [(gap.key, gap.words) for gap in found.gaps] == [
        ("BET-12", "nobody has said what would make us stop"),
        ("REL-6", "no impact has been logged for this release"),
    ]


async def test_a_name_that_several_things_have_is_asked_back(database_url: str) -> None:
    links = "INS-1 informs BET-1\nINS-1 informs BET-2"
    async with drawn(database_url, links, BET_1={"title": "First board"}, BET_2={"title": "The first steps"}) as tx:
        found = await put(tx, "Where did first come from?")
    assert not found.understood
    assert found.objects == ()
    assert set(found.suggestions) == {"Where did BET-1 come from?", "Where did BET-2 come from?"}


async def test_what_is_not_understood_is_met_with_three_questions_that_are(database_url: str) -> None:
    async with sample(database_url) as tx:
        about_a_bet = await put(tx, "what is the weather like", "BET-12")
        about_nothing = await put(tx, "blah")
        again = [await put(tx, words, "BET-12") for words in (*about_a_bet.suggestions, *about_nothing.suggestions)]
    assert not about_a_bet.understood
    assert not about_nothing.understood
    assert len(about_a_bet.suggestions) == len(about_nothing.suggestions) == 3
    assert all("BET-12" in suggestion for suggestion in about_a_bet.suggestions)
    assert all(answer.understood for answer in again)


async def test_nothing_hidden_is_found_counted_or_offered(database_url: str) -> None:
    async with sample(database_url) as tx:
        for_all = await put(tx, "all insights")
        for_leads = await put(tx, "all insights", audience=Audience(frozenset({"C05LEADS", "C04LEADS"})))
        for_administrators = await put(tx, "all insights", audience=ADMINISTRATOR)
        hidden = await put(tx, "Where did INS-17 come from?")
    assert for_administrators.count == for_all.count + 1
    assert for_leads.count >= for_all.count
    assert "INS-17" not in {item.key for item in for_all.objects}
    assert not hidden.understood


async def test_my_is_who_asks(database_url: str) -> None:
    async with sample(database_url) as tx:
        mine = await put(tx, "my bets", asker="U01ANA")
        nobody = await put(tx, "bets owned by me", asker="U404")
        stale = await put(tx, "What is stale in my team?", asker="U01ANA")
    assert mine.objects
    assert {item.owner for item in mine.objects} == {"U01ANA"}
    assert nobody.objects == ()
    assert {item.team for item in stale.objects} == {"Growth"}


@pytest.mark.parametrize("number", [1, 3])
async def test_options_nobody_is_said_to_have_considered_are_those_of_the_opportunity(database_url: str, number: int) -> None:
    others = "\n".join(f"OPP-1 frames OPT-{place + 1}" for place in range(1, number + 1))
    async with drawn(database_url, f"OPP-1 frames OPT-1\nOPT-1 becomes BET-1\n{others}") as tx:
        found = await put(tx, "Which options were considered for BET-1?")
    assert [item.key for item in found.objects] == [f"OPT-{place}" for place in range(1, number + 2)]
    assert found.paths["OPT-2"] == [["OPT-2", "OPP-1", "OPT-1", "BET-1"]]


async def test_what_is_hidden_keeps_nothing_from_being_stale(database_url: str) -> None:
    hidden = {"visibility": "channel", "channel": "C02SECRET"}
    old = {"status": "considered", "created_at": "2026-01-05T09:00:00Z"}
    insiders = Audience(frozenset({"C02SECRET"}))
    async with drawn(database_url, "OPT-1 becomes BET-1", OPT_1=old, BET_1=hidden) as tx:
        found = [await put(tx, "Which options are stale?", audience=audience) for audience in (EVERYBODY, insiders)]
    assert [[item.key for item in answer.objects] for answer in found] == [["OPT-1"], []]


async def test_a_link_to_what_is_hidden_is_no_change(database_url: str) -> None:
    hidden = {"visibility": "channel", "channel": "C02SECRET"}
    insiders = Audience(frozenset({"C02SECRET"}))
    old = {"created_at": "2026-01-05T09:00:00Z"}
    async with drawn(database_url, "OPT-1 becomes BET-1\nOPT-2 becomes BET-2", OPT_1=old, OPT_2=old, BET_1=hidden) as tx:
        graph = Graph(tx, KINDS, "U01ANA")
        for key in ("1", "2"):
            await graph.unlink(f"OPT-{key}", "becomes", f"BET-{key}")
        found = [await put(tx, "Which options changed this week?", audience=audience) for audience in (EVERYBODY, insiders)]
    assert [sorted(item.key for item in answer.objects) for answer in found] == [["OPT-2"], ["OPT-1", "OPT-2"]]


async def test_what_it_serves_is_told_with_the_weakest_link(database_url: str) -> None:
    async with sample(database_url) as tx:
        found = await put(tx, "What does BET-12 serve?")
        linked = await put(tx, "How does BET-12 link to the north star?")
        why = await put(tx, "Why are we doing BET-12?")
    weak = Edge("INP-1", "contributes to", "NST-1")
    assert [answer.weakest and edge_of(answer.weakest.link) for answer in (found, linked, why)] == [weak, weak, weak]
    assert {"SCO-1", "OPP-2", "INP-1", "DRV-1", "NST-1", "TEAM-1"} <= {item.key for item in found.objects}
    assert "OPT-5" not in {item.key for item in found.objects}


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        ("Which bets depend on INP-1?", "BET-12 BET-14"),
        ("What would be touched if WRK-8 changed?", "REL-5 REL-6 IMP-7 IMP-8"),
        ("what is affected when we drop WRK-8", "REL-5 REL-6 IMP-7 IMP-8"),
        ("Which releases would be touched if we changed it?", "REL-5 REL-6"),
        ("Which drivers does it serve?", "DRV-1"),
    ],
)
async def test_what_would_be_touched_is_found_in_the_words_that_people_use(database_url: str, words: str, keys: str) -> None:
    async with sample(database_url) as tx:
        found = await put(tx, words, "WRK-8")
    assert {item.key for item in found.objects} == set(keys.split())
