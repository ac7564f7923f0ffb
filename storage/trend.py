"""How what is measured moved around a moment, and how sure that is. Pure: values in, a judgement out.

Two handfuls of values are compared: the last `WINDOW` before the moment and the newest `WINDOW` since. A level is the median of
a handful, so that one odd value does not count. How sure it is that they differ is the Mann-Whitney test: each value before is
put beside each since, and the pairs in which it rose are set against those in which it fell. If chance alone had ordered the
same values, the balance would be near nothing; `sure` is the share of chance's orders, in percent, that are less lopsided (by
the normal approximation, corrected for steps and for equal values). It needs no unit, no regular spacing and no certain shape
of the scatter. It says that something moved, never why.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from math import isfinite, sqrt
from statistics import NormalDist
from typing import Literal, Protocol

from storage.figures import Aim, Direction

WINDOW = 5  # values that make a level, before and since
STANDS_OUT = 80  # percent; less sure is the usual scatter
_SLOPES = 60  # the newest values from which a slope is worked out: pairs grow with the square
_MAD = 1.4826  # makes a median of distances comparable with a standard deviation
_WEEK = timedelta(weeks=1)

Way = Literal["up", "down", "flat", "too early"]


class Point(Protocol):
    """A value at a moment."""

    @property
    def at(self) -> datetime: ...
    @property
    def value(self) -> float: ...


@dataclass(frozen=True)
class Trend:
    """How something moved since a moment: from the level `before` to the level `after`.

    `way`: "flat" where the change does not stand out from the usual `scatter`; "too early" where there are so few values that
    no change could. `sure`: in percent, that it moved. `is_from_first`: (almost) nobody measured before the moment, so the
    first values since, from `first_at` on, stand for what was before. `points`: the newest values since, of `count`.
    """

    since: datetime
    before: float
    after: float
    way: Way
    sure: int
    scatter: float
    is_from_first: bool
    first_at: datetime
    points: tuple[Point, ...]
    count: int

    @property
    def newest(self) -> float:
        return self.points[-1].value

    @property
    def weekly(self) -> float | None:
        """The middle one of the slopes between any two of the values since (Theil-Sen), a week; None where there is but one."""
        return _weekly(self.points)

    @property
    def change(self) -> float:
        return self.after - self.before

    def is_good(self, good: Direction | None) -> bool | None:
        """Tell whether it moved the way that is `good`; None where it did not move, or where nobody has said what is good."""
        return None if good is None or self.way not in ("up", "down") else self.way == good


def trend(points: Iterable[Point], since: datetime, until: datetime) -> Trend | None:
    """Return how the values up to `until` moved since a moment, in whatever order they come; None where there is none since.

    What was measured at the moment itself counts as since.
    """
    known = sorted((point for point in points if point.at <= until), key=lambda point: point.at)
    earlier, later = [each.value for each in known if each.at < since], [each for each in known if each.at >= since]
    if not later:
        return None
    values = [each.value for each in later]
    before, after, is_from_first = _handfuls(earlier, values)
    sure = _sure(before, after)
    change = _middle(after) - _middle(before)
    return Trend(
        since=since,
        before=_middle(before),
        after=_middle(after),
        way="too early" if _most_sure(len(before), len(after)) < STANDS_OUT else _way(change, _balance(before, after), sure),
        sure=sure,
        scatter=_scatter(before, after),
        is_from_first=is_from_first,
        first_at=known[0].at if is_from_first else known[len(earlier) - len(before)].at,
        points=tuple(later[-_SLOPES:]),
        count=len(values),
    )


def progress(start: float, level: float, target: Aim, good: Direction | None) -> float | None:
    """Return which share of the way from `start` to the target is done: 1 = there, below 0 = further away than at the start.

    A target that was passed before the start is done as long as it is not lost again. None where it says no level.
    """
    wanted = target.change_from(start, good)
    if wanted is None or not isfinite(wanted):
        return None
    sign = -1.0 if good == "down" or (good is None and wanted < 0) else 1.0
    if wanted * sign <= 0:
        return 1.0 if (level - start - wanted) * sign >= 0 else 0.0
    share = (level - start) / wanted
    return share if isfinite(share) else None


def _handfuls(earlier: Sequence[float], later: Sequence[float]) -> tuple[Sequence[float], Sequence[float], bool]:
    """Return the values before and since that are compared, and whether the first since had to stand for those before."""
    if len(earlier) > 1:
        return earlier[-WINDOW:], later[-WINDOW:], False
    every = [*earlier, *later]
    half = len(every) // 2
    return every[: min(half, WINDOW)] or every, every[max(half, len(every) - WINDOW) :], True


def _middle(values: Sequence[float]) -> float:
    """Return the median; halved before they are added, two huge values do not overflow."""
    ordered = sorted(values)
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    return low if low == high else low / 2 + high / 2


def _balance(before: Sequence[float], after: Sequence[float]) -> int:
    """Return in how many pairs it rose, less those in which it fell."""
    return sum((later > earlier) - (later < earlier) for earlier in before for later in after)


def _sure(before: Sequence[float], after: Sequence[float]) -> int:
    together = Counter([*before, *after])
    count = together.total()
    ties = sum(same**3 - same for same in together.values()) / (count * (count - 1)) if count > 1 else 0.0
    return _percent(abs(_balance(before, after)), len(before) * len(after) / 3 * (count + 1 - ties))


def _most_sure(before: int, after: int) -> int:
    """Return how sure so many values can make anybody: if all of them since are above, or below, all before."""
    return _percent(before * after, before * after / 3 * (before + after + 1))


def _percent(balance: int, variance: float) -> int:
    if balance < 1 or variance <= 0:
        return 0
    return min(99, round(100 * (2 * NormalDist().cdf((balance - 1) / sqrt(variance)) - 1)))


def _way(change: float, balance: int, sure: int) -> Way:
    if sure < STANDS_OUT or change * balance <= 0:
        return "flat"
    return "up" if change > 0 else "down"


def _scatter(before: Sequence[float], after: Sequence[float]) -> float:
    return _MAD * _middle([abs(value - _middle(values)) for values in (before, after) for value in values])


def _weekly(points: Sequence[Point]) -> float | None:
    slopes = [
        (later.value - earlier.value) / ((later.at - earlier.at) / _WEEK)
        for earlier, later in combinations(points, 2)
        if later.at > earlier.at
    ]
    finite = [slope for slope in slopes if isfinite(slope)]
    return _middle(finite) if finite else None
