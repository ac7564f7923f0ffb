"""`/pom`: one of its commands, or whatever else the words behind it mean."""

from dataclasses import replace

from bot.desk import Desk
from bot.flows.pom.guess import guessed
from bot.flows.pom.registry import COMMANDS
from bot.flows.pom.show import unknown
from bot.flows.pom.subcommand import Subcommand
from bot.flows.pom.words import wrong_key
from bot.flows.setup.welcome import met_in_passing
from bot.requests import Reply, Request


async def pom(desk: Desk, request: Request) -> Reply:
    """Do what stands behind `/pom`; without words, help."""
    command, rest = read(request.text)
    if command is None or not command.for_admins:  # who sets up already needs no word about it
        met_in_passing(desk, request.workspace, request.user)
    if command is None:
        return await guessed(desk, request, request.text, COMMANDS)
    key, after = wrong_key(await desk.kinds(request.workspace), rest) if command.takes_key else (None, rest)
    if key:
        return await unknown(desk, request, key, command.name, after)
    return await command.flow(desk, request, rest)


async def again(desk: Desk, request: Request) -> Reply:
    """The button that a suggestion stands on: do it, in the place of the suggestion."""
    reply = await pom(desk, replace(request, text=request.about["text"]))
    container = request.body.get("container") or {}
    return {**reply, "replace_original": bool(container.get("is_ephemeral"))} if reply else {}


def read(words: str) -> tuple[Subcommand | None, str]:
    """Return the command with which `words` begin ("why me" and "why-me" alike) and the words after it; without words, help."""
    plain = " ".join(words.split())
    first, _, rest = plain.partition(" ")
    second, _, after = rest.partition(" ")
    if not plain or plain == "?":
        return COMMANDS["help"], ""
    together = COMMANDS.get(f"{first}-{second}".lower())
    return (together, after) if together else (COMMANDS.get(first.lower()), rest)
