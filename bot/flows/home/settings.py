"""The settings of a person, in one modal: which prompts, how many, when not; and what the Home shows them."""

from collections.abc import Mapping
from typing import Any

from bot.desk import Desk
from bot.flows.home.glance import HORIZON
from bot.flows.home.home import publish_soon
from bot.flows.home.rituals import MyRitual, my_rituals
from bot.flows.opening import open_view
from bot.forms.elements import VALUE, select
from bot.forms.inputs import input_block
from bot.requests import Reply, Request
from prompts import labels
from prompts.blocks import Block, choice, plain
from prompts.escape import plain as unescaped
from rituals import wishes
from rituals.courtesy import MOST, QUIET, Wishes
from rituals.weekly_note import WEEKLY_NOTE
from storage.database import Transaction
from storage.kinds import Kinds
from storage.people import set_usual_team, usual_team
from storage.preferences import choose, preferences_of
from storage.teams import all_teams

AMOUNTS = (1, 2, 3, 5, 10)  # prompts a week to choose from
EVERY, MOST_VALUE = "every", 150
MOST_PROMPTS, MOST_TEAMS = 10, 100  # https://docs.slack.dev/reference/block-kit/block-elements/checkboxes-element


async def open_settings(desk: Desk, request: Request) -> Reply:
    """Open the settings as they are."""
    kinds = await desk.kinds(request.workspace)
    async with desk.database.reading(request.workspace) as tx:
        view = await _view(tx, kinds, request.user)
    return await open_view(desk, request, view)


async def save_settings(desk: Desk, request: Request) -> Reply:
    """Keep the settings, and show the Home as they make it."""
    said = _said(request.view)
    hours = [said["quiet_from"], said["quiet_until"]]
    if any(hours) and not all(hours):
        missing = "quiet_until" if hours[0] else "quiet_from"
        return {"response_action": "errors", "errors": {missing: labels()["settings_quiet_half"]}}
    kinds = await desk.kinds(request.workspace)
    async with desk.writing(request.workspace) as tx:
        if "prompts" in said:
            await _keep_prompts(tx, kinds, request.user, set(said["prompts"]))
        await choose(tx, request.user, MOST, int(said["most"]))
        await choose(tx, request.user, QUIET, hours if all(hours) else None)
        await choose(tx, request.user, HORIZON, said["horizon"] if said["horizon"] != EVERY else None)
        if said.get("team"):
            await set_usual_team(tx, request.user, said["team"])
    publish_soon(desk, request)
    return {}


async def switch_note(desk: Desk, request: Request) -> Reply:
    """The switch of the weekly note."""
    async with desk.writing(request.workspace) as tx:
        await (wishes.as_usual if request.about["to"] == "on" else wishes.mute)(tx, request.user, WEEKLY_NOTE)
    publish_soon(desk, request)
    return {}


async def _view(tx: Transaction, kinds: Kinds, user: str) -> Block:
    chosen = await preferences_of(tx, user)
    wished = Wishes.read(chosen)
    teams = [team.name for team in await all_teams(tx)]
    begins, ends = chosen.get(QUIET) or (None, None)
    amounts = [choice(f"{amount}", f"{amount}") for amount in sorted({*AMOUNTS, wished.most})]
    horizons = [
        choice(labels()["home_every_horizon"], EVERY),
        *(choice(each.label, each.name) for each in kinds.offered_horizons),
    ]
    blocks = _prompts([each for each in await my_rituals(tx, kinds, user) if not each.team])
    blocks += [
        input_block("most", labels()["settings_most"], select(amounts, f"{wished.most}"), optional=False),
        input_block("quiet_from", labels()["settings_quiet_from"], _time(begins), hint=labels()["settings_quiet_hint"]),
        input_block("quiet_until", labels()["settings_quiet_until"], _time(ends)),
        input_block("horizon", labels()["settings_horizon"], select(horizons, chosen.get(HORIZON) or EVERY)),
    ]
    if teams:
        options = [choice(name, name) for name in teams if len(name) <= MOST_VALUE][:MOST_TEAMS]
        usual = select(options, await usual_team(tx, user))
        blocks.append(input_block("team", labels()["settings_team"], usual, hint=labels()["settings_team_hint"]))
    return {
        "type": "modal",
        "callback_id": "home.settings",
        "title": plain(labels()["settings"]),
        "submit": plain(labels()["form_save"]),
        "close": plain(labels()["form_cancel"]),
        "blocks": blocks,
    }


def _prompts(rituals: list[MyRitual]) -> list[Block]:
    """Return the boxes of what asks a person alone, ticked where it does; nothing where there is none."""
    options = {each.id: choice(unescaped(each.name), each.id) for each in rituals[:MOST_PROMPTS]}
    if not options:
        return []
    boxes: Block = {"type": "checkboxes", "action_id": VALUE, "options": list(options.values())}
    ticked = [options[each.id] for each in rituals[:MOST_PROMPTS] if not (each.rests and each.rests.why == "muted")]
    return [input_block("prompts", labels()["settings_prompts"], {**boxes, "initial_options": ticked} if ticked else boxes)]


def _time(now: str | None) -> Block:
    element: Block = {"type": "timepicker", "action_id": VALUE, "placeholder": plain(labels()["choose_time"])}
    return {**element, "initial_time": now} if now else element


def _said(view: Mapping[str, Any]) -> dict[str, Any]:
    """Return what stands in the inputs of the settings, by block id; boxes as the list of what is ticked."""
    said: dict[str, Any] = {}
    for block, elements in view["state"]["values"].items():
        element = next(iter(elements.values()))
        if element["type"] == "checkboxes":
            said[block] = [option["value"] for option in element.get("selected_options") or []]
        elif element["type"] == "timepicker":
            said[block] = element.get("selected_time")
        else:
            said[block] = (element.get("selected_option") or {}).get("value")
    return said


async def _keep_prompts(tx: Transaction, kinds: Kinds, user: str, wanted: set[str]) -> None:
    """Mute what is not ticked any more, and have asked again what is now; what is as it was stays, also where it is paused."""
    muted = (await wishes.wishes_of(tx, user)).muted
    for ritual in await my_rituals(tx, kinds, user):
        if not ritual.team and (ritual.id in muted) == (ritual.id in wanted):
            await (wishes.as_usual if ritual.id in wanted else wishes.mute)(tx, user, ritual.id)
