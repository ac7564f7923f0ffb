"""An edit that waits: told to who proposed it, accepted in one press, declined with a reason, withdrawn."""

from bot.desk import Desk
from bot.flows.home.home import show_again
from bot.flows.objects.editing import Edited, told
from bot.flows.opening import open_view, put
from bot.flows.viewing import seen, viewer
from bot.forms import FormContext, typed
from bot.forms.drawing import modal
from bot.forms.elements import TEXT_IN_MODAL, text_input
from bot.forms.inputs import input_block
from bot.modals import note
from bot.requests import Reply, Request, privately
from prompts import Words, labels, parts, text
from prompts.blocks import Block, Message, actions, button, section
from rituals.schedules import keep_asking
from storage import outbox, proposals, submissions
from storage.database import Transaction
from storage.errors import NotFound
from storage.members import audience_of_user
from storage.objects import Object, get
from storage.people import names_of
from storage.permalinks import permalinks
from storage.proposals import Outdated, Proposal


async def as_proposed(desk: Desk, request: Request, edited: Edited) -> Reply:
    """Tell who proposed an edit, where they made it, that it waits and for whom; with a way to withdraw it."""
    async with desk.database.reading(request.workspace) as tx:
        names = await names_of(tx, [edited.asked])
    who = names.get(edited.asked or "", labels()["somebody"])
    words = text("proposed", who=who, key=edited.after.key)
    blocks = [section(words), actions([button(labels()["proposal_withdraw"], "proposal.withdraw", id=edited.proposal or "")])]
    if request.body.get("type") == "view_submission":
        return {"response_action": "update", "view": _note(blocks)}
    return privately(Message(words, blocks))


async def accept(desk: Desk, request: Request) -> Reply:
    """Make the edit in the name of who proposed it. Where it would overwrite what was not shown, show that first."""
    kinds, asked = await desk.kinds(request.workspace), request.about["id"]
    try:
        async with desk.writing(request.workspace) as tx:
            audience = await viewer(tx, request)
            reason = await _reason(tx, request, asked)
            done = await proposals.accept(
                tx, kinds, asked, request.user, audience, shown=int(request.about.get("version", 0)), reason=reason
            )
            if done:
                if done.act:
                    await told(tx, done.act, done.keys)
                await keep_asking(tx, kinds, done.after)
                await _tell_author(tx, done.proposal, request.user, done.after)
            await outbox.refresh(tx, f"proposal:{asked}")
    except Outdated:
        async with desk.writing(request.workspace) as tx:
            await outbox.refresh(tx, f"proposal:{asked}")
        return _said(labels()["proposal_outdated"])
    show_again(desk, request, FormContext(kind="", channel=request.channel))
    return {} if done else _said(labels()["proposal_decided"])


async def ask_why_not(desk: Desk, request: Request) -> Reply:
    """Open the question why an edit is declined."""
    async with desk.database.reading(request.workspace) as tx:
        asked = await _found(tx, request, request.about["id"])
        item = await seen(tx, request, asked.key)
    form = FormContext(kind=item.kind, channel=request.channel, key=asked.key, other=asked.id)
    reason = text_input(None, lines=True, limit=TEXT_IN_MODAL)
    blocks = [input_block("reason", labels()["proposal_why_not"], reason, optional=False)]
    return await open_view(
        desk, request, modal("proposal.decline", form, labels()["proposal_title"].format(key=asked.key), blocks)
    )


async def decline(desk: Desk, request: Request) -> Reply:
    """Let the edit go, and tell who proposed it why."""
    form, reason = FormContext.load(request.view["private_metadata"]), str(typed(request.view).get("reason") or "")
    async with desk.writing(request.workspace) as tx:
        if await submissions.is_first(tx, request.view["id"]):
            audience = await viewer(tx, request)
            item = await get(tx, form.key or "", audience)
            gone = await proposals.decline(tx, form.other, request.user, audience, reason)
            if gone and item:
                await _tell_author(tx, gone, request.user, item, reason)
            await outbox.refresh(tx, f"proposal:{form.other}")
    show_again(desk, request, form)
    return {}


async def withdraw(desk: Desk, request: Request) -> Reply:
    """Take an edit back that still waits."""
    asked = request.about["id"]
    async with desk.writing(request.workspace) as tx:
        is_withdrawn = await proposals.withdraw(tx, asked, request.user)
        await outbox.refresh(tx, f"proposal:{asked}")
    words = labels()["proposal_withdrawn" if is_withdrawn else "proposal_decided"]
    if request.view.get("type") == "modal":
        await put(desk, request.view["id"], _note([section(Words(words))]))
        return {}
    show_again(desk, request, FormContext(kind="", channel=request.channel))
    return {**_said(words), "replace_original": is_withdrawn}


async def _found(tx: Transaction, request: Request, proposal_id: str) -> Proposal:
    asked = await proposals.proposal(tx, proposal_id, await viewer(tx, request))
    if asked is None:
        raise NotFound(labels()["proposal_this"])
    return asked


async def _reason(tx: Transaction, request: Request, proposal_id: str) -> str:
    """Return what history says of an edit that `request.user` accepts: why it was proposed, and who accepted it."""
    asked = await _found(tx, request, proposal_id)
    names = await names_of(tx, [request.user])
    accepted = labels()["proposal_accepted_by"].format(who=names.get(request.user, labels()["somebody"]))
    return f"{asked.why} – {accepted}" if asked.why else accepted


async def _tell_author(tx: Transaction, asked: Proposal, by: str, item: Object, reason: str = "") -> None:
    """Tell who proposed an edit what became of it, if they may still see the object."""
    if not (await audience_of_user(tx, asked.author)).sees(item.visibility, item.channel):
        return
    names, places = await names_of(tx, [by]), await permalinks(tx, [asked.key])
    about = {"key": asked.key, "title": item.title, "url": places.get(asked.key)}
    line = parts("decided", who=names.get(by, labels()["somebody"]), is_accepted=not reason, reason=reason, **about)["line"]
    await outbox.say(tx, asked.author, Message(line, [section(line)]).payload)


def _note(blocks: list[Block]) -> Block:
    return note(labels()["proposal_modal"], blocks)


def _said(words: str) -> Reply:
    return {"response_type": "ephemeral", "replace_original": False, "text": words}
