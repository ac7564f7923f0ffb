"""What has not been said yet, where the pack wants it said: a gap to offer, never a gate."""

from collections.abc import Iterable
from dataclasses import dataclass

from storage.audience import Audience
from storage.database import Transaction
from storage.kinds import Kinds, LinkPrompt
from storage.objects import Link, Object, get_many, links_of


@dataclass(frozen=True)
class Gap:
    """One thing that is missing of `key`. `name`: the field, or the name of the link prompt, that would fill it.

    `label`: how a form asks for it. `words`: what the pack says of its absence ("nobody has named the risk"), or empty.
    """

    key: str
    name: str
    label: str
    words: str


def gaps_of(kinds: Kinds, item: Object, links: Iterable[Link]) -> list[Gap]:
    """Return what the pack wants of an object in its status and is not there, in the pack's order.

    `links`: those that touch the object, at either end; others do no harm.
    """
    kind = kinds.kind(item.kind)
    touching = list(links)
    missing = [
        Gap(item.key, name, field.label_beside(item.fields), field.gap)
        for name, field in kind.fields.items()
        if field.wanted_from
        and kind.reached(field.wanted_from, item.status)
        and name not in item.fields
        and field.fits(item.fields)
    ]
    return missing + [
        Gap(item.key, prompt.name, prompt.label, prompt.gap)
        for prompt in kind.links
        if prompt.wanted_from
        and kind.reached(prompt.wanted_from, item.status)
        and not any(_answers(prompt, item.key, link) for link in touching)
    ]


def _answers(prompt: LinkPrompt, key: str, link: Link) -> bool:
    return link.relation == prompt.relation and (link.to_key if prompt.backward else link.from_key) == key


async def gaps_among(tx: Transaction, kinds: Kinds, keys: Iterable[str], audience: Audience) -> list[Gap]:
    """Return the gaps of the objects among `keys` that this audience may see, in the order of `keys`.

    A link to what it may not see counts as none.
    """
    items = await get_many(tx, keys, audience)
    if not items:
        return []
    links = await links_of(tx, items, audience)
    return [gap for key in dict.fromkeys(keys) if key in items for gap in gaps_of(kinds, items[key], links)]
