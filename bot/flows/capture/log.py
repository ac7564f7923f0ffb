"""Logging something new: a light form at once, filled a moment later with what is known, or was begun before."""

from collections.abc import Coroutine, Mapping
from dataclasses import replace
from typing import Any

from bot.desk import Desk
from bot.errors import logged
from bot.flows.capture.destination import place_of
from bot.flows.capture.drafts import Begun, begun, places, resumed
from bot.flows.capture.kept import keep
from bot.flows.capture.options import option_of
from bot.flows.capture.showing import defaults, drawn, redraw_later
from bot.flows.opening import OVERTAKEN, TOO_LATE, put
from bot.flows.viewing import viewer
from bot.forms import FormContext, light, redrawn, waiting
from bot.forms.elements import TEXT_IN_MODAL
from bot.requests import Reply, Request
from bot.slack import CallFailed, call
from prompts import Words, labels, text
from prompts.blocks import actions, button, section
from storage import drafts
from storage.drafts import Unsaved
from storage.objects import get

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
    given = {block: value for block, value in {"title": title, **(prefilled or {})}.items() if value}
    view = waiting(kind, title, form) if prefilled else light(kind, title, form)
    try:
        opened = await call(desk.slack.client, "views.open", trigger_id=request.trigger_id, view=view)
    except CallFailed as failed:
        if failed.code not in TOO_LATE:
            raise
        desk.later(_logged(_keep(desk, request, form, given), "keep what was to be filled in", request))
        return _too_late(kind.label, {**request.about, "kind": kind.name, "source": form.source, "author": form.author}, title)
    desk.later(_logged(_fill(desk, request, form, opened["view"], given), "fill the form", request))
    return {}


def fill_in(
    desk: Desk, request: Request, kind: str, given: Mapping[str, Any], *, channel: str = "", source: str | None = None
) -> None:
    """Have the form of a kind take the place of what stands in the window of `request`, with what is `given` in its inputs."""
    form = FormContext(kind=kind, channel=channel, source=source or "")
    values = {block: value for block, value in given.items() if value}
    desk.later(_logged(_fill(desk, request, form, request.view, values), "fill the form", request))


async def reopen(desk: Desk, request: Request) -> Reply:
    """The button of a form that came too late: open it now, with the title that was typed; the rest is kept as a draft."""
    about = request.about
    return await open_new(
        desk, request, about["kind"], about.get("title", ""), source=about.get("source"), author=about.get("author")
    )


async def show_more(desk: Desk, request: Request) -> Reply:
    """Show all fields of a form, or another page of them, with what was typed so far."""
    form = FormContext.load(request.view["private_metadata"])
    step = {"form.more:next": 1, "form.more:back": -1}.get(request.action["action_id"], 0)
    await keep(desk, request, form)
    redraw_later(desk, request, replace(form, more=form.more or not step, page=form.page + step))
    return {}


async def _logged(work: Coroutine[Any, Any, None], what: str, request: Request) -> None:
    await logged(work, what, workspace=request.workspace)


async def _fill(desk: Desk, request: Request, form: FormContext, view: Mapping[str, Any], given: dict[str, Any]) -> None:
    """Draw the whole form in the window `view`, with what is `given`, or with what was begun before and not saved."""
    form, before = await _placed(desk, request, form, given)
    if form.link:
        given = {**given, form.link: await _linked(desk, request, form.other)}
    values = {**defaults(form), **(before.mine.values if before.mine else {}), **given}
    if before.mine or not _is_drawn_whole(given):
        await _keep_as(desk, request, Unsaved(form.kept_as, values, view["id"], form.dump()))
    if values == {**defaults(form), **given}:
        before = replace(before, mine=None)  # nothing of it that would not be there without it
    body = await drawn(desk, request, form, values, before.notes)
    if values.get("title") != given.get("title"):  # Slack would keep the input of the light form as it stands
        body = redrawn(body, view["hash"], {"title"})
    try:
        await put(desk, view["id"], body, view["hash"])
    except CallFailed as failed:
        if failed.code != OVERTAKEN:  # the person pressed something in it: that has drawn it already
            raise


async def _placed(desk: Desk, request: Request, form: FormContext, given: Mapping[str, Any]) -> tuple[FormContext, Begun]:
    """Return the context of a form that knows where it belongs, and what was begun of it before."""
    where = await place_of(desk, request, form)
    form = replace(form, team=where.team, card="" if where.choose_from else where.card, home=where.home)
    async with desk.database.reading(request.workspace) as tx:
        before = begun(await drafts.unsaved(tx, request.user, places(form)), form, given)
    return (resumed(before.mine, form) if before.mine else replace(form, draft=before.kept_as)), before


async def _keep(desk: Desk, request: Request, form: FormContext, given: Mapping[str, Any]) -> None:
    """Keep what a form was to be opened with that never was."""
    form, before = await _placed(desk, request, form, given)
    if given and not before.mine:
        await _keep_as(desk, request, Unsaved(form.kept_as, given, context=form.dump()))


async def _keep_as(desk: Desk, request: Request, unsaved: Unsaved) -> None:
    async with desk.database.writing(request.workspace) as tx:
        await drafts.keep(tx, request.user, unsaved)


def _is_drawn_whole(given: Mapping[str, Any]) -> bool:
    return all(not isinstance(value, str) or len(value) <= TEXT_IN_MODAL for value in given.values())


async def _linked(desk: Desk, request: Request, key: str) -> list[dict[str, Any]]:
    async with desk.database.reading(request.workspace) as tx:
        item = await get(tx, key, await viewer(tx, request))
    return [option_of(item)] if item else []


def _too_long(label: str, title: str) -> Reply:
    """A form could not show it whole, so it is given back whole."""
    return {"response_type": "ephemeral", "text": text("too_long", kind=label, length=len(title), title=title)}


def _too_late(label: str, about: Mapping[str, str], title: str) -> Reply:
    words = text("too_late", kind=label, title=title)
    again = button(labels()["open_form"], "form.open", **{**about, "title": title[:TITLE_KEPT]})
    return {"response_type": "ephemeral", "text": words, "blocks": [section(Words(words)), actions([again])]}
