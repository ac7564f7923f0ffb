"""What the columns of a sheet can mean for a kind, and which column means what: by name, by likeness, or as a person said."""

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rapidfuzz import fuzz

from storage.checks import VISIBILITIES
from storage.fields import Field, FieldType
from storage.kinds import ANY, SAME, Ends, Kind, Kinds, Relation
from storage.text import folded

ALIKE = 80  # of 100, from which one word is taken for another: "Titel" is Title, "Sprint" is not Script

Part = Literal["key", "title", "description", "status", "owner", "team", "horizon", "tags", "field", "link"]
LatePart = Literal["source", "visibility", "channel", "created", "card"]
ValuePart = Literal["at", "value", "unit", "note"]  # of a measured value; beside the key or title of what was measured


@dataclass(frozen=True)
class Meaning:
    """What a column says of an object. `label`: its header in an export. `name`: of the field or the relation.

    `backward`: the object stands at the "to" end of the link. `others`: the kinds that may stand at the other end.
    `words`: what people call it, as `simplified`.
    """

    part: Part | LatePart | ValuePart
    label: str
    field: Field = dataclasses.field(hash=False)  # it holds mappings
    name: str = ""
    backward: bool = False
    others: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()

    @property
    def takes_many(self) -> bool:
        return self.part in ("tags", "link") or self.field.type == "people"


Why = Literal["by name", "by hand", "a guess", "left out", "unknown", "there already", "its values"]


@dataclass(frozen=True)
class Column:
    """A column, what it means, and how that is known. It is left out where it means nothing, unless it holds "its values"."""

    header: str
    meaning: Meaning | None
    why: Why


class BadColumn(Exception):
    """A column was explained by hand, and there is no such column, or no such field; the message says which there are."""


# What other tools call the parts that every kind has.
_ALIASES: dict[str, tuple[str, ...]] = {
    "title": ("name", "summary", "headline"),
    "description": ("details", "notes"),
    "status": ("state",),
    "owner": ("assignee", "responsible"),
    "tags": ("labels",),
    "source": ("source", "link", "url", "permalink"),
    "created": ("created at",),
    "at": ("date", "day", "when", "moment", "as of"),
    "value": ("number", "actual", "measured"),
    "note": ("notes", "comment", "remark"),
}


def meanings(kinds: Kinds, kind: Kind) -> list[Meaning]:
    """Return everything that a column can say of an object of `kind`, in the order of an export. No two labels are alike."""
    found: list[Meaning] = []
    taken: set[str] = set()
    for meaning in (*_first(kinds, kind), *_fields(kind), *_links(kinds, kind), *_last()):
        label = next(each for each in _labels(meaning) if folded(each) not in taken)
        taken.add(folded(label))
        found.append(replace(meaning, label=label, words=_words(meaning)))
    return found


def _labels(meaning: Meaning) -> Iterator[str]:
    yield meaning.label
    yield f"{meaning.label} ({meaning.name or meaning.part})"
    yield f"{meaning.label} ({meaning.name or meaning.part}, {'back' if meaning.backward else 'forth'})"


def _words(meaning: Meaning) -> tuple[str, ...]:
    own = (meaning.label, *meaning.words, *([meaning.part] if not meaning.name else []))
    return tuple(dict.fromkeys(word for word in map(simplified, own) if word))


def value_meanings(kinds: Kinds) -> list[Meaning]:
    """Return everything that a column can say of a measured value."""
    measured = [word for kind in kinds.offered if kind.measured for word in (kind.name, kind.label)]
    found = [
        _plain("key", "Key"),
        Meaning("title", "Title", Field(label="Title", type="line"), words=("metric", "object", *measured)),
        _plain("at", "Date", "date"),
        _plain("value", "Value", "number"),
        _plain("unit", "Unit"),
        _plain("note", "Note", "text"),
        _plain("source", "Source"),
    ]
    return [replace(each, words=_words(each)) for each in found]


def _plain(part: Part | LatePart | ValuePart, label: str, of: FieldType = "line", choices: Sequence[str] = ()) -> Meaning:
    return Meaning(part, label, Field(label=label, type=of, choices=tuple(choices)))


def _first(kinds: Kinds, kind: Kind) -> Iterator[Meaning]:
    yield _plain("key", "Key")
    yield _plain("title", "Title")
    yield _plain("description", "Description", "text")
    yield _plain("status", "Status", "choice", kind.lifecycle)
    yield _plain("owner", "Owner", "person")
    yield _plain("team", "Team")
    horizons = [horizon.label for horizon in kinds.offered_horizons]
    if horizons:
        yield _plain("horizon", "Horizon", "choice", horizons)
    yield _plain("tags", "Tags")


def _fields(kind: Kind) -> Iterator[Meaning]:
    for name, field in kind.fields.items():
        yield Meaning("field", field.label, field, name, words=(name.replace("_", " "),))


def _links(kinds: Kinds, kind: Kind) -> Iterator[Meaning]:
    asked = {(prompt.relation, prompt.backward): prompt.label for prompt in kind.links}
    for relation in kinds.relations.values():
        for backward in (False, True):
            others = _other_kinds(kinds, kind, relation, backward)
            if others and _stands(relation, kind.name, backward):
                label = relation.words[backward]
                words = tuple(filter(None, (asked.get((relation.name, backward)), "" if backward else relation.name)))
                field = Field(label=label, type="line")
                yield Meaning("link", label, field, relation.name, backward, others, words)


def _last() -> Iterator[Meaning]:
    yield _plain("source", "Source link", "url")
    yield _plain("visibility", "Visibility", "choice", VISIBILITIES)
    yield _plain("channel", "Channel")
    yield _plain("created", "Created", "date")
    yield _plain("card", "In Slack", "url")


def _stands(relation: Relation, kind: str, backward: bool) -> bool:
    def may(ends: Ends) -> bool:
        at = ends.to if backward else ends.from_
        return kind in at or ANY in at or (backward and SAME in at and (kind in ends.from_ or ANY in ends.from_))

    return any(may(ends) for ends in relation.ends)


def _other_kinds(kinds: Kinds, kind: Kind, relation: Relation, backward: bool) -> frozenset[str]:
    def fits(other: str) -> bool:
        return relation.allows(other, kind.name) if backward else relation.allows(kind.name, other)

    return frozenset(other.name for other in kinds if fits(other.name))


def simplified(words: str) -> str:
    """Return `words` as headers are compared: folded, without what stands in brackets and without punctuation."""
    bare = re.sub(r"\([^)]*\)|\[[^\]]*\]", " ", words) if not words.startswith(("(", "[")) else words
    return " ".join(re.sub(r"[^\w&]|_", " ", folded(bare)).split())


def understand(headers: Sequence[str], known: Sequence[Meaning], by_hand: Mapping[str, str]) -> tuple[Column, ...]:
    """Return what each of `headers` means among the `known` meanings. `by_hand`: folded header → field, or nothing."""
    found: dict[str, Column] = {}
    for header in headers:
        if folded(header) in by_hand:
            wanted = by_hand[folded(header)]
            _take(found, header, meant(known, wanted) if wanted else None, "by hand" if wanted else "left out")
    for find in (_labelled, meant):
        for header in headers:
            meaning = find(known, header) if header not in found else None
            if meaning is not None:
                _take(found, header, meaning, "by name")
    for header in headers:
        if header not in found:
            taken = {column.meaning for column in found.values()}
            meaning = _likest([each for each in known if each not in taken], header)
            _take(found, header, meaning, "a guess" if meaning else "unknown")
    return tuple(found[header] for header in headers)


def _take(found: dict[str, Column], header: str, meaning: Meaning | None, why: Why) -> None:
    is_there = meaning is not None and any(column.meaning == meaning for column in found.values())
    if meaning is not None and is_there and not meaning.takes_many:
        meaning, why = None, "there already"
    found[header] = Column(header, meaning, why)


def explained(headers: Sequence[str], words: Iterable[str]) -> dict[str, str]:
    """Return folded header → field of the explanations `Column=field`; raise BadColumn where there is no such column."""
    there = {folded(header): header for header in headers}
    found: dict[str, str] = {}
    for each in words:
        header, sign, field = each.rpartition("=")
        if not sign:
            raise BadColumn(f'"{each}" should be "Column=field", or "Column=" to leave the column out.')
        if folded(header) not in there:
            raise BadColumn(f'There is no column "{header.strip()}". There are: {", ".join(headers)}.')
        found[folded(header)] = field.strip()
    return found


def refuse_unknown(by_hand: Mapping[str, str], known: Sequence[Meaning]) -> None:
    """Raise BadColumn where a field that somebody named is none of the `known` meanings."""
    for field in filter(None, by_hand.values()):
        if meant(known, field) is None:
            raise BadColumn(
                f'There is no field "{field}". There are: {", ".join(dict.fromkeys(each.label for each in known))}.'
            )


def _labelled(known: Iterable[Meaning], header: str) -> Meaning | None:
    return next((meaning for meaning in known if folded(meaning.label) == folded(header)), None)


def meant(known: Sequence[Meaning], header: str) -> Meaning | None:
    """Return the meaning that is called `header`: what the kind itself calls so before what other tools do."""
    wanted = simplified(header)
    own = (meaning for meaning in known if wanted in meaning.words)
    others = (meaning for meaning in known if not meaning.name and wanted in _ALIASES.get(meaning.part, ()))
    return _labelled(known, header) or next(own, None) or next(others, None)


def _likest(known: Iterable[Meaning], header: str) -> Meaning | None:
    wanted = simplified(header)
    ranked = sorted(
        ((max(fuzz.ratio(wanted, word) for word in meaning.words), at, meaning) for at, meaning in enumerate(known)),
        key=lambda each: (-each[0], each[1]),
    )
    if not wanted or not ranked or ranked[0][0] < ALIKE or (len(ranked) > 1 and ranked[1][0] == ranked[0][0]):
        return None
    return ranked[0][2]
