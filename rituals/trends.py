"""How what is measured moved, in figures that fit in a line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from storage.kinds import Kinds
from storage.measures import Measure, comparable
from storage.objects import Object


@dataclass(frozen=True)
class Trend:
    """What an input (or a driver) measures, and what it measured before; `before` is None where it did not move.

    `expected`: its target, in the words in which it was written.
    """

    key: str
    name: str
    before: str | None
    now: str
    unit: str
    expected: str | None


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


def figure(value: float) -> str:
    """Return a value as people write it: 43, 40.2, 12,380."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}".rstrip("0").rstrip(".")
