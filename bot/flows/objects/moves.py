"""Taking an object on: a move of its lifecycle by one button, with the one question that the move deserves."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.desk import Desk
from bot.flows.home.home import show_again
from bot.flows.objects import editing
from bot.flows.objects.menu import label_of, row_of_moves
from bot.flows.objects.proposing import as_proposed
from bot.flows.opening import open_view
from bot.flows.viewing import seen
from bot.forms import FormContext, errors_by_block, typed
from bot.forms.drawing import modal
from bot.forms.elements import TEXT_IN_MODAL, element_for, text_input
from bot.forms.inputs import input_block, with_cursor
from bot.forms.reading import values_of
from bot.modals import note
from bot.replies import as_card, card_again, private_url
from bot.requests import Reply, Request, privately
from prompts import labels, text
from prompts.blocks import Block, Message, choice, context, section
from rituals.learning import learned, teaches
from rituals.schedules import keep_asking
from storage import drafts, outbox, submissions
from storage.database import Transaction
from storage.errors import Conflict, Refused
from storage.kinds import Kind, Kinds
from storage.moves import WHY, Move
from storage.objects import Object


async def go(desk: Desk, request: Request) -> Reply:
    """Do the move that a button names: at once where it asks nothing, else after its question."""
    name, key = request.does.partition(":")[2], request.about["key"]
    kinds = await desk.kinds(request.workspace)
    async with desk.database.reading(request.workspace) as tx:
        item = await seen(tx, request, key)
        is_done = await submissions.is_known(tx, _once(request))
    kind = kinds.kind(item.kind)
    move = _moves(kind, item).get(name)
    if is_done:  # the second press of a double one
        return {}
    if move is None:
        return _passed(kind, item)
    if move.is_question:
        form = FormContext(kind=item.kind, channel=request.channel, key=item.key, version=item.version, move=name)
        form = replace(form, shown=private_url(request), run=request.about.get("run"), draft=f"move:{key}:{name}")
        async with desk.database.reading(request.workspace) as tx:
            begun = await drafts.unsaved(tx, request.user, [form.kept_as])
        said = {**values_of(item), **begun[0].values} if begun else None
        return await open_view(desk, request, _question(kinds, kind, form, move, item, said))
    return await _at_once(desk, request, kinds, item, move.to[0])


async def _at_once(desk: Desk, request: Request, kinds: Kinds, item: Object, status: str) -> Reply:
    key = item.key
    async with desk.writing(request.workspace) as tx:
        if not await submissions.is_first(tx, _once(request)):
            return {}
        edited = await editing.edit(tx, kinds, request.user, await seen(tx, request, key), {"status": status})
        await keep_asking(tx, kinds, edited.after)
    if edited.proposal:
        return await as_proposed(desk, request, edited)
    if request.view:  # there nobody sees the card that changed
        form = FormContext(kind=item.kind, channel=request.channel, key=key, shown=private_url(request))
        card_again(desk, request, form)
        if request.view.get("type") == "home":
            show_again(desk, request, form)
            return {}
        return {"text": text("move_done", key=key, title=item.title, status=edited.after.status)}
    return await as_card(desk, request, key)


async def save(desk: Desk, request: Request) -> Reply:
    """Do the move whose question was answered. Where somebody took the object on meanwhile, say so; what was typed stays."""
    form, said = FormContext.load(request.view["private_metadata"]), typed(request.view)
    kinds, key = await desk.kinds(request.workspace), form.key or ""
    kind = kinds.kind(form.kind)
    try:
        async with desk.writing(request.workspace) as tx:
            if not await submissions.is_first(tx, f"{request.view['id']}:{form.version}"):
                return {}
            before = await seen(tx, replace(request, channel=form.channel), key)
            move = _moves(kind, before).get(form.move)
            status = said.get("status") or (move.to[0] if move and len(move.to) == 1 else None)
            if move is None or status not in move.to:
                return {"response_action": "update", "view": _overtaken(kinds, kind, form, before, said)}
            changes, reason = _changes(kind, move, said, status), _reason(move, said)
            edited = await editing.move(tx, kinds, request.user, before, changes, version=form.version, reason=reason)
            await _keep(tx, kinds, request.user, edited.after, said)
            await drafts.drop(tx, request.user, form.kept_as)
            if form.run:  # it answers what a ritual's message asks
                await outbox.refresh(tx, f"run:{form.run}")
            await keep_asking(tx, kinds, edited.after)
    except Refused as refused:
        return {"response_action": "errors", "errors": errors_by_block(refused, request.view)}
    except Conflict as conflict:
        theirs = conflict.theirs if isinstance(conflict.theirs, Object) else before
        return {"response_action": "update", "view": _overtaken(kinds, kind, form, theirs, said)}
    show_again(desk, request, form)
    card_again(desk, request, form)
    return await as_proposed(desk, request, edited) if edited.proposal else {}


def _moves(kind: Kind, item: Object) -> Mapping[str, Move]:
    return {} if item.archived else kind.moves_from(item.status)


def _once(request: Request) -> str:
    """A button that is pressed twice is the same press as long as the card shows the same version."""
    return f"{request.does}:{request.about['key']}:{request.about.get('version', '')}:{request.user}"


def _passed(kind: Kind, item: Object) -> Reply:
    """Say that the object has gone on since the card was shown, and what can be done with it now."""
    moves = _moves(kind, item)
    words = text("move_passed", key=item.key, title=item.title, status=item.status, archived=item.archived, can=bool(moves))
    blocks = [section(words), *row_of_moves(kind, item, moves)]
    return privately(Message(words, blocks))


def _question(
    kinds: Kinds, kind: Kind, form: FormContext, move: Move, item: Object, said: Mapping[str, Any] | None = None
) -> Block:
    """Return the modal of a move: the status if there are several, what it asks, and what was learned.

    `said`: what stands in it already, by block id; without it, what the object says.
    """
    values = values_of(item) if said is None else said
    blocks = [context(text("about_object", emoji=kind.emoji, key=item.key, title=item.title))]
    if len(move.to) > 1:
        label = labels()["move_end" if set(move.to) <= set(kind.closed) else "status_label"]
        blocks.append(input_block("status", label, _radio(move.to, values), optional=False))
    if move.asks == WHY:
        blocks.append(input_block("reason", labels()["status_reason"], _text(values.get("reason"))))
    elif move.asks:
        field, value = kind.fields[move.asks], values.get(f"field.{move.asks}")
        element = element_for(field, None if len(str(value or "")) > TEXT_IN_MODAL else value)
        blocks.append(input_block(f"field.{move.asks}", field.label_beside(item.fields), element, hint=field.hint))
    if move.teaches:
        blocks.append(input_block("learned", labels()["move_learned"], _text(values.get("learned"))))
        if teaches(kinds, kind.name):
            blocks.append(input_block("keep", labels()["move_keep"], _checked(is_on=bool((said or {}).get("keep", True)))))
    asked = modal("object.go", form, f"{label_of(move).rstrip('…')} {item.key}", with_cursor(blocks))
    return {**asked, "notify_on_close": True}  # what was typed comes back


def _text(value: Any) -> Block:
    return text_input(value, lines=True, limit=TEXT_IN_MODAL)


def _radio(statuses: tuple[str, ...], values: Mapping[str, Any]) -> Block:
    options = [choice(status, status) for status in statuses]
    chosen = next((option for option in options if option["value"] == values.get("status")), None)
    element: Block = {"type": "radio_buttons", "action_id": "value", "options": options}
    return {**element, "initial_option": chosen} if chosen else element


def _checked(*, is_on: bool) -> Block:
    keep = choice(labels()["move_keep_insight"], "keep")
    element: Block = {"type": "checkboxes", "action_id": "value", "options": [keep]}
    return {**element, "initial_options": [keep]} if is_on else element


def _changes(kind: Kind, move: Move, said: Mapping[str, Any], status: str | None) -> dict[str, object]:
    asked = f"field.{move.asks}"
    fields = {move.asks: said[asked]} if said.get(asked) else {}
    if said.get("reason") and kind.marks.reason:
        fields[kind.marks.reason] = said["reason"]
    return {"status": status, "fields": fields}


def _reason(move: Move, said: Mapping[str, Any]) -> str | None:
    """Return what history says of why: what was asked as such, or what was learned, unless that becomes an insight."""
    learned = said.get("learned") if move.teaches and not said.get("keep") else None
    return "\n".join(each for each in (said.get("reason"), learned) if each) or None


async def _keep(tx: Transaction, kinds: Kinds, user: str, item: Object, said: Mapping[str, Any]) -> None:
    """Keep what was learned as an insight of its own, where that is wanted."""
    words = (said.get("learned") or "").strip()
    found = await learned(tx, kinds, item, user, words) if said.get("keep") else None
    if found and found.act:
        await editing.told(tx, found.act, [item.key, found.key])


def _overtaken(kinds: Kinds, kind: Kind, form: FormContext, now: Object, said: Mapping[str, Any]) -> Block:
    """Return the form again with what was typed, and what became of the object meanwhile; or that alone, if it is too late."""
    move = _moves(kind, now).get(form.move)
    words = text("move_overtaken", key=now.key, title=now.title, status=now.status, archived=now.archived, can=move is not None)
    if move is None:
        kept = [section(text("move_typed", words=said[name])) for name in ("reason", "learned") if said.get(name)]
        return note(labels()["note_title"], [section(words), *kept])
    again = _question(kinds, kind, replace(form, version=now.version), move, now, said)
    return {**again, "blocks": [section(words), *again["blocks"]]}
