"""Who acts somewhere sees what belongs there, and no more of the workspace than before (FAULTS 66)."""

from bot.flows.viewing import viewer
from bot.requests import Request
from storage.audience import Audience
from storage.people import Person, put_people
from storage.tables import LOCAL_WORKSPACE
from tests.storage.graph_files import workplace


async def test_a_guest_is_shown_nothing_that_is_open_to_the_workspace(database_url: str) -> None:
    body = {"team_id": LOCAL_WORKSPACE, "user_id": "U07GUEST", "channel_id": "C01GROWTH"}
    async with workplace(database_url) as database, database.writing(LOCAL_WORKSPACE) as tx:
        await put_people(tx, [Person("U07GUEST", "Guest", "UTC", is_outsider=True)])
        assert await viewer(tx, Request.of_command(body)) == Audience(frozenset({"C01GROWTH"}), sees_workspace=False)
