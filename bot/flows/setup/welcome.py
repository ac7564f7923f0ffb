"""The first word to a workspace: to who installed the app, alone and once.

A bot token does not say who that was; OAuth does, and so can a setting. Otherwise it is the first admin who looks at us while
no team is there. https://docs.slack.dev/reference/methods/auth.test, https://docs.slack.dev/reference/methods/oauth.v2.access
"""

from collections.abc import Awaitable, Callable

from bot.desk import Desk
from bot.errors import logged
from prompts import labels, parts
from prompts.blocks import Block, Message, actions, button, section
from storage import outbox
from storage.database import Transaction
from storage.people import people_of
from storage.preferences import preference, settle
from storage.teams import all_teams

GREETED = "greeted"  # who was, in the workspace


async def greet(desk: Desk, workspace: str, installer: str | None) -> None:
    """Greet `installer`, if anybody is known to be that and nobody was ever greeted here."""
    if installer is None:
        return
    async with desk.writing(workspace) as tx:
        await _greet_once(tx, installer)


def met(user: str) -> Callable[[Transaction], Awaitable[None]]:
    """Return the effect of `user` looking at us: an admin is greeted where nobody was, and where there is no team yet."""

    async def greet_first_admin(tx: Transaction) -> None:
        if await _is_to_greet(tx, user):
            await _greet_once(tx, user)

    return greet_first_admin


def met_in_passing(desk: Desk, workspace: str, user: str) -> None:
    """As `met`, beside something else that `user` does."""
    desk.later(_met_later(desk, workspace, user))


async def _met_later(desk: Desk, workspace: str, user: str) -> None:
    await logged(_greeted_if_first(desk, workspace, user), "greet", workspace=workspace, user=user)


async def _greeted_if_first(desk: Desk, workspace: str, user: str) -> None:
    async with desk.database.reading(workspace) as tx:
        is_first = await _is_to_greet(tx, user)
    if is_first:
        await greet(desk, workspace, user)


async def _is_to_greet(tx: Transaction, user: str) -> bool:
    """Tell whether `user` is an admin of a workspace in which nobody was greeted, and which has no team."""
    if await preference(tx, "", GREETED) is not None:
        return False
    person = (await people_of(tx, [user])).get(user)
    return bool(person and person.is_admin and not person.is_gone and not await all_teams(tx))


async def _greet_once(tx: Transaction, user: str) -> None:
    if await settle(tx, GREETED, user):
        message = _hello(has_teams=bool(await all_teams(tx)))
        await outbox.say(tx, user, message.payload)


def _hello(*, has_teams: bool) -> Message:
    said = parts("setup_hello", has_teams=has_teams)
    blocks: list[Block] = [section(said["first"]), section(said["rest"])]
    ways = [] if has_teams else [actions([button(labels()["setup_open"], "setup.open", style="primary")])]
    return Message(said["first"], [*blocks, *ways])
