"""Keeping words as an object at once, saying so with a way back, and a way on to the form with all the rest."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.desk import Desk
from bot.flows.capture.destination import Destination, settled
from bot.flows.objects.editing import told
from bot.flows.viewing import viewer
from bot.requests import Reply, Request
from prompts import labels, parts, text
from prompts.blocks import Message, actions, button, section, shortened
from rituals.schedules import keep_asking
from storage import outbox
from storage.database import Transaction
from storage.drafts import Unsaved, drop, unsaved
from storage.drafts import keep as keep_draft
from storage.errors import NotFound
from storage.graph import Graph
from storage.kinds import Kinds
from storage.objects import Draft, Object, get
from storage.past.undo import undo

WORDS_SHOWN = 300  # of what was written, in a line about it


@dataclass(frozen=True)
class Kept:
    """An object that was just made. `act`: by which its making can be taken back."""

    item: Object
    act: str
    where: Destination


async def keep(tx: Transaction, kinds: Kinds, user: str, draft: Draft, where: Destination) -> Kept:
    """Store `draft`, which `user` makes and, unless it says otherwise, owns, where it belongs, with its card. Raise Refused."""
    graph, where = Graph(tx, kinds, user), await settled(tx, where)
    whole = {"owner": user, **{name: value for name, value in vars(draft).items() if value is not None}, **where.belonging}
    made = await graph.add(Draft(**whole))
    await outbox.show(tx, f"card:{made.key}", where.card, author=user)
    await keep_asking(tx, kinds, made)
    return Kept(made, graph.act.id, where)


def kept(kinds: Kinds, made: Kept) -> Message:
    """Return what is said to who kept it."""
    item, kind = made.item, kinds.kind(made.item.kind)
    said = parts("kept", emoji=kind.emoji, key=item.key, title=item.title, team=item.team, seen_by=seen_by(made.where))["line"]
    buttons = [
        button(labels()["kept_undo"], "kept.undo", key=item.key, act=made.act),
        button(labels()["kept_more"], "object.edit", key=item.key),
    ]
    return Message(said, [section(said), actions(buttons)])


def seen_by(where: Destination) -> str:
    """Return who sees what belongs there: "everybody" in the workspace, those in the "channel", or "you" alone."""
    if where.home is None:
        return "everybody"
    return "you" if where.home.startswith("D") else "channel"


async def take_back(desk: Desk, request: Request) -> Reply:
    """Take the making of an object back, and give the words back with which it was made."""
    kinds, key = await desk.kinds(request.workspace), request.about["key"]
    async with desk.writing(request.workspace) as tx:
        audience = await viewer(tx, request)
        item = await get(tx, key, audience)
        if item is None:
            raise NotFound(key)
        undone = await undo(tx, kinds, request.about["act"], request.user, audience)
        await told(tx, undone.act, undone.keys)
    words = text("kept_undone", key=key, words=item.description or item.title)
    return {"replace_original": True, "text": words, "blocks": [section(words)]}


async def remember(tx: Transaction, user: str, name: str, words: Mapping[str, Any]) -> None:
    """Keep what was said until `user` has decided what it is: no button and no form holds a long text."""
    await keep_draft(tx, user, Unsaved(name, words))


async def remembered(tx: Transaction, user: str, name: str) -> Mapping[str, Any] | None:
    """Return what was kept under `name`; None where it is used up, or too old."""
    found = await unsaved(tx, user, [name])
    return found[0].values if found else None


async def forget(tx: Transaction, user: str, name: str) -> None:
    """Forget what was kept under `name`, since it is decided."""
    await drop(tx, user, name)


def shown(words: str) -> str:
    """Return the beginning of `words`, on one line."""
    return shortened(" ".join(words.split()), WORDS_SHOWN)
