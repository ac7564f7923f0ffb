"""`/pom board [team] [horizon|altitude]`: what is possible, prioritised, in the doing and working; for one, or for all."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.answers.answering import called
from bot.desk import Desk
from bot.flows.home.first_steps import first_steps
from bot.flows.pom.part import NoSuchTeam, Part, part_asked_for, teams_told, unknown_team
from bot.flows.pom.replies import only_you, plainly
from bot.flows.pom.show import line
from bot.flows.viewing import viewer, written_for
from bot.requests import Reply, Request
from prompts import Words, labels, parts, text
from prompts.blocks import Block, Message, about_choice, actions, button, context, menu, section
from storage import outbox
from storage.audience import Audience
from storage.board import Level, board
from storage.database import Transaction
from storage.kinds import ALTITUDES, Altitude, Kinds
from storage.members import audience_of_channel
from storage.people import names_of
from storage.permalinks import permalinks

MOST_OF_EACH, MOST_OF_ONE = 3, 20
MOST_BUTTONS, MOST_OPTIONS = 4, 100  # more horizons, or teams, are in a menu


async def show_board(desk: Desk, request: Request, words: str) -> Reply:
    """Return the part of the board that `words` name; without a team, that of the channel, or the person's own."""
    kinds = await desk.kinds(request.workspace)
    async with desk.database.reading(request.workspace) as tx:
        audience = await viewer(tx, request)
        teams = await teams_told(tx, audience)
        try:
            part = await part_asked_for(desk, tx, kinds, request, teams, words)
        except NoSuchTeam as unknown:
            return unknown_team(request, "board", words, unknown.words, teams)
        return only_you(request, await _drawn(tx, kinds, request, audience, part, teams))


async def turn_board(desk: Desk, request: Request) -> Reply:
    """A button or menu of a board: another part of it, for the one who pressed it."""
    kinds = await desk.kinds(request.workspace)
    async with desk.database.reading(request.workspace) as tx:
        audience = await viewer(tx, request)
        part, teams = Part.of(request.about), await teams_told(tx, audience)
        return only_you(request, await _drawn(tx, kinds, request, audience, part, teams))


async def show_to_all(desk: Desk, request: Request) -> Reply:
    """Post the board in the channel where it was asked for: what all who read there may see of it."""
    kinds = await desk.kinds(request.workspace)
    await desk.directory.channel(request.workspace, request.channel, seen_by=request.user)
    async with desk.writing(request.workspace) as tx:
        audience = await audience_of_channel(tx, request.channel)
        if not audience.sees_workspace:  # not even what our teams are called
            return {**plainly(request, text("pom_board_kept")), "replace_original": False}
        async with written_for(tx, request.channel, request.user):
            shown = await _drawn(tx, kinds, request, audience, Part.of(request.about), None)
        names = await names_of(tx, [request.user])
        by = context(text("pom_shown_by", who=names.get(request.user, labels()["somebody"])))
        await outbox.say(tx, request.channel, Message(shown.text, [*shown.blocks, by]).payload, author=request.user)
    return {"delete_original": True}


async def _drawn(
    tx: Transaction, kinds: Kinds, request: Request, audience: Audience, part: Part, teams: Sequence[str] | None
) -> Message:
    """Return the board as it is shown. `teams`: those to choose from; None: it is for all, and nobody chooses."""
    altitude: Altitude | None = next((each for each in ALTITUDES if each == part.altitude), None)
    most = MOST_OF_ONE if altitude else MOST_OF_EACH
    levels = await board(
        tx,
        kinds,
        audience,
        team=part.team or None,
        horizon=part.horizon or None,
        altitude=altitude,
        most=most,
        skip=part.start,
    )
    places = await permalinks(tx, [item.key for level in levels for item in level.items])
    said = parts(
        "pom_board",
        team=part.team,
        horizon=_dashed(kinds.horizon_label(part.horizon)) if part.horizon else "",
        first=part.start + 1,
        is_one=altitude is not None,
        levels=[_told(kinds, level, places) for level in levels],
        total=sum(level.count for level in levels),
    )
    if any(level.count for level in levels):
        whole = [_whole(level, part) if level.count > most and not altitude else None for level in levels]
        blocks = [section(said[level.altitude], accessory) for level, accessory in zip(levels, whole, strict=True)]
    else:
        blocks = [section(said["empty"]), *(first_steps(kinds) if teams is not None else [])]
    return Message(
        said["headline"], [section(Words(f"*{said['headline']}*")), *blocks, *_turns(kinds, request, part, levels, teams)]
    )


def _told(kinds: Kinds, level: Level, places: dict[str, str]) -> dict[str, Any]:
    counts = [(kinds.kind(name), sum(by_status.values())) for name, by_status in level.counts.items()]
    return {
        "name": level.altitude,
        "count": level.count,
        "kinds": [called(kind, count, in_digits=True) for kind, count in counts],
        "lines": [line(kinds, item, places) for item in level.items],
        "last": len(level.items),
    }


def _whole(level: Level, part: Part) -> Block:
    label = labels()["pom_board_all"].format(count=f"{level.count:,}")
    return button(label, f"pom.board:{level.altitude}", **replace(part, altitude=level.altitude, skip="").about)


def _turns(kinds: Kinds, request: Request, part: Part, levels: Sequence[Level], teams: Sequence[str] | None) -> list[Block]:
    """Return the rows of what leads to other parts of the board, or shows this one to all."""
    rows = [_horizons(kinds, part)]
    more: list[Block] = []
    if part.altitude:
        left = levels[0].count - part.start - MOST_OF_ONE
        onward = replace(part, skip=str(part.start + MOST_OF_ONE))
        more += [button(labels()["pom_board_more"], "pom.board:more", **onward.about)] if left > 0 else []
        more += [button(labels()["pom_board_back"], "pom.board:back", **replace(part, altitude="", skip="").about)]
    if teams is not None:
        more += _of_teams(part, teams)
        can_be_shown = request.channel and not request.channel.startswith("D")
        more += [button(labels()["pom_board_show"], "pom.show_all", **part.about)] if can_be_shown else []
    return [actions(row) for row in (*rows, more) if row]


def _horizons(kinds: Kinds, part: Part) -> list[Block]:
    """Return a button for each horizon but the present one, or a menu where there are many."""
    names = {"": labels()["pom_board_horizons"]} | {each.name: _dashed(each.label) for each in kinds.offered_horizons}
    others = {name: label for name, label in names.items() if name != part.horizon}
    if len(others) > MOST_BUTTONS:
        options = [about_choice(label, **replace(part, horizon=name, skip="").about) for name, label in others.items()]
        return [menu(labels()["form_horizon"], "pom.board:horizon", options[:MOST_OPTIONS])]
    return [
        button(label, f"pom.board:horizon{number}", **replace(part, horizon=name, skip="").about)
        for number, (name, label) in enumerate(others.items())
    ]


def _dashed(label: str) -> str:
    """Return a horizon as it reads best: 1–3 months."""
    return label.replace("-", "–")


def _of_teams(part: Part, teams: Sequence[str]) -> list[Block]:
    names = {"": labels()["pom_board_teams"]} | {name: name for name in teams}
    options = [
        about_choice(label, **replace(part, team=name, skip="").about) for name, label in names.items() if name != part.team
    ]
    fitting = [option for option in options if len(option["value"]) <= 150]
    return [menu(labels()["pom_board_team"], "pom.board:team", fitting[:MOST_OPTIONS])] if len(teams) > 1 and fitting else []
