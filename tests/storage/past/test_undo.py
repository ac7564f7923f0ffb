"""Taking an act back: as a whole, by who did it, without overwriting what others did since; and taking that back again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from storage import objects
from storage.audience import ADMINISTRATOR, EVERYBODY, Audience
from storage.database import Transaction
from storage.errors import Clashes, NotFound, Refused
from storage.graph import Graph, Tie
from storage.history import of_object
from storage.kinds import Kinds
from storage.measures import Measure, series
from storage.objects import Draft, Object
from storage.packs.pack import read_pack, starter
from storage.past.undo import Undone, acts_of, last_act, undo
from storage.tables import answers, metadata, rituals, runs
from tests.storage.rows import WORKSPACE, ready

ANA, IVO = "U01ANA", "U02IVO"
KINDS = starter()
MONDAY = datetime(2026, 9, 7, 9, tzinfo=UTC)
LESS = read_pack("""
    version: 1
    extends: starter
    horizons: [1-3 months, 1-3 quarters]
    kinds: {drop: [growth], bet: {lifecycle: {drop: [running]}}}
""")


class Desk:
    """Short ways to the graph, each act in a transaction of its own."""

    def __init__(self, database: Any) -> None:
        self._database = database

    @asynccontextmanager
    async def graph(self, author: str = ANA, reason: str | None = None) -> AsyncIterator[Graph]:
        async with self._database.writing(WORKSPACE) as tx:
            yield Graph(tx, KINDS, author, reason)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Transaction]:
        async with self._database.reading(WORKSPACE) as tx:
            yield tx

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Transaction]:
        async with self._database.writing(WORKSPACE) as tx:
            yield tx

    async def add(self, kind: str, title: str, *ties: Tie, author: str = ANA, **parts: Any) -> str:
        """Add an object and return the act."""
        async with self.graph(author) as graph:
            await graph.add(Draft(kind, title, **parts), ties)
        return graph.act.id

    async def revise(self, key: str, author: str = ANA, **changes: Any) -> str:
        async with self.graph(author) as graph:
            await graph.revise(key, changes)
        return graph.act.id

    async def link(self, key: str, tie: Tie, author: str = ANA) -> str:
        async with self.graph(author) as graph:
            await graph.link(key, tie)
        return graph.act.id

    async def undo(
        self, act: str, author: str = ANA, audience: Audience = EVERYBODY, *, as_admin: bool = False, kinds: Kinds = KINDS
    ) -> Undone:
        async with self.writing() as tx:
            return await undo(tx, kinds, act, author, audience, as_admin=as_admin)

    async def get(self, key: str) -> Object | None:
        async with self.reading() as tx:
            return await objects.get(tx, key, ADMINISTRATOR)

    async def links(self, key: str) -> list[tuple[str, str, str]]:
        async with self.reading() as tx:
            found = await objects.links_of(tx, [key], ADMINISTRATOR)
        return sorted((link.from_key, link.relation, link.to_key) for link in found)

    async def refused(self, act: str, author: str = ANA, audience: Audience = EVERYBODY) -> list[str]:
        """Return the sentences with which taking the act back is refused."""
        with pytest.raises(Refused) as refused:
            await self.undo(act, author, audience)
        return [problem.sentence for problem in refused.value.problems]


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    async with ready(database_url) as database:
        yield Desk(database)


async def test_a_change_is_taken_back_and_that_again(desk: Desk) -> None:
    await desk.add("bet", "Guide them", fields={"confidence": 45})
    act = await desk.revise("BET-1", title="Guide all", fields={"confidence": 60, "risk": "they skip it"})
    back = await desk.undo(act)
    there = await desk.get("BET-1")
    assert there is not None
    assert (there.title, there.fields, there.version) == ("Guide them", {"confidence": 45}, 3)
    assert back.keys == ["BET-1"]
    await desk.undo(back.act)
    again = await desk.get("BET-1")
    assert again is not None
    assert (again.title, again.fields) == ("Guide all", {"confidence": 60, "risk": "they skip it"})


async def test_a_later_change_in_another_place_stays(desk: Desk) -> None:
    await desk.add("bet", "Guide them", fields={"confidence": 45, "risk": "none"})
    act = await desk.revise("BET-1", fields={"confidence": 60})
    await desk.revise("BET-1", IVO, title="Guide all", fields={"risk": "they skip it"})
    await desk.undo(act)
    there = await desk.get("BET-1")
    assert there is not None
    assert (there.title, there.fields) == ("Guide all", {"confidence": 45, "risk": "they skip it"})


async def test_a_later_change_in_the_same_place_is_a_conflict_that_says_who_and_what(desk: Desk) -> None:
    await desk.add("bet", "Guide them", fields={"confidence": 45})
    act = await desk.revise("BET-1", title="Guide all", fields={"confidence": 60})
    await desk.revise("BET-1", IVO, fields={"confidence": 75})
    with pytest.raises(Clashes) as refused:
        await desk.undo(act)
    (clash,) = refused.value.clashes
    assert (clash.key, clash.name, clash.left, clash.now, clash.author) == ("BET-1", "fields.confidence", 60, 75, IVO)
    assert str(refused.value) == f"{IVO} has changed the confidence since, from “60” to “75”."
    assert (await desk.get("BET-1")).title == "Guide all"  # type: ignore[union-attr]  # all of it, or nothing


async def test_what_was_changed_back_since_is_no_conflict(desk: Desk) -> None:
    await desk.add("bet", "Guide them")
    act = await desk.revise("BET-1", title="Guide all", description="All of them")
    await desk.revise("BET-1", IVO, title="Guide them")
    await desk.undo(act)
    there = await desk.get("BET-1")
    assert there is not None
    assert (there.title, there.description) == ("Guide them", "")
    assert await desk.refused(act) == ["There is nothing of it left to take back."]


async def test_only_who_did_it_takes_it_back_or_an_administrator(desk: Desk) -> None:
    act = await desk.add("bet", "Guide them")
    assert await desk.refused(act, IVO) == [f"Only {ANA}, who did it, can take it back."]
    await desk.undo(act, IVO, ADMINISTRATOR, as_admin=True)
    assert await desk.get("BET-1") is None
    with pytest.raises(NotFound, match="I don't know nothing-such"):
        await desk.undo("nothing-such")


async def test_an_object_whose_making_is_taken_back_goes_and_comes_back_with_its_links(desk: Desk) -> None:
    await desk.add("insight", "They stall")
    act = await desk.add("bet", "Guide them", Tie("informs", "INS-1", backward=True, why="it shows it"))
    made = await desk.get("BET-1")
    back = await desk.undo(act)
    assert (await desk.get("BET-1"), await desk.links("INS-1")) == (None, [])
    await desk.add("bet", "Another")
    assert (await desk.get("BET-2")).title == "Another"  # type: ignore[union-attr]  # no key is given out twice
    await desk.undo(back.act)
    there = await desk.get("BET-1")
    assert made is not None
    assert there is not None
    assert (there.created_by, there.created_at, there.title, there.version) == (ANA, made.created_at, "Guide them", 3)
    async with desk.reading() as tx:
        (link,) = await objects.links_of(tx, ["BET-1"], ADMINISTRATOR)
        told = [(each.version, each.before is None) for each in await of_object(tx, "BET-1", ADMINISTRATOR)]
    assert (link.from_key, link.why, link.version, link.created_by) == ("INS-1", "it shows it", 3, ANA)
    assert told == [(1, True), (2, False), (3, True)]


async def test_an_object_on_which_others_hang_something_stays(desk: Desk) -> None:
    act = await desk.add("input", "Activation")
    linked = await desk.add("bet", "Guide them", Tie("targets", "INP-1"), author=IVO)
    async with desk.graph(IVO) as graph:
        await graph.measure(Measure("INP-1", MONDAY, 41))
    assert await desk.refused(act) == [
        "The making of INP-1 can't be taken back while this hangs on it: BET-1 targets INP-1; "
        "The value of INP-1 at 2026-09-07 09:00."
    ]
    await desk.undo(graph.act.id, IVO)
    await desk.undo(linked, IVO)
    await desk.undo(act)
    assert await desk.get("INP-1") is None


async def test_what_hangs_on_it_out_of_sight_is_not_named(desk: Desk) -> None:
    act = await desk.add("input", "Activation")
    await desk.add("bet", "Secret", Tie("targets", "INP-1"), author=IVO, channel="C01SECRET", visibility="channel")
    assert await desk.refused(act) == ["The making of INP-1 can't be taken back while this hangs on it: something else."]


async def test_an_object_about_which_somebody_has_answered_stays(desk: Desk) -> None:
    act = await desk.add("bet", "Guide them")
    async with desk.writing() as tx:
        plan = {"plan": "bet check-in", "cadence": "every monday at 09:00", "open_for_hours": 1, "late_window_hours": 1}
        await tx.run(insert(rituals), id="R1", is_on=True, **plan)
        run = {"ritual": "R1", "subject": "", "local_date": "2026-09-07", "slot_at": MONDAY, "state": "open"}
        await tx.run(insert(runs), id="N1", brings={}, opened_at=MONDAY, **run)
        await tx.run(insert(answers), run="N1", about="BET-1", author=IVO, at=MONDAY, said={})
    assert await desk.refused(act) == [f"The making of BET-1 can't be taken back while this hangs on it: an answer of {IVO}."]


async def test_an_object_that_somebody_has_worked_on_since_stays(desk: Desk) -> None:
    act = await desk.add("bet", "Guide them")
    await desk.revise("BET-1", IVO, fields={"risk": "they skip it"})
    assert await desk.refused(act) == [f"{IVO} has changed the risk since, from nothing to “they skip it”."]


async def test_a_link_that_was_removed_comes_back_unless_its_end_is_gone(desk: Desk) -> None:
    await desk.add("insight", "They stall")
    made = await desk.add("bet", "Guide them", author=IVO)
    await desk.link("INS-1", Tie("informs", "BET-1", why="it shows it"))
    async with desk.graph() as graph:
        await graph.unlink("INS-1", "informs", "BET-1")
    gone = await desk.undo(made, IVO)
    assert await desk.refused(graph.act.id) == ["BET-1 is not there any more, so this can't come back: INS-1 informs BET-1."]
    await desk.undo(gone.act, IVO)
    await desk.undo(graph.act.id)
    assert await desk.links("BET-1") == [("INS-1", "informs", "BET-1")]


async def test_links_that_come_back_close_no_loop_also_not_together(desk: Desk) -> None:
    for title in "ABCD":
        await desk.add("bet", title)
    await desk.link("BET-1", Tie("part of", "BET-2"))
    await desk.link("BET-3", Tie("part of", "BET-4"))
    async with desk.graph() as graph:
        await graph.unlink("BET-1", "part of", "BET-2")
        await graph.unlink("BET-3", "part of", "BET-4")
    await desk.link("BET-2", Tie("part of", "BET-3"), IVO)
    await desk.link("BET-4", Tie("part of", "BET-1"), IVO)
    problems = await desk.refused(graph.act.id)
    assert problems[0] == "BET-2 is itself part of BET-1, so BET-1 can't be part of BET-2."


async def test_two_links_that_change_places_change_back(desk: Desk) -> None:
    await desk.add("bet", "A")
    await desk.add("bet", "B")
    await desk.link("BET-1", Tie("part of", "BET-2"))
    async with desk.graph() as graph:
        await graph.unlink("BET-1", "part of", "BET-2")
        await graph.link("BET-2", Tie("part of", "BET-1"))
    await desk.undo(graph.act.id)
    assert await desk.links("BET-1") == [("BET-1", "part of", "BET-2")]


async def test_a_value_is_taken_back_to_what_it_was_corrected_from(desk: Desk) -> None:
    await desk.add("input", "Activation")
    async with desk.graph() as first:
        await first.measure(Measure("INP-1", MONDAY, 41), Measure("INP-1", MONDAY + timedelta(days=7), 44))
    async with desk.graph(IVO) as second:
        await second.measure(Measure("INP-1", MONDAY, 42, note="late events"))
    problems = await desk.refused(first.act.id)
    assert problems[0] == f"{IVO} has changed the value since, from “41” to “42”."
    await desk.undo(second.act.id, IVO)
    async with desk.reading() as tx:
        assert [(each.value, each.note) for each in (await series(tx, ["INP-1"], ADMINISTRATOR))["INP-1"]] == [
            (41, ""),
            (44, ""),
        ]
    await desk.undo(first.act.id)
    async with desk.reading() as tx:
        assert await series(tx, ["INP-1"], ADMINISTRATOR) == {}


async def test_what_was_narrowed_is_widened_again_by_its_owner_only(desk: Desk) -> None:
    within = Audience(frozenset({"C01SECRET"}))
    await desk.add("bet", "Guide them", owner=IVO)
    act = await desk.revise("BET-1", channel="C01SECRET", visibility="channel")
    assert await desk.refused(act, audience=within) == ["Only its owner can show BET-1 to more people."]


async def test_an_act_out_of_sight_is_not_there(desk: Desk) -> None:
    await desk.add("bet", "Guide them", owner=IVO)
    act = await desk.revise("BET-1", title="Guide all")
    await desk.revise("BET-1", IVO, channel="C01SECRET", visibility="channel")
    with pytest.raises(NotFound):
        await desk.undo(act)
    async with desk.reading() as tx:
        assert await acts_of(tx, ANA, EVERYBODY) == []
        assert len(await acts_of(tx, ANA, ADMINISTRATOR)) == 2


async def test_the_mentions_of_a_text_go_and_come_with_it_and_stay_where_another_text_says_them(desk: Desk) -> None:
    await desk.add("bet", "Guide them")
    await desk.add("insight", "They stall")
    act = await desk.revise("INS-1", description="See BET-1.")
    await desk.revise("INS-1", IVO, title="They stall, says BET-1")
    back = await desk.undo(act)
    assert await desk.links("INS-1") == [("INS-1", "mentions", "BET-1")]
    await desk.revise("INS-1", IVO, title="They stall")
    assert await desk.links("INS-1") == []
    await desk.undo(back.act)
    assert await desk.links("INS-1") == [("INS-1", "mentions", "BET-1")]


async def test_what_the_pack_has_let_go_since_does_not_come_back(desk: Desk) -> None:
    await desk.add("bet", "Guide them", status="running", horizon="1-3 years")
    moved = await desk.revise("BET-1", status="released")
    nearer = await desk.revise("BET-1", horizon="1-3 months")
    await desk.add("outcome", "Revenue")
    gone = (await desk.undo(await desk.add("growth", "More of it", Tie("contributes to", "OUT-1", backward=True)))).act
    for act, sentence in (
        (moved, 'A bet has no status "running" any more, which BET-1 had.'),
        (nearer, 'There is no horizon "1-3 years" any more, which BET-1 had.'),
        (gone, "There is no kind growth any more, so GRO-1 can't come back."),
    ):
        with pytest.raises(Refused) as refused:
            await desk.undo(act, kinds=LESS)
        assert [problem.sentence for problem in refused.value.problems] == [sentence]


async def test_what_one_could_take_back_is_listed_the_newest_first(desk: Desk) -> None:
    first = await desk.add("insight", "They stall")
    second = await desk.add("bet", "Guide them", Tie("informs", "INS-1", backward=True))
    await desk.add("bet", "Of somebody else", author=IVO)
    async with desk.reading() as tx:
        found = await acts_of(tx, ANA, EVERYBODY)
        last = await last_act(tx, ANA, EVERYBODY)
    assert [each.act for each in found] == [second, first]
    assert last == found[0]
    assert [(item.key, item.relation) for item in found[0].items] == [("BET-1", None), ("INS-1", "informs")]
    assert not found[0].more


async def test_a_long_act_is_listed_with_its_beginning(desk: Desk) -> None:
    async with desk.graph() as graph:
        for number in range(12):
            await graph.add(Draft("bet", f"Number {number}"))
    async with desk.reading() as tx:
        (found,) = await acts_of(tx, ANA, EVERYBODY)
    assert (len(found.items), found.more) == (10, True)
    await desk.undo(graph.act.id)
    assert await desk.get("BET-12") is None


def test_nothing_refers_to_an_object_that_taking_back_does_not_look_at() -> None:
    """Whoever adds a table that refers to objects decides what becomes of its rows when the making of one is taken back."""
    referring = {
        table.name
        for table in metadata.tables.values()
        for key in table.foreign_key_constraints
        if key.referred_table.name == "objects" and key.ondelete != "CASCADE"
    }
    assert referring == {"links", "measured_values", "answers"}
