"""What a team is: its people, its channel, its rituals. For everybody who may know of it."""

from collections.abc import Sequence
from typing import Any

from rapidfuzz import process

from bot.desk import Desk
from bot.flows.setup import finish
from bot.flows.setup.keeping import LEADS
from bot.flows.setup.steps import TRIAD
from bot.requests import Reply, Request, privately
from prompts import labels, parts, text
from prompts.blocks import Block, Message, actions, button, context, section
from rituals import picking
from rituals.calendar import spoken
from storage.audience import Audience
from storage.database import Transaction
from storage.kinds import Kinds
from storage.members import audience_of_user
from storage.objects import Object, get
from storage.people import channels_of, names_of, people_of
from storage.preferences import preference
from storage.teams import Team, all_teams
from storage.text import folded

MOST_NAMED = 20  # members; who they all are, its channel shows
MOST_OFFERED = 10  # teams to choose from
LIKE_ENOUGH = 60  # of 100


def named(teams: Sequence[Team], words: str) -> Team | None:
    """Return the team that `words` name, however they are written, or None."""
    return next((team for team in teams if folded(team.name) == folded(words)), None)


async def shown(desk: Desk, request: Request, words: str) -> Reply:
    """Return the team that `words` name; without words that of the channel, or the person's own; else those to choose from."""
    kinds = await desk.kinds(request.workspace)
    async with desk.database.reading(request.workspace) as tx:
        audience = (await audience_of_user(tx, request.user)).within(request.channel)
        teams = await _visible(tx, audience, request.user)
        here = [team for team in teams if team.channel == request.channel]
        own = [team for team in teams if request.user in team.members]
        found = named(teams, words) if words else next(iter(here), own[0] if len(own) == 1 else None)
        message = await _told(tx, kinds, found, audience, request.user) if found else _offered(teams, own, words)
    return privately(message)


async def _visible(tx: Transaction, audience: Audience, user: str) -> list[Team]:
    """Return the teams that the person may know of: a team whose home is private is known to those in it, and to admins."""
    if not audience.sees_workspace:
        return []
    teams, person = await all_teams(tx), (await people_of(tx, [user])).get(user)
    homes = await channels_of(tx, [team.channel for team in teams])
    closed = {home for home, channel in homes.items() if channel.is_private and not audience.sees("channel", home)}
    may_all = person is not None and person.is_admin
    return [team for team in teams if may_all or team.channel not in closed or user in team.members]


def _offered(teams: Sequence[Team], own: Sequence[Team], words: str) -> Message:
    names = [team.name for team in own or teams]
    if words:
        near = process.extract(words, [team.name for team in teams], limit=3, score_cutoff=LIKE_ENOUGH)
        names = [name for name, *_ in near] or [team.name for team in teams]
    said = text("team_which", words=words or None, teams=names[:MOST_OFFERED], more=max(0, len(names) - MOST_OFFERED))
    buttons = [button(name, f"setup.show:{number}", team=name) for number, name in enumerate(names[:MOST_OFFERED])]
    rows = [actions(buttons[start : start + 5]) for start in range(0, len(buttons), 5)]
    return Message(said, [section(said), *rows])


async def _told(tx: Transaction, kinds: Kinds, team: Team, audience: Audience, user: str) -> Message:
    people = await people_of(tx, [*team.members, user])
    known = await names_of(tx, team.members)
    led = await preference(tx, team.name, LEADS) or {}
    chosen = await picking.picked(tx)
    item = (await finish.made(tx, kinds, team.name)).item
    seen = await get(tx, item.key, audience) if item else None
    members = sorted((known.get(member, member) for member in team.members if member not in team.leads), key=folded)
    said = parts(
        "team",
        team=team.name,
        about=_about(kinds, seen),
        leads=[{"name": known.get(led[part], led[part]), "part": part} for part in TRIAD if led.get(part) in team.leads]
        + [{"name": known.get(lead, lead), "part": None} for lead in team.leads if lead not in led.values()],
        members=members[:MOST_NAMED],
        more=max(0, len(members) - MOST_NAMED),
        gone=[person.name for person in people.values() if person.is_gone and person.user in team.members],
        channel=team.channel,
        zone=team.timezone,
        rituals=[
            {"label": ritual.label, "when": spoken(ritual.cadence)}
            for ritual in picking.offered(kinds)
            if picking.wants(chosen, team.name, ritual.name)
        ],
    )
    may = user in team.leads or (user in people and people[user].is_admin)
    blocks: list[Block] = [section(said["first"]), section(said["people"]), context(said["around"])]
    ways = [actions([button(labels()["team_change"], "setup.change", team=team.name)])] if may else []
    return Message(said["first"], [*blocks, *ways])


def _about(kinds: Kinds, item: Object | None) -> dict[str, Any] | None:
    """Return what the object says that the team is, too."""
    if item is None:
        return None
    return {"emoji": kinds.kind(item.kind).emoji, "key": item.key, "says": item.description or None}
