"""What somebody was surprised by, as an insight that a bet taught us."""

import re
from typing import Any

from prompts.blocks import shortened
from storage.database import Transaction
from storage.graph import Graph
from storage.kinds import Kinds
from storage.objects import Draft, Object
from storage.shaping import YIELDS, Shaping
from storage.text import TITLE_LIMIT

INSIGHT = "insight"  # the pack's name


async def learned(tx: Transaction, kinds: Kinds, bet: Object, author: str, words: str, earlier: str | None) -> str | None:
    """Store `words` as an insight of `author` that `bet` yielded, as visible as the bet is; return its key.

    `earlier`: the insight of the same answer, which is edited instead. None where nothing was learned, or where the pack knows
    no insights.
    """
    known = words and INSIGHT in kinds.kinds and YIELDS in kinds.relations
    if not known or not (earlier or kinds.offers(kinds.relations[YIELDS], bet.kind, INSIGHT)):
        return earlier
    title, description = first_sentence(words)
    if earlier:
        await Graph(tx, kinds, author).revise(earlier, {"title": title, "description": description})
        return earlier
    fields: dict[str, Any] = {"kind": "learning"} if "kind" in kinds.kind(INSIGHT).fields else {}
    draft = Draft(INSIGHT, title, description, owner=author, fields=fields)
    (insight,) = await Shaping(tx, kinds, author).teach(bet.key, [draft])
    return insight.key


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
