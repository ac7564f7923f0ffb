"""`/pom link KEY relation KEY because …`: a link in words; or `/pom link KEY`, which asks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz, process

from bot.desk import Desk
from bot.flows.objects.change import ask_link
from bot.flows.objects.editing import link
from bot.flows.pom.replies import again, plainly
from bot.flows.pom.show import to_choose
from bot.flows.pom.subcommand import usage
from bot.flows.pom.undoing import offer
from bot.flows.pom.words import begins_with, cleaned, key_first
from bot.flows.viewing import check_other_ends, seen, viewer
from bot.requests import Reply, Request
from prompts import text
from storage.errors import NotFound, Refused
from storage.graph import Tie
from storage.kinds import Kinds, Relation
from storage.mentions import MENTIONS
from storage.objects import Object
from storage.search import named
from storage.text import folded

MOST_OFFERED = 3
_BECAUSE = ("because of", "because", "since", "why:", "as", ":", "–", "—", "-", ",")


@dataclass(frozen=True)
class Said:
    """A link as it was written. `relation`: None where no relation's words were found in it. `rest`: what follows `key`."""

    key: str
    relation: Relation | None = None
    backward: bool = False
    other: str = ""
    why: str = ""
    rest: str = ""


async def link_in_words(desk: Desk, request: Request, words: str) -> Reply:
    """Make the link that `words` say; where they name one object alone, ask for the rest; else offer what would fit."""
    kinds = await desk.kinds(request.workspace)
    said = read_link(kinds, words)
    if said is None:
        return usage(request, "link")
    if not said.rest:
        return await ask_link(desk, replace(request, about={"key": said.key}))
    async with desk.database.reading(request.workspace) as tx:
        item = await seen(tx, request, said.key)
        others = await named(tx, said.other, await viewer(tx, request)) if said.other else []
        if len(others) > 1:
            return await to_choose(tx, kinds, request, said.other, others)
    if said.other and not others:
        raise NotFound(said.other)
    if said.relation is None or not others:
        return _offered(request, kinds, item, others, said)
    try:
        return await _linked(desk, request, kinds, item, others[0], said)
    except Refused as refused:
        return _offered(request, kinds, item, others, said, str(refused))


async def _linked(desk: Desk, request: Request, kinds: Kinds, item: Object, other: Object, said: Said) -> Reply:
    assert said.relation  # noqa: S101  # what has none is offered some
    tie = Tie(said.relation.name, other.key, said.backward, why=said.why)
    async with desk.writing(request.workspace) as tx:
        await check_other_ends(tx, request, [tie])
        edited = await link(tx, kinds, request.user, item, tie)
    state = "proposed" if edited.proposal else "done" if edited.act else "there"
    about = {"from": item.key, "words": said.relation.words[said.backward], "to": other.key, "title": other.title}
    undo = [offer(edited.act)] if edited.act else []
    return plainly(request, text("pom_linked", link=about, why=said.why, state=state), *undo)


def read_link(kinds: Kinds, words: str) -> Said | None:
    """Return what `words` say, or None where they do not begin with a key."""
    key, rest = key_first(kinds, words)
    if key is None:
        return None
    relation, backward, after = _relation_in(kinds, rest)
    if relation is None:
        before, other, why = _key_in(kinds, rest)
        return Said(key, None, False, other, why, before or rest)
    other, why = _other_and_why(kinds, after)
    return Said(key, relation, backward, other, why, rest)


def _relation_in(kinds: Kinds, rest: str) -> tuple[Relation | None, bool, str]:
    """Return the relation with whose words `rest` begins, read forwards or back, the longest; and what follows them."""
    ways: dict[str, tuple[Relation, bool]] = {}
    for relation in kinds.relations.values():
        if not relation.retired:
            for words, backward in ((relation.name, False), (relation.words[0], False), (relation.words[1], True)):
                ways.setdefault(folded(words), (relation, backward))
    found, after = begins_with(rest, ways)
    return (*ways[found], after) if found else (None, False, rest)


def _other_and_why(kinds: Kinds, rest: str) -> tuple[str, str]:
    """Return what stands at the other end, a key or a name, and why."""
    key, after = key_first(kinds, rest)
    if key:
        return key, _why(after)
    name, because, why = rest.partition(" because ")
    return cleaned(name), why.strip() if because else ""


def _key_in(kinds: Kinds, rest: str) -> tuple[str, str, str]:
    """Return the words before the first key in `rest`, the key, and the why after it; nothing where there is no key."""
    words = rest.split()
    for place in range(len(words)):
        key, after = key_first(kinds, " ".join(words[place:]))
        if key:
            return " ".join(words[:place]), key, _why(after)
    return "", "", ""


def _why(after: str) -> str:
    word = next((each for each in _BECAUSE if folded(after).startswith(f"{each} ")), "")
    return after[len(word) :].strip()


def _offered(request: Request, kinds: Kinds, item: Object, others: Sequence[Object], said: Said, problem: str = "") -> Reply:
    """Return how the two can be linked: the relations between their kinds, those first whose words are nearest."""
    other = others[0] if others else None
    ways = list(dict.fromkeys(_between(kinds, item, other))) if other else []
    near = (
        ways if said.relation else [each[0] for each in process.extract(said.rest, ways, scorer=fuzz.WRatio, limit=len(ways))]
    )
    why = f" because {said.why}" if said.why else ""
    words = text("pom_link_how", key=item.key, other=other.key if other else "", ways=ways, problem=problem)
    return plainly(request, words, *again(f"link {item.key} {way} {other.key}{why}" for way in near[:MOST_OFFERED] if other))


def _between(kinds: Kinds, item: Object, other: Object) -> Iterator[str]:
    for relation in kinds.relations.values():
        if relation.name == MENTIONS:  # a text makes it
            continue
        if kinds.offers(relation, item.kind, other.kind):
            yield relation.words[0]
        if kinds.offers(relation, other.kind, item.kind):
            yield relation.words[1]
