"""What a table would do, in words: how each column was understood, what comes, what changes, what can't be read."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from rich.cells import cell_len

from bot.commands.sheets import Looked, Plan
from storage.kinds import Kinds
from storage.sheets.cells import value_cell
from storage.sheets.columns import Column, Meaning
from storage.sheets.out import cell_of
from storage.sheets.plan import Planned, SheetPlan
from storage.sheets.sheet import Row
from storage.sheets.values import PlannedValue, ValuesPlan

_SHOWN = 5  # rows of each sort
_MOST_PROBLEMS = 20
_LONGEST = 60
_WHYS = {"a guess": "a guess", "by hand": "as you said"}


def preview(looked: Looked) -> str:
    """Return the whole preview, as text."""
    plan = looked.plan
    parts = [_columns(plan), [counts(looked)], *(_rows(looked.kinds, plan)), _refused(plan.refused)]
    parts += [_titled("To know:", plan.notes), _titled("Only you can say:", plan.questions)]
    return "\n\n".join("\n".join(part) for part in parts if part)


def counts(looked: Looked) -> str:
    """Return how many are new, changed, as they are, and refused."""
    plan = looked.plan
    if isinstance(plan, ValuesPlan):
        found = Counter("same" if each.is_same else "changed" if each.before else "new" for each in plan.values)
        links = 0
    else:
        found = Counter("same" if each.is_same else "changed" if each.before else "new" for each in plan.rows)
        links = sum(len(each.links) for each in plan.rows)
    said = [(found["new"], "new"), (found["changed"], "changed"), (found["same"], "as before")]
    said += [(links, "new link" if links == 1 else "new links")]
    said += [(len(plan.refused), "row refused" if len(plan.refused) == 1 else "rows refused")]
    return " · ".join(f"{number:,} {what}" for number, what in said if number) or "Nothing in it."


def what_comes(looked: Looked) -> str:
    """Return what would be stored, for a question: "42 bets", "this bet"."""
    plan, kinds = looked.plan, looked.kinds
    if isinstance(plan, ValuesPlan):
        number, one, many = sum(not each.is_same for each in plan.values), "value", "values"
    else:
        changed = [each.after.kind for each in plan.rows if not each.is_same]
        number, one, many = len(changed), "object", "objects"
        if len(set(changed)) == 1:
            kind = kinds.kind(changed[0])
            one, many = kind.label.lower(), kind.many
    return f"this {one}" if number == 1 else f"these {number:,} {many}"


def _columns(plan: Plan) -> list[str]:
    if isinstance(plan, ValuesPlan):
        return _column_lines("Columns:", plan.columns)
    is_one = len(plan.columns) == 1
    return [
        line
        for kind, columns in plan.columns.items()
        for line in _column_lines("Columns:" if is_one else f"Columns of {kind}:", columns)
    ]


def _column_lines(title: str, columns: Sequence[Column]) -> list[str]:
    told = [column for column in columns if column.meaning is None or column.meaning.label != column.header]
    width = max((cell_len(_short(column.header)) for column in told), default=0)
    lines = [f"{_padded(_short(column.header), width)}  {_understood(column)}" for column in told]
    alike = [column.header for column in columns if column not in told]
    return _titled(title, [*lines, *([f"as they are called: {', '.join(alike)}"] if alike else [])])


def _understood(column: Column) -> str:
    if column.meaning is not None:
        return column.meaning.label + (f" ({_WHYS[column.why]})" if column.why in _WHYS else "")
    if column.why == "its values":
        return "values"
    if column.why == "there already":
        return "left out: another column says the same"
    return "left out" + (f'; --map "{column.header}=…" says what it is' if column.why == "unknown" else "")


def _rows(kinds: Kinds, plan: Plan) -> Iterator[list[str]]:
    if isinstance(plan, ValuesPlan):
        yield _some("New:", [_value(each) for each in plan.values if each.before is None])
        yield _some("Changed:", [_value(each) for each in plan.values if each.before is not None and not each.is_same])
        return
    yield _some("New:", [_new(kinds, plan, each) for each in plan.rows if each.before is None])
    yield _some("Changed:", [_changed(kinds, plan, each) for each in plan.rows if each.is_changed])
    yield _some("New teams:", plan.teams)


def _new(kinds: Kinds, plan: SheetPlan, each: Planned) -> str:
    said = [
        f"{meaning.label.rstrip('?…')}: {_short(cell_of(kinds, meaning, each.after, {}))}"
        for meaning in _meanings(plan, each)
        if meaning.part not in ("key", "title", "link", "card")
    ]
    return " · ".join([f"{each.after.key} {_short(each.after.title)}", *said, *_linked(kinds, each)])


def _changed(kinds: Kinds, plan: SheetPlan, each: Planned) -> str:
    said = []
    for meaning in _meanings(plan, each):
        if each.before is not None and meaning.part not in ("key", "link", "card"):
            old, new = (cell_of(kinds, meaning, item, {}) for item in (each.before, each.after))
            said += [f"{meaning.label.rstrip('?…')}: {_short(old) or '–'} → {_short(new)}"] if old != new else []
    return " · ".join([each.after.key, *said, *_linked(kinds, each)])


def _meanings(plan: SheetPlan, each: Planned) -> list[Meaning]:
    """Return what the row's own cells say, in the order of its columns."""
    there = [column.meaning for column in plan.columns[each.reading.kind.name] if column.meaning in each.reading.cells]
    return [meaning for meaning in dict.fromkeys(there) if meaning is not None]


def _linked(kinds: Kinds, each: Planned) -> Iterator[str]:
    for link in each.links:
        words = kinds.relations[link.relation].words
        yield f"{words[0]} {link.to_key}" if link.from_key == each.after.key else f"{words[1]} {link.from_key}"


def _value(each: PlannedValue) -> str:
    was = f"{value_cell(each.before.value)} → " if each.before else ""
    unit = f" {each.after.unit}" if each.after.unit else ""
    note = f" · {_short(each.after.note)}" if each.after.note else ""
    return f"{each.of.key} {_short(each.of.title)} · {each.after.at:%Y-%m-%d} · {was}{value_cell(each.after.value)}{unit}{note}"


def _refused(refused: dict[Row, list[str]]) -> list[str]:
    """Return each sentence once, with the rows that it is about."""
    rows_of: dict[str, list[int]] = {}
    for row, sentences in refused.items():
        for sentence in sentences:
            rows_of.setdefault(sentence, []).append(row.number)
    ordered = sorted(rows_of.items(), key=lambda each: min(each[1]))
    lines = [f"{_row_numbers(rows)}: {sentence}" for sentence, rows in ordered[:_MOST_PROBLEMS]]
    lines += [f"… and {len(ordered) - _MOST_PROBLEMS:,} more"] if len(ordered) > _MOST_PROBLEMS else []
    return _titled("Refused:", lines)


def _row_numbers(rows: Iterable[int]) -> str:
    """Return "Rows 3, 7–9"."""
    ordered = sorted(set(rows))
    ranges = []
    for _, run in groupby(enumerate(ordered), key=lambda pair: pair[1] - pair[0]):
        numbers = [number for _, number in run]
        ranges.append(str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]}–{numbers[-1]}")
    return f"Row{'s' if len(ordered) > 1 else ''} {', '.join(ranges)}"


def _some(title: str, lines: Sequence[str]) -> list[str]:
    more = [f"… and {len(lines) - _SHOWN:,} more"] if len(lines) > _SHOWN else []
    return _titled(title, [*lines[:_SHOWN], *more])


def _titled(title: str, lines: Iterable[str]) -> list[str]:
    indented = [f"  {line}" for line in lines]
    return [title, *indented] if indented else []


def _short(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def _padded(words: str, width: int) -> str:
    return words + " " * (width - cell_len(words))
