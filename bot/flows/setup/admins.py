"""Who may set up teams: admins, of whom Slack is asked at the time of the act. Who leads a team may change it, too."""

from bot.desk import Desk
from bot.requests import Reply, Request, private
from prompts import text
from storage.staff import admins
from storage.teams import Team

MOST_NAMED = 3


async def is_admin(desk: Desk, workspace: str, user: str) -> bool:
    """Tell whether Slack says now that `user` is an admin of the workspace; what it says is kept. Raise CallFailed."""
    person = await desk.directory.asked_anew(workspace, user)
    return person.is_admin and person.is_here


async def may_change(desk: Desk, workspace: str, user: str, team: Team | None) -> bool:
    """Tell whether `user` may change `team`; None: make one."""
    leads = team is not None and user in team.leads
    return leads or await is_admin(desk, workspace, user)


async def refused(desk: Desk, request: Request, team: Team | None = None) -> Reply:
    """Return kind words for somebody who may not, which name those who may."""
    async with desk.database.reading(request.workspace) as tx:
        named = [person.name for person in await admins(tx)]
    words = text("setup_refused", admins=named[:MOST_NAMED], more=len(named) > MOST_NAMED, team=team.name if team else None)
    return private(words)
