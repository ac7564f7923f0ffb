"""Putting an object away and taking it out again; and making one of two that say the same."""

from bot.desk import Desk
from bot.flows.objects.editing import edit, told
from bot.flows.opening import open_view
from bot.flows.viewing import seen, viewer
from bot.forms import FormContext, small, typed
from bot.replies import as_card
from bot.requests import Reply, Request, private
from prompts import text
from prompts.escape import plain
from storage import follows, outbox, submissions
from storage.database import Transaction
from storage.errors import Problem, Refused
from storage.objects import Object, links_of
from storage.people import names_of
from storage.rights import editors_of, may_edit
from storage.shaping import Shaping
from storage.turns import alone


async def archive(desk: Desk, request: Request) -> Reply:
    """Put an object away: it is in no list any more, its card says so, and it comes back by the same menu."""
    return await _put(desk, request, away=True)


async def unarchive(desk: Desk, request: Request) -> Reply:
    """Take an object out again."""
    return await _put(desk, request, away=False)


async def _put(desk: Desk, request: Request, *, away: bool) -> Reply:
    kinds = await desk.kinds(request.workspace)
    async with desk.writing(request.workspace) as tx:
        item = await seen(tx, request, request.about["key"])
        edited = await edit(tx, kinds, request.user, item, {"archived": away})
    again = {} if edited.proposal else await as_card(desk, request, item.key)
    return again or _said("archived", key=item.key, title=item.title, away=away, is_proposed=edited.proposal is not None)


async def ask_merge(desk: Desk, request: Request) -> Reply:
    """Open the choice of the object that shall say what this one says as well."""
    kinds = await desk.kinds(request.workspace)
    async with desk.database.reading(request.workspace) as tx:
        item = await seen(tx, request, request.about["key"])
    form = FormContext(kind=item.kind, channel=request.channel, key=item.key, version=item.version)
    about = text("merge_ask", kind=kinds.kind(item.kind).label.lower(), key=item.key, title=item.title)
    return await open_view(desk, request, small.merge(form, about))


async def merge(desk: Desk, request: Request) -> Reply:
    """Merge an object into the one that was chosen: links, measured values and followers go over, and it is put away."""
    form, chosen = FormContext.load(request.view["private_metadata"]), typed(request.view)[small.MERGED_INTO]
    kinds, key, into = await desk.kinds(request.workspace), form.key or "", chosen[0]["value"]
    try:
        async with desk.writing(request.workspace) as tx:
            await alone(tx)  # before it is read what there is to merge: two may do so at once
            if not await submissions.is_first(tx, request.view["id"]):
                return {}
            older, kept = await seen(tx, request, key), await seen(tx, request, into)
            await _check_right(tx, request.user, older, kept)
            shaping = Shaping(tx, kinds, request.user)
            await shaping.merge(older.key, kept.key)
            await follows.pass_on(tx, older.key, kept.key)
            await told(tx, shaping.act, [older.key, kept.key])
            for link in await links_of(tx, [kept.key], await viewer(tx, request)):  # their cards named the other one
                await outbox.refresh(tx, f"card:{link.from_key if link.to_key == kept.key else link.to_key}")
    except Refused as refused:
        return {"response_action": "errors", "errors": {small.MERGED_INTO: str(refused)}}
    return {}


async def _check_right(tx: Transaction, user: str, *items: Object) -> None:
    for item in items:
        if not await may_edit(tx, item, user):
            editors = await editors_of(tx, item)
            names = await names_of(tx, editors)
            who = [names.get(editor, editor) for editor in editors]
            raise Refused([Problem("object", plain(text("merge_refused", key=item.key, who=who)))])


def _said(template: str, **about: object) -> Reply:
    words = text(template, **about)
    return private(words)
