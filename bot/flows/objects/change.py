"""Changing what is there: its fields, its status, its links. The second of two editors sees both versions."""

from collections.abc import Container, Mapping
from dataclasses import replace
from typing import Any

from bot.desk import Desk
from bot.flows.capture.drafts import open_existing
from bot.flows.capture.kept import everything, is_saved
from bot.flows.home.home import show_again
from bot.flows.objects import editing
from bot.flows.objects.proposing import as_proposed
from bot.flows.opening import open_view
from bot.flows.viewing import check_other_ends, seen
from bot.forms import FormContext, changed, errors_by_block, filled, full, redrawn, small, typed
from bot.forms.reading import values_of
from bot.replies import card_again, private_url
from bot.requests import Reply, Request
from prompts import Words, labels, text
from prompts.blocks import Block, section, shortened
from rituals.schedules import keep_asking
from storage import outbox, submissions
from storage.errors import Conflict, Refused
from storage.graph import Tie
from storage.kinds import Kind, Kinds
from storage.objects import Link, Object
from storage.people import names_of

THEIRS_SHOWN = 200  # characters of each value that somebody else wrote


async def edit(desk: Desk, request: Request) -> Reply:
    """Open the form of an object with what it says now."""
    _, item = await _asked_for(desk, request)
    return await open_existing(desk, request, _form(request, item, more=True), item)


async def fill_gap(desk: Desk, request: Request) -> Reply:
    """Open a form with the one field or link that a gap's button names."""
    kinds, item = await _asked_for(desk, request)
    kind, name = kinds.kind(item.kind), request.about["field"]
    if name not in kind.fields and name not in [prompt.name for prompt in kind.links]:  # a button of an earlier pack
        return {"response_type": "ephemeral", "replace_original": False, "text": labels()["gap_unknown"]}
    return await open_existing(desk, request, replace(_form(request, item), only=name), item)


async def ask_status(desk: Desk, request: Request) -> Reply:
    """Open the choice of a status."""
    kinds, item = await _asked_for(desk, request)
    return await open_view(desk, request, small.status(kinds.kind(item.kind), _form(request, item), item.status))


async def ask_link(desk: Desk, request: Request) -> Reply:
    """Open the choice of a relation and of what stands at its other end."""
    kinds, item = await _asked_for(desk, request)
    form = replace(_form(request, item), version=0)  # of the link: there is none yet, as far as the person knows
    return await open_view(desk, request, small.link(kinds, kinds.kind(item.kind), form))


async def save_change(desk: Desk, request: Request) -> Reply:
    """Store what was changed in a form. Where somebody else was first, show both versions; what was typed stays."""
    form = FormContext.load(request.view["private_metadata"])
    kinds, key = await desk.kinds(request.workspace), form.key or ""
    kind = kinds.kind(form.kind)
    said = filled(kind, await everything(desk, request, form))
    try:
        async with desk.writing(request.workspace) as tx:
            if not await submissions.is_first(tx, _once(request, form)):
                return {}
            before = await seen(tx, request, key)
            await check_other_ends(tx, request, said.ties)
            changes = {**said.common, "fields": said.fields}
            edited = await editing.edit(tx, kinds, request.user, before, changes, ties=said.ties, version=form.version)
            if form.run:  # it answers what a ritual's message asks
                await outbox.refresh(tx, f"run:{form.run}")
            await keep_asking(tx, kinds, edited.after)
            await is_saved(tx, request, form)
    except Refused as refused:
        return {"response_action": "errors", "errors": errors_by_block(refused, request.view)}
    except Conflict as conflict:
        return {"response_action": "update", "view": await _both_versions(desk, request, conflict)}
    show_again(desk, request, form)
    card_again(desk, request, form)
    return await as_proposed(desk, request, edited) if edited.proposal else {}


async def save_status(desk: Desk, request: Request) -> Reply:
    """Store a new status and tell it in the card's thread."""
    form, values = FormContext.load(request.view["private_metadata"]), typed(request.view)
    kinds, key = await desk.kinds(request.workspace), form.key or ""
    reason, status = values.get("reason"), values["status"]
    changes: dict[str, object] = {"status": status}
    field = kinds.kind(form.kind).marks.reason
    if reason and field:
        changes["fields"] = {field: reason}
    try:
        async with desk.writing(request.workspace) as tx:
            if not await submissions.is_first(tx, _once(request, form)):
                return {}
            before = await seen(tx, request, key)
            edited = await editing.move(tx, kinds, request.user, before, changes, version=form.version, reason=reason)
            await keep_asking(tx, kinds, edited.after)
    except Conflict as conflict:
        return {"response_action": "update", "view": await _both_statuses(desk, request, kinds, form, conflict)}
    card_again(desk, request, form)
    return await as_proposed(desk, request, edited) if edited.proposal else {}


async def _both_statuses(desk: Desk, request: Request, kinds: Kinds, form: FormContext, conflict: Conflict) -> Block:
    async with desk.database.reading(request.workspace) as tx:
        theirs = await seen(tx, request, conflict.key)
        names = await names_of(tx, [conflict.changed_by])
    who = names.get(conflict.changed_by, labels()["somebody"])
    note = section(Words(text("both_statuses", key=conflict.key, who=who, status=theirs.status)))
    again = small.status(kinds.kind(form.kind), replace(form, version=theirs.version), theirs.status)
    return redrawn({**again, "blocks": [note, *again["blocks"]]}, f"v{theirs.version}")


async def save_link(desk: Desk, request: Request) -> Reply:
    """Store a link that was chosen. Where there is one already, show what it says; what was typed stays."""
    form, values = FormContext.load(request.view["private_metadata"]), typed(request.view)
    kinds, key = await desk.kinds(request.workspace), form.key or ""
    direction, _, relation = values["relation"].partition(" ")
    tie = Tie(relation, values["object"][0]["value"], direction == "from", values.get("why") or "", values.get("confidence"))
    try:
        async with desk.writing(request.workspace) as tx:
            if not await submissions.is_first(tx, _once(request, form)):
                return {}
            item = await seen(tx, request, key)
            await check_other_ends(tx, request, [tie])
            edited = await editing.link(tx, kinds, request.user, item, tie, version=form.version)
    except Refused as refused:
        return {"response_action": "errors", "errors": {"object": str(refused)}}
    except Conflict as conflict:
        return {"response_action": "update", "view": await _linked_already(desk, request, kinds, form, conflict)}
    card_again(desk, request, form)
    return await as_proposed(desk, request, edited) if edited.proposal else {}


async def _linked_already(desk: Desk, request: Request, kinds: Kinds, form: FormContext, conflict: Conflict) -> Block:
    there = conflict.theirs
    assert isinstance(there, Link)  # noqa: S101  # any other is not raised
    async with desk.database.reading(request.workspace) as tx:
        names = await names_of(tx, [conflict.changed_by])
    who = names.get(conflict.changed_by, labels()["somebody"])
    words = kinds.relations[there.relation].words[0]
    said = {"from_key": there.from_key, "words": words, "to_key": there.to_key, "why": there.why, "sure": there.confidence}
    note = section(Words(text("linked_already", who=who, is_yours=conflict.changed_by == request.user, **said)))
    again = small.link(kinds, kinds.kind(form.kind), replace(form, version=there.version))
    return {**again, "blocks": [note, *again["blocks"]]}


async def _asked_for(desk: Desk, request: Request) -> tuple[Kinds, Object]:
    kinds = await desk.kinds(request.workspace)
    async with desk.database.reading(request.workspace) as tx:
        return kinds, await seen(tx, request, request.about["key"])


def _form(request: Request, item: Object, *, more: bool = False) -> FormContext:
    form = FormContext(kind=item.kind, channel=request.channel, key=item.key, version=item.version, more=more)
    return replace(form, run=request.about.get("run"), shown=private_url(request))


def _once(request: Request, form: FormContext) -> str:
    """A form that was shown again after a conflict is another submission of the same view."""
    return f"{request.view['id']}:{form.version}"


async def _both_versions(desk: Desk, request: Request, conflict: Conflict) -> Block:
    kinds = await desk.kinds(request.workspace)
    form = FormContext.load(request.view["private_metadata"])
    mine = changed(request.view, form)
    async with desk.database.reading(request.workspace) as tx:
        theirs = await seen(tx, request, conflict.key)
        names = await names_of(tx, [conflict.changed_by])
    kind = kinds.kind(form.kind)
    began = values_of(conflict.expected) if isinstance(conflict.expected, Object) else {}
    differing = _differing(kind, began, values_of(theirs), typed(request.view))
    note = text("both_versions", key=conflict.key, who=names.get(conflict.changed_by, labels()["somebody"]), theirs=differing)
    again = replace(form, version=theirs.version, mine=tuple(mine))
    shown = full(kinds, kind, again, {**values_of(theirs), **mine}, notes=[section(Words(note))])
    return redrawn(shown, f"v{theirs.version}")


def _differing(kind: Kind, began: Mapping[str, Any], theirs: Mapping[str, Any], asked: Container[str]) -> list[dict[str, Any]]:
    """Return label and value, as somebody else left it, of each input that is `asked` for and that they changed."""
    labelled = {"title": labels()["form_title"], "description": labels()["form_description"]}
    labelled |= {f"field.{name}": field.label for name, field in kind.fields.items()}
    return [
        {"label": label, "value": shortened(str(theirs.get(block) or "–"), THEIRS_SHOWN)}
        for block, label in labelled.items()
        if block in asked and theirs.get(block) != began.get(block)
    ]
