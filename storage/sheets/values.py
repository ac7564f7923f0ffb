"""Measured values from a sheet: one in a row, or a column for each date, or a column for each metric."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from storage.audience import Audience
from storage.changes import Change, store
from storage.database import Transaction
from storage.errors import Problem
from storage.history import Act
from storage.kinds import Kinds
from storage.measures import Measure, checked, stored
from storage.objects import Object
from storage.sheets.cells import Cells, Habits, has_comma_decimal
from storage.sheets.columns import Column, Meaning, Part, ValuePart, explained, refuse_unknown, understand, value_meanings
from storage.sheets.dates import Unclear, order_of, read_day
from storage.sheets.lookup import Lookup
from storage.sheets.plan import IMPORT
from storage.sheets.rows import Options
from storage.sheets.sheet import Row, Sheet
from storage.text import folded
from storage.turns import alone


class NoValues(Exception):
    """No column says when something was measured, or how much; the message says what is missing."""


@dataclass(frozen=True)
class _Cell:
    """One value as the sheet tells it. `name`: the key or title of what was measured. `more`: unit, note and source."""

    row: Row
    name: str
    day: str
    value: str
    more: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PlannedValue:
    """A value as it was (None: it is new) and as it shall be; `of`: what was measured."""

    row: Row
    of: Object
    before: Measure | None
    after: Measure

    @property
    def is_same(self) -> bool:
        return self.before == self.after


@dataclass
class ValuesPlan:
    """What a sheet of values would do; as `plan.SheetPlan`. A row may hold many values."""

    columns: tuple[Column, ...]
    values: list[PlannedValue] = field(default_factory=list)
    refused: dict[Row, list[str]] = field(default_factory=dict)
    questions: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def changes(self) -> list[Change]:
        """What is to be written."""
        return [Change(each.before, each.after) for each in self.values if not each.is_same]


async def plan_values(
    tx: Transaction,
    kinds: Kinds,
    sheet: Sheet,
    options: Options,
    audience: Audience,
    author: str = IMPORT,
    *,
    lock: bool = False,
) -> ValuesPlan:
    """Return which values `sheet` would add or correct for `author`, who sees what `audience` does. Writes nothing.

    `lock`: it will be stored in this transaction. Raise NoValues or sheet_columns.BadColumn.
    """
    by_hand = explained(sheet.headers, options.columns)
    known = value_meanings(kinds)
    refuse_unknown(by_hand, known)
    columns = understand(sheet.headers, known, by_hand)
    told, holding = _cells(sheet, columns)
    columns = tuple(replace(each, why="its values") if at in holding else each for at, each in enumerate(columns))
    if lock:
        await alone(tx)
    lookup = Lookup(tx, audience, lock=lock)
    names = {each.name for each in told}
    await lookup.look_up({name.upper() for name in names}, names)
    await lookup.find_alike(names)
    planning = _Planning(kinds, lookup, ValuesPlan(columns, notes=list(sheet.notes)))
    habits = Habits(
        options.dates or order_of(each.day for each in told), has_comma_decimal([each.value for each in told], sheet.delimiter)
    )
    for row in sheet.ragged:
        planning.plan.refused[row] = ["It has more cells than there are columns."]
    measured = planning.read(told, habits, Meanings(known))
    there = await stored(tx, {value.key for _, _, value in measured})
    planning.merge(measured, {(each.key, each.at): each for of_one in there.values() for each in of_one}, author, tx.now)
    return planning.plan


async def store_values(tx: Transaction, kinds: Kinds, plan: ValuesPlan, author: str = IMPORT) -> None:
    """Write what `plan`, made in this transaction with `lock`, says: one act of `author`, undone as one."""
    await store(tx, kinds, Act(author), plan.changes)


class Meanings:
    """The meanings of columns, by part."""

    def __init__(self, known: Sequence[Meaning]) -> None:
        self._by_part = {meaning.part: meaning for meaning in known}

    def __getitem__(self, part: Part | ValuePart) -> Meaning:
        return self._by_part[part]


def _cells(sheet: Sheet, columns: Sequence[Column]) -> tuple[list[_Cell], list[int]]:
    """Return every value that is told, in whichever of the three forms, and the columns that hold them; raise NoValues."""
    at: dict[str, int] = {column.meaning.part: position for position, column in enumerate(columns) if column.meaning}
    loose = [position for position, column in enumerate(columns) if column.why == "unknown"]
    dated = [position for position in loose if _is_day(columns[position].header)]
    is_named = "key" in at or "title" in at
    if is_named and "at" in at and "value" in at:
        return list(_one_in_a_row(sheet, at)), []
    if is_named and dated and "at" not in at:
        return list(_column_for_each_date(sheet, at, dated)), dated
    if "at" in at and loose and not is_named:
        return list(_column_for_each_metric(sheet, at, loose)), loose
    missing = [name for part, name in (("at", "Date"), ("value", "Value")) if part not in at]
    needed = [*([] if is_named else ["Key (or Title)"]), *missing]
    raise NoValues(
        f"I find no column {' and no column '.join(needed)} among {', '.join(f'“{column.header}”' for column in columns)}. "
        f'Name it so, or say which it is: --map "Column={needed[0].split()[0]}".'
    )


def _one_in_a_row(sheet: Sheet, at: Mapping[str, int]) -> Iterator[_Cell]:
    for row in sheet.rows:
        more = {part: row.cells[at[part]] for part in ("unit", "note", "source") if part in at and row.cells[at[part]].strip()}
        yield _Cell(row, _name(row, at), row.cells[at["at"]], row.cells[at["value"]], more)


def _column_for_each_date(sheet: Sheet, at: Mapping[str, int], dated: Iterable[int]) -> Iterator[_Cell]:
    for row in sheet.rows:
        for position in dated:
            if row.cells[position].strip():
                yield _Cell(row, _name(row, at), sheet.headers[position], row.cells[position])


def _column_for_each_metric(sheet: Sheet, at: Mapping[str, int], loose: Iterable[int]) -> Iterator[_Cell]:
    for row in sheet.rows:
        for position in loose:
            if row.cells[position].strip():
                yield _Cell(row, sheet.headers[position], row.cells[at["at"]], row.cells[position])


def _name(row: Row, at: Mapping[str, int]) -> str:
    names = (row.cells[at[part]].strip() for part in ("key", "title") if part in at)
    return next(filter(None, names), "")


def _is_day(header: str) -> bool:
    try:
        read_day(header, "day-first" if order_of([header]) is None else order_of([header]))
    except ValueError:
        return False
    return True


class _Planning:
    def __init__(self, kinds: Kinds, lookup: Lookup, plan: ValuesPlan) -> None:
        self._kinds = kinds
        self._lookup = lookup
        self.plan = plan

    def read(self, told: Iterable[_Cell], habits: Habits, known: Meanings) -> list[tuple[Row, Object, Measure]]:
        """Return what can be read of what is `told`, and refuse the rows of the rest."""
        found: list[tuple[Row, Object, Measure]] = []
        for cell in told:
            try:
                item = self._named(cell.name)
                found.append((cell.row, item, self._measure(cell, item, habits, known)))
            except Unclear:
                question = f"{cell.day.strip()} may be read in two ways. Say which: --dates day-first or --dates month-first."
                self.plan.questions = self.plan.questions or [question]
            except ValueError as error:
                self._refuse(cell.row, str(error))
        return [each for each in found if each[0] not in self.plan.refused]

    def _named(self, name: str) -> Object:
        """Return the object that is called `name`; raise ValueError with a sentence."""
        if not name:
            raise ValueError("Of what is the value? Please give a key or a title.")
        keys = [name.upper()] if name.upper() in self._lookup.objects else self._lookup.entitled.get(folded(name), [])
        found = [self._lookup.objects[key] for key in keys]
        measured = [item for item in found if self._kinds.kind(item.kind).measured]
        if len(measured) == 1:
            return measured[0]
        if measured:
            raise ValueError(f"“{name[:60]}” may be any of {', '.join(item.key for item in measured)}. Please write the key.")
        if found:
            raise ValueError(f"{found[0].key} is no metric: {self._kinds.kind(found[0].kind).many} have no values.")
        raise ValueError(f"I don't know “{name[:60]}”{self._lookup.hint(name)}")

    def _measure(self, cell: _Cell, item: Object, habits: Habits, known: Meanings) -> Measure:
        at = _read(known["at"], cell.day, habits)
        value = _read(known["value"], cell.value, habits)
        unit = cell.more.get("unit", "").strip()
        is_own = folded(unit) == folded(self._kinds.kind(item.kind).unit_of(item.fields) or "")
        problems: list[Problem] = []
        made = Measure(item.key, at, value, cell.more.get("note", ""), "" if is_own else unit, cell.more.get("source", ""))
        clean = checked(made, problems)
        if problems:
            raise ValueError(" ".join(problem.sentence for problem in problems))
        return clean

    def merge(
        self,
        measured: Sequence[tuple[Row, Object, Measure]],
        there: Mapping[tuple[str, datetime], Measure],
        author: str,
        now: datetime,
    ) -> None:
        """Lay what was read over what is there."""
        first: dict[tuple[str, datetime], tuple[Row, Measure]] = {}
        for row, _, made in measured:
            other, same = first.setdefault((made.key, made.at), (row, made))
            if same != made:
                self._refuse(row, f"Row {other.number} says something else of {made.key} at the same moment.")
        for row, item, made in measured:
            if row not in self.plan.refused and first[made.key, made.at][1] is made:
                self.plan.values.append(PlannedValue(row, item, *_laid_over(there.get((made.key, made.at)), made, author, now)))

    def _refuse(self, row: Row, sentence: str) -> None:
        sentences = self.plan.refused.setdefault(row, [])
        if sentence not in sentences:
            sentences.append(sentence)


def _laid_over(before: Measure | None, made: Measure, author: str, now: datetime) -> tuple[Measure | None, Measure]:
    """Return what is there and what it becomes; what the sheet leaves empty stays."""
    if before is not None:
        kept = {name: getattr(made, name) or getattr(before, name) for name in ("note", "unit", "source")}
        made = replace(made, **kept)
        if made == before:
            return before, before
    return before, replace(made, version=before.version + 1 if before else 1, author=author, recorded_at=now)


def _read(meaning: Meaning, cell: str, habits: Habits) -> Any:
    if not cell.strip():
        raise ValueError(f"{meaning.label} is empty.")
    try:
        return Cells().read(meaning, cell, habits)
    except Unclear:
        raise
    except ValueError as error:
        raise ValueError(f"{meaning.label}: “{cell.strip()[:60]}” {error}") from None
