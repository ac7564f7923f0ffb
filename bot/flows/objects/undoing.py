"""Taking back, from its line in the thread of a card, what an act did; and doing it again."""

from bot.desk import Desk
from bot.flows.viewing import viewer
from bot.requests import Reply, Request, private
from prompts import labels
from prompts.escape import escape
from storage import outbox, stories
from storage.database import Transaction
from storage.errors import Clashes, NotFound, Refused
from storage.kinds import Kinds
from storage.past.undo import Undone, undo
from storage.rights import may_take_back
from storage.stories import story
from storage.turns import alone


async def take_back(desk: Desk, request: Request) -> Reply:
    """Take back the act that a line tells, or, where that was taken back, the taking back. Say in words where it can't be."""
    kinds, act = await desk.kinds(request.workspace), request.about["act"]
    try:
        async with desk.writing(request.workspace) as tx:
            await alone(tx)  # before it is read what became of the act: a button can be pressed twice
            told = await story(tx, request.about["story"])
            if told is None or not any(chain[-1] == act for chain in told.acts):
                return {}
            await undone(tx, kinds, request, act)
    except Clashes as clashes:
        return _said(f"{clashes} {labels()['story_first']}")
    except Refused as refused:
        return _said(str(refused))
    except NotFound:
        return _said(labels()["story_unseen"])
    return {}


async def undone(tx: Transaction, kinds: Kinds, request: Request, act: str) -> Undone:
    """Take back `act` for the person who asks, and have cards and threads tell it; raise as `undo` does."""
    audience = await viewer(tx, request)
    may = await may_take_back(tx, act, request.user, audience)
    done = await undo(tx, kinds, act, request.user, audience, as_admin=may)
    for key in done.keys:
        await outbox.refresh(tx, f"card:{key}")
    await stories.go_on(tx, done.keys, act, done.act)
    return done


def _said(words: str) -> Reply:
    said = escape(words)  # what people wrote stands in it
    return private(said)
