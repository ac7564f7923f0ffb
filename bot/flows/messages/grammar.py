"""What plain words ask to be logged, and what keys they name. Pure: no database, no Slack."""

import re
from dataclasses import dataclass
from functools import cache

from prompts import labels
from rituals.learning import first_sentence
from storage.kinds import Kind, Kinds
from storage.references import of_text
from storage.text import folded

MOST_WORDS = 6  # of the name of a kind
_COLON = re.compile(r"[:：﹕]")
_BETWEEN = re.compile(r"[\s,;&+]+")
_ENDS = ".!?…:)("


@dataclass(frozen=True)
class Log:
    """Something to be logged: of which kind, and in which words."""

    kind: Kind
    words: str

    @property
    def title(self) -> str:
        return first_sentence(self.words)[0]

    @property
    def description(self) -> str:
        return first_sentence(self.words)[1]


def logging(kinds: Kinds, typed: str) -> Log | None:
    """Return what `typed` asks to be logged: "insight: New teams stall", "log bet Guide them", "new insight: …"; else None.

    Every word of a kind counts, also those of a company's own kinds. What follows it is kept as it was typed.
    """
    typed = typed.strip()
    ordered = _order().match(typed)
    rest = typed[ordered.end() :] if ordered else typed
    colon = _COLON.search(rest)
    kind = _called(kinds, rest[: colon.start()]) if colon else None
    if kind is not None and colon:
        return Log(kind, rest[colon.end() :].strip())
    return _without_colon(kinds, rest) if ordered else None


@cache
def _order() -> re.Pattern[str]:
    """Return what begins an order to log something: "log a ", "new "."""
    verbs, articles = ("|".join(map(re.escape, labels()[name].split())) for name in ("said_verbs", "said_articles"))
    return re.compile(rf"(?:{verbs})(?:\s+(?:{articles}))?\s+", re.IGNORECASE)


def _without_colon(kinds: Kinds, words: str) -> Log | None:
    """Return what follows the longest name of a kind with which `words` begin."""
    ends = [found.end() for found in re.finditer(r"\S+", words)][:MOST_WORDS]
    for end in reversed(ends):
        kind = _called(kinds, words[:end])
        if kind is not None:
            return Log(kind, words[end:].strip())
    return None


def _called(kinds: Kinds, name: str) -> Kind | None:
    wanted = folded(name)
    return next((kind for kind in kinds.offered if wanted and wanted in kind.words), None)


def keys_in(kinds: Kinds, typed: str) -> list[str]:
    """Return the keys that `typed` names and that some kind has, in their order."""
    named = [each.name for each in of_text(typed) if each.sort == "key" and kinds.of_key(each.name)]
    upper = re.sub("[‐‑‒–]", "-", typed.upper())
    return sorted(named, key=upper.find)


def only_keys(kinds: Kinds, typed: str) -> list[str]:
    """Return the keys that `typed` names, where it says nothing else; else nothing."""
    keys = keys_in(kinds, typed)
    said = [part.strip(_ENDS) for part in _BETWEEN.split(typed)]
    return keys if all(not part or keys_in(kinds, part) for part in said) else []


def is_question(typed: str) -> bool:
    """Tell whether `typed` ends as a question does, in any script that I know."""
    return typed.rstrip(" \n)\"'”»").endswith(("?", "？", "؟", ";?"))


def is_thanks(typed: str) -> bool:
    """Tell whether `typed` begins with a word of thanks."""
    first = typed.split()[:1]
    return bool(first) and folded(first[0].strip(_ENDS + ",")) in labels()["said_thanks"].split()
