"""What people leave behind who no longer work here: it passes to their lead, who keeps it or gives it to somebody else."""

from bot.desk import Desk
from bot.flows.objects.editing import ask_instead, edit, told
from bot.flows.objects.proposing import as_proposed
from bot.flows.viewing import seen
from bot.letters.handovers import KEPT
from bot.requests import Reply, Request
from prompts import labels
from rituals.schedules import keep_asking, stop_asking
from storage import handover, outbox
from storage.database import Transaction
from storage.errors import Problem, Refused
from storage.kinds import Kinds
from storage.members import audience_of_user
from storage.objects import Object
from storage.people import names_of, people_of
from storage.preferences import choose
from storage.workspaces import bot_user_of


async def hand_over(tx: Transaction, kinds: Kinds, user: str) -> None:
    """Pass on what `user` leaves behind, and tell each lead once, with everything that became theirs."""
    await stop_asking(tx, user)
    names = await names_of(tx, [user])
    reason = labels()["handover_reason"].format(who=names.get(user, labels()["somebody"]))
    author = await bot_user_of(tx)
    for passed in await handover.pass_on(tx, kinds, author or user, user, reason):
        keys = [item.key for item in passed.items]
        await told(tx, passed.act, keys)
        await ask_instead(tx, keys, passed.lead)
        for item in passed.items:
            await keep_asking(tx, kinds, item)
        await outbox.show(tx, f"handover:{passed.act}", passed.lead)


async def catch_up(desk: Desk, workspace: str) -> None:
    """Pass on what belongs to people of whose going nobody told us."""
    kinds = await desk.kinds(workspace)
    async with desk.database.reading(workspace) as tx:
        gone = await handover.owners_gone(tx, kinds)
    for user in gone:
        async with desk.writing(workspace) as tx:
            await hand_over(tx, kinds, user)


async def give(desk: Desk, request: Request) -> Reply:
    """Give one of the things to somebody else, who is chosen beside it."""
    _, act, key = str(request.action["action_id"]).split(":")
    chosen = str(request.action.get("selected_user") or "")
    kinds = await desk.kinds(request.workspace)
    await desk.directory.person(request.workspace, chosen)  # so that we know of somebody who is new
    async with desk.writing(request.workspace) as tx:
        item = await seen(tx, request, key)
        await _check_can_own(tx, item, chosen)
        edited = await edit(tx, kinds, request.user, item, {"owner": chosen})
        await keep_asking(tx, kinds, edited.after)
        await outbox.refresh(tx, f"handover:{act}")
    return await as_proposed(desk, request, edited) if edited.proposal else {}


async def keep(desk: Desk, request: Request) -> Reply:
    """Keep what is left: nothing more is offered."""
    act = request.about["act"]
    async with desk.writing(request.workspace) as tx:
        await choose(tx, request.user, KEPT.format(act=act), True)
        await outbox.refresh(tx, f"handover:{act}")
    return {}


async def _check_can_own(tx: Transaction, item: Object, user: str) -> None:
    """Raise Refused where `user` does not work here, or may not see `item`."""
    person = (await people_of(tx, [user])).get(user)
    if person is None or not person.is_here:
        raise Refused([Problem("owner", labels()["handover_outsider"])])
    if not (await audience_of_user(tx, user)).sees(item.visibility, item.channel):
        raise Refused([Problem("owner", labels()["handover_hidden"].format(who=person.name, key=item.key))])
