"""`/pom ask QUESTION` and `/pom why KEY`."""

from bot.desk import Desk
from bot.flows.conversation import ask_privately
from bot.flows.pom.subcommand import usage
from bot.flows.pom.words import key_of, only_key_in
from bot.requests import Reply, Request
from prompts import text


async def ask(desk: Desk, request: Request, words: str) -> Reply:
    """Return the answer to a question, for the one who asks."""
    if not words:
        return usage(request, "ask")
    return await ask_privately(desk, request, words)


async def why(desk: Desk, request: Request, words: str) -> Reply:
    """Return what an object is for and where it came from; `words`: its key, or its name."""
    if not words:
        return usage(request, "why")
    kinds = await desk.kinds(request.workspace)
    key = key_of(kinds, words) or only_key_in(kinds, words)
    return await ask_privately(desk, request, text("why_question", key=key or words), key)
