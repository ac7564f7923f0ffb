"""The weakest link between a team's inputs and the north star: what it believes, and has the least evidence for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rituals.week import number
from storage.audience import Audience
from storage.database import Transaction
from storage.kinds import Kinds
from storage.lineage import Edge, Steps, walk
from storage.objects import Link, Object, links_from

INPUT, NORTH_STAR, CONTRIBUTES = "input", "north star", "contributes to"  # the pack's names, which never change


@dataclass(frozen=True)
class Weakest:
    """A link with its ends. `confidence` in percent, None where nobody has said."""

    from_: Object
    to: Object
    status: str | None
    has_evidence: bool
    confidence: float | None


async def weakest_link(tx: Transaction, kinds: Kinds, items: Iterable[Object], audience: Audience) -> Weakest | None:
    """Return the weakest link on the ways from the inputs among `items` to a north star; None where all are supported."""
    if not {INPUT, NORTH_STAR} <= kinds.kinds.keys() or CONTRIBUTES not in kinds.relations:
        return None
    inputs = [item.key for item in items if item.kind == INPUT and item.status == kinds.kind(INPUT).first_status]
    if not inputs:
        return None
    found = await walk(tx, kinds, inputs, Steps((CONTRIBUTES,), ()), audience)
    objects = {**found.asked, **found.objects}
    leading = _leading(found.edges, {key for key, item in objects.items() if item.kind == NORTH_STAR})
    links = [
        link for link in await links_from(tx, leading, audience) if (link.from_key, link.relation, link.to_key) in found.edges
    ]
    weak = [_weak(link, objects) for link in links if link.to_key in leading]
    return min((each for each in weak if each.status not in ("supported", "refuted")), key=_strength, default=None)


def _leading(edges: Iterable[Edge], stars: set[str]) -> set[str]:
    """Return the keys from which a way leads to one of `stars`, and those."""
    reached: set[str] = set()
    nearer = stars
    while nearer:
        reached |= nearer
        nearer = {edge.from_key for edge in edges if edge.to_key in nearer} - reached
    return reached


def _weak(link: Link, objects: Mapping[str, Object]) -> Weakest:
    confidence = number(link.confidence)
    status = link.fields.get("status")
    has_evidence = bool(link.fields.get("evidence"))
    return Weakest(objects[link.from_key], objects[link.to_key], str(status) if status else None, has_evidence, confidence)


def _strength(weak: Weakest) -> tuple[bool, float, str, str]:
    return weak.has_evidence, 50.0 if weak.confidence is None else weak.confidence, weak.from_.key, weak.to.key
