"""App Home: what waits, what I have under way, my team at a glance, what comes next; and what this is for, on a first visit."""

from bot.desk import Desk
from bot.errors import logged
from bot.fitting import fitted_view
from bot.flows.home.admins import belonging_to_nobody, setup_and_health
from bot.flows.home.bets import my_bets
from bot.flows.home.first_steps import first_steps
from bot.flows.home.glance import at_a_glance, glance_of
from bot.flows.home.rituals import my_rituals, ritual_blocks
from bot.flows.home.waiting import waiting_for
from bot.forms import FormContext
from bot.requests import Request
from bot.slack import call
from prompts import Words, labels, parts
from prompts.blocks import Block, actions, button, context, divider, section
from prompts.reader import read_by
from rituals.weekly_note import WEEKLY_NOTE
from rituals.wishes import wishes_of
from storage.database import Transaction
from storage.kinds import Kinds
from storage.members import audience_of_user
from storage.people import locale_of, people_of
from storage.preferences import choose, preference

MOST_WAITING, MOST_BETS, MOST_RITUALS = 3, 10, 6
GREETED = "greeted"  # the preference: whether a person was here before


async def publish(desk: Desk, workspace: str, user: str) -> None:
    """Show `user` their Home as it is now."""
    kinds = await desk.kinds(workspace)
    async with desk.database.reading(workspace) as tx:
        with read_by(await locale_of(tx, user)):
            blocks = await home(tx, kinds, user)
    await call(desk.slack.client, "views.publish", user_id=user, view={"type": "home", "blocks": blocks})


async def greeted(tx: Transaction, user: str) -> None:
    """Remember that `user` has seen their Home: it greets once."""
    if not await preference(tx, user, GREETED):
        await choose(tx, user, GREETED, value=True)


def show_again(desk: Desk, request: Request, form: FormContext) -> None:
    """Once a form is saved that was opened in the Home (there is no channel there), show the Home as it is now."""
    if not form.channel:
        publish_soon(desk, request)


def publish_soon(desk: Desk, request: Request) -> None:
    """Show who acted their Home as it is now, after the answer to Slack."""
    desk.later(_published(desk, request))


async def _published(desk: Desk, request: Request) -> None:
    await logged(publish(desk, request.workspace, request.user), "show the Home", workspace=request.workspace)


async def home(tx: Transaction, kinds: Kinds, user: str) -> list[Block]:
    """Return the blocks of the Home of `user`: only what they may see themselves."""
    audience = await audience_of_user(tx, user)
    known = (await people_of(tx, [user])).get(user)
    if not audience.sees_workspace:
        return [section(Words(labels()["members_only"]))]
    bets = await my_bets(tx, kinds, audience, user, MOST_BETS)
    waits = await waiting_for(tx, kinds, audience, user, MOST_WAITING)
    glance = await at_a_glance(tx, kinds, audience, await glance_of(tx, kinds, user))
    coming = [each for each in await my_rituals(tx, kinds, user) if each.at or each.rests]
    rituals = ritual_blocks(coming, MOST_RITUALS)
    is_empty = not bets["bets"] and not waits.count and not glance
    is_first = not await preference(tx, user, GREETED)
    said = parts("home", name=known.name if known else "", is_first=is_first, is_empty=is_empty, **bets)
    blocks = [section(said["greeting"])] if "greeting" in said else []
    blocks += [(section if is_first or is_empty else context)(said["purpose"]), *first_steps(kinds)]
    if waits.count:
        left = waits.count - len(waits.first)
        every = button(labels()["home_all"].format(count=waits.count), "home.waiting") if left > 0 else None
        blocks += [divider(), section(said["waiting"], every), *(block for each in waits.first for block in each)]
    blocks += [divider(), section(said["bets"])] if "bets" in said else []
    blocks += [divider(), *glance] if glance else []
    blocks += [divider(), section(said["next"]), *rituals["blocks"]] if rituals["blocks"] else []
    blocks += [divider()] if waits.count or glance or rituals["blocks"] else []
    blocks += [actions([button(labels()["settings"], "home.settings"), _note_switch((await wishes_of(tx, user)).muted)])]
    if known and known.is_admin:
        blocks += [divider(), await setup_and_health(tx), *await belonging_to_nobody(tx, kinds, audience)]
    return fitted_view(blocks)


def _note_switch(muted: frozenset[str]) -> Block:
    is_on = WEEKLY_NOTE not in muted
    return button(labels()["home_note_off" if is_on else "home_note_on"], "home.note", to="off" if is_on else "on")
