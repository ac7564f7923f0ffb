"""`/pom mine`: what I own, by kind and status, and what of it is not said yet."""

from collections.abc import Mapping, Sequence

from bot.desk import Desk
from bot.flows.home.first_steps import first_steps
from bot.flows.pom.replies import only_you, openers
from bot.flows.pom.show import line
from bot.flows.viewing import viewer
from bot.requests import Reply, Request
from prompts import Words, labels, parts
from prompts.blocks import Block, Message, button, section
from storage.board import Owned, owned
from storage.gaps import Gap, gaps_among
from storage.kinds import Kinds
from storage.permalinks import permalinks

MOST = 15


async def mine(desk: Desk, request: Request, words: str) -> Reply:
    """Return what the person owns and is open, those changed last with what is missing of them, each with a button."""
    kinds = await desk.kinds(request.workspace)
    async with desk.database.reading(request.workspace) as tx:
        audience = await viewer(tx, request)
        found = await owned(tx, kinds, audience, request.user, most=MOST)
        keys = [item.key for item in found.items]
        gaps: dict[str, Gap] = {}
        for gap in await gaps_among(tx, kinds, keys, audience):
            gaps.setdefault(gap.key, gap)
        places = await permalinks(tx, keys)
    said = parts(
        "pom_mine",
        count=found.count,
        kinds=_by_kind(kinds, found, gaps, places),
        more=found.count - len(found.items),
    )
    blocks = [section(said["headline"]), *_listed(kinds, found, gaps, said)]
    blocks += [section(said["more"])] if "more" in said else []
    blocks += openers(found.items) if found.count else first_steps(kinds)
    return only_you(request, Message(said["headline"], blocks))


def _by_kind(kinds: Kinds, found: Owned, gaps: Mapping[str, Gap], places: dict[str, str]) -> list[dict[str, object]]:
    return [
        {
            "label": kinds.kind(name).many,
            "statuses": [{"name": status, "count": count} for status, count in by_status.items()],
            "lines": [
                {**line(kinds, item, places), "gap": (gap.words or gap.label) if (gap := gaps.get(item.key)) else ""}
                for item in found.items
                if item.kind == name
            ],
        }
        for name, by_status in found.counts.items()
    ]


def _listed(kinds: Kinds, found: Owned, gaps: Mapping[str, Gap], said: Mapping[str, Words]) -> list[Block]:
    """Return the lines of each kind below its heading: each with a button that fills what is missing has a block of its own."""
    blocks: list[Block] = []
    for number, name in enumerate(found.counts):
        together = [said[f"kind {number}"]]
        for item in (each for each in found.items if each.kind == name):
            gap, words = gaps.get(item.key), said[item.key]
            together.append(words)
            if gap:
                fill = button(labels()["card_fill"], "object.fill", key=gap.key, field=gap.name)
                blocks += [*_section(together[:-1]), section(words, fill)]
                together = []
        blocks += _section(together)
    return blocks


def _section(lines: Sequence[Words]) -> list[Block]:
    return [section(Words("\n".join(lines)))] if lines else []
