"""What people type behind `/pom`, taken apart. Pure."""

import re
from collections.abc import Collection, Iterable

from rapidfuzz import fuzz, process
from rapidfuzz.distance import DamerauLevenshtein

from storage.kinds import Kind, Kinds
from storage.references import of_text
from storage.text import folded

NEAR = 60  # of 100
MOST_WORDS = 8  # that the name of a kind or the words of a relation are made of
_QUOTES = "\"'“”„‟«»‹›‘’`"
_DASHES = "-‐‑‒–—"
_KEY = re.compile(rf"([A-Za-z]{{2,6}})[{_DASHES} ]?([1-9][0-9]{{0,8}})")
_KEY_FIRST = re.compile(rf"{_KEY.pattern}(?![\w])[,:]?\s*(.*)", re.DOTALL)


def cleaned(words: str) -> str:
    """Return `words` with single spaces, without quotes around them."""
    return " ".join(words.split()).strip(f"{_QUOTES} ")


def key_of(kinds: Kinds, words: str) -> str | None:
    """Return the key that `words` are, as it is stored ("bet 12" is BET-12), or None. "BAT-12" is one, though of no kind."""
    plain = cleaned(words).rstrip("?!., ")
    match = _KEY.fullmatch(plain)
    if match is None:
        return None
    key = f"{match[1].upper()}-{match[2]}"
    return key if kinds.of_key(key) or (not plain[len(match[1])].isalnum() and plain[len(match[1])] != " ") else None


def key_first(kinds: Kinds, words: str) -> tuple[str | None, str]:
    """Return the key with which `words` begin, and the words after it; None and the words where they begin with none."""
    match = _KEY_FIRST.fullmatch(cleaned(words))
    key = f"{match[1].upper()}-{match[2]}" if match else ""
    return (key, match[3]) if match and kinds.of_key(key) else (None, cleaned(words))


def wrong_key(kinds: Kinds, words: str) -> tuple[str | None, str]:
    """Return what `words` begin with if it is nearly a key, as "BAT-12", and the words after it; else None and `words`."""
    match = _KEY_FIRST.fullmatch(cleaned(words))
    key = f"{match[1].upper()}-{match[2]}" if match else ""
    is_written_so = match is not None and match[0][len(match[1])] in _DASHES
    return (key, match[3]) if match and is_written_so and not kinds.of_key(key) and near_keys(kinds, key) else (None, words)


def only_key_in(kinds: Kinds, words: str) -> str | None:
    """Return the key that a sentence names, or None where it names none, or several."""
    found = {each.name for each in of_text(words) if each.sort == "key" and kinds.of_key(each.name)}
    return found.pop() if len(found) == 1 else None


def kind_in(kinds: Kinds, words: str) -> tuple[Kind | None, str]:
    """Return the kind that `words` begin with, and the words after it."""
    known = {word: kind for kind in kinds.offered for word in kind.words}
    word, rest = begins_with(words, known)
    return (known[word], rest) if word else (None, words)


def begins_with(words: str, known: Collection[str]) -> tuple[str | None, str]:
    """Return the longest of the `known` (folded) with which `words` begin, and the words after it; else None and `words`."""
    said = words.split()
    for count in range(min(len(said), MOST_WORDS), 0, -1):
        begun = folded(" ".join(said[:count]))
        if begun in known:
            return begun, " ".join(said[count:])
    return None, words


def near_kinds(kinds: Kinds, words: str) -> list[tuple[Kind, str]]:
    """Return the kinds whose words are nearest to the first of `words`, the nearest first, each with the words after it."""
    first, _, rest = cleaned(words).partition(" ")
    known = {word: kind for kind in kinds.offered for word in kind.words}
    found = process.extract(folded(first), list(known), scorer=fuzz.ratio, score_cutoff=NEAR, limit=6) if first else []
    return list({known[word].name: (known[word], rest.strip()) for word, _, _ in found}.values())[:3]


def near_name(word: str, names: Iterable[str]) -> str | None:
    """Return the one of `names` that was meant by `word`, written with a slip of the hand or two, or None."""
    said = folded(word)
    if len(said) < 2:
        return None
    slips = 1 if len(said) < 6 else 2
    found = process.extractOne(said, list(names), scorer=DamerauLevenshtein.distance, score_cutoff=slips)
    return found[0] if found else None


def near_keys(kinds: Kinds, key: str) -> list[str]:
    """Return `key` with the prefixes that are nearest to its own: BET-12 for BAT-12."""
    prefix, _, number = key.partition("-")
    found = process.extract(prefix, [kind.prefix for kind in kinds.offered], scorer=fuzz.ratio, score_cutoff=NEAR, limit=3)
    return [f"{each}-{number}" for each, _, _ in found if each != prefix]
