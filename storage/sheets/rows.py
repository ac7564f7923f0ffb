"""The rows of a sheet in the words of their kinds: what each says of an object, and what in it can't be read. No database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from storage.kinds import Kind, Kinds, nearest
from storage.sheets.cells import Cells, Habits, has_comma_decimal
from storage.sheets.columns import Column, Meaning, explained, meanings, refuse_unknown, understand
from storage.sheets.dates import Order, Unclear, order_of
from storage.sheets.sheet import Row, Sheet
from storage.text import folded

_NUMBERS = ("number", "percent")


@dataclass(frozen=True)
class Options:
    """What a person said of a sheet. `kind`: of all its rows. `columns`: "Column=field", or "Column=" to leave one out."""

    kind: str | None = None
    columns: tuple[str, ...] = ()
    dates: Order | None = None


class UnknownKind(Exception):
    """Nothing says of which kind the rows are, or there is no such kind; the message says what to do."""


@dataclass
class Reading:
    """What one row says. `cells`: those that are not empty, by meaning. `given`: in stored form, by name ("title", "fields" …).

    `links`: the cells that name other objects, by meaning. `problems`: sentences, each with the meaning
    of the column that it is about.
    """

    row: Row
    kind: Kind
    cells: dict[Meaning, str] = field(default_factory=dict)
    given: dict[str, Any] = field(default_factory=dict)
    links: dict[Meaning, list[str]] = field(default_factory=dict)
    problems: list[tuple[Meaning, str]] = field(default_factory=list)


@dataclass
class Rows:
    """A sheet, understood. `columns`: what each means, by kind. `questions`: what only a person can say, and must."""

    sheet: Sheet
    columns: dict[str, tuple[Column, ...]]
    readings: list[Reading]
    refused: dict[Row, list[str]]
    questions: list[str]


def kind_called(kinds: Kinds, word: str) -> Kind:
    """Return the kind that people call `word`, in singular or plural; raise UnknownKind."""
    by_word = {spelled: kind for kind in kinds.offered for spelled in kind.words}
    if folded(word) not in by_word:
        hint = nearest(folded(word), by_word) or "."
        raise UnknownKind(f'I know no kind "{word}"{hint} There are: {_names(kinds)}.')
    return by_word[folded(word)]


def read_rows(kinds: Kinds, sheet: Sheet, options: Options, cells: Cells) -> Rows:
    """Return what the rows of `sheet` say. Raise UnknownKind or BadColumn where nothing of it can be read."""
    by_hand = explained(sheet.headers, options.columns)
    kind_of = _kinds_of(kinds, sheet, options.kind, by_hand)
    used = dict.fromkeys(kind.name for kind in kind_of.values() if kind is not None)
    known = {name: meanings(kinds, kinds.kind(name)) for name in used}
    refuse_unknown(by_hand, [meaning for each in known.values() for meaning in each])
    columns = {name: understand(sheet.headers, each, by_hand) for name, each in known.items()}
    found = Rows(sheet, columns, [], {}, [])
    habits = _habits(sheet, options.dates)
    for row in sheet.rows:
        kind = kind_of[row]
        if kind is None:
            found.refused[row] = [
                f"of which kind is it? Known kinds: {_names(kinds)}. Or name one for all: --kind {next(iter(kinds)).name}"
            ]
        else:
            _read_row(found, row, kind, cells, habits)
    for row in sheet.ragged:
        found.refused[row] = [
            "It has more cells than there are columns. A text with the delimiter in it needs quotation marks."
        ]
    return found


def _names(kinds: Kinds) -> str:
    return ", ".join(kind.name for kind in kinds.offered)


def _kinds_of(kinds: Kinds, sheet: Sheet, said: str | None, by_hand: dict[str, str]) -> dict[Row, Kind | None]:
    """Return the kind of each row: as somebody said, or as a column "kind" says, or as its key begins."""
    if said is not None:
        kind = kind_called(kinds, said)
        return dict.fromkeys(sheet.rows, kind)
    by_word = {spelled: kind for kind in kinds.offered for spelled in kind.words}
    at = next((at for at, header in enumerate(sheet.headers) if by_hand.get(folded(header)) == "kind"), None)
    if at is None:
        at = next((at for at, _ in enumerate(sheet.headers) if _names_kinds(sheet, at, by_word)), None)
    if at is not None:
        by_hand[folded(sheet.headers[at])] = ""
        return {row: by_word.get(folded(row.cells[at])) for row in sheet.rows}
    key = next((at for at, header in enumerate(sheet.headers) if folded(header) == "key"), None)
    found = {row: None if key is None else kinds.of_key(row.cells[key].strip()) for row in sheet.rows}
    if sheet.rows and not any(found.values()):
        raise UnknownKind(f"Of which kind are the rows? Say it with --kind, or in a column “Kind”: {_names(kinds)}.")
    return found


def _names_kinds(sheet: Sheet, at: int, by_word: Mapping[str, Kind]) -> bool:
    said = [folded(row.cells[at]) for row in sheet.rows if row.cells[at].strip()]
    is_called_so = folded(sheet.headers[at]) in ("kind", "type", "object type", "kind of object")
    return is_called_so and bool(said) and all(word in by_word for word in said)


def _habits(sheet: Sheet, dates: Order | None) -> list[Habits]:
    """Return how each column is written, by what all of its cells have in common."""
    found = []
    for at, _ in enumerate(sheet.headers):
        cells = [row.cells[at] for row in sheet.rows if row.cells[at].strip()]
        found.append(Habits(dates or order_of(cells), has_comma_decimal(cells, sheet.delimiter)))
    return found


def _read_row(found: Rows, row: Row, kind: Kind, cells: Cells, habits: Sequence[Habits]) -> None:
    reading = Reading(row, kind)
    for column, cell, habit in zip(found.columns[kind.name], row.cells, habits, strict=True):
        if column.meaning is None or not cell.strip():
            continue
        reading.cells[column.meaning] = "; ".join(filter(None, (reading.cells.get(column.meaning, ""), cell)))
        if column.meaning.part == "link":
            reading.links.setdefault(column.meaning, []).append(cell)
        elif column.meaning.part != "card":
            _read_cell(found, reading, column, cell, cells, habit)
    found.readings.append(reading)


def _read_cell(found: Rows, reading: Reading, column: Column, cell: str, cells: Cells, habit: Habits) -> None:
    assert column.meaning is not None  # noqa: S101  # only such are read
    try:
        _put(reading.given, column.meaning, cells.read(column.meaning, cell, habit))
    except Unclear:
        question = (
            f"{column.header}: {cell.strip()} may be read in two ways. Say which: --dates day-first or --dates month-first."
        )
        if not any(each.startswith(f"{column.header}: ") for each in found.questions):
            found.questions.append(question)
    except ValueError as error:
        reading.problems.append((column.meaning, f"{column.header}: “{_short(cell)}” {error}"))


def _put(given: dict[str, Any], meaning: Meaning, value: Any) -> None:
    """Add what a cell says; of what takes many, to what an earlier column said."""
    if meaning.part == "field":
        fields = given.setdefault("fields", {})
        fields[meaning.name] = [*fields.get(meaning.name, ()), *value] if meaning.takes_many else value
    elif meaning.part == "tags":
        given["tags"] = tuple(dict.fromkeys((*given.get("tags", ()), *value)))
    else:
        given[{"created": "created_at"}.get(meaning.part, meaning.part)] = value


def _short(cell: str) -> str:
    line = " ".join(cell.split())
    return line if len(line) <= 60 else f"{line[:59]}…"
