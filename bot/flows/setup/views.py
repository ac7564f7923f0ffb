"""How each step of a set-up looks: one modal, edited in place."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.flows.setup.place import Place
from bot.flows.setup.steps import PEOPLE, RITUALS, TEAM, TRIAD, Plan
from bot.flows.setup.zones import zone_label
from bot.forms.drawing import TITLE_OF_MODAL
from bot.forms.inputs import input_block
from prompts import Words, labels, parts
from prompts.blocks import Block, actions, button, choice, context, plain, section, shortened
from rituals.calendar import spoken
from rituals.picking import offered
from storage.kinds import Kinds

MOST_TEAMS = 10  # named of those that are there
MOST_KINDS = 7  # named of what can be logged
NAME_LIMIT = 60  # characters: it stands in buttons, in titles and beside every object of the team
SURE, ZONE = "sure", "setup.zone"
_LABELS = {
    SURE: "setup_sure_label",
    "name": "setup_name",
    "channel": "setup_channel",
    "timezone": "setup_timezone",
    "members": "setup_members",
    "product": "setup_product",
    "design": "setup_design",
    "engineering": "setup_engineering",
    "rituals": "setup_rituals",
}


@dataclass(frozen=True)
class Scene:
    """What a step shows beside the answers. `notes`: what has to be said first. `warning`: why the channel may be a bad choice.

    `place`: the channel, where it was looked at. `teams`: those that are there. `has_own_pack`: the kinds are a company's.
    """

    kinds: Kinds
    now: datetime
    notes: Sequence[Words] = ()
    warning: Words | None = None
    place: Place | None = None
    teams: Sequence[str] = ()
    has_own_pack: bool = False


def step_view(plan: Plan, scene: Scene) -> Block:
    """Return the modal of the step that `plan` is at."""
    said = parts("setup_steps", **_about(plan, scene))
    blocks = [context(said["step"]), *(section(note) for note in scene.notes)]
    blocks += _BLOCKS[plan.step](plan, scene, said)
    return {
        "type": "modal",
        "callback_id": "setup.next",
        "title": plain(title(plan)),
        "submit": plain(labels()["setup_save" if plan.of else "setup_finish"] if plan.is_last else labels()["setup_next"]),
        "close": plain(labels()["setup_later"]),
        "private_metadata": json.dumps(_kept(plan, scene)),
        "blocks": [*blocks, *_ways(plan)],
    }


def _kept(plan: Plan, scene: Scene) -> dict[str, str | None]:
    warned = plan.channel if scene.warning else None
    return {"step": plan.step, "of": plan.of, "team": plan.name, "warned": warned}


def title(plan: Plan) -> str:
    """Return the title of the modals of `plan`."""
    words = labels()["setup_change" if plan.of else "setup_title"].format(team=plan.of)
    return shortened(words, TITLE_OF_MODAL)


def ready_view(team: str, blocks: list[Block]) -> Block:
    """Return the last modal, which only tells."""
    words = shortened(labels()["setup_ready"].format(team=team), TITLE_OF_MODAL)
    return {"type": "modal", "title": plain(words), "close": plain(labels()["setup_close"]), "blocks": blocks}


def answers_in(view: Mapping[str, Any]) -> dict[str, Any]:
    """Return what stands in the inputs of a step, by their names."""
    values = view.get("state", {}).get("values", {})
    return {block: _said(next(iter(elements.values()))) for block, elements in values.items()}


def _said(element: Mapping[str, Any]) -> Any:
    if element["type"] == "checkboxes":
        return [option["value"] for option in element.get("selected_options") or ()]
    option = element.get("selected_option")
    if option:
        return option["value"]
    names = ("value", "selected_conversation", "selected_user", "selected_users")
    said: Any = next((element[name] for name in names if element.get(name)), None)
    return said


def _about(plan: Plan, scene: Scene) -> dict[str, Any]:
    on_the_way = [kind for kind in scene.kinds.offered if kind.altitude] or scene.kinds.offered
    kinds = [{"emoji": kind.emoji, "label": kind.label} for kind in on_the_way[:MOST_KINDS]]
    place, others = scene.place, [name for name in scene.teams if name != plan.of]
    return {
        "step": plan.step,
        "number": plan.number,
        "team": plan.of or plan.name or None,
        "channel": plan.channel,
        "is_in_channel": place is None or place.has_bot,
        "teams": others[:MOST_TEAMS],
        "more_teams": max(0, len(others) - MOST_TEAMS),
        "kinds": kinds,
        "more": len(scene.kinds.offered) - len(kinds),
        "has_own_pack": scene.has_own_pack,
    }


def _of_team(plan: Plan, scene: Scene, said: Mapping[str, Words]) -> list[Block]:
    blocks: list[Block] = []
    if scene.warning:
        sure = {"type": "checkboxes", "options": [choice(labels()["setup_sure"], "yes")]}
        blocks += [section(scene.warning), _input(plan, SURE, sure)]
    blocks.append(_input(plan, "name", _line(plan.name), optional=False))
    blocks.append(_input(plan, "channel", _conversations(plan.channel), hint=labels()["setup_channel_hint"]))
    blocks.append(_input(plan, "timezone", _zones(plan.timezone, scene.now), optional=False))
    return [*blocks, *([context(said["teams"])] if "teams" in said else [])]


def _of_people(plan: Plan, scene: Scene, said: Mapping[str, Words]) -> list[Block]:
    blocks = [context(said["invite"])] if "invite" in said else []
    hint = labels()["setup_members_hint"] if scene.place and set(scene.place.members) >= set(plan.members) else ""
    blocks.append(_input(plan, "members", _people(plan.members), hint=hint, optional=False))
    blocks.append(context(said["leads"]))
    return [*blocks, *(_input(plan, part, _person(plan.leads.get(part))) for part in TRIAD)]


def _of_rituals(plan: Plan, scene: Scene, said: Mapping[str, Words]) -> list[Block]:
    options = [
        {
            **choice(f"{ritual.label}, {spoken(ritual.cadence)}", ritual.name),
            "description": plain(shortened(ritual.purpose, 75)),
        }
        for ritual in offered(scene.kinds)
    ]
    chosen = [option for option in options if plan.rituals is None or option["value"] in plan.rituals]
    boxes: Block = {"type": "checkboxes", "options": options, **({"initial_options": chosen} if chosen else {})}
    asked = [_input(plan, "rituals", boxes)] if options else []
    return [*asked, context(said["pack"])]


_BLOCKS = {TEAM: _of_team, PEOPLE: _of_people, RITUALS: _of_rituals}


def _ways(plan: Plan) -> list[Block]:
    ways = [button(labels()["setup_back"], "setup.back")] if plan.number > 1 else []
    if plan.is_begun and not plan.of:
        ways.append({**button(labels()["setup_again"], "setup.again"), "confirm": _sure_to_forget()})
    return [actions(ways, "ways")] if ways else []


def _sure_to_forget() -> Block:
    return {
        "title": plain(labels()["setup_again_title"]),
        "text": plain(labels()["setup_again_says"]),
        "confirm": plain(labels()["setup_again"]),
        "deny": plain(labels()["setup_go_on"]),
    }


def _input(plan: Plan, name: str, element: Block, *, hint: str = "", optional: bool = True) -> Block:
    wire = ZONE if name == "timezone" else f"{name}:{plan.channel}" if name == SURE else name
    named = {**element, "action_id": f"{wire}:{plan.round}"}
    return input_block(name, labels()[_LABELS[name]], named, hint=hint, optional=optional)


def _line(value: str) -> Block:
    element: Block = {
        "type": "plain_text_input",
        "max_length": NAME_LIMIT,
        "placeholder": plain(labels()["setup_name_example"]),
    }
    return {**element, "initial_value": value} if value else element


def _conversations(value: str | None) -> Block:
    """A channel that the person sees; direct messages are no team's home."""
    element: Block = {
        "type": "conversations_select",
        "filter": {"include": ["public", "private"]},
        "placeholder": plain(labels()["setup_channel_choose"]),
    }
    return {**element, "initial_conversation": value} if value else element


def _zones(value: str | None, now: datetime) -> Block:
    element: Block = {"type": "external_select", "min_query_length": 0, "placeholder": plain(labels()["type_to_find"])}
    return {**element, "initial_option": choice(zone_label(value, now), value)} if value else element


def _people(users: Sequence[str]) -> Block:
    element: Block = {"type": "multi_users_select", "placeholder": plain(labels()["setup_members_choose"])}
    return {**element, "initial_users": list(users)} if users else element


def _person(user: str | None) -> Block:
    element: Block = {"type": "users_select", "placeholder": plain(labels()["setup_lead_choose"])}
    return {**element, "initial_user": user} if user else element
