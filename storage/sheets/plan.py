"""What a sheet would change: its rows checked against the kinds, and merged with what is there. And storing it."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from sqlalchemy import bindparam, select

from storage import checks, mentions, teams
from storage.audience import Audience
from storage.changes import Change, state_of, store
from storage.database import Transaction, ours
from storage.errors import Problem, Refused
from storage.graph import NEXT_NUMBER, Tie, new_link, new_object, revised
from storage.history import Act
from storage.kinds import Kinds
from storage.objects import Draft, Link, Object
from storage.sheets.cells import Cells
from storage.sheets.columns import Column, Meaning
from storage.sheets.links import Names, closing, names_in, triples_of
from storage.sheets.lookup import Lookup, Triple, names_of_people
from storage.sheets.out import cell_of
from storage.sheets.rows import Options, Reading, Rows, read_rows
from storage.sheets.sheet import Row, Sheet
from storage.tables import counters
from storage.text import folded
from storage.turns import alone

_KEY = re.compile(r"[A-Z]{2,6}-[1-9][0-9]{0,8}")
IMPORT = "import"  # who did it, where nobody is named
_NUMBERS = select(counters.c.name, counters.c.value).where(
    ours(counters), counters.c.name.in_(bindparam("names", expanding=True))
)


@dataclass(frozen=True)
class Planned:
    """What becomes of one row: the object as it was (None: it is new), as it shall be, and the links that are new."""

    reading: Reading
    before: Object | None
    after: Object
    links: tuple[Link, ...] = ()

    @property
    def is_changed(self) -> bool:
        return self.before is not None and (self.before != self.after or bool(self.links))

    @property
    def is_same(self) -> bool:
        return self.before is not None and not self.is_changed


@dataclass
class SheetPlan:
    """What a sheet would do. `columns`: what each means, by kind. `refused`: sentences, by row.

    `questions` must be answered before anything can be stored. `notes`: what a person should know of how it was read.
    `teams`: those that would come into being.
    """

    columns: dict[str, tuple[Column, ...]]
    rows: list[Planned] = field(default_factory=list)
    refused: dict[Row, list[str]] = field(default_factory=dict)
    questions: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    teams: list[str] = field(default_factory=list)

    @property
    def changes(self) -> list[Change]:
        """What is to be written."""
        things = [Change(each.before, each.after) for each in self.rows if each.before != each.after]
        return [*things, *(Change(None, link) for each in self.rows for link in each.links)]


async def plan_sheet(
    tx: Transaction,
    kinds: Kinds,
    sheet: Sheet,
    options: Options,
    audience: Audience,
    author: str = IMPORT,
    *,
    lock: bool = False,
) -> SheetPlan:
    """Return what `sheet` would change for `author`, who sees what `audience` does. Writes nothing.

    `lock`: it will be stored in this transaction. Raise sheet_rows.UnknownKind or sheet_columns.BadColumn.
    """
    if lock:
        await alone(tx)
    names = await names_of_people(tx)
    cells = Cells.of(names, [team.name for team in await teams.all_teams(tx)])
    rows = read_rows(kinds, sheet, options, cells)
    lookup = Lookup(tx, audience, lock=lock)
    await lookup.learn(rows.readings)
    planning = _Planning(tx, kinds, lookup, author, rows, names)
    planning.match(cells.teams)
    await planning.number(lock=lock)
    await planning.link()
    planning.plan.notes += [*sheet.notes, *cells.guessed]
    return planning.plan


async def store_sheet(tx: Transaction, kinds: Kinds, plan: SheetPlan, author: str = IMPORT) -> None:
    """Write what `plan`, made in this transaction with `lock`, says: one act of `author`, undone as one."""
    for name in plan.teams:
        await teams.put(tx, teams.Team(name))
    highest = _highest(each.after.key for each in plan.rows if each.before is None)
    last = await _last_numbers(tx, sorted(highest), lock=True)
    for prefix, number in sorted(highest.items()):
        await tx.value(NEXT_NUMBER[tx.connection.dialect.name], name=prefix, value=max(0, number - last[prefix]))
    act = Act(author)
    named = {(link.from_key, link.to_key) for each in plan.rows for link in each.links if link.relation == mentions.MENTIONS}
    await mentions.follow(tx, kinds, act, await store(tx, kinds, act, plan.changes), named)


def _highest(keys: Iterator[str]) -> Counter[str]:
    highest: Counter[str] = Counter()
    for key in filter(None, keys):
        prefix, _, number = key.rpartition("-")
        highest[prefix] = max(highest[prefix], int(number))
    return highest


async def _last_numbers(tx: Transaction, prefixes: Sequence[str], *, lock: bool) -> dict[str, int]:
    """Return the last number that was given out for each prefix; `lock`: nobody else takes one before this transaction ends."""
    if not lock:
        found = {row["name"]: row["value"] for row in await tx.rows(_NUMBERS, names=list(prefixes))}
        return {prefix: found.get(prefix, 0) for prefix in prefixes}
    statement = NEXT_NUMBER[tx.connection.dialect.name]
    return {prefix: int(await tx.value(statement, name=prefix, value=0)) for prefix in prefixes}


class _Planning:
    def __init__(
        self, tx: Transaction, kinds: Kinds, lookup: Lookup, author: str, rows: Rows, names: Mapping[str, str]
    ) -> None:
        self._tx = tx
        self._kinds = kinds
        self._lookup = lookup
        self._author = author
        self._readings = rows.readings
        self._names = names
        self._first: dict[str, Reading] = {}  # by what a row is about: a key, or a kind and a title
        self.plan = SheetPlan(rows.columns, refused=rows.refused, questions=rows.questions)

    def match(self, known_teams: Mapping[str, str]) -> None:
        """Find out of each row what it is about, and what becomes of it."""
        new_teams: dict[str, str] = {}
        for reading in self._readings:
            problems: list[str] = []
            key = reading.given.pop("key", "")
            before = self._of_key(reading, key, problems) if key else self._of_title(reading, problems)
            if self._is_repeated(reading, before.key if before else key, problems):
                continue
            given, unread = self._news(reading, before)
            problems += unread
            after = None if problems else self._after(reading, before, key, given, problems)
            if after is None:
                self.plan.refused[reading.row] = problems
                continue
            self.plan.rows.append(Planned(reading, before, after))
            if after.team and folded(after.team) not in known_teams:
                new_teams.setdefault(folded(after.team), after.team)
        self.plan.teams = list(new_teams.values())

    def _is_repeated(self, reading: Reading, key: str, problems: list[str]) -> bool:
        """Tell whether an earlier row says the same; where one says something else of the same, that is a problem."""
        about = key or f"{reading.kind.name} {folded(reading.given.get('title', ''))}"
        first = self._first.setdefault(about, reading)
        if first is not reading and first.row.cells == reading.row.cells:
            self.plan.notes.append(f"Row {reading.row.number} says the same as row {first.row.number}.")
            return True
        if first is not reading:
            problems.append(f"It is about the same as row {first.row.number}. Give each its key, or make it one row.")
        return False

    def _of_key(self, reading: Reading, key: str, problems: list[str]) -> Object | None:
        before = self._lookup.objects.get(key)
        is_one = self._kinds.of_key(key) is reading.kind and _KEY.fullmatch(key)
        if before is None and not is_one:
            problems.append(
                f"The key of {reading.kind.label.lower()} is like {reading.kind.prefix}-12, not “{key[:40]}”. "
                'Keys of another tool are left out with --map "Key=".'
            )
        elif before is not None and before.kind != reading.kind.name:
            problems.append(f"{key} is of kind {before.kind}, and stays so.")
        elif before is None and (key in self._lookup.taken or not self._lookup.sees_all):
            problems.append(f"I don't know {key}. Leave the key empty, and it gets the next one.")
        return before

    def _of_title(self, reading: Reading, problems: list[str]) -> Object | None:
        title = folded(reading.given.get("title", ""))
        keys = [key for key in self._lookup.entitled.get(title, ()) if self._lookup.objects[key].kind == reading.kind.name]
        if len(keys) > 1:
            problems.append(f"{', '.join(keys)} have this title. Please give the key in a column “Key”.")
        return self._lookup.objects[keys[0]] if keys else None

    def _news(self, reading: Reading, before: Object | None) -> tuple[dict[str, Any], list[str]]:
        """Return what a row says beyond what its object says already, and the sentences for what of it can't be read."""
        given = dict(reading.given)
        fields = dict(given.pop("fields", {}))
        known = {meaning for meaning in reading.cells if before is not None and self._is_said(meaning, reading, before)}
        for meaning in known:
            (fields if meaning.part == "field" else given).pop(meaning.name or meaning.part, None)
        given |= {"fields": fields} if fields else {}
        return given, [sentence for meaning, sentence in reading.problems if meaning not in known]

    def _is_said(self, meaning: Meaning, reading: Reading, before: Object) -> bool:
        """Tell whether a cell says what an export would say of the object: then it is no news, however it is written."""
        if meaning.part in ("key", "link", "card"):
            return False
        return reading.cells[meaning].strip() == cell_of(self._kinds, meaning, before, self._names).strip()

    def _after(
        self, reading: Reading, before: Object | None, key: str, given: dict[str, Any], problems: list[str]
    ) -> Object | None:
        try:
            return self._revised(before, given) if before else self._made(reading, key, given)
        except Refused as refused:
            problems += [problem.sentence for problem in refused.problems]
            return None

    def _made(self, reading: Reading, key: str, given: dict[str, Any]) -> Object:
        draft, problems = checks.check_draft(self._kinds, Draft(kind=reading.kind.name, **{"title": "", **given}))
        problems += checks.check_in_use(self._kinds, reading.kind.name)
        if problems:
            raise Refused(problems)
        return new_object(self._kinds, draft, key, self._author, self._tx.now)

    def _revised(self, before: Object, given: dict[str, Any]) -> Object:
        changes = {name: value for name, value in given.items() if name != "created_at"}
        after = revised(self._kinds, before, changes)
        if state_of(after) == state_of(before):
            return before
        problems = checks.check_transition(self._kinds.kind(before.kind), before.status, after.status)
        is_theirs = self._lookup.sees_all or self._author == (before.owner or before.created_by)
        if (before.visibility, before.channel) != (after.visibility, after.channel) and not is_theirs:
            problems.append(Problem("visibility", f"Only its owner can say who sees {before.key}."))
        if problems:
            raise Refused(problems)
        return replace(after, version=before.version + 1, updated_at=self._tx.now)

    async def number(self, *, lock: bool) -> None:
        """Give each new object that has no key the next one."""
        prefixes = [self._kinds.kind(each.after.kind).prefix for each in self.plan.rows if not each.after.key]
        highest = _highest(each.after.key for each in self.plan.rows)
        last = await _last_numbers(self._tx, sorted(set(prefixes)), lock=lock)
        free = {prefix: count(max(number, highest[prefix]) + 1) for prefix, number in last.items()}
        for at, each in enumerate(self.plan.rows):
            if not each.after.key:
                key = f"{self._kinds.kind(each.after.kind).prefix}-{next(free[self._kinds.kind(each.after.kind).prefix])}"
                self.plan.rows[at] = replace(each, after=replace(each.after, key=key))

    def _triples(self, names: Names, key: str, reading: Reading, problems: list[str]) -> list[Triple]:
        return triples_of(self._kinds, names, key, reading.kind.name, reading.links, self._lookup.links, problems)

    async def link(self) -> None:
        """Work out the links; a row whose links can't be made is refused, and so is one that leads to such a row."""
        names = self._named()
        for reading in self._readings:  # of what is refused already everything is told in one go
            if reading.row in self.plan.refused:
                self._triples(names, "", reading, self.plan.refused[reading.row])
        while True:
            wanted, problems = self._wanted_links()
            fresh = {triple: row for row, triples in wanted.items() for triple in triples}
            if not problems:
                for triple, sentence in (await closing(self._tx, self._kinds, fresh)).items():
                    problems.setdefault(fresh[triple], []).append(sentence)
            if not problems:
                break
            self.plan.refused |= problems
            self.plan.rows = [each for each in self.plan.rows if each.reading.row not in problems]
        made = set[Triple]()
        for at, each in enumerate(self.plan.rows):
            news = [triple for triple in wanted[each.reading.row] if triple not in made]
            made |= set(news)
            links = tuple(new_link(Tie(relation, to), from_, self._author, self._tx.now) for from_, relation, to in news)
            self.plan.rows[at] = replace(each, links=links)

    def _named(self) -> Names:
        return names_in(self._lookup, ((each.after.key, each.after.kind, each.after.title) for each in self.plan.rows))

    def _wanted_links(self) -> tuple[dict[Row, list[Triple]], dict[Row, list[str]]]:
        """Return for each row the links that it asks for and that are not there yet, and what is wrong with them."""
        names = self._named()
        wanted: dict[Row, list[Triple]] = {}
        problems: dict[Row, list[str]] = {}
        for each in self.plan.rows:
            wrong: list[str] = []
            asked = self._triples(names, each.after.key, each.reading, wrong)
            wanted[each.reading.row] = asked
            if wrong:
                problems[each.reading.row] = wrong
        return wanted, problems
