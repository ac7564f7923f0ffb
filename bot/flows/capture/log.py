"""Logging something new: a light form at once, filled a moment later; saved as one object, its links and its card."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.desk import Desk
from bot.errors import logged
from bot.flows.capture.destination import Destination, destination
from bot.flows.home.home import show_again
from bot.flows.opening import TOO_LATE
from bot.flows.viewing import check_other_ends, viewer
from bot.forms import FormContext, errors_by_block, filled, full, light, typed
from bot.forms.elements import TEXT_IN_MODAL
from bot.requests import Reply, Request
from bot.slack import CallFailed, call
from prompts import Words, labels, text
from prompts.blocks import actions, button, choice, section
from rituals.schedules import keep_asking
from storage import outbox, submissions
from storage.errors import Refused
from storage.graph import Graph
from storage.objects import Draft, get
from storage.people import set_usual_team

MOVED_ON = {"not_found", "hash_conflict", "view_not_found"}  # the person closed the form, saved it, or typed on
TITLE_KEPT = 1_000  # characters of a title that fit beside a button


def opens(kind: str) -> Any:
    """Return the flow of the command that logs a `kind`."""

    async def open_form(desk: Desk, request: Request) -> Reply:
        return await open_new(desk, request, kind, request.text.strip())

    return open_form


async def open_new(
    desk: Desk,
    request: Request,
    kind_name: str,
    title: str,
    *,
    prefilled: Mapping[str, Any] | None = None,
    source: str | None = None,
    author: str | None = None,
) -> Reply:
    """Open the form of a kind; the trigger lives for 3 seconds, so nothing is looked up before. Its button may name a link.

    `prefilled`: what stands in its inputs from the start, by block id ("description", "field.evidence"). `source`: the address
    of the message that it was taken from; `author`: who wrote that, and owns what comes of it.
    """
    kind = (await desk.kinds(request.workspace)).kind(kind_name)
    if len(title) > TEXT_IN_MODAL:
        return _too_long(kind.label, title)
    link, other, run = (request.about.get(name, "") for name in ("link", "other", "run"))
    form = FormContext(kind=kind.name, channel=request.channel, link=link, other=other, run=run)
    form = replace(form, source=source or "", author=author or "")
    try:
        opened = await call(desk.slack.client, "views.open", trigger_id=request.trigger_id, view=light(kind, title, form))
    except CallFailed as failed:
        if failed.code not in TOO_LATE:
            raise
        return _too_late(kind.label, {**request.about, "kind": kind.name}, title)
    desk.later(_filled_in(desk, request, form, opened["view"], {**(prefilled or {}), "title": title}))
    return {}


async def reopen(desk: Desk, request: Request) -> Reply:
    """The button of a form that came too late: open it now, with the title that was typed."""
    return await open_new(desk, request, request.about["kind"], request.about.get("title", ""))


async def show_more(desk: Desk, request: Request) -> Reply:
    """Show all fields of a form, with what was typed so far."""
    form = FormContext.load(request.view["private_metadata"])
    desk.later(_filled_in(desk, request, replace(form, more=True), request.view, typed(request.view)))
    return {}


async def save_new(desk: Desk, request: Request) -> Reply:
    """Store a filled form as an object with its links, and have its card posted."""
    form, values = FormContext.load(request.view["private_metadata"]), typed(request.view)
    if form.link:
        values.setdefault(form.link, [{"value": form.other}])  # it was saved before it was filled in
    kinds = await desk.kinds(request.workspace)
    said = filled(kinds.kind(form.kind), values)
    chosen = said.common.pop("team", None)
    where = await _where(desk, request, form, chosen)
    said.common["owner"] = said.common.get("owner") or form.author or request.user
    draft = Draft(form.kind, **said.common, fields=said.fields, source=form.source or None, **_belonging(where))
    try:
        async with desk.writing(request.workspace) as tx:
            if not await submissions.is_first(tx, request.view["id"]):
                return {}
            await check_other_ends(tx, request, said.ties)
            made = await Graph(tx, kinds, request.user).add(draft, said.ties)
            await outbox.show(tx, f"card:{made.key}", where.card, author=request.user)
            await keep_asking(tx, kinds, made)
            if form.run:  # it answers what a ritual's message asks
                await outbox.refresh(tx, f"run:{form.run}")
            if chosen:
                await set_usual_team(tx, request.user, chosen)
    except Refused as refused:
        return {"response_action": "errors", "errors": errors_by_block(refused, request.view)}
    show_again(desk, request, form)
    return {}


async def _where(desk: Desk, request: Request, form: FormContext, chosen: str | None = None) -> Destination:
    """Return what the form knows already; a form that was saved before it was filled in knows nothing yet."""
    if form.card:
        return Destination(form.team, form.card, form.home)
    return await destination(desk, request.workspace, request.user, form.channel or request.user, chosen)


def _belonging(where: Destination) -> dict[str, Any]:
    if where.home:
        return {"team": where.team, "channel": where.home, "visibility": "channel"}
    return {"team": where.team, "channel": where.card if where.card.startswith("C") else None}


async def _filled_in(desk: Desk, request: Request, form: FormContext, view: Mapping[str, Any], values: dict[str, Any]) -> None:
    await logged(_fill(desk, request, form, view, values), "fill the form", workspace=request.workspace)


async def _fill(desk: Desk, request: Request, form: FormContext, view: Mapping[str, Any], values: dict[str, Any]) -> None:
    kinds = await desk.kinds(request.workspace)
    teams: tuple[str, ...] = ()
    if form.key is None:
        where = await _where(desk, request, form)
        teams = where.choose_from
        form = replace(form, team=where.team, card="" if teams else where.card, home=where.home)
    if form.link and form.link not in values:
        values = {**values, form.link: await _linked(desk, request, form.other)}
    drawn = full(kinds, kinds.kind(form.kind), form, values, teams)
    try:
        await call(desk.slack.client, "views.update", view_id=view["id"], hash=view["hash"], view=drawn)
    except CallFailed as failed:
        if failed.code not in MOVED_ON:
            raise


async def _linked(desk: Desk, request: Request, key: str) -> list[dict[str, Any]]:
    async with desk.database.reading(request.workspace) as tx:
        item = await get(tx, key, await viewer(tx, request))
    return [choice(f"{key} {item.title}", key)] if item else []


def _too_long(label: str, title: str) -> Reply:
    """A form could not show it whole, so it is given back whole."""
    return {"response_type": "ephemeral", "text": text("too_long", kind=label, length=len(title), title=title)}


def _too_late(label: str, about: Mapping[str, str], title: str) -> Reply:
    words = text("too_late", kind=label, title=title)
    again = button(labels()["open_form"], "form.open", **{**about, "title": title[:TITLE_KEPT]})
    return {"response_type": "ephemeral", "text": words, "blocks": [section(Words(words)), actions([again])]}
