"""The weakest link between a team's inputs and the north star: of what it believes, and nobody has shown yet."""

from collections.abc import Iterable
from dataclasses import dataclass

from storage.audience import Audience
from storage.database import Transaction
from storage.kinds import Kinds
from storage.lineage import Edge, Steps, walk
from storage.objects import Object, links_from
from storage.weakness import Weak, edge_of, weakest

INPUT, NORTH_STAR, CONTRIBUTES = "input", "north star", "contributes to"  # the pack's names, which never change


@dataclass(frozen=True)
class Weakest:
    """The weakest link, with its ends."""

    from_: Object
    to: Object
    weak: Weak


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
    followed = {edge for edge in found.edges if edge.to_key in leading}
    links = [link for link in await links_from(tx, leading, audience) if edge_of(link) in followed]
    weak = weakest((link for link in links if link.fields.get("status") not in ("supported", "refuted")), {})
    return None if weak is None else Weakest(objects[weak.link.from_key], objects[weak.link.to_key], weak)


def _leading(edges: Iterable[Edge], stars: set[str]) -> set[str]:
    """Return the keys from which a way leads to one of `stars`, and those."""
    reached: set[str] = set()
    nearer = stars
    while nearer:
        reached |= nearer
        nearer = {edge.from_key for edge in edges if edge.to_key in nearer} - reached
    return reached
