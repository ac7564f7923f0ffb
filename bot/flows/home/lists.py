"""What the Home has no room for, in a modal; and the menus that turn what it shows."""

from bot.desk import Desk
from bot.fitting import fitted_view
from bot.flows.home.glance import HORIZON, TEAM
from bot.flows.home.home import publish_soon
from bot.flows.home.waiting import waiting_for
from bot.flows.opening import open_view
from bot.modals import note
from bot.requests import Reply, Request
from prompts import labels
from storage.members import audience_of_user
from storage.preferences import choose

MOST_WAITING = 30


async def show_waiting(desk: Desk, request: Request) -> Reply:
    """Open the list of all that waits."""
    kinds = await desk.kinds(request.workspace)
    async with desk.database.reading(request.workspace) as tx:
        audience = await audience_of_user(tx, request.user)
        waits = await waiting_for(tx, kinds, audience, request.user, MOST_WAITING)
    blocks = fitted_view([block for each in waits.first for block in each])
    return await open_view(desk, request, note(labels()["home_waiting"], blocks))


async def turn_to_horizon(desk: Desk, request: Request) -> Reply:
    """Show another horizon in the Home, from now on."""
    return await _turn(desk, request, HORIZON, request.about["horizon"])


async def turn_to_team(desk: Desk, request: Request) -> Reply:
    """Show another of the person's teams in the Home, from now on."""
    return await _turn(desk, request, TEAM, request.about["team"])


async def _turn(desk: Desk, request: Request, name: str, value: str) -> Reply:
    async with desk.writing(request.workspace) as tx:
        await choose(tx, request.user, name, value or None)
    publish_soon(desk, request)
    return {}
