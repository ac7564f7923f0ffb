"""Something is to be logged, and it is not said what: the kinds to choose from, in the window in which the form then stands."""

import json
from typing import Any

from bot.desk import Desk
from bot.flows.capture.log import fill_in
from bot.flows.home.first_steps import FIRST_STEPS
from bot.flows.messages.keeping import remembered
from bot.flows.opening import open_view
from bot.requests import Reply, Request, private
from prompts import Words, labels, text
from prompts.blocks import Block, actions, button, choice, plain, section
from rituals.learning import first_sentence
from storage.kinds import Kinds

MOST_OPTIONS = 100  # https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element


async def choose(desk: Desk, request: Request) -> Reply:
    """The global shortcut: ask what is to be logged."""
    kinds = await desk.kinds(request.workspace)
    return await open_view(desk, request, _view(kinds, {"channel": request.channel}))


async def choose_for_words(desk: Desk, request: Request) -> Reply:
    """The same for words that were written to us, where it is none of what was offered."""
    kinds = await desk.kinds(request.workspace)
    return await open_view(desk, request, _view(kinds, {"channel": request.channel, "words": request.about["words"]}))


async def chosen(desk: Desk, request: Request) -> Reply:
    """A kind is chosen: its form takes the place of the choice, with the words that were written, if there are any."""
    about = json.loads(request.view["private_metadata"])
    kind = request.about.get("kind") or request.action["selected_option"]["value"]
    async with desk.database.reading(request.workspace) as tx:
        words = await remembered(tx, request.user, about["words"]) if "words" in about else {}
    if words is None:
        return private(text("keep_gone"))
    title, description = first_sentence(words.get("text", ""))
    fill_in(
        desk, request, kind, {"title": title, "description": description}, channel=about["channel"], source=words.get("source")
    )
    return {}


def _view(kinds: Kinds, about: dict[str, Any]) -> Block:
    first = [kind for kind in kinds.offered if kind.name in FIRST_STEPS]
    buttons = [button(f"{kind.emoji} {kind.label}", f"log.kind:{kind.name}", kind=kind.name) for kind in first]
    every = [choice(f"{kind.emoji} {kind.label}", kind.name) for kind in kinds.offered][:MOST_OPTIONS]
    anything: Block = {
        "type": "static_select",
        "action_id": "log.kind",
        "placeholder": plain(labels()["log_any"]),
        "options": every,
    }
    return {
        "type": "modal",
        "callback_id": "log.choose",
        "title": plain(labels()["log_title"]),
        "close": plain(labels()["form_cancel"]),
        "private_metadata": json.dumps(about),
        "blocks": [section(Words(labels()["log_ask"])), actions([*buttons, anything])],
    }
