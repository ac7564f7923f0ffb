"""`/pom setup` and `/pom team`, and the buttons that do the same."""

from bot.desk import Desk
from bot.flows.setup import flow
from bot.flows.setup.admins import is_admin, refused
from bot.flows.setup.team import named, shown
from bot.flows.setup.zones import zone_label, zones_for
from bot.requests import Reply, Request
from prompts.blocks import choice
from storage.people import people_of
from storage.staff import zones_lived_in
from storage.teams import all_teams


async def setup_command(desk: Desk, request: Request, words: str) -> Reply:
    """Set up a team, called `words` where they are given; where one is called so, change it. Who may not is told who may."""
    async with desk.database.reading(request.workspace) as tx:
        there = named(await all_teams(tx), words)
    if there:
        return await flow.change(desk, request, there.name)
    if not await is_admin(desk, request.workspace, request.user):
        return await refused(desk, request)
    return await flow.begin(desk, request, " ".join(words.split()))


async def team_command(desk: Desk, request: Request, words: str) -> Reply:
    """Show the team called `words`; without words the team of the channel, or one's own."""
    return await shown(desk, request, words.strip())


async def open_setup(desk: Desk, request: Request) -> Reply:
    """The button that begins a set-up, or goes on with it."""
    return await setup_command(desk, request, "")


async def change_team(desk: Desk, request: Request) -> Reply:
    """The button that changes a team."""
    return await flow.change(desk, request, request.about["team"])


async def show_team(desk: Desk, request: Request) -> Reply:
    """The button that shows a team."""
    return await team_command(desk, request, request.about["team"])


async def find_zones(desk: Desk, request: Request) -> Reply:
    """Return the time zones for what was typed so far: the person's own first, then those of their colleagues."""
    async with desk.database.reading(request.workspace) as tx:
        person = (await people_of(tx, [request.user])).get(request.user)
        first = [person.timezone if person else None, *await zones_lived_in(tx)]
        return {"options": [choice(zone_label(zone, tx.now), zone) for zone in zones_for(request.text, first)]}
