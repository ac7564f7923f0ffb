"""What somebody means whose words behind `/pom` are no command: a name, a question, or something nearly right."""

from collections.abc import Sequence

from bot.answers.answering import ask
from bot.desk import Desk
from bot.flows.home.first_steps import FIRST_STEPS
from bot.flows.pom.replies import MOST_KEPT, again, only_you
from bot.flows.pom.show import shown, to_choose
from bot.flows.pom.subcommand import Commands
from bot.flows.pom.words import cleaned, key_of, kind_in, near_kinds, near_name, only_key_in
from bot.flows.viewing import viewer
from bot.requests import Reply, Request
from prompts import labels, parts
from prompts.blocks import BUTTON_LABEL, Block, Message, actions, button, section, shortened
from storage.audience import Audience
from storage.database import Transaction
from storage.kinds import Kinds
from storage.objects import Object
from storage.search import entitled, named, search_with_reasons

MOST_QUESTIONS = 3
LOGGED_FIRST = 3  # kinds that are offered to log something as


async def guessed(desk: Desk, request: Request, words: str, commands: Commands) -> Reply:
    """Return what `words` mean: a key, a title, a question, a part of a name; else what is nearest to them, as buttons."""
    kinds, said = await desk.kinds(request.workspace), cleaned(words)
    key = key_of(kinds, said)
    if key:
        return await shown(desk, request, key)
    async with desk.database.reading(request.workspace) as tx:
        audience = await viewer(tx, request)
        titled = await entitled(tx, said, audience)
        if len(titled) > 1:
            return await to_choose(tx, kinds, request, said, titled)
        answer = await ask(tx, kinds, said, about=None, audience=audience, asker=request.user) if not titled else None
        if answer and answer.answer.understood:
            return only_you(request, Message(answer.text, answer.blocks))
        near = [] if titled else _near_commands(kinds, said, commands)
        named_so = titled or await _named(tx, said, audience, is_command=bool(near))
        if len(named_so) > 1 and not near:
            return await to_choose(tx, kinds, request, said, named_so)
    one = named_so[0].key if len(named_so) == 1 and not near else only_key_in(kinds, said) if not near else None
    if one:
        return await shown(desk, request, one)
    near = near or _nearly(kinds, said)
    suggested = list(answer.answer.suggestions) if answer and not near else []
    return _nearest(request, kinds, said, near, named_so, suggested)


async def _named(tx: Transaction, said: str, audience: Audience, *, is_command: bool) -> Sequence[Object]:
    """Return what is called so; where a command is nearly meant, only what has every word of it."""
    if not is_command:
        return await named(tx, said, audience)
    found = await search_with_reasons(tx, said, audience, limit=3)
    return [each.item for each in found if not each.is_alike]


def _near_commands(kinds: Kinds, said: str, commands: Commands) -> list[str]:
    """Return `said` with its first word put right, where that is nearly a command's."""
    first, _, rest = said.partition(" ")
    name = near_name(first, commands) if kind_in(kinds, first)[0] is None else None
    return [f"{name} {rest}".strip()] if name else []


def _nearly(kinds: Kinds, said: str) -> list[str]:
    """Return commands for words that begin with a kind, or nearly: something of it is to be logged."""
    kind, title = kind_in(kinds, said)
    if kind and title:
        return [f"log {kind.label.lower()} {title}"]
    return [f"log {each.label.lower()} {rest}" for each, rest in near_kinds(kinds, said)[:1] if rest]


def _nearest(
    request: Request, kinds: Kinds, said: str, near: Sequence[str], named_so: Sequence[Object], questions: Sequence[str]
) -> Reply:
    """Return what could be meant, each with a button that does it."""
    told = parts("pom_nearest", words=shortened(said, 200), near=near, names=[item.key for item in named_so])
    blocks: list[Block] = [section(told["headline"]), *again(near)]
    if named_so:
        blocks += [section(told["names"]), *again(item.key for item in named_so)]
    first = [kind for kind in kinds.offered if kind.name in FIRST_STEPS] or list(kinds.offered)[:LOGGED_FIRST]
    title = said if len(said) <= MOST_KEPT else ""
    if not near and title:
        as_kinds = [
            button(labels()["form_new"].format(kind=kind.label.lower()), f"form.open:{kind.name}", kind=kind.name, title=title)
            for kind in first
        ]
        blocks += [section(told["log"]), actions(as_kinds)]
    asked = [
        actions([button(shortened(each, BUTTON_LABEL), "ask", question=each)])
        for each in questions[:MOST_QUESTIONS]
        if len(each) <= MOST_KEPT
    ]
    blocks += [section(told["questions"]), *asked] if asked else []
    return only_you(request, Message(told["headline"], blocks))
