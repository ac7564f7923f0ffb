"""How what is measured moved, in figures that fit in a line."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from prompts.reader import number
from storage.expected import Effect
from storage.kinds import Kinds
from storage.measures import Measure, comparable
from storage.objects import Object

TELLING = ("as expected", "less", "other way", "nothing", "unsaid")  # verdicts that say more than that it is not known yet


@dataclass(frozen=True)
class SoFar:
    """What came of a bet on something measured. `change`: None where it did not move. `expected`: as it was written."""

    bet: str
    change: str | None
    expected: str
    is_due: bool


@dataclass(frozen=True)
class Trend:
    """What an input (or a driver) measures, and what it measured before; `before` is None where it did not move.

    `expected`: its target, in the words in which it was written. `so_far`: what came of a bet on it, of `more` others too.
    """

    key: str
    name: str
    before: str | None
    now: str
    unit: str
    expected: str | None
    so_far: SoFar | None = None
    more: int = 0


def trend(
    kinds: Kinds, item: Object, measures: Sequence[Measure], until: datetime, since: datetime | None = None
) -> Trend | None:
    """Return how `item` moved, from its values up to `until` (the oldest first); None where it has none in its unit.

    `since`: it moved from what it was before that moment; without it, from the last other value.
    """
    kind = kinds.kind(item.kind)
    unit, target = kind.unit_of(item.fields), kind.target_in_words(item.fields)
    known = comparable([measure for measure in measures if measure.at <= until], unit)
    if not known:
        return None
    now = known[-1].value
    earlier = [measure.value for measure in known if (measure.at < since if since else measure.value != now)]
    before = earlier[-1] if earlier and earlier[-1] != now else None
    return Trend(
        key=item.key,
        name=item.title,
        before=None if before is None else figure(before),
        now=figure(now),
        unit=unit or known[-1].unit,
        expected=target,
    )


def with_bets(found: Trend, effects: Sequence[Effect]) -> Trend:
    """Return `found` with what came of the bets on it, of which one has the word: the first of which something can be told."""
    told = [said for said in map(so_far, effects) if said]
    return replace(found, so_far=told[0], more=len(effects) - 1) if told else found


def so_far(effect: Effect) -> SoFar | None:
    """Return what came of a bet, in figures that fit in a line; None where that is not known yet."""
    if effect.since_begun is None or effect.verdict not in TELLING:
        return None
    change, expected = effect.since_begun.change, effect.expected
    moved = None if effect.verdict == "nothing" else f"{'+' if change > 0 else '−'}{figure(abs(change))}"
    return SoFar(effect.by.key, moved, expected.size or expected.direction or "", effect.is_due)


def figure(value: float) -> str:
    """Return a value as its reader writes it: 43, 40.2, 12,380."""
    return number(value)
