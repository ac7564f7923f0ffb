"""`/pom help`: what there is, made from the commands, the kinds and the questions that are understood."""

from typing import Any

from bot.desk import Desk
from bot.flows.home.first_steps import first_steps
from bot.flows.pom.replies import again, only_you, plainly
from bot.flows.pom.subcommand import Commands, offered
from bot.flows.pom.words import cleaned, kind_in, near_kinds, near_name
from bot.requests import Reply, Request
from prompts import parts, text
from prompts.blocks import Message, context, section
from storage.asking.phrasings import EXAMPLES
from storage.kinds import ALTITUDES, Kinds
from storage.people import people_of

QUESTIONS_SHOWN = 3
EVERY_QUESTION, EVERY_COMMAND = "questions", "commands"  # what `/pom help` can be asked for beside kinds and commands


async def helped(desk: Desk, request: Request, words: str, commands: Commands) -> Reply:
    """Return what there is, in short; or what `words` ask for: a kind, a command, all questions, all commands."""
    kinds, wanted = await desk.kinds(request.workspace), cleaned(words).lower().removeprefix("/pom ")
    async with desk.database.reading(request.workspace) as tx:
        person = (await people_of(tx, [request.user])).get(request.user)
    told = offered(commands, to_admin=bool(person and person.is_admin))
    kind = kind_in(kinds, wanted)[0] if wanted not in commands else None
    every = wanted == EVERY_QUESTION
    questions = EXAMPLES if every else EXAMPLES[:QUESTIONS_SHOWN]
    said = parts(
        "help",
        kinds=rows(kinds),
        kind=kind,
        example=next((each for each in kinds.offered if each.altitude == "prioritised"), kinds.offered[0]).label.lower(),
        questions=questions,
        more=len(EXAMPLES) - len(questions),
        first=[command.told for command in told if command.is_first],
        other=[command.name for command in told if not command.is_first],
        every=[command.told for command in told],
        command=commands[wanted].told_at_length if wanted in commands else None,
    )
    only = {EVERY_QUESTION: "questions", EVERY_COMMAND: "every"}.get(wanted) or ("kind" if kind else "")
    only = only or ("command" if wanted in commands else "")
    if only:
        return plainly(request, said[only])
    if wanted:
        return _unknown(request, kinds, wanted, commands)
    blocks = [section(said["first"]), *first_steps(kinds), section(said["commands"])]
    blocks += [section(said["questions"]), context(said["kinds"])]
    return only_you(request, Message(said["first"], blocks))


def rows(kinds: Kinds) -> list[dict[str, Any]]:
    """Return the kinds of each altitude, and those that stand around them."""
    found = {altitude: [kind for kind in kinds.offered if kind.altitude == altitude] for altitude in (*ALTITUDES, None)}
    return [{"altitude": altitude or "", "all": some} for altitude, some in found.items() if some]


def _unknown(request: Request, kinds: Kinds, wanted: str, commands: Commands) -> Reply:
    near = near_name(wanted, [*commands, EVERY_QUESTION, EVERY_COMMAND])
    names = [*([near] if near else []), *(kind.label.lower() for kind, _ in near_kinds(kinds, wanted))]
    return plainly(request, text("pom_no_help", words=wanted), *again(f"help {name}" for name in names or ["commands"]))
