"""What was expected of a bet, and what happened: worked out from measured values, for an audience.

What an expectation is, the pack says: a relation whose links carry a direction and a size states one ("targets"), unless it
flows: then it tells what came of what, and claims a result ("moves").
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Literal

from storage.audience import Audience
from storage.database import Transaction
from storage.figures import Aim, Direction, read_aim
from storage.kinds import Kinds
from storage.lives import Life, Release, came_of, lives, releases
from storage.measures import Measure, comparable, series
from storage.objects import Link, Object, get_many, links_of, links_to
from storage.trend import Trend, progress, trend

Verdict = Literal["as expected", "less", "other way", "nothing", "unsaid", "too early", "not measured", "not begun"]

_SAID = {"direction", "size"}  # what a link must carry to tell of a move; "by_when" is welcome


@dataclass(frozen=True)
class Expected:
    """What was said beforehand. `size`: as it was written; `aim`: as it was read, if it could be. `confidence` in percent."""

    direction: Direction | None
    size: str
    aim: Aim | None
    by_when: date | None
    confidence: float | None


@dataclass(frozen=True)
class Claim:
    """An impact that says it moved what was targeted. `sure`: in percent, that it was this."""

    impact: Object
    size: str
    sure: float | None


@dataclass(frozen=True)
class Effect:
    """One expectation, of the bet `by` on what is measured, `on`; and what happened.

    `good`: which way is good for `on`. `life`: when the bet began and ended. `since_begun`, `since_release`: how `on` moved
    since, up to `until` (now, or for a bet that is over the day by when, or its end where that was later); None where nobody
    measured it in that time. `wanted`: the change that was expected from the level at the beginning. `to_target`: which share
    of the way from there to the target of `on` is done, 1 = all of it. `last`: the newest value up to `until`. `beside`: other
    bets that were to move it in the same time, so nobody can be sure which did.
    """

    by: Object
    on: Object
    unit: str
    good: Direction | None
    expected: Expected
    life: Life
    until: datetime
    since_begun: Trend | None
    since_release: tuple[tuple[Release, Trend | None], ...]
    wanted: float | None
    to_target: float | None
    last: Measure | None
    claims: tuple[Claim, ...]
    beside: tuple[Object, ...]

    @property
    def is_due(self) -> bool:
        """Whether the day by when has passed, or the bet is over."""
        return self.life.ended is not None or (
            self.expected.by_when is not None and _end_of(self.expected.by_when) <= self.until
        )

    @property
    def sure(self) -> int | None:
        """How sure it is, in percent, that `on` moved as the verdict says; None where the verdict says no move."""
        return (
            self.since_begun.sure
            if self.since_begun and self.verdict in ("as expected", "less", "other way", "unsaid")
            else None
        )

    @property
    def verdict(self) -> Verdict:
        """What came of it: as expected, less, the other way, nothing but the usual scatter; or why nobody can say.

        "unsaid": it moved, and nobody had said which way it should. The usual scatter is allowed for in "as expected".
        """
        moved, way = self.since_begun, self.direction
        if self.life.begun is None:
            return "not begun"
        if moved is None:
            return "not measured" if self.is_due or self.last is None else "too early"
        if moved.way in ("too early", "flat"):
            return "too early" if moved.way == "too early" else "nothing"
        if way is None:
            return "unsaid"
        if moved.way != way:
            return "other way"
        enough = self.wanted is None or abs(moved.change) + moved.scatter >= max(
            0.0, self.wanted if way == "up" else -self.wanted
        )
        return "as expected" if enough else "less"

    @property
    def direction(self) -> Direction | None:
        """Which way it should move: as was said, else as the size says, else as is good, else towards the level."""
        said = self.expected.direction or (self.expected.aim.way if self.expected.aim else None)
        return said or self.good or _sign(self.wanted)


async def expected_and_happened(tx: Transaction, kinds: Kinds, key: str, audience: Audience, now: datetime) -> list[Effect]:
    """Return for each expectation that the object `key` states, or that is stated of it, what happened up to `now`.

    So for a bet, one for each input that it targets; for an input, one for each bet on it. In the order of the keys, as far as
    `audience` may see; none where there is none. The number of statements does not grow with the number of bets.
    """
    return await effects(tx, kinds, [key], audience, now)


async def effects(tx: Transaction, kinds: Kinds, keys: Iterable[str], audience: Audience, now: datetime) -> list[Effect]:
    """Return what `expected_and_happened` does for each of `keys`, together."""
    touching = await links_of(tx, keys, audience)
    asked = [link for link in touching if _carries(kinds, link, stated=True)]
    if not asked:
        return []
    told = await links_to(tx, {link.to_key for link in asked}, audience)
    items = await get_many(tx, {key for link in told for key in (link.from_key, link.to_key)}, audience)
    stated = [link for link in told if _carries(kinds, link, stated=True)]
    bets = [items[key] for key in dict.fromkeys(link.from_key for link in stated)]
    wanted = {link.from_key for link in asked}
    reached = await came_of(tx, kinds, wanted, audience)
    scene = _Scene(
        kinds=kinds,
        items=items,
        stated=stated,
        claims=[link for link in told if _carries(kinds, link, stated=False)],
        lives=await lives(tx, kinds, bets, now),
        reached={bet: set(found) for bet, found in reached.items()},
        releases=await releases(tx, kinds, reached, now),
        values=await series(tx, {link.to_key for link in asked}, audience),
        now=now,
    )
    return [scene.effect(link) for link in sorted(asked, key=lambda link: (_by_number(link.from_key), _by_number(link.to_key)))]


@dataclass(frozen=True)
class _Scene:
    """Everything that a judgement needs, read beforehand."""

    kinds: Kinds
    items: Mapping[str, Object]
    stated: Sequence[Link]
    claims: Sequence[Link]
    lives: Mapping[str, Life]
    reached: Mapping[str, set[str]]
    releases: Mapping[str, Sequence[Release]]
    values: Mapping[str, Sequence[Measure]]
    now: datetime

    def effect(self, link: Link) -> Effect:
        by, on, life = self.items[link.from_key], self.items[link.to_key], self.lives[link.from_key]
        kind = self.kinds.kind(on.kind)
        said_unit, good = kind.unit_of(on.fields), kind.good_direction_of(on.fields)
        values = comparable(self.values.get(on.key, ()), said_unit)
        unit = said_unit or next((value.unit for value in reversed(values) if value.unit), "")
        expected = _expected(link, by, unit)
        until = _until(life, expected.by_when, self.now)
        moved = trend(values, life.begun, until) if life.begun else None
        target = read_aim(kind.target_in_words(on.fields) or "", unit, is_change=False)
        wanted = expected.aim.change_from(moved.before, expected.direction or good) if moved and expected.aim else None
        return Effect(
            by=by,
            on=on,
            unit=unit,
            good=good,
            expected=expected,
            life=life,
            until=until,
            since_begun=moved,
            since_release=tuple((each, trend(values, each.at, until)) for each in self.releases[by.key] if each.at <= until),
            wanted=wanted,
            to_target=progress(moved.before, moved.after, target, good) if moved and target else None,
            last=next((value for value in reversed(values) if value.at <= until), None),
            claims=tuple(self._claims(by, on)),
            beside=tuple(self._beside(by, on, life, until)) if self.kinds.kind(by.kind).running else (),
        )

    def _claims(self, by: Object, on: Object) -> Iterable[Claim]:
        for link in self.claims:
            if link.to_key == on.key and link.from_key in self.reached[by.key]:
                impact = self.items[link.from_key]
                yield Claim(impact, str(link.fields.get("size", "")), _percent(link.confidence, impact.fields.get("how_sure")))

    def _beside(self, by: Object, on: Object, life: Life, until: datetime) -> Iterable[Object]:
        """Yield what else can be under way, was to move the same, and was under way in the same time."""
        for other, its in self._under_way.get(on.key, ()):
            if other.key != by.key and life.begun and its.begun and its.begun < until and life.begun < (its.ended or self.now):
                yield other

    @cached_property
    def _under_way(self) -> dict[str, list[tuple[Object, Life]]]:
        """For each key, what can be under way and was to move it."""
        found: dict[str, list[tuple[Object, Life]]] = {}
        for link in self.stated:
            item = self.items[link.from_key]
            if self.kinds.kind(item.kind).running:
                found.setdefault(link.to_key, []).append((item, self.lives[item.key]))
        return found


def _carries(kinds: Kinds, link: Link, *, stated: bool) -> bool:
    """Tell whether a link states an expectation or, if not `stated`, claims a result."""
    relation = kinds.relations.get(link.relation)
    return relation is not None and set(relation.fields) >= _SAID and stated == (relation.flow is None)


def _expected(link: Link, by: Object, unit: str) -> Expected:
    size, day = str(link.fields.get("size", "")), str(link.fields.get("by_when", ""))
    said = link.fields.get("direction")
    return Expected(
        direction="up" if said == "up" else "down" if said == "down" else None,
        size=size,
        aim=read_aim(size, unit, is_change=True),
        by_when=date.fromisoformat(day) if day else None,
        confidence=_percent(link.confidence, by.fields.get("confidence")),
    )


def _until(life: Life, by_when: date | None, now: datetime) -> datetime:
    if life.ended is None:
        return now
    return min(now, max(life.ended, _end_of(by_when)) if by_when else life.ended)


def _end_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)


def _sign(change: float | None) -> Direction | None:
    return None if not change else "up" if change > 0 else "down"


def _percent(*said: object) -> float | None:
    return next((float(each) for each in said if isinstance(each, int | float)), None)


def _by_number(key: str) -> tuple[str, int]:
    prefix, _, number = key.rpartition("-")
    return prefix, int(number)
