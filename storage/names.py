"""The names under which objects are found: their titles, other names that a pack flags, and what they were once called."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from zlib import crc32

from sqlalchemy import BigInteger, RowMapping, bindparam, delete, func, literal, select

from storage import bulk
from storage.database import Transaction, ours
from storage.fields import Value
from storage.kinds import Kind, Kinds
from storage.objects import OBJECT_COLUMNS, Object
from storage.tables import names, objects
from storage.text import folded

TITLE, ALIAS, FORMER = range(3)  # a name's rank: what it is called now is found before what it was called
MOST_FORMER = 10  # titles that an object had, the latest
LONGEST = 500  # letters of a name that count; PostgreSQL indexes no more than 2,700 bytes
_MANY = 20  # names, for which it is quicker to ask for the first id alone
_BATCH = 5_000  # SQLite takes 32,766 variables in a statement
_WORKSPACE_BITS = 40  # the lower bits of an id on SQLite; the higher ones are the workspace's

_PLAIN_WORD = re.compile("[a-z0-9]+")


def words_of(text: str) -> list[str]:
    """Return the words of `text` as they are compared: folded, without punctuation; a sign such as € or 🚀 is one, too."""
    plain = folded(text[: 4 * LONGEST])
    if plain.isascii():
        return _PLAIN_WORD.findall(plain)
    return "".join(map(_kept, plain)).split()


@lru_cache(maxsize=4096)
def _kept(letter: str) -> str:
    if letter.isascii():
        return letter if letter.isalnum() else " "
    category = unicodedata.category(letter)
    if category in ("Cf", "Cs") or letter in "\ufe0e\ufe0f":  # marks of direction, joiners, half characters, styles of emoji
        return ""
    return " " if category[0] in "CPZ" else letter


def stored(name: str) -> str:
    """Return a name as it is stored."""
    return spelled(words_of(name))


def spelled(words: Iterable[str]) -> str:
    """Return a name of these words as it is stored: "  guide  the  board ". Three letters tell where a word begins or ends."""
    return f"{''.join(f'  {word}' for word in words)[:LONGEST]} "


@lru_cache(maxsize=4096)
def mark(what: str, value: str) -> str:
    """Return three capital letters for a kind, a team or readers. Two may share them: they narrow down, and decide nothing."""
    number = crc32(f"{what} {value}".encode())
    return "".join(chr(ord("A") + number // place % 26) for place in (1, 26, 676))


def _marks(item: Object) -> str:
    return marks_of(item.kind, item.team, item.channel, item.visibility)


def marks_of(kind: str, team: str | None, channel: str | None, visibility: str) -> str:
    """Return the marks of an object, with spaces between them."""
    marks = [mark("kind", kind)]
    if visibility == "workspace":
        marks.append(mark("open", ""))
    if channel is not None:
        marks.append(mark("channel", channel))
    if team is not None:
        marks.append(mark("team", team))
    return " ".join(marks)


def _next_id() -> Any:
    """One more than the workspace's highest; the first of a workspace begins the next block."""
    highest = select(func.max(names.c.id)).where(names.c.workspace == bindparam("of_workspace")).scalar_subquery()
    of_all = select(func.max(names.c.id)).scalar_subquery()
    block = literal(1 << _WORKSPACE_BITS, BigInteger)
    return func.coalesce(highest + 1, (of_all / block + 1) * block, block)


_ADD = names.insert().values(id=_next_id()).inline()
_FIRST = select(_next_id())
_TAKE_OUT = (
    delete(names)
    .where(ours(names), names.c.key.in_(bindparam("keys", expanding=True)))
    .returning(names.c.id, names.c.key, names.c.rank, names.c.text)
)


_OF_KINDS = (
    select(*OBJECT_COLUMNS)
    .where(ours(objects), objects.c.kind.in_(bindparam("of_kinds", expanding=True)), objects.c.key > bindparam("last"))
    .order_by(objects.c.key)
    .limit(_BATCH)
)


async def keep(tx: Transaction, kinds: Kinds, changes: Iterable[tuple[object, object]]) -> None:
    """Let the objects among the `changes` (before, after) be found as they are now, the latest changed first.

    Whatever changed of an object, it belongs here: its kind, team and readers stand beside its names, and so does the order.
    """
    pairs = sorted(_of_objects(changes), key=_changed_at)
    formers = await _taken_out(tx, [before.key for before, _ in pairs if before])
    rows: list[dict[str, Any]] = []
    for before, after in pairs:
        if after:
            once = [*formers.get(after.key, ()), *([stored(before.title)] if before else ())]
            rows += rows_of(after.key, _marks(after), after.title, aliases_of(kinds, after.kind, after.fields), once)
    await _add(tx, rows)


async def _add(tx: Transaction, rows: Sequence[dict[str, Any]]) -> None:
    if tx.connection.dialect.name != "sqlite":
        await bulk.insert(tx, names, rows)
    elif len(rows) < _MANY:
        await tx.run_many(_ADD, [{**row, "of_workspace": tx.workspace} for row in rows])
    else:  # nobody else writes meanwhile
        first = await tx.value(_FIRST, of_workspace=tx.workspace)
        await bulk.insert(tx, names, [{**row, "id": first + number} for number, row in enumerate(rows)])


async def renew(tx: Transaction, old: Kinds, new: Kinds) -> None:
    """Let the objects be found whose other names `new` tells otherwise than `old`: by the fields that it flags."""
    kinds = [kind.name for kind in new if kind.name in old.kinds and _flagged(kind) != _flagged(old.kind(kind.name))]
    last = ""
    while kinds and (rows := await tx.rows(_OF_KINDS, of_kinds=kinds, last=last)):
        items = [Object(**row) for row in rows]
        await keep(tx, new, [(item, item) for item in items])
        last = items[-1].key


def _flagged(kind: Kind) -> set[str]:
    return {name for name, field in kind.fields.items() if field.alias}


def _of_objects(changes: Iterable[tuple[object, object]]) -> Iterator[tuple[Object | None, Object | None]]:
    for before, after in changes:
        old, new = (thing if isinstance(thing, Object) else None for thing in (before, after))
        if old or new:
            yield old, new


def _changed_at(pair: tuple[Object | None, Object | None]) -> datetime:
    thing = pair[1] or pair[0]
    assert thing is not None  # noqa: S101  # a change of nothing into nothing is none
    return thing.updated_at


async def _taken_out(tx: Transaction, keys: Sequence[str]) -> dict[str, list[str]]:
    """Take the names of `keys` out, and return for each the titles that it had once, the oldest first."""
    gone: list[RowMapping] = []
    for start in range(0, len(keys), _BATCH):
        gone += await tx.rows(_TAKE_OUT, keys=keys[start : start + _BATCH])
    formers: dict[str, list[str]] = {}
    for row in sorted(gone, key=lambda row: int(row["id"])):
        if row["rank"] == FORMER:
            formers.setdefault(row["key"], []).append(row["text"])
    return formers


def rows_of(key: str, marks: str, title: str, aliases: Iterable[str], once: Sequence[str]) -> list[dict[str, Any]]:
    """Return a row for each name of an object. `once`: what it was called, as that is stored, the oldest first."""
    ranks = {stored(title): TITLE}
    for alias in aliases:
        ranks.setdefault(stored(alias), ALIAS)
    latest = [text for text in dict.fromkeys(reversed(once)) if text not in ranks][:MOST_FORMER]
    ranks |= dict.fromkeys(reversed(latest), FORMER)
    return [{"key": key, "rank": rank, "text": text, "marks": marks} for text, rank in ranks.items()]


def aliases_of(kinds: Kinds, kind: str, fields: Mapping[str, Value]) -> list[str]:
    """Return what the `fields` of an object say that are flagged as other names of it."""
    known = kinds.kinds[kind].fields if fields and kind in kinds.kinds else {}
    return [str(value) for name, value in fields.items() if name in known and known[name].alias]
