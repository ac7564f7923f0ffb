"""The type-ahead over the graph: only what fits the relation, only what the person may see."""

from itertools import groupby
from typing import Any

from bot.desk import Desk
from bot.flows.viewing import viewer
from bot.forms import FormContext, typed
from bot.requests import Reply, Request
from prompts.blocks import choice, plain
from storage.kinds import Kinds
from storage.objects import Object
from storage.search import search

MOST_OPTIONS = 50  # Slack takes 100; nobody reads more than a screen


async def find_objects(desk: Desk, request: Request) -> Reply:
    """Return the options for what was typed so far, grouped by kind."""
    kinds = await desk.kinds(request.workspace)
    form = FormContext.load(request.view["private_metadata"])
    wanted = _fitting(kinds, form.kind, _link_name(request))
    async with desk.database.reading(request.workspace) as tx:
        found = await search(tx, request.text, await viewer(tx, request), kinds=wanted, limit=MOST_OPTIONS)
    return {"option_groups": _grouped(kinds, [item for item in found if item.key != form.key])} if found else {"options": []}


def option_of(item: Object) -> dict[str, Any]:
    """Return an object as an option of a select."""
    return choice(f"{item.key} {item.title}", item.key)


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


def _grouped(kinds: Kinds, found: list[Object]) -> list[dict[str, Any]]:
    order = list(dict.fromkeys(item.kind for item in found))
    by_kind = groupby(sorted(found, key=lambda item: order.index(item.kind)), key=lambda item: item.kind)
    return [{"label": plain(kinds.kind(kind).label), "options": [option_of(item) for item in items]} for kind, items in by_kind]
