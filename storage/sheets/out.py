"""The objects of one kind as a sheet: one row each, the columns called as people call them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import bindparam

from storage.audience import Audience
from storage.database import Transaction
from storage.kinds import Kind, Kinds
from storage.objects import Link, Object, links_from, links_to, select_objects
from storage.permalinks import permalinks
from storage.sheets.cells import listed, person_cell, value_cell
from storage.sheets.columns import Meaning, meanings
from storage.sheets.lookup import names_of_people
from storage.sheets.sheet import written
from storage.tables import objects

_MOST_LINKS = 1_000  # in a cell: Excel cuts a text at 32,767 characters
_ALWAYS = ("key", "title", "description", "status", "owner", "team", "horizon", "tags", "field", "created")


async def export_sheet(tx: Transaction, kinds: Kinds, kind: Kind, audience: Audience) -> tuple[str, list[str]]:
    """Return every object of `kind` that `audience` may see as the text of a CSV file; and sentences for what does not fit."""
    statement, values = select_objects(audience)
    statement = statement.where(objects.c.kind == bindparam("the_kind"))
    found = [Object(**row) for row in await tx.rows(statement, the_kind=kind.name, **values)]
    found.sort(key=lambda item: _number(item.key))
    keys = [item.key for item in found]
    tied = {False: await links_from(tx, keys, audience), True: await links_to(tx, keys, audience)}
    others = _others(tied)
    cards, names = await _cards(tx, keys), await names_of_people(tx)

    def cell(meaning: Meaning, item: Object) -> str:
        match meaning.part:
            case "link":
                return listed(sorted(others.get((item.key, meaning.name, meaning.backward), ()), key=_number)[:_MOST_LINKS])
            case "card":
                return cards.get(item.key, "")
            case _:
                return cell_of(kinds, meaning, item, names)

    offered = {(prompt.relation, prompt.backward) for prompt in kind.links}
    columns = [
        meaning
        for meaning in meanings(kinds, kind)
        if meaning.part in _ALWAYS or (meaning.name, meaning.backward) in offered or any(cell(meaning, item) for item in found)
    ]
    if all(item.visibility == "workspace" for item in found):
        columns = [meaning for meaning in columns if meaning.part not in ("visibility", "channel")]
    text = written([each.label for each in columns], ([cell(each, item) for each in columns] for item in found))
    labels = {(each.name, each.backward): each.label for each in columns}
    return text, [
        f"{key} “{labels[relation, backward]}” {len(ends):,} others; its cell has the first {_MOST_LINKS:,} of them."
        for (key, relation, backward), ends in others.items()
        if len(ends) > _MOST_LINKS
    ]


async def _cards(tx: Transaction, keys: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for start in range(0, len(keys), 5_000):  # SQLite takes 32,766 variables in a statement
        found |= await permalinks(tx, keys[start : start + 5_000])
    return found


def _others(tied: Mapping[bool, Iterable[Link]]) -> dict[tuple[str, str, bool], list[str]]:
    """Return the keys at the other end, by (key, relation, whether backward)."""
    found: dict[tuple[str, str, bool], list[str]] = defaultdict(list)
    for link in tied[False]:
        found[link.from_key, link.relation, False].append(link.to_key)
    for link in tied[True]:
        found[link.to_key, link.relation, True].append(link.from_key)
    return found


def cell_of(kinds: Kinds, meaning: Meaning, item: Object, names: Mapping[str, str]) -> str:
    """Return what a cell of this meaning, no link's and no card's, says of `item`. `names`: of people, by id."""
    match meaning.part:
        case "field":
            value = item.fields.get(meaning.name)
            return _people_cell(value, names) if meaning.field.type in ("person", "people") else value_cell(value)
        case "owner":
            return person_cell(item.owner, names) if item.owner else ""
        case "tags":
            return listed(item.tags)
        case "horizon":
            return kinds.horizon_label(item.horizon) if item.horizon else ""
        case "created":
            return item.created_at.isoformat().replace("+00:00", "Z")
        case _:
            return value_cell(getattr(item, meaning.part))


def _people_cell(value: object, names: Mapping[str, str]) -> str:
    users = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return listed(person_cell(user, names) for user in users)


def _number(key: str) -> tuple[str, int]:
    prefix, _, number = key.rpartition("-")
    return prefix, int(number)
