"""Names that fit: a few hundred at most, the latest first, however many there are.

SQLite reads the matches of one workspace one by one, the latest first: https://sqlite.org/fts5.html. PostgreSQL gathers all
matches before it sorts them, which takes long for a common word; so there the latest names are looked through first.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Select,
    Text,
    any_,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSQUERY, array

from storage.audience import VISIBLE, Audience
from storage.database import Transaction, ours
from storage.name_index import FTS, LEXEMES, MARKS, TRIGRAMS
from storage.names import mark
from storage.tables import names, objects

MOST = 100  # matches that are ranked by likeness
LATEST = 2_000  # names that are looked through before PostgreSQL's index is asked
GAP = 2  # letters that may lie between two pieces of a word

Spelling = tuple[str, ...]  # pieces of a word that follow one another closely; spaces where the word begins or ends


@dataclass(frozen=True)
class Wanted:
    """What is looked for. `words`: for each word the ways in which it may be written; `kinds`, `team`: None for any.

    `archived`: also what was put away.
    """

    words: tuple[tuple[Spelling, ...], ...]
    audience: Audience
    kinds: tuple[str, ...] | None = None
    team: str | None = None
    archived: bool = False

    @property
    def marks(self) -> dict[str, list[str]]:
        """What the marks of an object must have: one of each list that is not empty."""
        return {
            "kind_marks": [mark("kind", kind) for kind in self.kinds or ()],
            "team_marks": [] if self.team is None else [mark("team", self.team)],
            "reader_marks": self._reader_marks,
        }

    @property
    def _reader_marks(self) -> list[str]:
        if self.audience.sees_workspace or self.audience.sees_all:  # most of what is there
            return []
        return [mark("channel", channel) for channel in sorted(self.audience.channels)]


@dataclass(frozen=True)
class Match:
    """A name that fits. The higher its `id`, the later it came."""

    id: int
    key: str
    rank: int
    text: str


_SOME = {"kind_marks", "team_marks", "reader_marks"}
_COLUMNS = tuple(names.c[name] for name in Match.__dataclass_fields__)


async def matches(tx: Transaction, wanted: Wanted, enough: int, most: int = MOST) -> list[Match]:
    """Return the latest names that have every word that is wanted, at most `most`; where `enough` are found soon, no more."""
    marks = {name: values for name, values in wanted.marks.items() if values}
    if tx.connection.dialect.name == "sqlite":
        return await _found(tx, _on_sqlite, wanted, {"match": _match(wanted.words, marks.values()), "most": most})
    words = {**_patterns(wanted.words), "most": most}
    latest = await _found(tx, _among_latest, wanted, words)
    if len(latest) >= enough:
        return latest
    values = {**words, **marks, "all_marks": [tx.workspace]}
    if await _has_trigrams(tx):
        return await _found(tx, _on_postgres, wanted, values)
    return await _found(tx, _on_plain_postgres, wanted, {**values, "query": _query(wanted.words)})


async def whole(tx: Transaction, name: str, wanted: Wanted) -> list[Match]:
    """Return the latest names that are `name`, spelled as it is stored; the words of `wanted` do not matter."""
    return await _found(tx, _whole, wanted, {"name": name, "most": MOST})


async def _found(
    tx: Transaction, build: Callable[[frozenset[str]], Select[Any]], wanted: Wanted, values: dict[str, Any]
) -> list[Match]:
    if wanted.kinds is not None:
        values["kinds"] = wanted.kinds
    if wanted.team is not None:
        values["team"] = wanted.team
    statement = build(frozenset({*values, *(["archived"] if wanted.archived else [])}))
    rows: Sequence[Any] = (await tx.run(statement, **values, **wanted.audience.binds)).all()
    return [Match(*row) for row in rows]


# Each statement is built once for the values that it is given, by their names.


def _fits(given: frozenset[str], key: ColumnElement[str] = names.c.key) -> ColumnElement[bool]:
    """The condition that decides; marks only spare the rows that it would refuse.

    Not an EXISTS, which PostgreSQL may turn round: it would begin with all objects.
    """
    fitting = select(objects.c.key).where(ours(objects), objects.c.key == key, VISIBLE)
    if "archived" not in given:
        fitting = fitting.where(objects.c.archived.is_(False))
    if "kinds" in given:
        fitting = fitting.where(objects.c.kind.in_(bindparam("kinds", expanding=True)))
    if "team" in given:
        fitting = fitting.where(objects.c.team == bindparam("team"))
    return fitting.scalar_subquery().is_not(None)


@cache
def _whole(given: frozenset[str]) -> Select[Any]:
    statement = select(*_COLUMNS).where(ours(names), names.c.text == bindparam("name"), _fits(given))
    return statement.order_by(names.c.id.desc()).limit(bindparam("most"))


@cache
def _on_sqlite(given: frozenset[str]) -> Select[Any]:
    fts = table(FTS, column("rowid", BigInteger), column(FTS, Text))
    ids = select(names.c.id).where(ours(names)).correlate(None).limit(1)
    lowest, highest = (ids.order_by(end).scalar_subquery() for end in (names.c.id, names.c.id.desc()))
    return (
        select(*_COLUMNS)
        .join_from(fts, names, names.c.id == fts.c.rowid)
        .where(fts.c[FTS].op("MATCH")(bindparam("match")), fts.c.rowid.between(lowest, highest), _fits(given))
        .order_by(fts.c.rowid.desc())
        .limit(bindparam("most"))
    )


def _match(words: Iterable[Iterable[Spelling]], marks: Iterable[Iterable[str]]) -> str:
    """Return a query for FTS5: https://sqlite.org/fts5.html#full_text_query_syntax.

    A word has no quotes in it, and no capitals, of which marks are made.
    """
    every = [*(map(_near, spellings) for spellings in words), *marks]
    return " AND ".join(f"({' OR '.join(ways)})" for ways in every)


def _near(spelling: Spelling) -> str:
    pieces = " ".join(f'"{piece}"' for piece in spelling)
    # So many trigrams lie between the last of one piece and the first of the next.
    return pieces if len(spelling) == 1 else f"NEAR({pieces}, {GAP + 2})"


def _has_words(given: frozenset[str], text: ColumnElement[str]) -> list[ColumnElement[bool]]:
    pieces = [text.like(bindparam(name, type_=Text)) for name in sorted(given) if name.startswith("piece_")]
    return pieces + [text.regexp_match(bindparam(name, type_=Text)) for name in sorted(given) if name.startswith("nearly_")]


@cache
def _among_latest(given: frozenset[str]) -> Select[Any]:
    # Of a list of workspaces, though it has only one: else the planner may sort all names of the workspace, or read those of
    # all workspaces, where it takes ours for smaller or larger than it is.
    mine = names.c.workspace == any_(array([bindparam("this_workspace", type_=Text)]))
    in_order = (names.c.workspace.desc(), names.c.id.desc())
    latest = select(*_COLUMNS).where(mine).order_by(*in_order).limit(LATEST).subquery("latest")
    fitting = _fits(given, latest.c.key)
    return (
        select(latest).where(*_has_words(given, latest.c.text), fitting).order_by(latest.c.id.desc()).limit(bindparam("most"))
    )


@cache
def _on_postgres(given: frozenset[str]) -> Select[Any]:
    return _lazily(given, *_has_marks(given), *_has_words(given, names.c.text))


@cache
def _on_plain_postgres(given: frozenset[str]) -> Select[Any]:
    has_lexemes = literal_column(LEXEMES).op("@@")(cast(bindparam("query", type_=Text), TSQUERY))
    return _lazily(given, *_has_marks(given), *_has_words(given, names.c.text), has_lexemes)


def _has_marks(given: frozenset[str]) -> list[ColumnElement[bool]]:
    marks: ColumnElement[Any] = literal_column(MARKS)
    some = [marks.op("&&")(bindparam(name, type_=ARRAY(Text))) for name in sorted(given & _SOME)]
    return [marks.op("@>")(bindparam("all_marks", type_=ARRAY(Text))), *some]


def _lazily(given: frozenset[str], *conditions: ColumnElement[bool]) -> Select[Any]:
    """Look up all names that meet `conditions`, then go through them, the latest first, until enough are for the reader."""
    place = (names.c.id + 0).label("id")  # a sum: sorted by the id itself, all names might be read in the order of its index
    found = select(place, *_COLUMNS[1:]).where(*conditions).order_by(place.desc()).subquery("found")
    return select(found).where(_fits(given, found.c.key)).order_by(found.c.id.desc()).limit(bindparam("most"))


def _patterns(words: Iterable[Sequence[Spelling]]) -> dict[str, Any]:
    """Return for each word a pattern, of LIKE for one piece, else a regular expression. No word has a sign of either in it."""
    patterns = {}
    for number, spellings in enumerate(words):
        if len(spellings) == len(spellings[0]) == 1:
            patterns[f"piece_{number}"] = f"%{spellings[0][0]}%"
        else:
            patterns[f"nearly_{number}"] = "|".join(f".{{0,{GAP}}}".join(spelling) for spelling in spellings)
    return patterns


def _query(words: Iterable[Iterable[Spelling]]) -> str:
    """Return a query for words that begin as one of the spellings does."""
    return " & ".join(f"({' | '.join(_beginnings(spellings))})" for spellings in words) or "''"


def _beginnings(spellings: Iterable[Spelling]) -> list[str]:
    every = {spelling[0].strip() for spelling in spellings if spelling[0].startswith(" ") or len(spelling) == 1}
    return [f"'{each}':*" for each in sorted(every) if len(each) > 2] or [f"'{each}':*" for each in sorted(every)]


async def _has_trigrams(tx: Transaction) -> bool:
    """Tell which index there is; a connection asks once."""
    info = tx.connection.info
    if TRIGRAMS not in info:
        info[TRIGRAMS] = await tx.value(select(func.to_regclass(TRIGRAMS).is_not(None)))
    return bool(info[TRIGRAMS])
