"""The card of an object: one message, edited in place. It shows only what every reader of its channel may see."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.flows.objects.menu import row_of
from bot.letters.card_lines import Around, lines, upstream, ways
from bot.letters.sparkline import sparkline
from prompts import Words, labels, parts, text
from prompts.blocks import Block, Message, context, section, shortened
from rituals.trends import so_far
from rituals.trends import trend as moved
from storage import history, measures
from storage.audience import Audience
from storage.comments import comments_of
from storage.database import Transaction
from storage.expected import expected_and_happened
from storage.gaps import Gap, gaps_of
from storage.kinds import Kind, Kinds
from storage.members import audience_of_channel, audience_of_user
from storage.objects import Object, get, get_many, links_of
from storage.people import names_of
from storage.permalinks import permalinks
from storage.workspaces import kinds_of

MOST_OF_A_COMMENT = 200  # characters


async def render_card(tx: Transaction, key: str, channel: str) -> Message | None:
    """Return the card of `key` as the readers of `channel` (a channel or a person) may see it; None where they may not."""
    audience = await (audience_of_user if channel.startswith(("U", "W")) else audience_of_channel)(tx, channel)
    return await card(tx, await kinds_of(tx), key, audience) or await _gone(tx, key, audience)


async def card(tx: Transaction, kinds: Kinds, key: str, audience: Audience) -> Message | None:
    """Return the card of `key` for `audience`, or None where it may not see it."""
    item = await get(tx, key, audience)
    if item is None:
        return None
    around = await _around(tx, kinds, item, audience)
    names = await names_of(tx, [item.owner])
    kind = kinds.kind(item.kind)
    is_over = item.archived or item.status in kind.closed  # then nothing of it is missed any more
    gaps = [] if is_over else gaps_of(kinds, item, around.links)
    said = parts(
        "card",
        emoji=kind.emoji,
        key=item.key,
        title=item.title,
        status=item.status,
        archived=item.archived,
        owner=names.get(item.owner or "", item.owner),
        team=item.team,
        horizon=kinds.horizon_label(item.horizon) if item.horizon else None,
        trend=await _trend(tx, kind, item, audience),
        belief=_belief(kind, item),
        ways=ways(kinds, around),
        lines=lines(kinds, around),
        measured=await _measured(tx, kinds, item, audience),
        outcome=await _outcome(tx, kinds, around, audience),
        comment=await _comment(tx, item, audience),
        gaps=[gap.words or gap.label for gap in gaps],
        source=item.source,
    )
    return Message(said["headline"], _blocks(kind, item, said, gaps))


async def _around(tx: Transaction, kinds: Kinds, item: Object, audience: Audience) -> Around:
    links = await links_of(tx, [item.key], audience)
    before = upstream(kinds, item, links)
    further = await links_of(tx, before, audience) if before else []
    ends = {key for link in (*links, *further) for key in (link.from_key, link.to_key)}
    others = await get_many(tx, ends - {item.key}, audience)
    return Around(item, links, further, others, await permalinks(tx, list(others)))


async def _gone(tx: Transaction, key: str, audience: Audience) -> Message | None:
    """Return what is said of an object whose making was taken back; None where `audience` could not see it."""
    told = [each for each in await history.of_object(tx, key, audience) if each.is_of_object]
    if not told or told[-1].after is not None:
        return None
    names = await names_of(tx, [told[-1].author])
    who, title = names.get(told[-1].author, labels()["somebody"]), (told[-1].before or {})["title"]
    line = text("card_gone", key=key, title=title, who=who)
    return Message(line, [section(line)])


def _blocks(kind: Kind, item: Object, said: Mapping[str, Words], gaps: Sequence[Gap]) -> list[Block]:
    blocks = [section(Words(f"*{said['headline']}*"))]
    blocks += [context(said["about"])] if "about" in said else []
    blocks += [section(said[name]) for name in ("belief", "links") if name in said]
    blocks += [context(said[name]) for name in ("comment", "gaps") if name in said]
    return [*blocks, row_of(kind, item, gaps)]


def _belief(kind: Kind, item: Object) -> Any:
    """Return what is believed: the first text that the kind asks for first, or the description."""
    asked = (item.fields.get(name) for name, field in kind.fields.items() if field.type == "text" and field.ask == "first")
    return next((said for said in asked if said), item.description)


async def _comment(tx: Transaction, item: Object, audience: Audience) -> dict[str, Any] | None:
    """Return the latest of what people said of it in messages; None where nobody did."""
    said = (await comments_of(tx, [item.key], audience)).get(item.key, [])
    if not said:
        return None
    last, names = said[-1], await names_of(tx, [said[-1].author])
    about = {"name": names.get(last.author, labels()["somebody"]), "url": last.source, "more": len(said) - 1}
    return {**about, "text": shortened(" ".join(last.text.split()), MOST_OF_A_COMMENT)}


async def _trend(tx: Transaction, kind: Kind, item: Object, audience: Audience) -> dict[str, Any] | None:
    """Return how the first percentage that the kind asks for moved; None where nobody has said it."""
    found = next((name for name, field in kind.fields.items() if field.type == "percent" and name in item.fields), None)
    if found is None:
        return None
    now = float(item.fields[found])  # type: ignore[arg-type]  # a percentage is stored as a number
    course = [float(value) for value in await history.course_of(tx, item.key, found, audience)]
    before = next((value for value in reversed(course) if value != now), None)
    label = kind.fields[found].label_beside(item.fields).rstrip("?").lower()
    return {"label": label, "course": sparkline(course), "now": now, "before": before}


async def _measured(tx: Transaction, kinds: Kinds, item: Object, audience: Audience) -> dict[str, Any] | None:
    """Return what the object measures, what it measured before, and its target; None where it carries no values."""
    if kinds.kind(item.kind).measured is None:
        return None
    values = (await measures.series(tx, [item.key], audience)).get(item.key, [])
    found = moved(kinds, item, values, tx.now)
    return {**vars(found), "at": next(value.at for value in reversed(values) if value.at <= tx.now)} if found else None


async def _outcome(tx: Transaction, kinds: Kinds, around: Around, audience: Audience) -> list[dict[str, Any]]:
    """Return what came of it on each thing that it should move, once it is closed and as far as anybody can tell."""
    item = around.item
    if item.status not in kinds.kind(item.kind).closed:
        return []
    judged = [each for each in await expected_and_happened(tx, kinds, item.key, audience, tx.now) if each.by.key == item.key]
    told = [(effect.on, found) for effect in judged if (found := so_far(effect))]
    return [{"key": on.key, "title": on.title, "url": around.places.get(on.key), **vars(found)} for on, found in told]
