"""The words in which people speak of a pack's kinds, fields, statuses and relations, all folded. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from storage.fields import Field
from storage.kinds import Kind, Kinds
from storage.text import folded

_T = TypeVar("_T")

# Verbs that people use beside those of the pack: for the "from" end of the relation, and for its "to" end.
SYNONYMS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "informs": (("support", "speak for", "point at", "bear on"), ("supported by",)),
    "executes": (("done by",), ("carry out", "deliver")),
    "results in": (("lead to", "cause"), ("result from", "follow from", "caused by")),
    "moves": (("move", "change", "influence", "affect"), ("changed by", "influenced by", "affected by")),
    "targets": (("aim at", "try to move", "aimed at"), ("aimed at by",)),
    "contributes to": (("feed", "feed into", "drive"), ("driven by",)),
    "yields": (("teach us", "teach", "yield"), ("learn from", "learnt from", "yielded by")),
    "part of": (("belong to", "inside", "under"), ("hold", "include")),
    "owns": (("responsible for", "look after"), ()),
    "mentions": (("refer to", "reference", "link to"), ("referred to in", "referenced in", "mentioned by")),
    "decides": (("place",), ("decided by", "placed by", "placed in")),
    "asks about": (("about",), ()),
}
_IRREGULAR = {"become": ("became", "becoming"), "come": ("came", "coming"), "teach": ("taught", "teaching"), "feed": ("fed",)}
_IRREGULAR |= {"lead": ("led",), "drive": ("drove", "driven"), "speak": ("spoke",), "hold": ("held",), "learn": ("learnt",)}
OPEN_WORDS = ("open", "current", "active", "live", "ongoing", "unfinished", "running", "in progress", "under way")
CLOSED_WORDS = ("closed", "finished", "ended", "completed", "past", "done", "over")


@dataclass(frozen=True)
class Noun:
    """A word for objects: of a kind, and, where it is narrower, with a value in a field ("experiments", "3-6 pagers")."""

    kind: str
    field: str | None = None
    value: str | None = None


@dataclass(frozen=True)
class Verb:
    """A word for a relation. `is_from`: its subject stands at the "from" end."""

    relation: str
    is_from: bool


class Vocabulary:
    """Every word of a pack. Longer words come first in each table, so that the longest is the one that is read."""

    def __init__(self, kinds: Kinds) -> None:
        self.kinds = kinds

    @cached_property
    def nouns(self) -> dict[str, Noun]:
        """Words for kinds and for the choices that name a narrower kind, singular and plural."""
        known: dict[str, Noun] = {}
        for kind in self.kinds:
            for word in kind.words:
                known.setdefault(word, Noun(kind.name))
        for kind in self.kinds:
            own = {folded(alias) for alias in kind.aliases} if "form" not in kind.fields else set()
            for name in ("kind", "form"):
                for choice in kind.fields[name].choices if name in kind.fields else ():
                    if folded(choice) not in own and not self._is_a_kind(choice):
                        known |= dict.fromkeys(plural_forms(folded(choice)), Noun(kind.name, name, choice))
        return _longest_first(known)

    @cached_property
    def plurals(self) -> frozenset[str]:
        """The words among the nouns that speak of several."""
        singular = {folded(word) for kind in self.kinds for word in (kind.name, kind.label, *kind.aliases)}
        singular |= {folded(noun.value) for noun in self.nouns.values() if noun.value}
        return frozenset(self.nouns.keys() - singular)

    @cached_property
    def verbs(self) -> dict[str, list[Verb]]:
        """Forms of the words of the relations, and what each can mean."""
        known: dict[str, list[Verb]] = {}
        for relation in self.kinds.relations.values():
            more = SYNONYMS.get(relation.name, ((), ()))
            for is_from, words, synonyms in zip((True, False), relation.words, more, strict=True):
                for form in (form for word in (words, *synonyms) for form in verb_forms(folded(word))):
                    verb = Verb(relation.name, is_from)
                    if verb not in known.setdefault(form, []):
                        known[form].append(verb)
        return _longest_first(known)

    def _is_a_kind(self, word: str) -> bool:
        return any(folded(word) in (folded(kind.name), folded(kind.label)) for kind in self.kinds)

    def fields_called(self, words: str, of: Iterable[str]) -> list[str]:
        """Return the names of the fields of the kinds `of` that `words` call."""
        return [name for kind in of for name, field in self.kinds.kind(kind).fields.items() if words in _words_of(name, field)]

    def choice(self, kind: str, word: str) -> tuple[str, str] | None:
        """Return (field, value) of the choice of `kind` that `word` is, or None."""
        for name, field in self.kinds.kind(kind).fields.items():
            for choice in field.choices:
                if folded(choice) == word:
                    return name, choice
        return None

    def statuses(self, kind: Kind, word: str) -> tuple[str, ...]:
        """Return the statuses of `kind` that `word` means, or none."""
        exact = tuple(status for status in kind.lifecycle if folded(status) == word)
        if exact:
            return exact
        if word in OPEN_WORDS:
            return tuple(status for status in kind.lifecycle if status not in kind.closed)
        return kind.closed if word in CLOSED_WORDS else ()

    @cached_property
    def status_words(self) -> dict[str, None]:
        words = {folded(status) for kind in self.kinds for status in kind.lifecycle}
        return _longest_first(dict.fromkeys([*words, *OPEN_WORDS, *CLOSED_WORDS]))

    @cached_property
    def horizons(self) -> str:
        """A pattern of every word for a horizon, with or without its last s."""
        words = {word for horizon in self.kinds.horizons.values() for word in horizon.words}
        longest_first = sorted({*words, *(word.removesuffix("s") for word in words)}, key=lambda word: (-len(word), word))
        return "|".join(re.escape(word) for word in longest_first)

    @cached_property
    def known_words(self) -> frozenset[str]:
        """Every single word of the tables: what a slip of the hand may have meant."""
        phrases = [*self.nouns, *self.verbs, *self.status_words]
        return frozenset(word for phrase in phrases for word in phrase.split() if len(word) > 3)


def plural_forms(word: str) -> tuple[str, ...]:
    return (word, f"{word[:-1]}ies" if word.endswith("y") else f"{word}s")


def verb_forms(words: str) -> list[str]:
    """Return the forms of a relation's words without "is" and "was": "targets" → target, targets, targeted, targeting."""
    plain = re.sub(r"^(is|was|are|were) ", "", words)
    first, _, rest = plain.partition(" ")
    if plain != words:
        return [plain]
    forms = {first, *(form for stem in _stems(first) for form in _forms(stem))}
    return [f"{form} {rest}".strip() for form in forms]


def _stems(word: str) -> list[str]:
    for stem, forms in _IRREGULAR.items():
        if word in (stem, f"{stem}s", f"{stem}es", *forms):
            return [stem]
    if word.endswith(("ches", "shes", "sses")):
        return [word[:-2]]
    if word.endswith("ied"):
        return [f"{word[:-3]}y"]
    if word.endswith("ed"):
        return [word[:-1], word[:-2], *([word[:-3]] if word[-3] == word[-4] else [])]
    return [word[:-1]] if word.endswith("s") and not word.endswith("ss") else [word]


def _forms(stem: str) -> Iterable[str]:
    short = stem.removesuffix("e")
    yield from (stem, f"{stem}s", f"{short}ed", f"{short}ing", *_IRREGULAR.get(stem, ()))
    if re.fullmatch(r".*[^aeiou][aeiou][bdgmnpt]", stem):
        yield from (f"{stem}{stem[-1]}ed", f"{stem}{stem[-1]}ing")
    if stem.endswith(("ch", "sh", "ss")):
        yield f"{stem}es"


def _words_of(name: str, field: Field) -> set[str]:
    words = {folded(name.replace("_", " ")), folded(field.label).rstrip("?…")}
    return words | {f"{word}s" for word in words}


def _longest_first(table: dict[str, _T]) -> dict[str, _T]:
    return dict(sorted(table.items(), key=lambda entry: (-len(entry[0]), entry[0])))
