"""Walking through the steps of a set-up: one modal, whose answers are kept after each step."""

import json
from dataclasses import dataclass, replace
from typing import Any

from bot.desk import Desk
from bot.errors import logged
from bot.flows.opening import open_view, put_unless_changed
from bot.flows.setup import checking, finish
from bot.flows.setup.admins import may_change, refused
from bot.flows.setup.keeping import LEADS, drop, keep, kept
from bot.flows.setup.place import glance_at, look_at
from bot.flows.setup.scenes import scene
from bot.flows.setup.steps import PEOPLE, STEPS, TEAM, Plan
from bot.flows.setup.views import SURE, answers_in, ready_view, step_view
from bot.requests import Reply, Request
from prompts import labels, text
from prompts.blocks import Block
from rituals.picking import picked_by
from storage import submissions
from storage.database import Transaction
from storage.errors import NotFound
from storage.people import people_of
from storage.preferences import preference
from storage.staff import zones_lived_in
from storage.teams import Team, all_teams


@dataclass(frozen=True)
class _Shown:
    """What a modal says that it shows: a `step` of the set-up of the team `of`; `team`: the name given so far.

    `warned`: the channel that it warns of.
    """

    step: str
    of: str | None
    team: str
    warned: str | None = None


async def begin(desk: Desk, request: Request, name: str = "") -> Reply:
    """Open the set-up of a new team where the person left it; else at its first step, with what can be known of it."""
    async with desk.database.reading(request.workspace) as tx:
        plan = await kept(tx, request.user, None)
    notes = [text("setup_resumed", team=plan.name or None)] if plan else []
    plan = plan or await _guessed(desk, request, name)
    async with desk.database.reading(request.workspace) as tx:
        view = step_view(plan, await scene(tx, notes=notes))
    return await open_view(desk, request, view)


async def change(desk: Desk, request: Request, name: str) -> Reply:
    """Open the set-up of the team called `name` with what it is now, for who may change it. Raise NotFound."""
    async with desk.database.reading(request.workspace) as tx:
        team = await _team(tx, name)
    if not await may_change(desk, request.workspace, request.user, team):
        return await refused(desk, request, team)
    async with desk.writing(request.workspace) as tx:
        plan = await _plan_of(tx, team)
        await keep(tx, request.user, plan)
        view = step_view(plan, await scene(tx))
    return await open_view(desk, request, view)


async def onward(desk: Desk, request: Request) -> Reply:
    """Keep the answers of a step and show the next one, in the same modal; after the last the team is there."""
    shown = _shown(request)
    async with desk.database.reading(request.workspace) as tx:
        plan = await _so_far(tx, request, shown)
    if plan is None:
        return await _ready_already(desk, request, shown)
    plan = plan.answered(_answers(request, shown))
    if plan.step == TEAM:
        return await _after_team(desk, request, plan, shown.warned)
    if plan.step == PEOPLE:
        return await _after_people(desk, request, plan)
    return await _finished(desk, request, plan)


async def back(desk: Desk, request: Request) -> Reply:
    """Show the step before, with all that was answered."""
    shown = _shown(request)
    async with desk.writing(request.workspace) as tx:
        plan = await _so_far(tx, request, shown)
        if plan is None:
            return {}
        plan = plan.answered(_answers(request, shown)).back()
        await keep(tx, request.user, plan)
        view = step_view(plan, await scene(tx))
    return await _redraw(desk, request, view)


async def anew(desk: Desk, request: Request) -> Reply:
    """Forget what was answered of a new team, and show its first step."""
    async with desk.database.reading(request.workspace) as tx:
        plan = await kept(tx, request.user, None)
    fresh = replace(await _guessed(desk, request), round=(plan.round if plan else 0) + 1)
    async with desk.writing(request.workspace) as tx:
        await drop(tx, request.user, None)
        view = step_view(fresh, await scene(tx))
    return await _redraw(desk, request, view)


async def _after_team(desk: Desk, request: Request, plan: Plan, warned: str | None) -> Reply:
    place = await look_at(desk, plan.channel) if plan.channel else None
    async with desk.writing(request.workspace) as tx:
        if errors := checking.of_team(plan, await all_teams(tx), place):
            return _wrong(errors)
        if warning := checking.warning(plan, place):
            if warned == plan.channel:
                return _wrong({SURE: labels()["setup_not_sure"]})
            await keep(tx, request.user, plan)
            return _next(step_view(plan, await scene(tx, warning=warning)))
        if place and not plan.members:
            known = await people_of(tx, place.members)
            plan = replace(plan, members=tuple(user for user in place.members if user in known))
            plan = checking.of_people(plan, known).plan
        plan = plan.onward()
        await keep(tx, request.user, plan)
        return _next(step_view(plan, await scene(tx, place=place)))


async def _after_people(desk: Desk, request: Request, plan: Plan) -> Reply:
    async with desk.writing(request.workspace) as tx:
        sorted_out = checking.of_people(plan, await people_of(tx, [*plan.members, *plan.leads.values()]))
        if sorted_out.errors:
            return _wrong(sorted_out.errors)
        plan = sorted_out.plan.onward()
        await keep(tx, request.user, plan)
        notes = [text("setup_left_out", people=sorted_out.left_out)] if sorted_out.left_out else []
        return _next(step_view(plan, await scene(tx, notes=notes)))


async def _finished(desk: Desk, request: Request, plan: Plan) -> Reply:
    async with desk.database.reading(request.workspace) as tx:
        before = await _team(tx, plan.of) if plan.of else None
    if not await may_change(desk, request.workspace, request.user, before):
        return _next(ready_view(plan.name, (await refused(desk, request, before))["blocks"]))
    place = await look_at(desk, plan.channel) if plan.channel else None
    kinds = await desk.kinds(request.workspace)
    async with desk.writing(request.workspace) as tx:
        if not await submissions.is_first(tx, f"{request.view['id']}:{request.view['hash']}"):
            made = await finish.made(tx, kinds, plan.name)
            return _next(ready_view(plan.name, await finish.ready(tx, kinds, made, place)))
        if errors := checking.of_team(
            plan, await all_teams(tx), place
        ):  # somebody was quicker, or the channel is not what it was
            again = replace(plan, step=TEAM)
            await keep(tx, request.user, again)
            notes = [text("setup_meanwhile", sentences=list(errors.values()))]
            return _next(step_view(again, await scene(tx, notes=notes)))
        made = await finish.store(tx, kinds, request.user, plan, is_private=bool(place and place.is_private))
        blocks = await finish.ready(tx, kinds, made, place)
    desk.forget(request.workspace)
    desk.later(_learned(desk, request.workspace))
    return _next(ready_view(made.team.name, blocks))


async def _learned(desk: Desk, workspace: str) -> None:
    await logged(desk.directory.learn_homes(workspace), "learn a home", workspace=workspace)


async def _ready_already(desk: Desk, request: Request, shown: _Shown) -> Reply:
    """Answer a second press of the last button as the first one."""
    kinds = await desk.kinds(request.workspace)
    async with desk.database.reading(request.workspace) as tx:
        made = await finish.made(tx, kinds, shown.team)
        return _next(ready_view(shown.team, await finish.ready(tx, kinds, made, None)))


async def _guessed(desk: Desk, request: Request, name: str = "") -> Plan:
    """Return a new plan with what is known at once: the person's zone, and the channel where they are if it can be a team's."""
    place = await glance_at(desk, request.channel) if request.channel.startswith(("C", "G")) else None
    async with desk.database.reading(request.workspace) as tx:
        person = (await people_of(tx, [request.user])).get(request.user)
        zones = [person.timezone] if person and person.timezone else await zones_lived_in(tx)
        taken = {team.channel for team in await all_teams(tx)}
    plan = Plan(name=name, timezone=next(iter(zones), None))
    if place is None or not place.is_for_a_team or request.channel in taken:
        return plan
    return replace(plan, channel=request.channel, name=name or place.name.replace("-", " ").replace("_", " ").capitalize())


async def _so_far(tx: Transaction, request: Request, shown: _Shown) -> Plan | None:
    """Return the answers before those in the modal; None where this set-up is finished."""
    plan = await kept(tx, request.user, shown.of)
    if plan is None and shown.step == STEPS[-1]:
        return None
    if plan is None:
        plan = await _plan_of(tx, await _team(tx, shown.of)) if shown.of else Plan()
    return replace(plan, step=shown.step)


async def _plan_of(tx: Transaction, team: Team) -> Plan:
    rituals = await picked_by(tx, team.name)
    leads = await preference(tx, team.name, LEADS) or {}
    return Plan.of_team(team, leads, None if rituals is None else tuple(rituals))


async def _team(tx: Transaction, name: str) -> Team:
    found = next((team for team in await all_teams(tx) if team.name == name), None)
    if found is None:
        raise NotFound(name)
    return found


def _shown(request: Request) -> _Shown:
    return _Shown(**json.loads(request.view["private_metadata"]))


def _answers(request: Request, shown: _Shown) -> dict[str, Any]:
    """Return what was answered; that somebody is sure counts for the channel that they were told of."""
    said = answers_in(request.view)
    return {**said, SURE: bool(said.get(SURE)) and said.get("channel") == shown.warned}


def _wrong(errors: checking.Errors) -> Reply:
    return {"response_action": "errors", "errors": errors}


def _next(view: Block) -> Reply:
    return {"response_action": "update", "view": view}


async def _redraw(desk: Desk, request: Request, view: Block) -> Reply:
    await put_unless_changed(desk, request.view, view)
    return {}
