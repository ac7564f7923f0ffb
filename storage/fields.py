"""The types that a field can have: each turns what came in (Slack, a file) into the one form that is stored."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, model_validator

from storage.text import LINE_LIMIT, TEXT_LIMIT, folded, storable, storable_line

FieldType = Literal["line", "text", "choice", "number", "percent", "money", "date", "person", "people", "link", "url", "flag"]
Ask = Literal["first", "more", "never"]
Value = str | int | float | bool | list[str]

_USER = re.compile(r"[UW][A-Z0-9]+")
_KEY = re.compile(r"[A-Z]+-[1-9][0-9]*")
# A number that stands alone: not the 5 of "5M", not the 4 of "Q4".
_NUMBER = re.compile(r"(?<![\w.,])[+−-]?\d+(?:[ ,\u00a0\u202f]\d{3})*(?:[.,]\d+)?(?![.,]?\w)")


class Field(BaseModel):
    """One field of a kind or of a link.

    `ask`: on the short form, behind "More", or never. `wanted_from`: the status from which its absence is a gap that is
    shown; `gap`: the words for it. `alias`: its value is another name of the object. `section`: the heading under which a long
    form has it. `when`: the values of another field, by its name, with which alone this one makes sense. `worded`: what its
    label is instead, by another field's name and value. `retired`: a later pack dropped it, and something stored has it; so
    with `retired_choices`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str
    type: FieldType
    hint: str = ""
    choices: tuple[str, ...] = ()
    ask: Ask = "more"
    wanted_from: str | None = None
    gap: str = ""
    alias: bool = False
    section: str = ""
    when: dict[str, tuple[str, ...]] = {}
    worded: dict[str, dict[str, str]] = {}
    retired: bool = False
    retired_choices: tuple[str, ...] = ()

    @property
    def offered(self) -> tuple[str, ...]:
        """The choices to choose from; `choices` has those too that something stored still has."""
        return tuple(choice for choice in self.choices if choice not in self.retired_choices)

    def fits(self, values: Mapping[str, object]) -> bool:
        """Tell whether it makes sense beside the `values` of the other fields; one not said yet speaks against nothing."""
        return all(values.get(name) in (None, "", *wanted) for name, wanted in self.when.items())

    def label_beside(self, values: Mapping[str, object]) -> str:
        """Return its label as it is worded beside the `values` of the other fields."""
        worded = (words.get(str(values.get(name))) for name, words in self.worded.items())
        return next((label for label in worded if label), self.label)

    @model_validator(mode="after")
    def _has_choices(self) -> "Field":
        if self.type == "choice" and not self.choices:
            raise ValueError("a choice needs choices to choose from")
        if len({folded(choice) for choice in self.choices}) < len(self.choices):
            raise ValueError("two of its choices are alike")
        return self

    def read(self, value: object) -> Value:
        """Return `value` in its stored form; raise ValueError with a sentence that follows the label."""
        return _READERS[self.type](self, value)


def _text_of(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("should be text.")
    return str(value)


def _read_line(_: Field, value: object) -> Value:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _finite(value)
    return storable_line(_text_of(value), LINE_LIMIT)


def _read_text(_: Field, value: object) -> Value:
    return storable(_text_of(value), TEXT_LIMIT)


def _read_choice(field: Field, value: object) -> Value:
    wanted = folded(_text_of(value))
    for choice in field.choices:
        if folded(choice) == wanted:
            return choice
    raise ValueError(f"should be one of: {', '.join(field.offered)}.")


def _finite(number: int | float) -> int | float:
    if not math.isfinite(number) or abs(number) > 1e15:
        raise ValueError("should be a number of a size that people use.")
    return int(number) if float(number).is_integer() else number


def read_number(value: object) -> int | float:
    """Return a number from 43, "43", "43,5", "1 200" or "43 %"; raise ValueError with a sentence."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _finite(value)
    text = _text_of(value).strip().rstrip("%").replace("\u00a0", " ").replace("\u202f", " ").strip()
    if re.fullmatch(r"[+-]?\d{1,3}([ ,]\d{3})+(\.\d+)?", text):
        text = text.replace(" ", "").replace(",", "")
    text = text.replace("−", "-").replace(",", ".")
    if not re.fullmatch(r"[+-]?\d{1,15}(\.\d{1,15})?", text):
        raise ValueError("should be a number, such as 43 or 43.5.")
    return _finite(float(text))


def number_in(text: str) -> float | None:
    """Return the only number in `text` ("at least 43 %" → 43), or None where there is none, or several."""
    found = _NUMBER.findall(text)
    try:
        return float(read_number(found[0])) if len(found) == 1 else None
    except ValueError:
        return None


def _read_number(_: Field, value: object) -> Value:
    return read_number(value)


def _read_percent(_: Field, value: object) -> Value:
    number = read_number(value)
    if not 0 <= number <= 100:
        raise ValueError("should be between 0 and 100.")
    return number


def _read_money(_: Field, value: object) -> Value:
    text = storable_line(_text_of(value))
    if not re.search(r"\d", text):
        raise ValueError("should be an amount, such as 5000 EUR.")
    return text


def _read_date(_: Field, value: object) -> Value:
    if isinstance(value, date):  # YAML and CSV readers hand over dates as such
        return value.isoformat()
    text = _text_of(value).strip()
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("should be a date, such as 2026-11-30.") from None
    if moment.tzinfo is None:
        raise ValueError("should name its time zone, such as 2026-11-30T09:00:00Z.")
    return text


def _read_person(_: Field, value: object) -> Value:
    text = _text_of(value).strip()
    if not _USER.fullmatch(text):
        raise ValueError("should be a Slack user id, such as U01ANA.")
    return text


def _read_people(field: Field, value: object) -> Value:
    people: Sequence[object] = value if isinstance(value, list | tuple) else [value]
    return [str(_read_person(field, person)) for person in dict.fromkeys(people)]


def _read_link(_: Field, value: object) -> Value:
    text = _text_of(value).strip().upper()
    if not _KEY.fullmatch(text):
        raise ValueError("should be a key, such as BET-12.")
    return text


def _read_url(_: Field, value: object) -> Value:
    text = storable_line(_text_of(value), 3_000)
    if not re.fullmatch(r"https?://[^\s<>|]+", text):
        raise ValueError("should be a link that starts with https://.")
    return text


def _read_flag(_: Field, value: object) -> Value:
    if isinstance(value, bool):
        return value
    known = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    word = folded(_text_of(value))
    if word not in known:
        raise ValueError("should be yes or no.")
    return known[word]


_READERS: dict[FieldType, Callable[[Field, object], Value]] = {
    "line": _read_line,
    "text": _read_text,
    "choice": _read_choice,
    "number": _read_number,
    "percent": _read_percent,
    "money": _read_money,
    "date": _read_date,
    "person": _read_person,
    "people": _read_people,
    "link": _read_link,
    "url": _read_url,
    "flag": _read_flag,
}
