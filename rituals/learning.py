"""What somebody learned from something, or was surprised by, as an insight that it taught us."""

import re
from typing import Any, NamedTuple

from prompts.blocks import shortened
from storage.database import Transaction
from storage.graph import Graph
from storage.kinds import Kinds
from storage.members import audience_of_user
from storage.objects import Draft, Object, get
from storage.shaping import YIELDS, Shaping
from storage.text import TITLE_LIMIT

INSIGHT = "insight"  # the pack's name


class Learned(NamedTuple):
    """An insight: its key, and the act that made or changed it, if any did."""

    key: str
    act: str | None = None


def teaches(kinds: Kinds, kind: str) -> bool:
    """Tell whether something of `kind` can teach us an insight, as the pack has it."""
    known = INSIGHT in kinds.kinds and YIELDS in kinds.relations
    return known and kinds.offers(kinds.relations[YIELDS], kind, INSIGHT)


async def learned(
    tx: Transaction, kinds: Kinds, origin: Object, author: str, words: str, earlier: str | None = None
) -> Learned | None:
    """Store `words` as an insight of `author` that `origin` yielded, as visible as that is, and return it.

    `earlier`: the insight of the same answer, which is edited instead. None where nothing was learned, or where the pack knows
    no insights.
    """
    if not words:
        return Learned(earlier) if earlier else None
    title, description = first_sentence(words)
    if earlier and await get(tx, earlier, await audience_of_user(tx, author)):  # else it was taken back since
        graph = Graph(tx, kinds, author)
        await graph.revise(earlier, {"title": title, "description": description})
        return Learned(earlier, graph.act.id if graph.act.is_told else None)
    if not teaches(kinds, origin.kind):
        return None
    fields: dict[str, Any] = {"kind": "learning"} if "kind" in kinds.kind(INSIGHT).fields else {}
    draft = Draft(INSIGHT, title, description, owner=author, fields=fields)
    shaping = Shaping(tx, kinds, author)
    (insight,) = await shaping.teach(origin.key, [draft])
    return Learned(insight.key, shaping.act)


def first_sentence(words: str) -> tuple[str, str]:
    """Part `words` into a title, its first sentence or line without a full stop, and the rest."""
    line, _, below = words.strip().partition("\n")
    found = re.match(r"(.+?[.!?…])\s+(?=\S)", line)
    title, beside = (found.group(1), line[found.end() :]) if found else (line, "")
    title = title.strip()
    rest = "\n".join(part for part in (beside.strip(), below.strip()) if part)
    if len(title) > TITLE_LIMIT:
        return shortened(title, TITLE_LIMIT), words.strip()
    return title.removesuffix(".") if not title.endswith("..") else title, rest
