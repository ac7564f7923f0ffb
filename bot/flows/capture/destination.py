"""Where what is logged belongs, and where its card goes."""

from dataclasses import dataclass, replace
from typing import Any

from bot.desk import Desk
from bot.forms import FormContext
from bot.requests import Request
from storage.database import Transaction
from storage.people import usual_team
from storage.teams import all_teams, is_team, team_of_channel, teams_of


@dataclass(frozen=True)
class Destination:
    """`card`: the channel of its card. `home`: the channel that it belongs to where it may not leave it, else None.

    `choose_from`: the teams to ask for, where neither the channel nor the person tells which it is.
    """

    team: str | None
    card: str
    home: str | None = None
    choose_from: tuple[str, ...] = ()

    @property
    def belonging(self) -> dict[str, Any]:
        """What it says of a draft: its team, its channel, and who may see it."""
        if self.home:
            return {"team": self.team, "channel": self.home, "visibility": "channel"}
        return {"team": self.team, "channel": self.card if self.card.startswith("C") else None}


async def place_of(desk: Desk, request: Request, form: FormContext, chosen: str | None = None) -> Destination:
    """Return what a form knows already; one that was saved before it was filled in knows nothing yet."""
    if form.card:
        return Destination(form.team, form.card, form.home)
    return await destination(desk, request.workspace, request.user, form.channel, chosen)


async def settled(tx: Transaction, where: Destination) -> Destination:
    """Return `where` with its team as it is called now: it may have taken another name while the form was open."""
    if where.team is None or await is_team(tx, where.team):
        return where
    return replace(where, team=await team_of_channel(tx, where.home or where.card))


async def destination(desk: Desk, workspace: str, user: str, channel: str, chosen: str | None = None) -> Destination:
    """Return where something that `user` logs in `channel` goes; `chosen`: the team that they named, if they were asked.

    A private channel or a direct message keeps it. A team's channel gives it to the team. Elsewhere, as in the Home, where
    `channel` is empty, it goes to the person's one team; who is in none or in several is asked once, and that answer holds from
    then on.
    """
    known = await desk.directory.channel(workspace, channel, seen_by=user) if channel else None
    is_private = known is not None and known.is_private
    here = await desk.team_at(workspace, channel)
    if here and not is_private:
        return Destination(here, card=channel)
    async with desk.database.reading(workspace) as tx:
        mine = await teams_of(tx, user)
        teams = {team.name: team for team in (await all_teams(tx) if chosen or len(mine) != 1 else mine)}
        usual = await usual_team(tx, user)
    if is_private:
        team = here or (mine[0].name if len(mine) == 1 else None)
        return Destination(team, card=user if channel.startswith("D") else channel, home=channel)
    name = chosen or (mine[0].name if len(mine) == 1 else usual)
    if name in teams and (chosen or not mine or name in [team.name for team in mine]):
        return Destination(name, card=teams[name].channel or user)
    return Destination(None, card=user, choose_from=tuple(team.name for team in mine) or tuple(teams))
