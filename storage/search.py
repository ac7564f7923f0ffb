"""Finding objects by what people type: a key, a name, a part of it, or nearly that."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rapidfuzz import fuzz

from storage.audience import Audience
from storage.database import Transaction
from storage.name_matches import Match, Spelling, Wanted, matches, whole
from storage.names import ALIAS, FORMER, TITLE, spelled, words_of
from storage.objects import Object, find, get, get_many
from storage.text import folded

MOST_WORDS = 8  # of what was typed; more narrow nothing down
MOST_LETTERS = 32  # of a word
MOST_LOOKED_UP = 4  # words, the longest, where not all are right
MOST_SLIPS = 2  # of these that may be misspelled
CLEAR = 20  # what has more meanings is not clear, however many there are
ALIKE = 78  # of 100: "activtion rate" is Activation rate, "retention rate" is not

_KEY = re.compile(r"([a-z]{2,6})[ -]?([1-9][0-9]{0,8})")
_BY: dict[int, Literal["title", "alias", "former"]] = {TITLE: "title", ALIAS: "alias", FORMER: "former"}


@dataclass(frozen=True)
class Found:
    """An object that was found, and what it was found by: its key, its title, another name of it, what it was called once.

    `name`: that name as it is compared, in lower case without punctuation. `is_alike`: it is nearly what was typed. Without
    words nothing was looked for: "changed".
    """

    item: Object
    by: Literal["changed", "key", "title", "alias", "former"] = "changed"
    name: str = ""
    is_alike: bool = False


async def search(
    tx: Transaction,
    words: str,
    audience: Audience,
    *,
    kinds: Iterable[str] | None = None,
    team: str | None = None,
    limit: int = 20,
) -> list[Object]:
    """Return the objects that fit `words` best: by key, by name, by a part of it, of equals the recent first; else by likeness.

    What an object was called once comes after what others are called now; what is archived is found by its key alone. Without
    words: the most recently changed. `kinds`, `team`: only of these.
    """
    found = await search_with_reasons(tx, words, audience, kinds=kinds, team=team, limit=limit)
    return [each.item for each in found]


async def search_with_reasons(
    tx: Transaction,
    words: str,
    audience: Audience,
    *,
    kinds: Iterable[str] | None = None,
    team: str | None = None,
    limit: int = 20,
) -> list[Found]:
    """Return what `search` does, and of each object what it was found by."""
    wanted = _wanted(audience, kinds, team)
    if not words.strip():
        return [Found(item) for item in await _latest(tx, wanted, limit)]
    typed = words_of(words)
    by_key = await _of_key(tx, words, wanted)
    fitting, is_alike = _ranked(await _of_name(tx, typed, wanted, limit), typed), False
    if not by_key and not fitting:
        fitting, is_alike = [match for match, _ in await _alike(tx, typed, wanted)], True
    best: dict[str, Match | None] = {item.key: None for item in by_key}
    for match in fitting:
        best.setdefault(match.key, match)
    keys = list(best)[:limit]
    return [_found(item, best[item.key], is_alike) for item in await _objects(tx, keys, audience)]


def _found(item: Object, match: Match | None, is_alike: bool) -> Found:
    return Found(item, "key") if match is None else Found(item, _BY[match.rank], " ".join(match.text.split()), is_alike)


async def entitled(tx: Transaction, words: str, audience: Audience, kinds: Iterable[str] | None = None) -> list[Object]:
    """Return the objects whose whole title `words` are, but for case, accents and punctuation."""
    typed = words_of(words)
    found = await whole(tx, spelled(typed), _wanted(audience, kinds)) if typed else []
    return await _objects(tx, [match.key for match in found if match.rank == TITLE], audience)


async def named(tx: Transaction, words: str, audience: Audience, kinds: Iterable[str] | None = None) -> list[Object]:
    """Return the objects that `words` can mean: one where they are clear, more where they are not, none where nothing fits.

    A key is clear; so is a whole title, then another name, then a former title. Then a part of a name counts, then a name
    with slips of the hand; and then what is archived.
    """
    typed = words_of(words)
    by_key = await _of_key(tx, words, _wanted(audience, kinds))
    if by_key or not typed:
        return by_key
    in_use = await _meant(tx, typed, _wanted(audience, kinds))
    return in_use or await _meant(tx, typed, replace(_wanted(audience, kinds), archived=True))


async def _meant(tx: Transaction, typed: Sequence[str], wanted: Wanted) -> list[Object]:
    parts = await _of_name(tx, typed, wanted, CLEAR)
    meant = _of_best_rank([match for match in parts if match.text == spelled(typed)])
    meant = meant or [match for match in parts if match.rank != FORMER] or parts
    meant = meant or _clearly_best(await _alike(tx, typed, wanted))
    return await _objects(tx, [match.key for match in _ranked(meant, typed)][:CLEAR], wanted.audience)


def _wanted(audience: Audience, kinds: Iterable[str] | None, team: str | None = None) -> Wanted:
    return Wanted((), audience, None if kinds is None else tuple(sorted(set(kinds))), team)


async def _latest(tx: Transaction, wanted: Wanted, limit: int) -> list[Object]:
    audience = wanted.audience
    if wanted.kinds is None and (audience.sees_workspace or audience.sees_all):  # most of what was changed is for them
        return await find(tx, audience, team=wanted.team, limit=limit)
    found = await matches(tx, wanted, limit * 2)  # an object may have several names
    return await _objects(tx, list(dict.fromkeys(match.key for match in found))[:limit], audience)


async def _of_key(tx: Transaction, words: str, wanted: Wanted) -> list[Object]:
    match = _KEY.fullmatch(folded(words)) if len(words) <= MOST_LETTERS else None
    item = await get(tx, f"{match[1]}-{match[2]}", wanted.audience) if match else None
    if item is None or item.kind not in (wanted.kinds or (item.kind,)) or item.team != (wanted.team or item.team):
        return []
    return [item]


async def _objects(tx: Transaction, keys: Sequence[str], audience: Audience) -> list[Object]:
    found = await get_many(tx, keys, audience)
    return [found[key] for key in dict.fromkeys(keys) if key in found]


async def _of_name(tx: Transaction, typed: Sequence[str], wanted: Wanted, enough: int) -> list[Match]:
    """Return names that have every word of `typed`: one or two letters begin a word, more stand anywhere."""
    if not typed:
        return []
    having_all = replace(wanted, words=tuple(((_piece(word),),) for word in dict.fromkeys(typed[:MOST_WORDS])))
    return [*await whole(tx, spelled(typed), wanted), *await matches(tx, having_all, enough)]


def _ranked(found: Iterable[Match], typed: Sequence[str]) -> list[Match]:
    return sorted(found, key=lambda match: (match.rank == FORMER, _distance(match.text, typed), -match.id))


def _distance(name: str, typed: Sequence[str]) -> int:
    begun = spelled(typed).rstrip()
    if name.startswith(begun):
        return 0 if name == f"{begun} " else 1
    return 2 if begun in name else 3 if all(f"  {word}" in name for word in typed) else 4


def _of_best_rank(found: Sequence[Match]) -> list[Match]:
    best = min((match.rank for match in found), default=TITLE)
    return [match for match in found if match.rank == best]


def _piece(word: str) -> str:
    """Return three letters or more: what is shorter begins a word."""
    return word[:MOST_LETTERS] if len(word) > 2 else f" {word}" if len(word) == 2 else f"  {word}"


async def _alike(tx: Transaction, typed: Sequence[str], wanted: Wanted) -> list[tuple[Match, float]]:
    """Return names that may be meant where the hand slipped in the longer words of `typed`, and how alike they are."""
    longest = sorted({word for word in typed[:MOST_WORDS] if 3 < len(word) <= MOST_LETTERS}, key=lambda word: -len(word))
    words = longest[:MOST_LOOKED_UP]
    slipped = [word for word in words if not await _is_known(tx, word, word != typed[-1], wanted)]
    if not 0 < len(slipped) <= MOST_SLIPS:
        return []
    for nearly in (_lacking, _nearly) if len(slipped) == 1 else (_lacking,):
        ways = (tuple(nearly(word)) if word in slipped else ((_piece(word),),) for word in words)
        found = await matches(tx, replace(wanted, words=tuple(ways)), CLEAR)
        ranked = [(match, likeness) for match in found if (likeness := _likeness(match.text.split(), typed)) >= ALIKE]
        if ranked:
            return sorted(ranked, key=lambda pair: (pair[0].rank == FORMER, -pair[1]))
    return []


async def _is_known(tx: Transaction, word: str, is_whole: bool, wanted: Wanted) -> bool:
    """Tell whether a name has the word, or one that begins so, where it is still being typed."""
    piece = f" {word} " if is_whole else f" {word}"
    return bool(await matches(tx, replace(wanted, words=(((piece,),),)), 1, most=1))


def _clearly_best(ranked: Sequence[tuple[Match, float]]) -> list[Match]:
    """Return those that are not far behind the best."""
    best = max((likeness for _, likeness in ranked), default=0)
    return [match for match, likeness in ranked if likeness >= best - 5]


def _lacking(word: str) -> Iterator[Spelling]:
    """Yield what `word` is made of if one letter lacks, or two changed places: that fits little else, so it is asked first."""
    for place in range(1, len(word)):
        yield _around(word[:place], word[place:])
        yield (f" {word[: place - 1]}{word[place]}{word[place - 1]}{word[place + 1 :]}",)


def _nearly(word: str) -> Iterator[Spelling]:
    """Yield what `word` is made of if it has any slip: also a letter that is wrong, or too much."""
    yield from _lacking(word)
    if len(word) > 4:
        yield from (_around(word[:place], word[place + 1 :]) for place in range(len(word)))


def _around(before: str, after: str) -> Spelling:
    """Return the pieces before and after a slip, as far as they are long enough to be looked up."""
    ends = f"  {before}" if before else "", after if len(after) > 2 else f"{after} "
    return tuple(piece for piece in ends if len(piece) > 2)


def _likeness(name: Sequence[str], typed: Sequence[str]) -> float:
    """Return 0–100: of the whole name, of most of what was typed with a part of it, or of the word that is least alike."""
    whole, said = " ".join(name), " ".join(typed)
    longer = [word for word in typed if len(word) > 3]
    return max(
        fuzz.ratio(whole, said),
        fuzz.token_sort_ratio(whole, said),
        fuzz.partial_ratio(whole, said) - 4 if len(said) <= len(whole) else 0,
        min((max(_begun(each, word) for each in name) for word in longer), default=0),
    )


def _begun(name: str, typed: str) -> float:
    """Return how alike a word of a name and a typed one are, or its beginning, where it is still being typed."""
    return max(fuzz.ratio(name, typed), fuzz.ratio(name[: len(typed)], typed))
