"""How a form stands in its window: drawn from what it remembers, and anew as it is filled, with all that was typed."""

from collections.abc import Container, Mapping, Sequence
from typing import Any

from bot.desk import Desk
from bot.errors import logged
from bot.flows.capture.destination import place_of
from bot.flows.capture.kept import belonging
from bot.flows.opening import OVERTAKEN, put
from bot.flows.viewing import seen
from bot.forms import FormContext, full, outline, redrawn, small, typed
from bot.forms.reading import values_of
from bot.requests import Request
from bot.slack import CallFailed
from prompts import text
from prompts.blocks import Block, context

NOTHING: frozenset[str] = frozenset()


async def drawn(
    desk: Desk, request: Request, form: FormContext, values: Mapping[str, Any], notes: Sequence[Block] = ()
) -> Block:
    """Return the modal of `form` with `values` in it, and `notes` above them."""
    kinds = await desk.kinds(request.workspace)
    kind = kinds.kind(form.kind)
    if form.only:
        async with desk.database.reading(request.workspace) as tx:
            item = await seen(tx, request, form.key or "")
        about = context(text("about_object", emoji=kind.emoji, key=item.key, title=item.title))
        return small.one_field(kinds, kind, form, values, [*notes, about])
    teams = () if form.key else (await place_of(desk, request, form)).choose_from
    return full(kinds, kind, form, values, teams, notes)


def defaults(form: FormContext) -> dict[str, Any]:
    """Return what stands in the form of something new before anybody says anything else."""
    return ({"visibility": "channel"} if form.home else {}) | ({"owner": form.author} if form.author else {})


async def standing(desk: Desk, request: Request, form: FormContext, view: str) -> dict[str, Any]:
    """Return what stands in a form: what its object says, and over it what was typed in the window `view`."""
    async with desk.database.reading(request.workspace) as tx:
        said = values_of(await seen(tx, request, form.key)) if form.key else defaults(form)
        kept = await belonging(tx, request.user, form, view)
    return {**said, **(kept.values if kept else {})}


async def redraw(
    desk: Desk,
    request: Request,
    form: FormContext,
    *,
    anew: Container[str] = NOTHING,
    notes: Sequence[Block] = (),
    if_other: bool = False,
) -> None:
    """Draw the form that `request` comes from anew, with all that was typed into it.

    `anew`: the inputs in which something else stands than was typed. `if_other`: only where it asks for something else now.
    """
    view = request.view
    typed_now = {block: value for block, value in typed(view).items() if block not in anew}
    body = await drawn(desk, request, form, {**await standing(desk, request, form, view["id"]), **typed_now}, notes)
    if if_other and outline(body) == outline(view):
        return
    try:
        await put(desk, view["id"], redrawn(body, view["hash"], anew), view["hash"])
    except CallFailed as failed:
        if failed.code != OVERTAKEN:
            raise
        body = await drawn(desk, request, form, await standing(desk, request, form, view["id"]), notes)
        await put(desk, view["id"], redrawn(body, view["hash"], anew))


def redraw_later(desk: Desk, request: Request, form: FormContext, **how: Any) -> None:
    """As `redraw`, after the answer to Slack."""
    desk.later(_redrawn(desk, request, form, **how))


async def _redrawn(desk: Desk, request: Request, form: FormContext, **how: Any) -> None:
    await logged(redraw(desk, request, form, **how), "draw the form", workspace=request.workspace)
