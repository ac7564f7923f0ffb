"""A team takes another name, and what belongs to it is found under that."""

from storage import teams
from storage.audience import ADMINISTRATOR
from storage.graph import Graph
from storage.history import of_object
from storage.objects import Draft, get
from storage.packs.pack import starter
from storage.past.undo import undo
from storage.people import Person, put_people, set_usual_team, usual_team
from storage.preferences import choose, preference, settle
from storage.renaming import rename_team
from storage.search import search
from storage.tables import LOCAL_WORKSPACE
from storage.teams import Team
from tests.storage.graph_files import workplace

ANA = "U01ANA"
GROWTH, PAYMENTS = Team("Growth", "C1", "Europe/Berlin", (ANA,), (ANA,)), Team("Payments", None, None, (ANA,), ())


async def test_a_team_takes_all_that_is_its_own_along(database_url: str) -> None:
    kinds = starter()
    async with workplace(database_url) as database:
        async with database.writing(LOCAL_WORKSPACE) as tx:
            await teams.put(tx, GROWTH)
            await teams.put(tx, PAYMENTS)
            await put_people(tx, [Person(ANA, "Ana", None)])
            await set_usual_team(tx, ANA, "Growth")
            await choose(tx, "Growth", "what", ["a choice"])
            await choose(tx, ANA, "what", ["her own"])
            mine = await Graph(tx, kinds, ANA).add(Draft("insight", "Boards stall", team="Growth"))
            other = await Graph(tx, kinds, ANA).add(Draft("insight", "Boards fail", team="Payments"))
        async with database.writing(LOCAL_WORKSPACE) as tx:
            act = Graph(tx, kinds, ANA)
            await act.revise(mine.key, {"title": "Boards stall early"})
        async with database.writing(LOCAL_WORKSPACE) as tx:
            await rename_team(tx, kinds, "Growth", "Activation")
        async with database.writing(LOCAL_WORKSPACE) as tx:
            assert await teams.all_teams(tx) == [Team("Activation", "C1", "Europe/Berlin", (ANA,), (ANA,)), PAYMENTS]
            assert await usual_team(tx, ANA) == "Activation"
            assert await preference(tx, "Activation", "what") == ["a choice"]
            assert await preference(tx, "Growth", "what") is None
            assert await preference(tx, ANA, "what") == ["her own"]
            now = await get(tx, mine.key, ADMINISTRATOR)
            assert now is not None
            assert (now.team, now.version, now.updated_at >= mine.updated_at) == ("Activation", 2, True)
            assert [item.key for item in await search(tx, "boards", ADMINISTRATOR, team="Activation")] == [mine.key]
            assert [item.key for item in await search(tx, "boards", ADMINISTRATOR, team="Payments")] == [other.key]
            assert len(await of_object(tx, mine.key, ADMINISTRATOR)) == 2  # the name is no change of what belongs to it
            await undo(tx, kinds, act.act.id, ANA, ADMINISTRATOR)
            undone = await get(tx, mine.key, ADMINISTRATOR)
            assert undone is not None
            assert (undone.title, undone.team) == ("Boards stall", "Activation")


async def test_what_holds_for_all_is_settled_once(database_url: str) -> None:
    async with workplace(database_url) as database, database.writing(LOCAL_WORKSPACE) as tx:
        assert await settle(tx, "greeted", ANA)
        assert not await settle(tx, "greeted", "U02IVO")
        assert await preference(tx, "", "greeted") == ANA
