"""`/pom find WORDS`: what is called so, and why it was found."""

from collections import Counter
from collections.abc import Sequence

from bot.desk import Desk
from bot.flows.pom.replies import again, only_you, openers
from bot.flows.pom.show import line
from bot.flows.pom.subcommand import usage
from bot.flows.pom.words import cleaned, kind_in
from bot.flows.viewing import viewer
from bot.requests import Reply, Request
from prompts import parts
from prompts.blocks import Block, Message, section
from storage.kinds import Kind, Kinds
from storage.permalinks import permalinks
from storage.search import Found, search_with_reasons

MOST, MOST_COUNTED = 10, 100


async def find(desk: Desk, request: Request, words: str) -> Reply:
    """Return what is called as `words` say, the best ten; kinds that stand before them narrow it down."""
    if not words:
        return usage(request, "find")
    kinds = await desk.kinds(request.workspace)
    wanted, rest = _kinds_in(kinds, cleaned(words))
    async with desk.database.reading(request.workspace) as tx:
        names = [kind.name for kind in wanted] or None
        found = await search_with_reasons(tx, rest, await viewer(tx, request), kinds=names, limit=MOST_COUNTED)
        places = await permalinks(tx, [each.item.key for each in found[:MOST]])
    said = parts(
        "pom_find",
        words=rest,
        kinds=[kind.label.lower() if len(found) == 1 else kind.many for kind in wanted],
        lines=[{**line(kinds, each.item, places), **_reason(kinds, each)} for each in found[:MOST]],
        count=len(found),
        more=len(found) - MOST,
        is_alike=any(each.is_alike for each in found),
        is_all=len(found) < MOST_COUNTED,
    )
    narrower = _narrower(kinds, found, rest) if len(found) > MOST and not wanted else []
    if not found and wanted and rest:
        narrower = again([f"find {rest}"])
    blocks: list[Block] = [*map(section, said.values()), *openers([each.item for each in found[:MOST]])]
    return only_you(request, Message(said["headline"], [*blocks, *narrower]))


def _kinds_in(kinds: Kinds, words: str) -> tuple[list[Kind], str]:
    """Return the kinds that `words` begin with ("bets and insights onboarding"), and the words after them."""
    found: list[Kind] = []
    rest = words
    while True:
        kind, after = kind_in(kinds, rest.removeprefix("and ") if found else rest)
        if kind is None:
            return found, rest
        found, rest = [*found, kind], after


def _reason(kinds: Kinds, found: Found) -> dict[str, object]:
    """Return by what it was found, and the name that fits as it is written: of an alias, its field's label too."""
    fields = kinds.kind(found.item.kind).fields
    named = {field.label: str(found.item.fields.get(name, "")) for name, field in fields.items() if field.alias}
    label = next((each for each, value in named.items() if cleaned(value).lower() == found.name), None)
    shown = named[label] if label else found.name
    return {"by": found.by, "name": shown, "label": label}


def _narrower(kinds: Kinds, found: Sequence[Found], words: str) -> list[Block]:
    counts = Counter(each.item.kind for each in found)
    return again(f"find {kinds.kind(name).many} {words}" for name, _ in counts.most_common(3)) if len(counts) > 1 else []
