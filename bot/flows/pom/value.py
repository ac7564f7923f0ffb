"""`/pom value KEY 43 % on 2026-09-14 note`: what an input, a driver or an outcome measured."""

import re
from dataclasses import dataclass
from datetime import datetime

from bot.desk import Desk
from bot.flows.objects.editing import told
from bot.flows.pom.replies import plainly
from bot.flows.pom.subcommand import usage
from bot.flows.pom.undoing import offer
from bot.flows.pom.words import key_first
from bot.flows.viewing import seen, viewer
from bot.requests import Reply, Request
from prompts import text
from rituals.trends import figure, trend
from storage.asking.periods import MONTHS, read_period
from storage.by_hand import Recorded, Typed, record
from storage.database import Transaction
from storage.kinds import Kinds
from storage.measures import series
from storage.past.undo import last_act
from storage.text import folded

_NUMBER = re.compile(
    r"[^\w\s]{0,4}\s*[A-Z]{0,3}\s*[^\w\s]{0,2}\d[\d.,'’\u00a0\u2009\u202f]*(?: \d{3}(?!\d))*\s*(?:(?:k|K|M|bn)\b)?"
)
_MONTHS = {name[:3] for name in MONTHS}
_SCALES = ("thousand", "million", "billion")
_ON = re.compile(r"on\s+(\S+(?:\s+\S+){0,2})", re.IGNORECASE)
_NOTE = re.compile(r"^(?:note\s*:|[:;,–—-])\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Value:
    """A value as it was written, its unit with the number; `on`: the day, as it was written, or None."""

    figure: str
    on: str | None = None
    note: str = ""


async def value(desk: Desk, request: Request, words: str) -> Reply:
    """Store the value that `words` say, and tell what was stored and how it moved, with a way back."""
    kinds = await desk.kinds(request.workspace)
    key, rest = key_first(kinds, words)
    if key is None or not rest:
        return usage(request, "value")
    async with desk.writing(request.workspace) as tx:
        item = await seen(tx, request, key)
        said = read_value(rest, kinds.kind(item.kind).unit_of(item.fields) or "", tx.now)
        audience = await viewer(tx, request)
        done = await record(tx, kinds, request.user, audience, Typed(key, said.figure, said.on, said.note or None))
        deed = await last_act(tx, request.user, audience) if done.before != done.after else None
        if deed:
            await told(tx, deed.act, [key])
        reply = text("pom_value", **await _told(tx, kinds, request, done))
    return plainly(request, reply, *([offer(deed.act)] if deed else []))


async def _told(tx: Transaction, kinds: Kinds, request: Request, done: Recorded) -> dict[str, object]:
    """Return what was stored, and how it moved, as the template takes it."""
    values = (await series(tx, [done.of.key], await viewer(tx, request))).get(done.of.key, [])
    moved = trend(kinds, done.of, values, max(tx.now, done.after.at))
    return {
        "key": done.of.key,
        "title": done.of.title,
        "now": figure(done.after.value),
        "unit": done.after.unit or done.unit,
        "own_unit": done.unit,
        "at": done.after.at,
        "note": done.after.note,
        "before": figure(done.before.value) if done.before else None,
        "is_same": done.before == done.after,
        "is_apart": done.is_apart,
        "moved": moved,
    }


def read_value(words: str, unit: str, now: datetime) -> Value:
    """Return the figure, the day and the note of which `words` are made. `unit`: what the object is measured in.

    Behind the number stands a unit where it is that one or a sign such as %; any other word begins the note.
    """
    number = _NUMBER.match(words)
    if number is None:
        return Value(words)
    begun, rest = number[0].rstrip(), words[number.end() :].strip()
    begun, rest = _with_unit(begun, rest, unit)
    on = _ON.match(rest)
    day, length = _day(on[1], now) if on else (None, 0)
    if on and day:
        rest = rest[on.start(1) + length :].strip()
    return Value(begun, day, _NOTE.sub("", rest).strip('"“”„ '))


def _with_unit(begun: str, rest: str, unit: str) -> tuple[str, str]:
    """Return the figure with the scale and the unit that stand behind it, and what follows them."""
    word = next((each for each in _SCALES if f"{rest} ".lower().startswith(f"{each} ")), "")
    if word:
        begun, rest = f"{begun} {rest[: len(word)]}", rest[len(word) :].strip()
    for each in (unit, "%", "percent", "per cent", "pct", "points"):
        if each and f"{folded(rest)} ".startswith(f"{folded(each)} "):
            return f"{begun} {rest[: len(each)]}", rest[len(each) :].strip()
    sign = re.match(r"[^\w\s,.;:–—\"“(-]+", rest)
    return (f"{begun} {sign[0]}", rest[sign.end() :].strip()) if sign else (begun, rest)


def _day(words: str, now: datetime) -> tuple[str | None, int]:
    """Return the day with which `words` begin, as it is stored, and how many letters it takes; None where they begin with none.

    What begins with a digit is meant as a day, so that one that cannot be read is said to be so.
    """
    parts = words.split()
    for count in (3, 2, 1):
        said = words if count >= len(parts) else words[: _end_of(words, count)]
        plain = folded(said).rstrip(".,;:")
        period = read_period(plain)
        if period and (period.day or period.weekday is not None or plain in ("today", "yesterday")):
            return period.bounds(now)[0].date().isoformat(), len(said)
    count = 2 if len(parts) > 1 and parts[1][:3].lower() in _MONTHS else 1
    said = words[: _end_of(words, count)]
    return (said.rstrip(".,;:"), len(said)) if said[0].isdigit() else (None, 0)


def _end_of(words: str, count: int) -> int:
    return [match.end() for match in re.finditer(r"\S+", words)][count - 1]
