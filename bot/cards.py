"""The card of an object: one message, edited in place. It shows only what every reader of its channel may see."""

from collections.abc import Mapping, Sequence
from typing import Any

from prompts import Words, labels, parts, text
from prompts.blocks import Block, Message, actions, button, context, section
from storage import history
from storage.audience import Audience
from storage.database import Transaction
from storage.gaps import Gap, gaps_of
from storage.kinds import Kinds
from storage.members import audience_of_channel, audience_of_user
from storage.objects import Link, Object, get, get_many, links_of
from storage.people import names_of
from storage.permalinks import permalinks
from storage.workspaces import kinds_of

MOST_IN_A_LINE = 3
MOST_OF_A_SORT, MOST_LINES = 2, 5  # lines of links; a card fits on a phone
NOWHERE = 99


async def render_card(tx: Transaction, key: str, channel: str) -> Message | None:
    """Return the card of `key` as the readers of `channel` (a channel or a person) may see it; None where they may not."""
    audience = await (audience_of_user if channel.startswith(("U", "W")) else audience_of_channel)(tx, channel)
    return await card(tx, await kinds_of(tx), key, audience) or await _gone(tx, key, audience)


async def card(tx: Transaction, kinds: Kinds, key: str, audience: Audience) -> Message | None:
    """Return the card of `key` for `audience`, or None where it may not see it."""
    item = await get(tx, key, audience)
    if item is None:
        return None
    links = await links_of(tx, [key], audience)
    others = await get_many(tx, [_other(link, key) for link in links], audience)
    names = await names_of(tx, [item.owner])
    kind = kinds.kind(item.kind)
    gaps = gaps_of(kinds, item, links)
    said = parts(
        "card",
        emoji=kind.emoji,
        key=key,
        title=item.title,
        status=item.status,
        owner=names.get(item.owner or "", item.owner),
        team=item.team,
        horizon=kinds.horizon_label(item.horizon) if item.horizon else None,
        confidence=item.fields.get("confidence"),
        confidence_before=await history.last_before(tx, key, "confidence", audience),
        belief=item.fields.get("hypothesis") or item.description,
        lines=_lines(kinds, item, links, others, await permalinks(tx, list(others))),
        gaps=[gap.words or gap.label for gap in gaps],
        source=item.source,
    )
    return Message(said["headline"], _blocks(item, said, gaps))


async def _gone(tx: Transaction, key: str, audience: Audience) -> Message | None:
    """Return what is said of an object whose making was taken back; None where `audience` could not see it."""
    told = [each for each in await history.of_object(tx, key, audience) if each.is_of_object]
    if not told or told[-1].after is not None:
        return None
    names = await names_of(tx, [told[-1].author])
    who, title = names.get(told[-1].author, labels()["somebody"]), (told[-1].before or {})["title"]
    line = text("card_gone", key=key, title=title, who=who)
    return Message(line, [section(line)])


def _blocks(item: Object, said: Mapping[str, Words], gaps: Sequence[Gap]) -> list[Block]:
    blocks = [section(Words(f"*{said['headline']}*"))]
    blocks += [context(said["about"])] if "about" in said else []
    blocks += [section(said[name]) for name in ("belief", "links") if name in said]
    blocks += [context(said["gaps"])] if "gaps" in said else []
    buttons = [button(labels()[f"card_{name}"], f"object.{name}", key=item.key) for name in ("edit", "status", "link", "why")]
    if gaps:
        first = button(labels()["card_fill"], "object.fill", style="primary", key=item.key, field=gaps[0].name)
        buttons.insert(0, first)
    return [*blocks, actions(buttons)]


def _other(link: Link, key: str) -> str:
    return link.to_key if link.from_key == key else link.from_key


def _lines(
    kinds: Kinds, item: Object, links: Sequence[Link], others: Mapping[str, Object], places: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return what it came from, what it is for, what came of it: for each relation in its words, what is at its other end."""
    lines: dict[tuple[int, str], list[dict[str, Any]]] = {}
    told = [link for link in links if _tells(kinds, item, link, others)]
    for link in sorted(told, key=lambda link: (_sort(kinds, item, link), _place(kinds, item, link))):
        other = others[_other(link, item.key)]
        words = kinds.relations[link.relation].words[0 if link.from_key == item.key else 1]
        expected = {name: link.fields.get(name) for name in ("direction", "size", "by_when")}
        shown = {"key": other.key, "title": other.title, "url": places.get(other.key), **expected}
        lines.setdefault((_sort(kinds, item, link), words), []).append(shown)
    chosen = [line for sort in range(4) for line in [line for line in lines if line[0] == sort][:MOST_OF_A_SORT]]
    return [
        {"words": line[1], "items": lines[line][:MOST_IN_A_LINE], "more": max(0, len(lines[line]) - MOST_IN_A_LINE)}
        for line in chosen[:MOST_LINES]
    ]


def _sort(kinds: Kinds, item: Object, link: Link) -> int:
    """Tell what a link is to `item`: 0 where it came from, 1 what it is for, 2 what came of it, 3 anything else."""
    relation, at_from = kinds.relations[link.relation], link.from_key == item.key
    if relation.serves and at_from:
        return 1
    if relation.flow == ("backward" if at_from else "forward"):
        return 0
    return 2 if relation.flow else 3


def _tells(kinds: Kinds, item: Object, link: Link, others: Mapping[str, Object]) -> bool:
    """Tell whether a reader of the card would miss this link: mentions and contained documents wait in its thread."""
    relation = kinds.relations.get(link.relation)
    if relation is None:
        return False
    if _place(kinds, item, link) < NOWHERE:
        return True
    other = others[_other(link, item.key)]
    if _sort(kinds, item, link) == 2:
        return other.kind == item.kind or kinds.kind(other.kind).altitude is not None
    return bool(relation.flow or relation.serves)


def _place(kinds: Kinds, item: Object, link: Link) -> int:
    """Return the place that such a link has on the form of the item's kind, or NOWHERE."""
    wanted = (link.relation, link.to_key == item.key)
    prompts = [(prompt.relation, prompt.backward) for prompt in kinds.kind(item.kind).links]
    return prompts.index(wanted) if wanted in prompts else NOWHERE
