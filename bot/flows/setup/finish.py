"""The end of a set-up: the team with its people and rituals, in one transaction; and what happens next, in words."""

from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from bot.flows.objects.editing import told
from bot.flows.setup.keeping import LEADS, drop
from bot.flows.setup.place import Place
from bot.flows.setup.steps import Plan
from prompts import labels, parts
from prompts.blocks import Block, actions, button, context, section
from rituals import picking
from rituals.calendar import Cadence, next_slot, spoken, zone_or_fallback
from rituals.schedules import set_up
from storage import renaming, teams
from storage.audience import ADMINISTRATOR
from storage.database import Transaction
from storage.errors import NotFound
from storage.graph import Graph
from storage.kinds import Kinds
from storage.objects import Draft, Object, find
from storage.preferences import choose, preference
from storage.teams import Team

KIND = "team"  # a team that is also an object of this kind with its title is the same team, in every pack


@dataclass(frozen=True)
class Made:
    """A team as it is now. `item`: the object that it is, too, where the pack has teams."""

    team: Team
    item: Object | None


async def store(tx: Transaction, kinds: Kinds, user: str, plan: Plan, *, is_private: bool) -> Made:
    """Make the team of `plan`, or change the one that it is of, and plan its rituals. `is_private`: its channel is.

    What is wrong with the plan was said before. Raise NotFound where the team is gone.
    """
    before = await _named(tx, plan.of)
    said = await preference(tx, plan.of, LEADS) if plan.of else None
    team = plan.team(before, said)
    item = await _object_of(tx, kinds, before or team)
    if before and before.name != team.name:
        await renaming.rename_team(tx, kinds, before.name, team.name)
        await picking.follow(tx, team.name)
    await teams.put(tx, team)
    await choose(tx, team.name, LEADS, dict(plan.leads))
    wanted = set(plan.rituals) if plan.rituals is not None else None
    has_all = wanted is None or wanted >= {ritual.name for ritual in picking.offered(kinds)}
    await picking.pick(tx, team.name, None if has_all or wanted is None else wanted)
    await set_up(tx, kinds)
    await drop(tx, user, plan.of)
    return Made(team, await _known_as(tx, kinds, user, team, item, is_private=is_private))


async def made(tx: Transaction, kinds: Kinds, name: str) -> Made:
    """Return the team called `name`; raise NotFound."""
    team = await _named(tx, name)
    if team is None:
        raise NotFound(name)
    return Made(team, await _object_of(tx, kinds, team))


async def ready(tx: Transaction, kinds: Kinds, made: Made, place: Place | None) -> list[Block]:
    """Return what there is now, and what happens next."""
    team = made.team
    chosen = await picking.picked(tx)
    zone, _ = zone_or_fallback(team.timezone)
    rituals: list[dict[str, Any]] = [
        {
            "label": ritual.label,
            "is_for_team": ritual.asks == "team",
            "when": spoken(ritual.cadence),
            "first": next_slot(Cadence.read(ritual.cadence), zone, tx.now),
        }
        for ritual in picking.offered(kinds)
        if picking.wants(chosen, team.name, ritual.name) and (team.channel or ritual.asks == "person")
    ]
    rituals.sort(key=itemgetter("first"))
    about = {"team": team.name, "channel": team.channel, "zone": zone.key, "members": len(team.members), "rituals": rituals}
    key = made.item.key if made.item else None
    said = parts("setup_ready", **about, key=key, is_in_channel=place is None or place.has_bot)
    blocks = [section(said[name]) for name in ("ready", "next", "invite") if name in said]
    return [*blocks, context(said["begin"]), actions([button(labels()["setup_another"], "setup.another")], "ways")]


async def _named(tx: Transaction, name: str | None) -> Team | None:
    """Return the team called `name`, None where none is meant; raise NotFound where it is gone."""
    if name is None:
        return None
    found = next((team for team in await teams.all_teams(tx) if team.name == name), None)
    if found is None:
        raise NotFound(name)
    return found


async def _object_of(tx: Transaction, kinds: Kinds, team: Team) -> Object | None:
    """Return the object that `team` is, too."""
    if KIND not in kinds.kinds:
        return None
    found = await find(tx, ADMINISTRATOR, kind=KIND)
    return next((item for item in found if item.title == team.name), None)


async def _known_as(
    tx: Transaction, kinds: Kinds, user: str, team: Team, item: Object | None, *, is_private: bool
) -> Object | None:
    """Return the object that `team` is, made or renamed where need be. Nothing is posted of it."""
    graph = Graph(tx, kinds, user)
    if item is not None:
        renamed = await graph.revise(item.key, {"title": team.name})
        if renamed.version != item.version:
            await told(tx, graph.act.id, [item.key])
        return renamed
    if KIND not in kinds.kinds or kinds.kind(KIND).retired:
        return None
    visibility = "channel" if is_private and team.channel else "workspace"
    owner = next(iter(team.leads), None)
    return await graph.add(Draft(KIND, team.name, owner=owner, team=team.name, channel=team.channel, visibility=visibility))
