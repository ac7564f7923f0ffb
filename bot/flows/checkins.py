"""The bet check-in: its buttons and its form."""

from collections.abc import Mapping
from typing import Any, cast

from bot.desk import Desk
from bot.flows.home.home import show_again
from bot.flows.objects.editing import told
from bot.flows.opening import open_view
from bot.flows.viewing import seen
from bot.forms import FormContext, errors_by_block, typed
from bot.forms.drawing import modal
from bot.forms.elements import TEXT_IN_MODAL, element_for, text_input
from bot.forms.inputs import input_block, with_cursor
from bot.requests import Reply, Request
from prompts import labels, text
from prompts.blocks import Block, context
from rituals import checkin, holding
from rituals.checkin import Said
from rituals.courtesy import Later
from storage import submissions
from storage.errors import Refused
from storage.fields import Field
from storage.kinds import Kinds
from storage.objects import Object

PERCENT = Field(label="", type="percent")


async def open_checkin(desk: Desk, request: Request) -> Reply:
    """Open the form of one bet, with its confidence filled in, or with what was answered before."""
    kinds, run, key = await desk.kinds(request.workspace), request.about["run"], request.about["key"]
    async with desk.database.reading(request.workspace) as tx:
        bet = await seen(tx, request, key)
        earlier = await checkin.earlier_answer(tx, run, key, request.user)
    form = FormContext(kind=bet.kind, channel=request.channel, key=key, run=run)
    return await open_view(desk, request, _view(kinds, form, bet, earlier))


async def same_as_last(desk: Desk, request: Request) -> Reply:
    """Store that nothing changed."""
    kinds = await desk.kinds(request.workspace)
    async with desk.writing(request.workspace) as tx:
        await checkin.same(tx, kinds, request.about["run"], request.about["key"], request.user)
    return {}


async def put_off(desk: Desk, request: Request) -> Reply:
    """Ask again later: in two hours, tomorrow, on Monday."""
    async with desk.writing(request.workspace) as tx:
        await holding.put_off(tx, request.about["run"], request.user, cast(Later, request.about["how"]))
    return {}


async def decline(desk: Desk, request: Request) -> Reply:
    """Ask no more this week."""
    async with desk.writing(request.workspace) as tx:
        await holding.decline(tx, request.about["run"], request.user)
    return {}


async def take_up(desk: Desk, request: Request) -> Reply:
    """Ask after all what was put off."""
    async with desk.writing(request.workspace) as tx:
        await holding.take_up(tx, request.about["run"], request.user)
    return {}


async def save_checkin(desk: Desk, request: Request) -> Reply:
    """Store an answer, and tell in the card's thread how the confidence moved."""
    form, values = FormContext.load(request.view["private_metadata"]), typed(request.view)
    kinds = await desk.kinds(request.workspace)
    said = Said(values.get("changed") or "", values.get("confidence"), values.get("surprise") or "")
    try:
        async with desk.writing(request.workspace) as tx:
            if await submissions.is_first(tx, request.view["id"]):
                answered = await checkin.answer(tx, kinds, form.run or "", form.key or "", request.user, said)
                for act in answered.acts:
                    await told(tx, act, [key for key in (answered.after.key, answered.insight) if key])
    except Refused as refused:
        return {"response_action": "errors", "errors": errors_by_block(refused, request.view)}
    show_again(desk, request, form)
    return {}


def _view(kinds: Kinds, form: FormContext, bet: Object, earlier: Mapping[str, Any]) -> Block:
    about = text("about_object", emoji=kinds.kind(bet.kind).emoji, key=bet.key, title=bet.title)
    changed, surprise = (text_input(earlier.get(name), lines=True, limit=TEXT_IN_MODAL) for name in ("changed", "surprise"))
    blocks = [
        context(about),
        input_block("changed", labels()["checkin_changed"], changed),
        input_block("confidence", labels()["checkin_confidence"], element_for(PERCENT, bet.fields.get("confidence"))),
        input_block("surprise", labels()["checkin_surprise"], surprise, hint=labels()["checkin_surprise_hint"]),
    ]
    return modal("checkin.save", form, labels()["checkin_title"].format(key=bet.key), with_cursor(blocks))
