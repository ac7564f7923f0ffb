"""The links that the cells of a sheet ask for: to what they lead, and whether they may."""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import bindparam, select

from storage import checks
from storage.database import Transaction, ours
from storage.kinds import Kinds
from storage.loops import loops
from storage.sheets.cells import items
from storage.sheets.columns import Meaning
from storage.sheets.lookup import Lookup, Triple
from storage.tables import links
from storage.text import folded

_ABOVE = select(links.c.from_key, links.c.to_key).where(
    ours(links), links.c.relation == bindparam("the_relation"), links.c.from_key.in_(bindparam("wanted", expanding=True))
)
_CHUNK = 5_000  # SQLite takes 32,766 variables in a statement


@dataclass
class Names:
    """What cells can name: objects that are there, and rows of the sheet. `kinds`: by key. `titles`: keys by folded title.

    `hint`: what may be meant by what is none of them.
    """

    hint: Callable[[str], str]
    kinds: dict[str, str] = field(default_factory=dict)
    titles: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, key: str, kind: str, title: str) -> None:
        self.kinds[key] = kind
        if key not in self.titles[folded(title)]:
            self.titles[folded(title)].append(key)


def names_in(lookup: Lookup, rows: Iterable[tuple[str, str, str]]) -> Names:
    """Return what can be named: what is there, and the (key, kind, title) of the `rows` that are to come."""
    names = Names(lookup.hint)
    for key, item in lookup.objects.items():
        names.add(key, item.kind, item.title)
    for key, kind, title in rows:
        names.add(key, kind, title)
    return names


def triples_of(
    kinds: Kinds,
    names: Names,
    key: str,
    kind: str,
    asked: Mapping[Meaning, Sequence[str]],
    there: Container[Triple],
    problems: list[str],
) -> list[Triple]:
    """Return the links (from, relation, to) that the cells `asked` for of an object, and that are not `there` yet.

    What is wrong is added to `problems`.
    """
    found: list[Triple] = []
    for meaning, cells in asked.items():
        for other in _others(names, meaning, cells, problems):
            from_key, to_key = (other, key) if meaning.backward else (key, other)
            if (from_key, meaning.name, to_key) not in there:
                relation, its_kind = kinds.relations[meaning.name], names.kinds[other]
                ends = (its_kind, kind) if meaning.backward else (kind, its_kind)
                wrong = checks.check_offered(kinds, relation, *ends)
                problems += [f"{meaning.label}: {each.sentence}" for each in wrong]
                found += [] if wrong else [(from_key, relation.name, to_key)]
    return list(dict.fromkeys(found))


def _others(names: Names, meaning: Meaning, cells: Iterable[str], problems: list[str]) -> list[str]:
    found: list[str] = []
    for cell in cells:
        for part in [cell.strip()] if _keys_of(names, meaning, cell) else items(cell):
            pieces = [part] if _keys_of(names, meaning, part) else items(part, commas=True)
            for piece in pieces if all(_keys_of(names, meaning, each) for each in pieces) else [part]:
                keys = _keys_of(names, meaning, piece)
                found += keys if len(keys) == 1 else []
                if len(keys) != 1:
                    problems.append(f"{meaning.label}: {_unclear(names, piece, keys)}")
    return found


def _keys_of(names: Names, meaning: Meaning, words: str) -> list[str]:
    """Return what `words` name: a key, else a title; of titles that several have those that may be linked so."""
    if words.strip().upper() in names.kinds:
        return [words.strip().upper()]
    entitled = names.titles.get(folded(words), [])
    fitting = [key for key in entitled if names.kinds[key] in meaning.others]
    return fitting or entitled


def _unclear(names: Names, words: str, keys: Sequence[str]) -> str:
    shown = f"“{words[:60]}”"
    if keys:
        return f"{shown} may be any of {', '.join(keys)}. Please write the key."
    return f"I don't know {shown}{names.hint(words)}"


async def closing(tx: Transaction, kinds: Kinds, fresh: Iterable[Triple]) -> dict[Triple, str]:
    """Return those of the `fresh` links that would lead back to where they began, where that may not be, with a sentence."""
    wrong: dict[Triple, str] = {}
    wanted = set(fresh)
    for relation in (each for each in kinds.relations.values() if not each.loops):
        edges = {(from_key, to_key) for from_key, name, to_key in wanted if name == relation.name}
        for (from_key, to_key), _ in loops(await _above(tx, relation.name, edges), edges) if edges else ():
            forwards = relation.words[0]
            sentence = f"{forwards}: {to_key} itself {forwards} {from_key}, on whatever way. Please take one of the two out."
            wrong[from_key, relation.name, to_key] = sentence
    return wrong


async def _above(tx: Transaction, relation: str, fresh: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the links of `relation` that lead on from the ends of `fresh`."""
    found: list[tuple[str, str]] = []
    seen: set[str] = set()
    here = {to_key for _, to_key in fresh}
    while here:
        seen |= here
        wanted = sorted(here)
        rows = [
            row
            for start in range(0, len(wanted), _CHUNK)
            for row in await tx.rows(_ABOVE, the_relation=relation, wanted=wanted[start : start + _CHUNK])
        ]
        found += [(row["from_key"], row["to_key"]) for row in rows]
        here = {row["to_key"] for row in rows} - seen
    return found
