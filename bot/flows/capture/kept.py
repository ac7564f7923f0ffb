"""What is typed into a form is kept with each change, until the form is saved."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.desk import Desk
from bot.forms import FormContext, changed, typed
from bot.requests import Request
from storage import drafts
from storage.database import Transaction
from storage.drafts import Unsaved

OURS = {"owner", "team", "visibility"}  # inputs in which something may stand though nobody chose it


async def belonging(tx: Transaction, user: str, form: FormContext, view: str) -> Unsaved | None:
    """Return what was typed into `form` in the window `view`; what was typed in another one is another draft."""
    found = await drafts.unsaved(tx, user, [form.kept_as])
    return next((each for each in found if each.view == view), None)


async def keep(desk: Desk, request: Request, form: FormContext, values: Mapping[str, Any] | None = None) -> None:
    """Keep what stands in the window of `request`, or `values`, and what was typed on other pages of it."""
    async with desk.database.writing(request.workspace) as tx:
        before = await belonging(tx, request.user, form, request.view["id"])
        said = _all(request, form, before) | dict(values or {})
        if form.key is None:
            said = {block: value for block, value in said.items() if value}
        if said.keys() - (set() if form.key else OURS):
            kept = Unsaved(form.kept_as, said, request.view["id"], request.view["private_metadata"])
            await drafts.keep(tx, request.user, kept)
        elif before:
            await drafts.drop(tx, request.user, form.kept_as)


async def everything(desk: Desk, request: Request, form: FormContext) -> dict[str, Any]:
    """Return what a submitted form says, by block id: also on its other pages; of one that changes an object, the changes."""
    async with desk.database.reading(request.workspace) as tx:
        before = await belonging(tx, request.user, form, request.view["id"])
    return _all(request, form, before)


async def is_saved(tx: Transaction, request: Request, form: FormContext) -> None:
    """Forget what was typed into the window of `request`: it is stored now."""
    if await belonging(tx, request.user, form, request.view["id"]):
        await drafts.drop(tx, request.user, form.kept_as)


def _all(request: Request, form: FormContext, before: Unsaved | None) -> dict[str, Any]:
    earlier = dict(before.values) if before else {}
    if form.key is None:
        return earlier | typed(request.view)
    known = replace(form, mine=(*form.mine, *earlier))
    return earlier | changed(request.view, known)
