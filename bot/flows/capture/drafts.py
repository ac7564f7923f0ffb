"""What was typed and not saved comes back: what each change of a form does, and the buttons about what was begun before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.desk import Desk
from bot.flows.capture import in_place
from bot.flows.capture.kept import keep
from bot.flows.capture.options import wanted
from bot.flows.capture.showing import drawn, redraw_later
from bot.flows.opening import opened
from bot.forms import EVERY_INPUT, FormContext, changed, typed
from bot.forms.elements import is_typed
from bot.forms.reading import labels_of, values_of
from bot.requests import Reply, Request
from prompts import labels, text
from prompts.blocks import Block, button, context, section, shortened
from storage import drafts
from storage.database import Transaction
from storage.drafts import Unsaved
from storage.errors import Conflict
from storage.history import Item
from storage.objects import Object
from storage.past.things import check_version
from storage.people import names_of
from storage.rights import editors_of, may_edit

MOST_SHOWN = 5  # things that others changed, so that they fit above the form
SHOWN = 100  # characters of what is named


async def typed_on(desk: Desk, request: Request) -> Reply:
    """Something was typed or chosen: keep it. Where other inputs make sense now, or others are worded otherwise, show them."""
    form = FormContext.load(request.view["private_metadata"])
    missing = wanted(request.action)
    if missing:
        return await in_place.add(desk, request, form, missing)
    await keep(desk, request, form)
    if not is_typed(request.action):
        redraw_later(desk, request, form, if_other=True)
    return {}


async def closed(desk: Desk, request: Request) -> Reply:
    """The form was closed without being saved: keep what stands in it, if anybody typed it."""
    form = FormContext.load(request.view["private_metadata"])
    titled = form.key is None and not form.source and typed(request.view).get("title")
    if titled or changed(request.view, form):
        await keep(desk, request, form)
    return {}


async def begin_afresh(desk: Desk, request: Request) -> Reply:
    """Forget what was typed into this form."""
    form = FormContext.load(request.view["private_metadata"])
    form = replace(form, more=form.key is not None and not form.only, page=0, mine=())
    async with desk.database.writing(request.workspace) as tx:
        await drafts.drop(tx, request.user, form.kept_as)
    redraw_later(desk, request, form, anew=EVERY_INPUT)
    return {}


async def take_up(desk: Desk, request: Request) -> Reply:
    """Go on with something else of the kind that was begun before; what stands here is kept, too."""
    here = FormContext.load(request.view["private_metadata"])
    await keep(desk, request, here)
    async with desk.database.writing(request.workspace) as tx:
        found = await drafts.unsaved(tx, request.user, [request.about["form"]])
        if not found:
            return {}
        form = resumed(found[0], here)
        await drafts.keep(tx, request.user, replace(found[0], view=request.view["id"], context=form.dump()))
    redraw_later(desk, request, form, anew=EVERY_INPUT, notes=[_kept_note(found[0])])
    return {}


@dataclass(frozen=True)
class Begun:
    """What was begun before of a form. `mine`: what comes back in it; `other`: what it offers; `kept_as`: its own name."""

    mine: Unsaved | None
    other: Unsaved | None
    kept_as: str

    @property
    def notes(self) -> list[Block]:
        """The lines that stand above the form."""
        mine = [_kept_note(self.mine)] if self.mine else []
        return mine + ([_other_note(self.other)] if self.other else [])


def places(form: FormContext) -> tuple[str, str, str]:
    """Return under which names what is new of a kind is kept: two at a time, and one that was begun inside another form."""
    return form.kept_as, f"{form.kept_as}:2", f"{form.kept_as}:{in_place.INSIDE}"


def begun(found: Sequence[Unsaved], form: FormContext, given: Mapping[str, Any]) -> Begun:
    """Return what of `found`, the latest first, comes back in a form that is opened with what is `given`.

    What says something else than is given is another thing: it is offered. Where two are kept, the older makes room.
    """
    mine = next((each for each in found if all(each.values.get(block) == value for block, value in given.items())), None)
    other = next((each for each in found if each is not mine), None)
    if mine:
        return Begun(mine, other, mine.form)
    taken, (first, second, _) = [each.form for each in found], places(form)
    free = next((name for name in (first, second) if name not in taken), None)
    oldest = next((name for name in reversed(taken) if name in (first, second)), first)
    return Begun(None, other, free or oldest)


def resumed(kept: Unsaved, here: FormContext) -> FormContext:
    """Return the context of a form in which `kept` comes back `here`: with what it remembers of where it was taken from."""
    was = FormContext.load(kept.context) if kept.context else here
    return replace(here, draft=kept.form, source=was.source, author=was.author, more=False, page=0)


async def open_existing(desk: Desk, request: Request, form: FormContext, item: Object) -> Reply:
    """Open the form that changes `item`, with what the person typed into it before and did not save."""
    async with desk.database.reading(request.workspace) as tx:
        kept = next(iter(await drafts.unsaved(tx, request.user, [form.kept_as])), None)
        notes = await _proposes(tx, item, request.user)
    now = values_of(item)
    notes += [_kept_note(kept, await _since(desk, request, kept, item))] if kept else []
    view, reply = await opened(desk, request, await drawn(desk, request, form, {**now, **(kept.values if kept else {})}, notes))
    if kept and view:
        async with desk.database.writing(request.workspace) as tx:
            await drafts.keep(tx, request.user, replace(kept, view=view["id"], context=form.dump()))
    return reply


async def _proposes(tx: Transaction, item: Object, user: str) -> list[Block]:
    """Return the line that says who is asked first; nothing where `user` may change `item` at once."""
    if await may_edit(tx, item, user):
        return []
    [first, *_] = await editors_of(tx, item)
    who = (await names_of(tx, [first])).get(first, labels()["somebody"])
    return [context(text("proposes", who=who, key=item.key))]


async def _since(desk: Desk, request: Request, kept: Unsaved, item: Object) -> list[dict[str, str]]:
    """Return label and value of what was changed in `item` since the person began, where they want to change it, too."""
    named, now = labels_of((await desk.kinds(request.workspace)).kind(item.kind)), values_of(item)
    began = await _as_begun(desk, request, kept, item)
    differing = [block for block in kept.values if block in named and now.get(block) != began.get(block)]
    said = {shortened(named[block], SHOWN): now.get(block) or "–" for block in differing}
    told = {label: value for label, value in said.items() if not isinstance(value, list)}
    return [{"label": label, "value": shortened(str(value), SHOWN)} for label, value in list(told.items())[:MOST_SHOWN]]


async def _as_begun(desk: Desk, request: Request, kept: Unsaved, item: Object) -> dict[str, Any]:
    """Return what `item` said when the person began to change it."""
    version = FormContext.load(kept.context).version if kept.context else item.version
    try:
        async with desk.database.reading(request.workspace) as tx:
            await check_version(tx, Item(item.key), item, version)
    except Conflict as conflict:
        return values_of(conflict.expected) if isinstance(conflict.expected, Object) else {}
    return values_of(item)


def _kept_note(kept: Unsaved, since: Sequence[Mapping[str, str]] = ()) -> Block:
    words = text("draft", at=kept.at, since=since)
    return section(words, button(labels()["draft_afresh"], "form.afresh"))


def _other_note(kept: Unsaved) -> Block:
    title = shortened(str(kept.values.get("title") or ""), SHOWN)
    return section(
        text("draft_beside", at=kept.at, title=title), button(labels()["draft_take_up"], "form.take_up", form=kept.form)
    )
