"""One cell: how it is read into the form that is stored, and how what is stored is written into it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

from rapidfuzz import fuzz, process

from storage.fields import Value
from storage.files.graph_shapes import read_moment
from storage.sheets.columns import ALIKE, Meaning
from storage.sheets.dates import Order, read_day
from storage.text import folded, storable_line

_USER = re.compile(r"(?:.*\()?<?@?([UW][A-Z0-9]{2,})(?:\|[^>]*)?>?\)?", re.DOTALL)  # U01ANA, <@U01ANA>, "Ana (U01ANA)"
_CHANNEL = re.compile(r"[CDG][A-Z0-9]+")
_QUOTED = re.compile(r'[;,"\n]|^\s|\s$')
_ITEM = re.compile(r'\s*(?:"((?:[^"]|"")*)"|([^;\n]*))\s*(?:[;\n]|$)')
_COMMA_DECIMAL = re.compile(r"[+-]?\d+(,\d{1,2}|(\.\d{3})+,\d+)\s?%?")
_POINT_DECIMAL = re.compile(r"[+-]?\d+(,\d{3})*\.(\d{1,2}|\d{4,})\s?%?")
_POINT_THOUSANDS = re.compile(r"([+-]?\d{1,3})((?:\.\d{3})+)(,\d+)?(\s?%)?")


@dataclass(frozen=True)
class Habits:
    """How a column is written: whether day or month comes first (None: unclear), and whether the comma is the decimal sign."""

    dates: Order | None = None
    comma_decimal: bool = False


@dataclass
class Cells:
    """Reads cells. `people`: folded display name → ids. `teams`: folded name → name. `guesses`: what was taken for what."""

    people: Mapping[str, Sequence[str]] = field(default_factory=dict)
    teams: Mapping[str, str] = field(default_factory=dict)
    guesses: dict[tuple[str, str], str] = field(default_factory=dict)

    @classmethod
    def of(cls, names: Mapping[str, str], teams: Iterable[str]) -> "Cells":
        """Return the reader for these people (names by id) and teams."""
        by_name: dict[str, list[str]] = {}
        for user, name in names.items():
            by_name.setdefault(folded(name), []).append(user)
        return cls(by_name, {folded(team): team for team in teams})

    @property
    def guessed(self) -> list[str]:
        """A sentence for each word that was taken for another."""
        return [f"{label}: I take “{said}” for {meant}." for (label, said), meant in self.guesses.items()]

    def read(self, meaning: Meaning, cell: str, habits: Habits) -> Any:
        """Return what `cell`, which is not empty, says in a column of this meaning.

        Raise ValueError with a sentence that follows the cell; sheet_dates.Unclear for a date that can be read in two ways.
        """
        match meaning.part:
            case "key":
                return cell.strip().upper()
            case "tags":
                return tuple(items(cell, commas=True))
            case "team":
                return self._near(meaning.label, cell, self.teams.values()) or storable_line(cell)
            case "created" | "at":
                return _moment(cell, habits)
            case "channel":
                return _channel(cell)
            case _:
                return self._of_type(meaning, cell, habits)

    def _of_type(self, meaning: Meaning, cell: str, habits: Habits) -> Any:
        match meaning.field.type:
            case "choice":
                near = self._near(meaning.label, cell, meaning.field.choices)
                return near or meaning.field.read(cell)
            case "number" | "percent":
                return self._number(meaning, cell, meaning.field.read(number_text(cell, habits)))
            case "date":
                return read_day(cell, habits.dates).isoformat()
            case "person":
                return self._person(cell)
            case "people":
                return [self._person(each) for each in items(cell, commas=True)]
            case "text" | "line" | "money" | "link" | "url" | "flag":
                return meaning.field.read(cell)

    def _number(self, meaning: Meaning, cell: str, number: Any) -> Any:
        """Return `number`, and say so where it may be a part of one that means a percentage: spreadsheets keep 45 % as 0.45."""
        if meaning.field.type == "percent" and 0 < number < 1 and "%" not in cell:
            self.guesses[meaning.label, cell.strip()] = f"{number:g} %; write {number * 100:g} if that is meant"
        return number

    def _near(self, label: str, cell: str, choices: Iterable[str]) -> str | None:
        """Return which of `choices` the cell says, or nearly says, and remember a guess; None where none is near."""
        wanted, known = folded(cell), {folded(choice): choice for choice in choices}
        if wanted in known:
            return known[wanted]
        ranked = process.extract(wanted, list(known), scorer=fuzz.ratio, score_cutoff=ALIKE, limit=2)
        if not ranked or (len(ranked) == 2 and ranked[0][1] == ranked[1][1]):
            return None
        self.guesses[label, cell.strip()[:60]] = known[ranked[0][0]]
        return known[ranked[0][0]]

    def _person(self, cell: str) -> str:
        told = _USER.fullmatch(cell.strip())
        if told:
            return told[1]
        ids = self.people.get(folded(cell.strip().removeprefix("@")), ())
        if len(ids) > 1:
            raise ValueError(f"may be any of {', '.join(ids)}. Please write the Slack user id.")
        if not ids:
            raise ValueError(
                "is nobody whom I know. Please write a Slack user id, such as U01ANA, or leave the column out with --map."
            )
        return ids[0]


def _channel(cell: str) -> str:
    if not _CHANNEL.fullmatch(cell.strip()):
        raise ValueError("should be a channel's id, such as C01GROWTH.")
    return cell.strip()


def _moment(cell: str, habits: Habits) -> datetime:
    """Return the moment; a mere day begins at midnight UTC."""
    try:
        return read_moment(cell)
    except ValueError:
        return datetime.combine(read_day(cell, habits.dates), time(), UTC)


def items(cell: str, *, commas: bool = False) -> list[str]:
    """Return the parts of a list in a cell: between semicolons or on lines of their own; with `commas`, else between commas."""
    found = [quoted.replace('""', '"') if quoted else bare.strip() for quoted, bare in _ITEM.findall(cell)]
    if commas and len(list(filter(None, found))) == 1 and not cell.lstrip().startswith('"'):
        found = [each.strip() for each in cell.split(",")]
    return list(dict.fromkeys(filter(None, found)))


def listed(parts: Iterable[str]) -> str:
    """Return the cell that `items` reads as `parts`."""
    return "; ".join('"' + part.replace('"', '""') + '"' if _QUOTED.search(part) else part for part in parts)


def number_text(cell: str, habits: Habits) -> str:
    """Return the number in `cell` as `fields.read_number` takes it."""
    text = re.sub(r"(?<=\d)['’](?=\d{3})", "", cell.strip())  # 1'200 in Switzerland
    match = _POINT_THOUSANDS.fullmatch(text) if habits.comma_decimal else None
    if match:
        return match[1] + match[2].replace(".", "") + (match[3] or "")
    return re.sub(r",(?=\d{3}$)", ".", text) if habits.comma_decimal and text.count(",") == 1 else text


def has_comma_decimal(cells: Sequence[str], delimiter: str) -> bool:
    """Tell whether the comma is the decimal sign in the column of `cells`; where semicolons part the cells it mostly is."""
    texts = [cell.strip() for cell in cells]
    if any(map(_COMMA_DECIMAL.fullmatch, texts)):
        return True
    return delimiter == ";" and not any(map(_POINT_DECIMAL.fullmatch, texts))


def person_cell(user: str, names: Mapping[str, str]) -> str:
    """Return the person as "Ana (U01ANA)", or the id alone where the name is not known."""
    return f"{names[user]} ({user})" if user in names else user


def value_cell(value: Value | None) -> str:
    """Return a field's stored `value` as it stands in a cell."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return format(Decimal(repr(value)), "f").removesuffix(".0")
        case list():
            return listed(value)
        case _:
            return value
