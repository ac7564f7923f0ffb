"""What a table would change, and that storing it does just that: on both engines."""

import pytest

from storage.audience import EVERYBODY, Audience
from storage.packs.pack import starter
from storage.past.undo import last_act, undo
from storage.people import Person, put_people
from storage.sheets.rows import Options, UnknownKind
from storage.tables import LOCAL_WORKSPACE
from tests.storage.graph_files import bet, link, take_in, workplace, write_out
from tests.storage.sheets import planned, sentences, states, stored, table_of

INPUT = {"key": "INP-1", "kind": "input", "title": "Activation rate", "fields": {"unit": "percent"}}


async def test_new_rows_get_keys_and_links_and_a_second_run_changes_nothing(database_url: str) -> None:
    table = "Title,Status,Confidence,targets,is part of\nOne,running,43,Activation rate,\nTwo,,,INP-1,One\n"
    async with workplace(database_url) as database:
        await take_in(database, {"objects": [INPUT, bet(7)]})
        assert states(await planned(database, table)) == {"BET-8": "new", "BET-9": "new"}
        assert len((await write_out(database))["objects"]) == 2
        await stored(database, table, author="U01ANA")
        content = await write_out(database, history=True)
        assert [each["title"] for each in content["objects"]] == ["Bet 7", "One", "Two", "Activation rate"]
        assert content["objects"][1]["fields"] == {"confidence": 43}
        assert [(each["from"], each["relation"], each["to"]) for each in content["links"]] == [
            ("BET-8", "targets", "INP-1"),
            ("BET-9", "part of", "BET-8"),
            ("BET-9", "targets", "INP-1"),
        ]
        acts = {each["act"] for each in content["history"] if each["author"] == "U01ANA"}
        assert len(acts) == 1
        again = await stored(database, table)
        assert (states(again), again.changes) == ({"BET-8": "same", "BET-9": "same"}, [])
        await take_in(database, {"objects": [{"kind": "bet", "title": "Next"}]})
        assert [each["key"] for each in (await write_out(database))["objects"]][:4] == ["BET-7", "BET-8", "BET-9", "BET-10"]


async def test_what_is_there_is_updated_by_key_or_title_and_what_the_table_leaves_empty_stays(database_url: str) -> None:
    before = bet(1, title="Old", tags=["a"], fields={"risk": "Much", "confidence": 40})
    async with workplace(database_url) as database:
        await take_in(database, {"objects": [before, bet(2)]})
        plan = await stored(database, "Key,Title,Confidence,Risk,Tags\nbet-1,New,60,,\n,bet 2,,Some,\n")
        assert states(plan) == {"BET-1": "changed", "BET-2": "changed"}
        first, second = (await write_out(database))["objects"]
        assert (first["title"], first["tags"], first["fields"]) == ("New", ["a"], {"risk": "Much", "confidence": 60})
        assert (second["title"], second["fields"]) == ("bet 2", {"risk": "Some"})


async def test_what_a_text_refers_to_is_mentioned_as_part_of_the_act(database_url: str) -> None:
    async with workplace(database_url) as database:
        await stored(database, "Title,Description,mentions\nOne,,\nTwo,As in BET-1,\nThree,,One\n")
        content = await write_out(database, history=True)
        assert [(each["from"], each["relation"], each["to"]) for each in content["links"]] == [
            ("BET-2", "mentions", "BET-1"),
            ("BET-3", "mentions", "BET-1"),
        ]
        assert len({each["act"] for each in content["history"]}) == 1
        again = await stored(database, "Title,Description,mentions\nOne,,\nTwo,As in BET-1,\nThree,,One\n")
        assert again.changes == []


async def test_a_table_is_undone_as_one(database_url: str) -> None:
    table = "Key,Title,Confidence,targets,is part of\nBET-1,New,60,INP-1,\n,Two,,INP-1,BET-1\n"
    async with workplace(database_url) as database:
        await take_in(database, {"objects": [INPUT, bet(1, title="Old")]})
        before = await write_out(database)
        await stored(database, table, author="U01ANA")
        assert await write_out(database) != before
        async with database.writing(LOCAL_WORKSPACE) as tx:
            deed = await last_act(tx, "U01ANA", EVERYBODY)
            assert deed is not None
            await undo(tx, starter(), deed.act, "U01ANA", EVERYBODY)
        assert await write_out(database) == before


async def test_a_key_that_is_free_is_kept_and_never_given_out_again(database_url: str) -> None:
    async with workplace(database_url) as database:
        await stored(database, "Key,Title\nBET-40,Kept\n,Next\n")
        assert [each["key"] for each in (await write_out(database))["objects"]] == ["BET-40", "BET-41"]
        await stored(database, "Title\nLast\n")
        assert [each["key"] for each in (await write_out(database))["objects"]] == ["BET-40", "BET-41", "BET-42"]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (
            "Key,Title\nGROW-12,A\n",
            'The key of bet is like BET-12, not “GROW-12”. Keys of another tool are left out with --map "Key=".',
        ),
        (
            "Key,Title\nOPT-1,A\n",
            'The key of bet is like BET-12, not “OPT-1”. Keys of another tool are left out with --map "Key=".',
        ),
        ("Key,Title\n,\n,A\nBET-9,\n", "Please give it a title; everything else can wait."),
        ("Key,Title\nINP-1,A\n", "INP-1 is of kind input, and stays so."),
        ("Title\nTwin\n", "BET-2, BET-3 have this title. Please give the key in a column “Key”."),
        (
            "Title,targets\nA,Bet 1\n",
            '"targets" does not lead from a bet to a bet. Between them fit: part of, mentions, replaces.',
        ),
        ("Title,targets\nA,a\0b\n", "targets: I don't know “a"),
        ("Key,Title\nBET\0-1,A\n", "The key of bet is like BET-12"),
        ("Title,targets\nA,Activtion rate\n", "I don't know “Activtion rate”; did you mean INP-1 (Activation rate)?"),
        ("Title,is part of\nA,Twin\n", "“Twin” may be any of BET-2, BET-3. Please write the key."),
        ("Title,Status\nBet 1,measuring\n", "A declined bet can become proposed or pitched."),
        ("Title,Status,Size\nA,blocked,\n", "“blocked” should be one of: proposed, pitched,"),
        ("Title\nA,B\n", "It has more cells than there are columns."),
    ],
)
async def test_rows_that_can_not_be_read_are_told_one_by_one(database_url: str, table: str, said: str) -> None:
    async with workplace(database_url) as database:
        there = [INPUT, bet(1, status="declined"), bet(2, title="Twin"), bet(3, title="twin")]
        await take_in(database, {"objects": there})
        found = [sentence for each in sentences(await planned(database, table)).values() for sentence in each]
        assert any(said in sentence for sentence in found), found


async def test_everything_that_is_wrong_is_told_in_one_go_and_the_other_rows_are_well(database_url: str) -> None:
    table = "Title,Confidence,Owner,is part of\nA,430,Bob,Nowhere\nB,,,\nC,,,A\nD,,,C\n"
    async with workplace(database_url) as database:
        plan = await planned(database, table)
        assert list(states(plan).values()) == ["new"]
        assert {row: len(said) for row, said in sentences(plan).items()} == {2: 3, 4: 1, 5: 1}


async def test_rows_about_the_same_are_one_where_they_say_the_same(database_url: str) -> None:
    async with workplace(database_url) as database:
        plan = await planned(database, "Title,Risk\nA,x\nA,x\na,y\n")
        assert states(plan) == {"BET-1": "new"}
        assert plan.notes == ["Row 3 says the same as row 2."]
        assert sentences(plan) == {4: ["It is about the same as row 2. Give each its key, or make it one row."]}


async def test_part_of_does_not_lead_back_to_where_it_began(database_url: str) -> None:
    async with workplace(database_url) as database:
        await take_in(database, {"objects": [bet(1), bet(2)], "links": [link("BET-1", "part of", "BET-2")]})
        plan = await planned(database, "Key,is part of\nBET-2,BET-1\n")
        assert sentences(plan) == {
            2: ["is part of: BET-1 itself is part of BET-2, on whatever way. Please take one of the two out."]
        }


async def test_a_table_of_several_kinds_says_of_each_row_which(database_url: str) -> None:
    table = "Kind,Title,Hypothesis,Who is affected?,informs\nbet,B,because,,\nInsight,I,,Admins,B\n"
    async with workplace(database_url) as database:
        await stored(database, table, Options())
        content = await write_out(database)
        assert [(each["key"], each.get("fields")) for each in content["objects"]] == [
            ("INS-1", {"who_is_affected": "Admins"}),
            ("BET-1", {"hypothesis": "because"}),
        ]
        assert [(each["from"], each["to"]) for each in content["links"]] == [("INS-1", "BET-1")]
        with pytest.raises(UnknownKind, match="Of which kind are the rows"):
            await planned(database, "Title\nA\n", Options())
        with pytest.raises(UnknownKind, match='I know no kind "bett"; did you mean "bet"'):
            await planned(database, "Title\nA\n", Options("bett"))


async def test_days_that_can_be_read_in_two_ways_are_asked_for(database_url: str) -> None:
    table = "Title,Review date\nA,03/04/2026\nB,05/06/2026\n"
    async with workplace(database_url) as database:
        plan = await planned(database, table)
        assert plan.questions == [
            "Review date: 03/04/2026 may be read in two ways. Say which: --dates day-first or --dates month-first."
        ]
        plan = await planned(database, table, Options("bet", dates="day-first"))
        assert [each.after.fields["review_date"] for each in plan.rows] == ["2026-04-03", "2026-06-05"]


async def test_people_are_known_by_the_name_that_slack_told(database_url: str) -> None:
    async with workplace(database_url) as database:
        async with database.writing(LOCAL_WORKSPACE) as tx:
            await put_people(tx, [Person("U01ANA", "Ana Berger", None)])
        await stored(database, "Title,Owner (Slack)\nA,@ana berger\n")
        assert (await write_out(database))["objects"][0]["owner"] == "U01ANA"
        text = await table_of(database)
        assert "Ana Berger (U01ANA)" in text
        assert states(await planned(database, text)) == {"BET-1": "same"}


async def test_a_person_brings_in_and_finds_only_what_they_may_see(database_url: str) -> None:
    secret = bet(1, title="Secret", visibility="channel", channel="C09SECRET")
    mine = bet(2, title="Mine", owner="U02IVO")
    async with workplace(database_url) as database:
        await take_in(database, {"objects": [secret, mine]})
        assert "Secret" not in await table_of(database, audience=EVERYBODY)
        assert "Secret" in await table_of(database, audience=Audience(frozenset({"C09SECRET"})))
        table = "Key,Title,is part of\n,Secret,\nBET-1,x,\nBET-9,y,\n,z,Secrte\n,w,BET-1\n"
        plan = await planned(database, table, audience=EVERYBODY, author="U01ANA")
        assert states(plan) == {"BET-3": "new"}
        assert sentences(plan) == {
            3: ["I don't know BET-1. Leave the key empty, and it gets the next one."],
            4: ["I don't know BET-9. Leave the key empty, and it gets the next one."],
            5: ["is part of: I don't know “Secrte”."],
            6: ["is part of: I don't know “BET-1”."],
        }
        plan = await planned(database, "Key,Channel,Visibility\nBET-2,C01X,channel\n", audience=EVERYBODY, author="U01ANA")
        assert sentences(plan) == {2: ["Only its owner can say who sees BET-2."]}
