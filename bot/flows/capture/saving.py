"""A filled form of something new becomes one object with its links, and its card is posted."""

from typing import Any

from bot.desk import Desk
from bot.flows.capture.destination import Destination, place_of, settled
from bot.flows.capture.in_place import choose_later
from bot.flows.capture.kept import everything, is_saved
from bot.flows.home.home import show_again
from bot.flows.viewing import check_other_ends
from bot.forms import FormContext, errors_by_block, filled
from bot.requests import Reply, Request
from rituals.schedules import keep_asking
from storage import outbox, submissions
from storage.errors import Refused
from storage.graph import Graph
from storage.objects import Draft
from storage.people import set_usual_team


async def save_new(desk: Desk, request: Request) -> Reply:
    """Store a filled form as an object with its links, and have its card posted."""
    form = FormContext.load(request.view["private_metadata"])
    values = await everything(desk, request, form)
    if form.link:
        values.setdefault(form.link, [{"value": form.other}])  # it was saved before it was filled in
    kinds = await desk.kinds(request.workspace)
    said = filled(kinds.kind(form.kind), values)
    chosen, readers = said.common.pop("team", None), said.common.pop("visibility", None)
    where = await place_of(desk, request, form, chosen)
    said.common["owner"] = said.common.get("owner") or form.author or request.user
    try:
        async with desk.writing(request.workspace) as tx:
            if not await submissions.is_first(tx, request.view["id"]):
                return {}
            await check_other_ends(tx, request, said.ties)
            belonging = _belonging(await settled(tx, where), readers)
            draft = Draft(form.kind, **said.common, fields=said.fields, source=form.source or None, **belonging)
            made = await Graph(tx, kinds, request.user).add(draft, said.ties)
            await outbox.show(tx, f"card:{made.key}", where.card, author=request.user)
            await keep_asking(tx, kinds, made)
            if form.run:  # it answers what a ritual's message asks
                await outbox.refresh(tx, f"run:{form.run}")
            if chosen:
                await set_usual_team(tx, request.user, chosen)
            await is_saved(tx, request, form)
    except Refused as refused:
        return {"response_action": "errors", "errors": errors_by_block(refused, request.view)}
    if form.below:
        choose_later(desk, request, form, made)
    show_again(desk, request, form)
    return {}


def _belonging(where: Destination, readers: str | None) -> dict[str, Any]:
    """Return where a draft belongs; what is shown to everybody belongs to no direct message."""
    if where.home and readers == "workspace":
        return {"team": where.team, "channel": None if where.home.startswith("D") else where.home}
    return where.belonging
