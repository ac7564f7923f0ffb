"""A team at a glance: how much there is at each altitude, each a tap to the list; for another team or horizon by a menu."""

from dataclasses import dataclass
from typing import Any

from bot.desk import Desk
from bot.fitting import fitted_view
from bot.flows.home.waiting import TITLE
from bot.flows.opening import open_view
from bot.forms.drawing import TITLE_OF_MODAL
from bot.letters.cards import card
from bot.modals import note
from bot.requests import Reply, Request
from prompts import labels, parts
from prompts.blocks import Block, about_choice, actions, button, menu, section, shortened
from storage.audience import Audience
from storage.board import board
from storage.database import Transaction
from storage.errors import NotFound
from storage.kinds import ALTITUDES, Altitude, Kinds
from storage.members import audience_of_user
from storage.objects import Object
from storage.people import usual_team
from storage.permalinks import permalinks
from storage.preferences import preferences_of
from storage.teams import Team, teams_of

TEAM, HORIZON = "home team", "home horizon"  # preferences: which part of the board the Home shows; none: of every horizon
SEVERAL = 2  # teams: then there is another one to turn to
MOST_LISTED, MOST_OPTIONS, MOST_ABOUT = 40, 100, 150


@dataclass(frozen=True)
class Glance:
    """The part of the board that a person looks at. `teams`: theirs. `team`: the name of one of them; None: of the company."""

    teams: tuple[Team, ...]
    team: str | None
    horizon: str | None


async def glance_of(tx: Transaction, kinds: Kinds, user: str) -> Glance:
    """Return what `user` chose to look at; else their usual team, or the first of theirs, and every horizon."""
    mine, chosen = await teams_of(tx, user), await preferences_of(tx, user)
    names = [team.name for team in mine]
    team = next((name for name in (chosen.get(TEAM), await usual_team(tx, user), *names) if name in names), None)
    horizon = chosen.get(HORIZON)
    return Glance(tuple(mine), team, horizon if horizon in kinds.horizons else None)


async def at_a_glance(tx: Transaction, kinds: Kinds, audience: Audience, glance: Glance) -> list[Block]:
    """Return the heading, each altitude's count as a button, and the menus that turn it; nothing where all is empty."""
    levels = await board(tx, kinds, audience, team=glance.team, horizon=glance.horizon, most=0)
    total = sum(level.count for level in levels)
    if not total and not glance.horizon and len(glance.teams) < SEVERAL:
        return []
    horizon = kinds.horizon_label(glance.horizon) if glance.horizon else ""
    said = parts("home_glance", team=glance.team or "", horizon=horizon, altitude="", total=total, lines=[], more=0)
    counts = [
        button(
            labels()["home_level"].format(altitude=labels()[f"altitude_{level.altitude}"], count=f"{level.count:,}"),
            f"home.level:{level.altitude}",
            altitude=level.altitude,
            team=glance.team or "",
            horizon=glance.horizon or "",
        )
        for level in levels
    ]
    turns = [_horizons(kinds, glance), *_teams(glance)]
    return [section(said["headline"]), actions(counts), actions(turns)]


async def show_level(desk: Desk, request: Request) -> Reply:
    """Open the list of what is open at an altitude."""
    kinds = await desk.kinds(request.workspace)
    altitude: Altitude = next(each for each in ALTITUDES if each == request.about["altitude"])
    team, horizon = request.about["team"] or None, request.about["horizon"] or None
    async with desk.database.reading(request.workspace) as tx:
        audience = await audience_of_user(tx, request.user)
        [level] = await board(tx, kinds, audience, team=team, horizon=horizon, altitude=altitude, most=MOST_LISTED)
        places = await permalinks(tx, [item.key for item in level.items])
    lines: list[dict[str, Any]] = [
        {
            "emoji": kinds.kind(item.kind).emoji,
            "key": item.key,
            "title": shortened(item.title, TITLE),
            "url": places.get(item.key),
            "status": item.status,
        }
        for item in level.items
    ]
    said = parts(
        "home_glance",
        team=team or "",
        horizon=kinds.horizon_label(horizon) if horizon else "",
        altitude=altitude,
        total=level.count,
        lines=lines,
        more=level.count - len(lines),
    )
    blocks = [section(said[name]) for name in ("about", "list") if name in said]
    blocks += [actions([menu(labels()["pom_open"], "home.card", [_opens(item) for item in level.items])])] if lines else []
    blocks += [section(said["more"])] if "more" in said else []
    return await open_view(desk, request, note(labels()[f"altitude_{altitude}"], fitted_view(blocks)))


async def show_card(desk: Desk, request: Request) -> Reply:
    """Lay the card of what was chosen from a list on top of it: what it says, to be read."""
    kinds, key = await desk.kinds(request.workspace), request.about["key"]
    async with desk.database.reading(request.workspace) as tx:
        message = await card(tx, kinds, key, await audience_of_user(tx, request.user))
    if message is None:
        raise NotFound(key)
    told = [block for block in message.blocks if block["type"] != "actions"]
    return await open_view(desk, request, note(key[:TITLE_OF_MODAL], fitted_view(told)))


def _opens(item: Object) -> Block:
    return about_choice(f"{item.key} {item.title}", key=item.key)


def _horizons(kinds: Kinds, glance: Glance) -> Block:
    names = {"": labels()["home_every_horizon"]} | {each.name: each.label for each in kinds.offered_horizons}
    options = {name: about_choice(label, horizon=name) for name, label in names.items()}
    return menu(labels()["form_horizon"], "home.horizon", _fitting(options.values()), options.get(glance.horizon or ""))


def _teams(glance: Glance) -> list[Block]:
    """Return the menu of a person's teams; nothing where they have one or none."""
    options = {team.name: about_choice(team.name, team=team.name) for team in glance.teams}
    fitting = _fitting(options.values())
    now = options.get(glance.team or "")
    return [menu(labels()["form_team"], "home.team", fitting, now if now in fitting else None)] if len(fitting) > 1 else []


def _fitting(options: Any) -> list[Block]:
    return [option for option in options if len(option["value"]) <= MOST_ABOUT][:MOST_OPTIONS]
