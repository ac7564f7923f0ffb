"""The card of an object: one message, edited in place. It shows only what every reader of its channel may see."""

from collections.abc import Mapping, Sequence
from typing import Any

from prompts import Words, labels, parts
from prompts.blocks import Block, Message, actions, button, context, section
from storage import history
from storage.audience import Audience
from storage.database import Transaction
from storage.gaps import Gap, gaps_of
from storage.kinds import Kinds
from storage.members import audience_of_channel, audience_of_user
from storage.objects import Link, Object, get, get_many, links_from, links_to
from storage.people import names_of
from storage.permalinks import permalinks
from storage.workspaces import kinds_of

MOST_IN_A_LINE = 4


async def render_card(tx: Transaction, key: str, channel: str) -> Message | None:
    """Return the card of `key` as the readers of `channel` (a channel or a person) may see it; None where they may not."""
    audience = await (audience_of_user if channel.startswith(("U", "W")) else audience_of_channel)(tx, channel)
    return await card(tx, await kinds_of(tx), key, audience)


async def card(tx: Transaction, kinds: Kinds, key: str, audience: Audience) -> Message | None:
    """Return the card of `key` for `audience`, or None where it may not see it."""
    item = await get(tx, key, audience)
    if item is None:
        return None
    links = [*await links_from(tx, [key]), *await links_to(tx, [key])]
    others = await get_many(tx, [_other(link, key) for link in links], audience)
    links = [link for link in links if _other(link, key) in others]
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
        horizon=item.horizon,
        confidence=item.fields.get("confidence"),
        confidence_before=await history.last_before(tx, key, "confidence"),
        belief=item.fields.get("hypothesis") or item.description,
        lines=_lines(kinds, key, links, others, await permalinks(tx, list(others))),
        gaps=[gap.words or gap.label for gap in gaps],
        source=item.source,
    )
    return Message(said["headline"], _blocks(item, said, gaps))


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
    kinds: Kinds, key: str, links: Sequence[Link], others: Mapping[str, Object], places: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return, for each relation in its words, what stands at its other end."""
    lines: dict[str, list[dict[str, Any]]] = {}
    for link in links:
        relation = kinds.relations.get(link.relation)
        if relation is None:
            continue
        other = others[_other(link, key)]
        words = relation.words[0 if link.from_key == key else 1]
        expected = {name: link.fields.get(name) for name in ("direction", "size", "by_when")}
        lines.setdefault(words, []).append({"key": other.key, "title": other.title, "url": places.get(other.key), **expected})
    return [
        {"words": words, "items": items[:MOST_IN_A_LINE], "more": max(0, len(items) - MOST_IN_A_LINE)}
        for words, items in lines.items()
    ]
