"""Something that is missing is added where it is needed: on top of the form, and back in it stands chosen."""

from dataclasses import replace

from bot.desk import Desk
from bot.errors import logged
from bot.flows.capture.kept import keep
from bot.flows.capture.options import Wanted, option_of, without_additions
from bot.flows.capture.showing import defaults, drawn, redraw_later, standing
from bot.flows.opening import opened, put
from bot.forms import FormContext, redrawn, typed
from bot.requests import Reply, Request
from prompts import Words, labels
from prompts.blocks import context
from storage import drafts
from storage.objects import Object

INSIDE = "inside"  # under which name what is begun inside another form is kept


async def add(desk: Desk, request: Request, form: FormContext, wanted: Wanted) -> Reply:
    """Lay the form of what is wanted on top of `form`, which is kept as it stands."""
    block = request.action["block_id"]
    chosen = without_additions(typed(request.view)[block] or [])
    fresh = FormContext(wanted.kind, form.channel, form.team, form.card, form.home)
    above = replace(fresh, draft=f"{fresh.kept_as}:{INSIDE}", below=form.kept_as, into=block)
    title = {"title": wanted.words} if wanted.words else {}
    view, late = await opened(desk, request, await drawn(desk, request, above, defaults(above) | title))
    await keep(desk, request, form, {block: chosen})
    notes = [] if view else [context(Words(labels()["press_again"]))]
    redraw_later(desk, request, form, anew={block}, notes=notes)
    return late


def choose_later(desk: Desk, request: Request, above: FormContext, made: Object) -> None:
    """Choose what was `made` in the form under `above`, once Slack has been answered."""
    desk.later(_logged(desk, request, above, made))


async def _logged(desk: Desk, request: Request, above: FormContext, made: Object) -> None:
    await logged(_chosen(desk, request, above, made), "choose what was made", workspace=request.workspace)


async def _chosen(desk: Desk, request: Request, above: FormContext, made: Object) -> None:
    async with desk.database.writing(request.workspace) as tx:
        below = next(iter(await drafts.unsaved(tx, request.user, [above.below])), None)
        if below is None:
            return
        there = [*(below.values.get(above.into) or []), option_of(made)]
        await drafts.keep(tx, request.user, replace(below, values={**below.values, above.into: there}, at=None))
    form = FormContext.load(below.context)
    values = await standing(desk, request, form, below.view)
    await put(desk, below.view, redrawn(await drawn(desk, request, form, values), made.key, {above.into}))
