"""The type-ahead over the graph: only what fits the relation, only what the person may see; what is likely comes first."""

from collections.abc import Container, Mapping, Sequence
from itertools import groupby
from typing import Any

from bot.desk import Desk
from bot.flows.capture.options import additions, option_of
from bot.flows.viewing import viewer
from bot.forms import FormContext, typed
from bot.requests import Reply, Request
from prompts import labels
from prompts.blocks import Block, plain, shortened
from storage.database import Transaction
from storage.kinds import Kind, Kinds
from storage.objects import Object
from storage.people import names_of
from storage.search import search
from storage.teams import teams_of

MOST_OPTIONS = 50  # Slack takes 100; nobody reads more than a screen
MOST_LIKELY = 5
MOST_ADDED = 4  # kinds of which something new is offered
GROUP = 75  # characters; https://docs.slack.dev/reference/block-kit/composition-objects/option-group-object


async def find_objects(desk: Desk, request: Request) -> Reply:
    """Return the options for what was typed so far, grouped by kind; with nothing typed, what is likely comes first."""
    kinds = await desk.kinds(request.workspace)
    form = FormContext.load(request.view["private_metadata"])
    wanted = _fitting(kinds, form.kind, _link_name(request))
    words = request.text.strip()
    async with desk.database.reading(request.workspace) as tx:
        audience = await viewer(tx, request)
        found = await search(tx, words, audience, kinds=wanted, limit=MOST_OPTIONS)
        teams = [] if words else [form.team] if form.team else [team.name for team in await teams_of(tx, request.user)]
        near = [item for team in teams for item in await search(tx, "", audience, kinds=wanted, team=team, limit=MOST_LIKELY)]
        offered = {item.key: item for item in [*near, *found] if item.key != form.key and not item.archived}
        first = [] if words else likely(list(offered.values()), request.user, teams, [form.home or form.channel])
        named = await _about(tx, list(offered.values()))
    rest = [item for item in found if item.key in offered and item not in first]
    groups = [_group(labels()["find_likely"], first, named), *_by_kind(kinds, rest, named)]
    if _can_add(request, form):
        new = additions(_addable(kinds, wanted), "" if kinds.of_key(words) else words)  # a key is no title
        groups.append({"label": plain(labels()["find_new"]), "options": new})
    groups = [group for group in groups if group["options"]]
    return {"option_groups": groups} if groups else {"options": []}


def likely(items: Sequence[Object], user: str, teams: Container[str], channels: Container[str]) -> list[Object]:
    """Return the few of `items` that are meant most likely, the most likely first; of equals, in their order.

    What the person owns, what is of one of `teams`, and what belongs to one of `channels`.
    """

    def closeness(item: Object) -> int:
        return (item.owner == user) + (item.team is not None and item.team in teams) + (str(item.channel) in channels)

    near = [item for item in items if closeness(item)]
    return sorted(near, key=closeness, reverse=True)[:MOST_LIKELY]


def _link_name(request: Request) -> str:
    """Return "to targets" or "from informs": of the link that the block offers, or of the relation chosen beside it."""
    block: str = request.body["block_id"]
    return block.removeprefix("link.") if block.startswith("link.") else str(typed(request.view).get("relation") or "")


def _fitting(kinds: Kinds, kind: str, link: str) -> list[str] | None:
    """Return the kinds that can stand at the other end of `link`, or None for any."""
    direction, _, relation = link.partition(" ")
    if relation not in kinds.relations:
        return None
    ends = {other.name: (kind, other.name) if direction == "to" else (other.name, kind) for other in kinds.offered}
    return [name for name, pair in ends.items() if kinds.offers(kinds.relations[relation], *pair)]


def _can_add(request: Request, form: FormContext) -> bool:
    """Tell whether we hear of what is chosen here; what is added in a form that lies on another adds nothing more."""
    here = (each for each in request.view["blocks"] if each.get("block_id") == request.body["block_id"])
    return any(each.get("dispatch_action") for each in here) and not form.below


def _addable(kinds: Kinds, wanted: Sequence[str] | None) -> list[Kind]:
    """Return the kinds of which something is made in passing: no team, no scope."""
    fitting = [kind for kind in kinds.offered if (wanted is None or kind.name in wanted) and not kind.anchor]
    return fitting[:MOST_ADDED]


async def _about(tx: Transaction, items: Sequence[Object]) -> dict[str, str]:
    """Return the status and the owner of each of `items`, by key."""
    names = await names_of(tx, [item.owner for item in items])
    return {item.key: " · ".join([item.status, *filter(None, [names.get(item.owner or "")])]) for item in items}


def _by_kind(kinds: Kinds, found: Sequence[Object], about: Mapping[str, str]) -> list[Block]:
    order = list(dict.fromkeys(item.kind for item in found))
    by_kind = groupby(sorted(found, key=lambda item: order.index(item.kind)), key=lambda item: item.kind)
    return [_group(kinds.kind(kind).label, list(items), about) for kind, items in by_kind]


def _group(label: str, items: Sequence[Object], about: Mapping[str, str]) -> dict[str, Any]:
    return {"label": plain(shortened(label, GROUP)), "options": [option_of(item, about[item.key]) for item in items]}
