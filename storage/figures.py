"""Figures as people write them: "43 %", "1.2k", "43,5", "€ 1 200"; and how far something shall get: "+3 points". Pure."""

import re
from dataclasses import dataclass
from typing import Literal, NamedTuple

from storage.fields import number_in, read_number
from storage.text import folded, storable_line

Direction = Literal["up", "down"]

_SPACES = " '’\u00a0\u2009\u202f"
_SIGN = r"[+\-−]?"
_FIGURE = re.compile(
    rf"(?P<sign>{_SIGN})\s*(?P<before>[A-Z]{{0,3}}[^\w\s.,+\-−~<>≤≥=]?)\s*(?P<inner>{_SIGN})"
    rf"(?P<number>\d(?:[\d.,{_SPACES}]*\d)?)(?P<after>\D*)"
)
_SCALE = re.compile(r"(?P<scale>k(?!\w)|K(?!\w)|M(?!\w)|bn(?!\w)|thousand|million|billion)\s*(?P<unit>.*)")
_SCALES = {"k": 1e3, "K": 1e3, "thousand": 1e3, "M": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9}
_GROUPS = {sign: re.compile(rf"\d{{1,3}}(?:{re.escape(sign)}\d{{3}})+") for sign in ".,"}

_SAME_UNIT = {"percent": "%", "per cent": "%", "pct": "%", "percentage": "%"}
_SHARES = {"two thirds": 2 / 3, "half": 1 / 2, "third": 1 / 3, "quarter": 1 / 4, "double": 1.0, "twice": 1.0, "triple": 2.0}
_BY = re.compile(r"^by\b|\bby [+-]?\d|\bpoints?\b|\bpp\b|^\+")
_TO = re.compile(r"^to\b|\bat (?:least|most)\b|\b(?:below|under|above|over|more than|less than)\b|[<>≤≥=]")


class Figure(NamedTuple):
    """A number with its unit, as written; without one, in whatever unit is meant."""

    value: float
    unit: str


def read_figure(text: str, unit: str | None = None) -> Figure:
    """Return the one number in `text` with its unit. `unit`: the expected one; "3 thousand euros" in "thousand euros" is 3.

    A comma with three digits behind it parts thousands (1,200), any other is a decimal one (43,5); a point is decimal unless
    there are several. k, M, bn and their words count; a small m does not: it may be metres. Raise ValueError with a sentence.
    """
    found = _FIGURE.fullmatch(storable_line(text))
    if not found or (found["sign"] and found["inner"]):
        raise ValueError("should be one number, such as 43 %, 1.2k or € 1 200.")
    after = found["after"].strip(_SPACES)
    scaled = None if unit and same_unit(after, unit) else _SCALE.fullmatch(after)
    scale, after = (_SCALES[scaled["scale"]], scaled["unit"].strip()) if scaled else (1.0, after)
    value = float(read_number(found["sign"] + found["inner"] + _plain(found["number"])))
    return Figure(float(read_number(round(value * scale, 6) if scaled else value)), f"{found['before']} {after}".strip())


def _plain(number: str) -> str:
    """Return the digits without marks between thousands, and with a decimal point."""
    number = re.sub(rf"(?<=\d)[{_SPACES}](?=\d{{3}}(?!\d))", "", number)
    decimal = max(",.", key=number.rfind)
    group = "." if decimal == "," else ","
    whole, _, rest = number.rpartition(decimal) if number.count(decimal) == 1 else (number, "", "")
    if group in number:
        return f"{whole.replace(group, '')}.{rest}" if rest and _GROUPS[group].fullmatch(whole) else number
    is_grouped = _GROUPS[decimal].fullmatch(number) and not number.startswith("0")
    if is_grouped and (decimal == "," or number.count(".") > 1):
        return number.replace(decimal, "")
    return number.replace(",", ".")


def same_unit(one: str, other: str) -> bool:
    """Tell whether two units are plainly the same: "percent" and "%"."""
    one, other = folded(one), folded(other)
    return _SAME_UNIT.get(one, one) == _SAME_UNIT.get(other, other)


@dataclass(frozen=True)
class Aim:
    """How far something shall get: to a `level`; or by a `change`, or by a `share` of what it is, from where it begins.

    `way`: the direction that its sign says, if it has one.
    """

    level: float | None = None
    change: float | None = None
    share: float | None = None
    way: Direction | None = None

    def change_from(self, start: float, way: Direction | None) -> float | None:
        """Return the change that is wanted from `start` in the direction `way`; None where that cannot be said."""
        if self.level is not None:
            return self.level - start
        way = way or self.way
        size = self.change if self.change is not None else abs(start) * (self.share or 0.0)
        return None if way is None else size if way == "up" else -size


def read_aim(text: str, unit: str, *, is_change: bool) -> Aim | None:
    """Return what a target ("44 %", "≥ 43") or, with `is_change`, an expected size ("+5 points", "by half") says, or None.

    What says neither "to" nor "by" is a level in a target and a change in a size. Per cent of what is itself in per cent are
    points.
    """
    said = folded(text)
    number = number_in(said)
    if number is None:
        share = next((share for words, share in _SHARES.items() if re.search(rf"\b{words}", said)), None)
        return None if share is None else Aim(share=share)
    if _TO.search(said) and not _BY.search(said):
        return Aim(level=number)
    if not is_change and not _BY.search(said):
        return Aim(level=number)
    way: Direction | None = "down" if number < 0 else "up" if "+" in said else None
    if "%" in said and not same_unit(unit, "%"):
        return Aim(share=abs(number) / 100, way=way)
    return Aim(change=abs(number), way=way)
