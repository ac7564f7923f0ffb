"""Words → Question. Pure: what a name means is looked up afterwards, so one sentence can have several readings."""

import re
from itertools import islice

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

from storage.asking.phrasings import PHRASINGS
from storage.asking.question import Question
from storage.asking.reading import Reader
from storage.kinds import Kinds
from storage.text import folded

MOST_READINGS = 24
SHORT = 4  # letters; shorter words are not put right
QUESTION_LIMIT = 500  # characters; what is longer is no question

_POLITE = re.compile(
    r"^(?:(?:hi|hey|hello|ok|so|and|but|well|please|pls|then|also|now|could you|can you|would you|tell me|show me|show us|"
    r"give me|"
    r"remind me|let me know|i wonder|i want to know|do you know|do we know|explain|list|show|find|exactly)[, ]+)+"
)
_SHORT = {
    r"\b(what|who|where|how|which|that|it|there)['’]?s\b": r"\1 is",
    r"\b(what|who|where|how)['’]re\b": r"\1 are",
    r"\b(we|they|you)['’]ve\b": r"\1 have",
    r"\b(we|they|you)['’]re\b": r"\1 are",
    r"\b(do|does|did|is|are|was|were|has|have|had)n['’]?t\b": r"\1 not",
    r"\bwhats\b": "what is",
    r"[“”„\"«»]": '"',
    r"\b(\d) - (\d)\b": r"\1-\2",  # 3 – 6 pagers
}


def normal(words: str) -> str:
    """Return `words` as they are read: folded, without courtesies, short forms written out, no mark at the end."""
    said = folded(words[:QUESTION_LIMIT])
    for pattern, replacement in _SHORT.items():
        said = re.sub(pattern, replacement, said)
    said = re.sub(r"<([#@][a-z0-9]+)(\|[^>]*)?>", r"\1", said)
    said = re.sub(r"[\s?!.…,;:]+$", "", said)
    said = re.sub(r",? (please|pls|thanks|thank you)$", "", said)
    return _POLITE.sub("", said).strip()


def readings(kinds: Kinds, words: str) -> list[Question]:
    """Return what `words` can mean, the likeliest first; nothing where no phrasing fits, not even with slips of the hand."""
    reader = Reader(kinds)
    said = normal(words)
    found = _read(reader, said)
    if found:
        return found
    better = without_slips(reader, said)
    return _read(reader, better) if better != said else []


def _read(reader: Reader, said: str) -> list[Question]:
    if not said:
        return []
    by_phrase = [question for phrasing in PHRASINGS for question in phrasing.read(reader, said)]
    by_list = islice(reader.lists(said), MOST_READINGS)
    return list(dict.fromkeys([*by_phrase, *by_list]))[:MOST_READINGS]


def without_slips(reader: Reader, said: str) -> str:
    """Return `said` with words that are nearly those of the pack or of a phrasing put right; short words stay as they are."""
    known = reader.words.known_words | _PHRASE_WORDS
    return " ".join(_put_right(word, known) for word in said.split())


def _put_right(word: str, known: frozenset[str]) -> str:
    if word in known or len(word) < SHORT or not word.isalpha():
        return word
    slips = 1 if len(word) < 2 * SHORT else 2
    near = process.extract(word, known, scorer=DamerauLevenshtein.distance, score_cutoff=slips, limit=None)

    def unlikeness(match: tuple[str, float, int]) -> tuple[float, bool, float, str]:
        known_word, distance, _ = match
        return distance, sorted(known_word) != sorted(word), JaroWinkler.distance(word, known_word), known_word

    return min(near, key=unlikeness)[0] if near else word


_PHRASE_WORDS = frozenset(
    word for phrasing in PHRASINGS for pattern in phrasing.patterns for word in re.findall(r"[a-z]{4,}", pattern)
) - {"thing", "other", "kinds", "period"}
