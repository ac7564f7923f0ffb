"""Who says by a reaction that a message is something: the later event counts, in whichever order they come."""

from itertools import permutations

from storage.packs.pack import starter
from storage.reactions import Marked, answer, answered, reacted, want_quiet, wants_quiet, who_marked
from tests.storage.rows import WORKSPACE, ready

ANA, LEA, SAM = "U01ANA", "U05LEA", "U16SAM"


async def test_the_state_is_the_same_in_whichever_order_the_events_come(database_url: str) -> None:
    told = [(ANA, True, "1.000001"), (ANA, False, "2.000001"), (ANA, True, "3.000001"), (LEA, True, "2.5"), (LEA, False, "2.6")]
    async with ready(database_url) as database, database.writing(WORKSPACE) as tx:
        for number, order in enumerate(permutations(told)):
            what = Marked("insight", "C1", f"{number}.1")
            for user, is_there, at in order:
                await reacted(tx, what, user, is_there=is_there, at=at)
            assert await who_marked(tx, what) == [ANA]
        last = Marked("insight", "C1", "0.2")
        assert await reacted(tx, last, ANA, is_there=False, at="2.0")
        assert not await reacted(tx, last, ANA, is_there=True, at="1.0"), "taken away before we heard that it was there"
        assert await who_marked(tx, last) == []


async def test_an_answer_is_the_authors_and_about_one_message_and_kind(database_url: str) -> None:
    what = Marked("north star", "C1", "1.1")
    assert Marked.named(what.name) == what
    assert "north star" in starter().kinds
    async with ready(database_url) as database, database.writing(WORKSPACE) as tx:
        await answer(tx, what, SAM, "kept", "INS-1")
        assert await answered(tx, what, SAM) == {"answer": "kept", "key": "INS-1"}
        assert await answered(tx, Marked("insight", "C1", "1.1"), SAM) is None
        assert not await wants_quiet(tx, SAM)
        await want_quiet(tx, SAM)
        assert (await wants_quiet(tx, SAM), await wants_quiet(tx, ANA)) == (True, False)
