"""What a card says of the links of its object: how it came, what it is for, what came of it. Pure: links in, data out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from storage.kinds import Kinds
from storage.objects import Link, Object

MOST_WAYS = 2
MOST_IN_A_LINE = 3
MOST_OF_A_SORT, MOST_LINES = 2, 5  # lines of links; a card fits on a phone
NOWHERE = 99


class Sort(IntEnum):
    """What a link is to an object; in the order in which a card tells of it, after the ways on which it came."""

    SERVES = 0
    LED_TO = 1
    CAME_FROM = 2  # what bore on it, and no more: it was weighed, it was decided
    OTHER = 3


@dataclass(frozen=True)
class Around:
    """What stands around the object of a card.

    `links`: those that touch it; `further`: those of what it came from. `others`: the objects at their ends, as far as the
    reader may see them; `places`: where their cards stand.
    """

    item: Object
    links: Sequence[Link]
    further: Sequence[Link]
    others: Mapping[str, Object]
    places: Mapping[str, str]


def upstream(kinds: Kinds, item: Object, links: Iterable[Link]) -> list[str]:
    """Return the keys of what `item` came from directly: first what it was made of, then what else its form asks for."""
    found = [link for link in links if _is_way(kinds, item, link)]
    return [
        _other(link, item.key) for link in sorted(found, key=lambda link: (not _makes(kinds, link), _place(kinds, item, link)))
    ]


def ways(kinds: Kinds, around: Around) -> dict[str, Any]:
    """Return the ways on which the object came, each with the last two things that led to it, the earlier first."""
    found: list[list[dict[str, Any]]] = []
    told: set[str] = set()
    for key in (key for key in upstream(kinds, around.item, around.links) if key in around.others):
        before = upstream(kinds, around.others[key], [link for link in around.further if key in (link.from_key, link.to_key)])
        earlier = next((each for each in before if each in around.others and each != around.item.key), None)
        found.append([_shown(around, each) for each in (earlier, key) if each is not None])
        told |= {each for each in (earlier,) if each is not None}
    alone = [
        way for way in found if len(way) > 1 or way[0]["key"] not in told
    ]  # what a longer way has told already is left out
    return {"shown": alone[:MOST_WAYS], "more": max(0, len(alone) - MOST_WAYS)}


def lines(kinds: Kinds, around: Around) -> list[dict[str, Any]]:
    """Return what the object is for, what came of it, and what else it is linked with: for each relation what is at its end."""
    item = around.item
    grouped: dict[tuple[Sort, str, str], list[dict[str, Any]]] = {}
    for link in sorted(
        (link for link in around.links if _tells(kinds, around, link)),
        key=lambda link: (_sort(kinds, item.key, link), _place(kinds, item, link)),
    ):
        at_from = link.from_key == item.key
        words = kinds.relations[link.relation].words[0 if at_from else 1]
        expected = {name: link.fields.get(name) for name in ("direction", "size", "by_when")}
        shown = {**_shown(around, _other(link, item.key)), **expected}
        grouped.setdefault((_sort(kinds, item.key, link), link.relation if at_from else "", words), []).append(shown)
    chosen = [line for sort in Sort for line in [line for line in grouped if line[0] is sort][:MOST_OF_A_SORT]]
    return [
        {
            "relation": line[1],
            "words": line[2],
            "items": grouped[line][:MOST_IN_A_LINE],
            "more": max(0, len(grouped[line]) - MOST_IN_A_LINE),
        }
        for line in chosen[:MOST_LINES]
    ]


def _shown(around: Around, key: str) -> dict[str, Any]:
    return {"key": key, "title": around.others[key].title, "url": around.places.get(key)}


def _other(link: Link, key: str) -> str:
    return link.to_key if link.from_key == key else link.from_key


def _sort(kinds: Kinds, key: str, link: Link) -> Sort:
    relation, at_from = kinds.relations.get(link.relation), link.from_key == key
    if relation is None:
        return Sort.OTHER
    if relation.serves and at_from:
        return Sort.SERVES
    if relation.flow == ("backward" if at_from else "forward"):
        return Sort.CAME_FROM
    return Sort.LED_TO if relation.flow else Sort.OTHER


def _is_way(kinds: Kinds, item: Object, link: Link) -> bool:
    """Tell whether `item` came along this link; what was only weighed, or decided, is told in words of its own."""
    came = _sort(kinds, item.key, link) is Sort.CAME_FROM
    return came and (_makes(kinds, link) or _place(kinds, item, link) < NOWHERE)


def _makes(kinds: Kinds, link: Link) -> bool:
    """Tell whether one end of a link was made of the other, and not only with it in mind."""
    return kinds.relations[link.relation].inherits


def _tells(kinds: Kinds, around: Around, link: Link) -> bool:
    """Tell whether a reader of the card would miss this link: mentions and contained documents wait in its thread."""
    relation, item = kinds.relations.get(link.relation), around.item
    other = around.others.get(_other(link, item.key))
    sort = _sort(kinds, item.key, link)
    if relation is None or other is None or _is_way(kinds, item, link):
        return False
    if _place(kinds, item, link) < NOWHERE:
        return True
    if sort is Sort.LED_TO:
        return other.kind == item.kind or kinds.kind(other.kind).altitude is not None
    return bool(relation.flow or relation.serves)


def _place(kinds: Kinds, item: Object, link: Link) -> int:
    """Return the place that such a link has on the form of the item's kind, or NOWHERE."""
    wanted = (link.relation, link.to_key == item.key)
    prompts = [(prompt.relation, prompt.backward) for prompt in kinds.kind(item.kind).links]
    return prompts.index(wanted) if wanted in prompts else NOWHERE
