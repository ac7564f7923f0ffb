"""`/pom`: help, any object by its key, and questions."""

import re
from typing import Any

from bot.cards import card
from bot.desk import Desk
from bot.flows.capture.log import open_new
from bot.flows.conversation import ask_privately
from bot.flows.home.first_steps import first_steps
from bot.flows.viewing import viewer
from bot.requests import Reply, Request
from prompts import Words, parts, text
from prompts.blocks import Message, context, section
from storage.asking.phrasings import EXAMPLES
from storage.kinds import ALTITUDES, Kind, Kinds

QUESTIONS_SHOWN = 6
_KEY = re.compile(r"([A-Za-z]{2,6})-([1-9][0-9]*)")


async def pom(desk: Desk, request: Request) -> Reply:
    """Do what stands behind `/pom`; without words, or with words that mean nothing, help."""
    first, _, rest = request.text.strip().partition(" ")
    match first.lower():
        case "" | "help":
            return await helped(desk, request, rest.strip().lower())
        case "ask":
            return await ask_privately(desk, request, rest)
        case "why":
            return await ask_privately(desk, request, text("why_question", key=rest.upper()), rest.upper())
        case "log":
            return await _log(desk, request, rest)
    if _KEY.fullmatch(request.text.strip()):
        return await shown(desk, request, request.text.strip().upper())
    return await ask_privately(desk, request, request.text)


async def shown(desk: Desk, request: Request, key: str) -> Reply:
    """Return the card of `key`, seen by who asked."""
    kinds = await desk.kinds(request.workspace)
    async with desk.database.reading(request.workspace) as tx:
        message = await card(tx, kinds, key, await viewer(tx, request))
    if message is None:
        words = text("unknown_key", key=key, prefixes=[kind.prefix for kind in kinds.offered])
        message = Message(words, [section(words)])
    return {"response_type": "ephemeral", **message.payload}


async def helped(desk: Desk, request: Request, words: str = "") -> Reply:
    """Return what there is, made from the kinds and from the questions that are understood; or what `words` asks for."""
    kinds = await desk.kinds(request.workspace)
    kind, _ = _kind_in(kinds, words)
    every = words == "questions"
    questions = EXAMPLES if every else EXAMPLES[:QUESTIONS_SHOWN]
    said = parts("help", kinds=_rows(kinds), kind=kind, questions=questions, more=len(EXAMPLES) - len(questions))
    if kind or every:
        only = said["kind" if kind else "questions"]
        return {"response_type": "ephemeral", "text": only, "blocks": [section(only)]}
    blocks = [section(said["first"]), *first_steps(kinds), section(said["commands"])]
    blocks += [section(said["questions"]), context(said["kinds"])]
    return {"response_type": "ephemeral", "text": said["first"], "blocks": blocks}


def _rows(kinds: Kinds) -> list[dict[str, Any]]:
    """Return the kinds of each altitude, and those that stand around them."""
    rows = {altitude: [kind for kind in kinds.offered if kind.altitude == altitude] for altitude in (*ALTITUDES, None)}
    return [{"altitude": altitude or "around them", "all": found} for altitude, found in rows.items() if found]


async def _log(desk: Desk, request: Request, words: str) -> Reply:
    kinds = await desk.kinds(request.workspace)
    kind, title = _kind_in(kinds, words)
    if kind:
        return await open_new(desk, request, kind.name, title)
    said = text("unknown_kind", word=words, kinds=_labels(kinds))
    return {"response_type": "ephemeral", "text": said, "blocks": [section(Words(said))]}


def _kind_in(kinds: Kinds, words: str) -> tuple[Kind | None, str]:
    """Return the kind that `words` begin with, and the words after it."""
    for kind in kinds.offered:
        word = next((word for word in kind.words if f"{words} ".lower().startswith(f"{word} ")), None)
        if word:
            return kind, words[len(word) :].strip()
    return None, words


def _labels(kinds: Kinds) -> list[str]:
    return [kind.label.lower() for kind in kinds.offered]
