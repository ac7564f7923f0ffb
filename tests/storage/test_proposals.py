"""Edits that wait for one who may make them: who that is, what they become, and what they never overwrite."""

from collections.abc import AsyncIterator, Mapping

import pytest

from storage.audience import ADMINISTRATOR, EVERYBODY, Audience
from storage.database import Database, Transaction
from storage.errors import NotFound, Refused
from storage.graph import Graph, Tie
from storage.history import of_object
from storage.objects import Draft, Object, get, links_from
from storage.packs.pack import starter
from storage.people import Channel, Person, put_channel, put_people
from storage.proposals import (
    Outdated,
    Overtaken,
    Proposal,
    accept,
    decline,
    proposal,
    propose,
    proposed_by,
    waiting_for,
    waiting_on,
    withdraw,
)
from storage.rights import editors_of, may_edit, may_link
from storage.teams import Team, put
from tests.storage.rows import WORKSPACE, ready

KINDS = starter()
ANA, IVO, LEA, ZOE, GUEST, GONE = "U01ANA", "U02IVO", "U05LEA", "U03ZOE", "U31GUEST", "U32GONE"
SECRET = "C04LEADS"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with ready(database_url) as database:
        async with database.writing(WORKSPACE) as tx:
            names = {ANA: "Ana", IVO: "Ivo", LEA: "Léa", ZOE: "Zoë"}
            people = [Person(user, name, None) for user, name in names.items()]
            people += [Person(GUEST, "Guest", None, is_outsider=True), Person(GONE, "Gone", None, is_gone=True)]
            await put_people(tx, people)
            await put(tx, Team("Growth", members=(ANA, LEA), leads=(IVO, GUEST)))
            await put_channel(tx, Channel(SECRET, "leads", True, False, [ANA, LEA], tx.now))
        yield database


async def bet(tx: Transaction, owner: str | None = ANA, **more: object) -> Object:
    values: dict[str, object] = {"title": "Guide them all", "owner": owner, "team": "Growth", **more}
    return await Graph(tx, KINDS, ANA).add(Draft("bet", **values))  # type: ignore[arg-type]


async def proposed(tx: Transaction, item: Object, changes: Mapping[str, object], *ties: Tie, why: str = "") -> Proposal:
    found = await propose(tx, KINDS, LEA, item, changes, ties, why=why)
    assert found is not None
    return found


async def now(tx: Transaction, key: str) -> Object:
    found = await get(tx, key, ADMINISTRATOR)
    assert found is not None
    return found


async def test_owner_and_leads_may_edit_and_anybody_where_nobody_is_left(
    database: Database,
) -> None:
    async with database.writing(WORKSPACE) as tx:
        item = await bet(tx)
        assert await editors_of(tx, item) == [ANA, IVO]
        assert [await may_edit(tx, item, user) for user in (ANA, IVO, LEA)] == [True, True, False]
        assert await editors_of(tx, await bet(tx, owner=None)) == [ANA, IVO]  # who made it
        orphan = await bet(tx, owner=GONE)
        assert await editors_of(tx, orphan) == [IVO]
        lost = await bet(tx, owner=GONE, team=None)
        assert await editors_of(tx, lost) == []
        assert await may_edit(tx, lost, LEA)
        hidden = await bet(tx, owner=GONE, visibility="channel", channel=SECRET)
        assert await editors_of(tx, hidden) == []  # its team's lead does not see it
        assert await may_link(tx, [item, orphan], ANA)
        assert not await may_link(tx, [item, orphan], LEA)


async def test_an_accepted_edit_is_its_authors_merges_with_what_came_since_and_is_done_once(database: Database) -> None:
    async with database.writing(WORKSPACE) as tx:
        item, other = await bet(tx), await bet(tx)
        asked = await proposed(
            tx,
            item,
            {"title": "Guide them gently", "fields": {"risk": "They skip it"}},
            Tie("part of", other.key),
            why="They said so",
        )
        assert asked.values == {"title": "Guide them gently", "fields.risk": "They skip it"}
        assert (await now(tx, item.key), await links_from(tx, [item.key], ADMINISTRATOR)) == (item, [])  # only tried
        await Graph(tx, KINDS, ANA).revise(item.key, {"horizon": "1-3 months", "fields": {"upside": "Much"}})
        for user, expected in ((ANA, [asked]), (IVO, [asked]), (LEA, []), (ZOE, [])):
            assert await waiting_for(tx, user, EVERYBODY) == expected
        assert await proposed_by(tx, LEA, EVERYBODY) == [asked]
        assert await waiting_on(tx, [item.key]) == [asked.id]
        for user in (LEA, ZOE):
            with pytest.raises(Refused, match="Only those who may change"):
                await accept(tx, KINDS, asked.id, user, EVERYBODY)
    async with database.writing(WORKSPACE) as tx:
        done = await accept(tx, KINDS, asked.id, IVO, EVERYBODY, reason="accepted by Ivo")
        assert done is not None
        assert (done.after.title, done.after.horizon) == ("Guide them gently", "1-3 months")
        assert done.after.fields == {"risk": "They skip it", "upside": "Much"}
        assert done.keys == (item.key, other.key)
        assert [link.to_key for link in await links_from(tx, [item.key], ADMINISTRATOR)] == [other.key]
        mine = [each for each in await of_object(tx, item.key, ADMINISTRATOR) if each.act == done.act]
        assert {(each.author, each.reason) for each in mine} == {(LEA, "accepted by Ivo")}
        assert len(mine) == 2
        assert await accept(tx, KINDS, asked.id, ANA, EVERYBODY) is None
        assert await decline(tx, asked.id, ANA, EVERYBODY, "no") is None
        assert not await withdraw(tx, asked.id, LEA)
        assert await waiting_for(tx, ANA, EVERYBODY) == []
        kept = await proposal(tx, asked.id, EVERYBODY)
        assert kept is not None
        assert (kept.state, kept.decided_by) == ("accepted", IVO)


async def test_what_was_changed_since_in_the_same_place_is_shown_before_it_is_overwritten(database: Database) -> None:
    async with database.writing(WORKSPACE) as tx:
        item = await bet(tx)
        asked = await proposed(tx, item, {"title": "Léa's", "fields": {"risk": "They skip it"}})
        await Graph(tx, KINDS, IVO).revise(item.key, {"title": "Ivo's"})
    with pytest.raises(Outdated) as late:
        async with database.writing(WORKSPACE) as tx:
            await accept(tx, KINDS, asked.id, ANA, EVERYBODY, shown=1)
    assert late.value.overtaken == (Overtaken("title", IVO, "Ivo's", "Léa's"),)
    async with database.writing(WORKSPACE) as tx:
        assert await waiting_for(tx, ANA, EVERYBODY) == [asked]
        done = await accept(tx, KINDS, asked.id, ANA, EVERYBODY, shown=2)
        assert done is not None
        assert (done.after.title, done.after.fields) == ("Léa's", {"risk": "They skip it"})


async def test_what_would_be_refused_cannot_be_proposed_and_nothing_is_no_proposal(database: Database) -> None:
    async with database.writing(WORKSPACE) as tx:
        item = await bet(tx)
        assert await propose(tx, KINDS, LEA, item, {"title": item.title}) is None
        again = [await proposed(tx, item, {"title": "Léa's"}) for _ in range(2)]
        assert (again[0], await waiting_on(tx, [item.key])) == (again[1], [again[0].id])
        for changes in ({"title": ""}, {"status": "won?"}, {"fields": {"confidence": 120}}):
            with pytest.raises(Refused):
                await propose(tx, KINDS, LEA, item, changes)
        hidden = await bet(tx, visibility="channel", channel=SECRET)
        with pytest.raises(Refused, match="Only its owner"):  # widening is nobody else's, not even as a proposal
            await propose(tx, KINDS, LEA, hidden, {"visibility": "workspace"})
        with pytest.raises(Refused):
            await propose(tx, KINDS, LEA, item, {}, [Tie("part of", "BET-99")])


async def test_a_proposal_is_seen_by_those_alone_who_see_all_that_it_speaks_of(database: Database) -> None:
    private = Audience(frozenset({SECRET}))
    async with database.writing(WORKSPACE) as tx:
        item, hidden = await bet(tx), await bet(tx, visibility="channel", channel=SECRET)
        of_hidden = await proposed(tx, hidden, {"title": "Léa's"})
        to_hidden = await proposed(tx, item, {"title": "Léa's"}, Tie("part of", hidden.key))
        assert await waiting_for(tx, ANA, private) == [of_hidden, to_hidden]
        assert await waiting_for(tx, ANA, EVERYBODY) == await waiting_for(tx, IVO, EVERYBODY) == []
        for each in (of_hidden, to_hidden):
            assert await proposal(tx, each.id, EVERYBODY) is None
            with pytest.raises(NotFound):
                await accept(tx, KINDS, each.id, IVO, EVERYBODY)
        assert await decline(tx, of_hidden.id, ANA, private, "Not now") == of_hidden
        assert not await withdraw(tx, to_hidden.id, ANA)  # it is Léa's
        assert await withdraw(tx, to_hidden.id, LEA)
        assert (await now(tx, hidden.key)).title == (await now(tx, item.key)).title == "Guide them all"
