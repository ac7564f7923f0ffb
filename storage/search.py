"""Finding objects by what people type: a key, a title, a part of it, or nearly that."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from rapidfuzz import fuzz
from sqlalchemy import ColumnElement, Select, and_, bindparam, or_, select

from storage.audience import VISIBLE, Audience
from storage.database import Transaction, ours
from storage.objects import OBJECT_COLUMNS, Object
from storage.tables import objects
from storage.text import folded

CANDIDATES = 300  # rows that are ranked by likeness, the most recently changed
MOST_WORDS = 8  # of what was typed; more narrow nothing down
ALIKE = 78  # of 100: "activtion rate" is Activation rate, "retention rate" is not

_KEY = re.compile(r"([a-z]{2,6})[ -]?([1-9][0-9]{0,8})")
_WORD = re.compile(r"[^\W_]+")


async def search(
    tx: Transaction, words: str, audience: Audience, *, kinds: Iterable[str] | None = None, limit: int = 20
) -> list[Object]:
    """Return the objects that fit `words` best: by key, then by title, by part of it, by likeness; of equals the recent first.

    Without words: the most recently changed. `kinds`: only of these.
    """
    typed = folded(words)
    of = None if kinds is None else sorted(set(kinds))
    if not typed:
        return await _rows(tx, audience, of, limit)
    found = await _of_key(tx, typed, audience, of) + await _of_title(tx, typed, audience, of, limit)
    if len(found) < limit:
        found += [item for item, likeness in await _alike(tx, typed, audience, of) if likeness >= ALIKE]
    return list({item.key: item for item in found}.values())[:limit]


async def entitled(tx: Transaction, words: str, audience: Audience, kinds: Iterable[str] | None = None) -> list[Object]:
    """Return the objects whose whole title `words` are."""
    typed = folded(words)
    of = None if kinds is None else sorted(set(kinds))
    return await _rows(tx, audience, of, CANDIDATES, objects.c.folded_title == bindparam("title"), title=typed)


async def named(tx: Transaction, words: str, audience: Audience, kinds: Iterable[str] | None = None) -> list[Object]:
    """Return the objects that `words` can mean: one where they are clear, more where they are not, none where nothing fits.

    A key is clear; so is a whole title. Then a part of a title counts, then a title with slips of the hand.
    """
    typed = folded(words)
    of = None if kinds is None else sorted(set(kinds))
    by_key = await _of_key(tx, typed, audience, of)
    if by_key or not typed:
        return by_key
    parts = await _of_title(tx, typed, audience, of, CANDIDATES)
    whole = [item for item in parts if folded(item.title) == typed]
    return whole or parts or _clearly_best(await _alike(tx, typed, audience, of))


def _clearly_best(ranked: Sequence[tuple[Object, float]]) -> list[Object]:
    """Return those that are alike enough, without those that are far behind the best."""
    return [item for item, likeness in ranked if likeness >= max(ALIKE, ranked[0][1] - 5)]


async def _of_key(tx: Transaction, typed: str, audience: Audience, of: list[str] | None) -> list[Object]:
    match = _KEY.fullmatch(typed)
    if not match:
        return []
    key = f"{match[1].upper()}-{match[2]}"
    return await _rows(tx, audience, of, 1, objects.c.key == bindparam("key"), key=key)


async def _of_title(tx: Transaction, typed: str, audience: Audience, of: list[str] | None, limit: int) -> list[Object]:
    """Return the objects whose title has every word of `typed`; first those that are it, or begin with it."""
    pieces = _WORD.findall(typed)[:MOST_WORDS] or [re.sub(r"[%_\\]", "", typed)]  # an emoji, say; not LIKE's own signs
    if not pieces[0]:
        return []
    names = [f"piece_{number}" for number in range(len(pieces))]
    has_all = and_(*(objects.c.folded_title.contains(bindparam(name)) for name in names))
    found = await _rows(tx, audience, of, CANDIDATES, has_all, **dict(zip(names, pieces, strict=True)))
    return sorted(found, key=lambda item: _closeness(folded(item.title), typed))[:limit]


def _closeness(title: str, typed: str) -> int:
    return 0 if title == typed else 1 if title.startswith(typed) else 2 if typed in title else 3


async def _alike(tx: Transaction, typed: str, audience: Audience, of: list[str] | None) -> list[tuple[Object, float]]:
    """Return the objects whose title shares a piece of a word with `typed`, and how alike they are, the most alike first."""
    pieces = list(dict.fromkeys(piece for word in _WORD.findall(typed)[:MOST_WORDS] for piece in _pieces(word)))
    if not pieces:
        return []
    names = [f"piece_{number}" for number in range(len(pieces))]
    has_any = or_(*(objects.c.folded_title.contains(bindparam(name)) for name in names))
    found = await _rows(tx, audience, of, CANDIDATES, has_any, **dict(zip(names, pieces, strict=True)))
    ranked = [(item, _likeness(folded(item.title), typed)) for item in found]
    return sorted(ranked, key=lambda pair: -pair[1])


def _pieces(word: str) -> set[str]:
    """Return the beginning, the middle and the end of a word: a slip leaves at least one of them whole."""
    middle = len(word) // 2
    return (
        {word[:4], word[middle - 1 : middle + 3], word[-4:]}
        if len(word) > 5
        else {word[:3], word[-3:]}
        if len(word) > 2
        else set()
    )


def _likeness(title: str, typed: str) -> float:
    """Return 0–100. A part of a title may stand for it, yet only if it is most of what was typed."""
    whole = fuzz.ratio(title, typed)
    if len(typed) < 5 or len(typed) > len(title):
        return max(whole, fuzz.token_sort_ratio(title, typed))
    return max(whole, fuzz.token_sort_ratio(title, typed), fuzz.partial_ratio(title, typed) - 4)


async def _rows(
    tx: Transaction,
    audience: Audience,
    of: list[str] | None,
    limit: int,
    condition: ColumnElement[bool] | None = None,
    **values: object,
) -> list[Object]:
    statement = _visible(of is not None).limit(limit)
    if condition is not None:
        statement = statement.where(condition)
    if of is not None:
        values["kinds"] = of
    rows: Sequence[Any] = (await tx.run(statement, **values, **audience.binds)).all()
    return [Object(*row) for row in rows]


@lru_cache(maxsize=2)
def _visible(of_kinds: bool) -> Select[Any]:
    statement = select(*OBJECT_COLUMNS).where(ours(objects), VISIBLE)
    if of_kinds:
        statement = statement.where(objects.c.kind.in_(bindparam("kinds", expanding=True)))
    return statement.order_by(objects.c.updated_at.desc(), objects.c.key)
