"""What waits for somebody in a team, what is due soon, and the one question that the graph most needs answered."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, Literal

from rituals.week import Week
from storage.gaps import Gap, gaps_of
from storage.objects import Object

RELEASE, RESULTS_IN = "release", "to results in"  # the pack's name of the kind, and of its prompt for what came of it
DUE_FIELDS = ("review_date", "released_at", "ends")
WEEK = timedelta(days=7)
LOOK_AFTER = timedelta(days=14)  # a release that is out longer has had the time to do something
LONG_OUT = timedelta(days=28)


@dataclass(frozen=True)
class Question:
    """What to ask: `field` of `key` (a field, or the name of a link prompt) would answer it.

    `sort`: a release of which nobody has said what came of it, a bet past its review date, a gap in a bet.
    """

    sort: Literal["release", "review", "gap"]
    key: str
    field: str

    @property
    def stored(self) -> dict[str, Any]:
        return asdict(self)


def day_of(item: Object, field: str) -> date | None:
    """Return the day that stands in a date field of `item`, or None."""
    value = item.fields.get(field)
    return date.fromisoformat(value[:10]) if isinstance(value, str) and value else None


def overdue(week: Week, today: date) -> list[Object]:
    """Return the running bets whose review date has passed, the longest first."""
    dated = [(day_of(item, "review_date"), item) for item in week.running()]
    return [item for day, item in sorted(((day, item) for day, item in dated if day and day < today), key=_by_day)]


def unseen(week: Week, today: date, out_for: timedelta = LOOK_AFTER) -> list[Object]:
    """Return the releases that are out for at least `out_for` and of which nobody has said what came, the longest first."""
    dated = [(day_of(item, "released_at"), item) for item in week.of_kind(RELEASE)]
    late = [(day, item) for day, item in dated if day and today - day >= out_for and RESULTS_IN in _missing(week, item)]
    return [item for _, item in sorted(late, key=_by_day)]


def gaps(week: Week, items: Iterable[Object]) -> list[Gap]:
    """Return what is not said yet of `items`, in the pack's words; gaps for which it has no words are left out."""
    found = (gap for item in items for gap in gaps_of(week.kinds, item, week.links))
    return [gap for gap in found if gap.words]


def due_soon(week: Week, today: date) -> list[tuple[date, Object]]:
    """Return what has a date within the next seven days, the soonest first."""
    found = [
        (day, item)
        for item in week.items.values()
        if item.status not in week.kind(item).closed
        for day in (day_of(item, field) for field in DUE_FIELDS)
        if day and today < day <= today + WEEK
    ]
    return sorted(found, key=_by_day)


def choose_question(week: Week, today: date, last: Mapping[str, Any] | None) -> Question | None:
    """Return the question whose answer the graph misses most, another one than the `last` where there is another."""
    asked = list(_questions(week, today))
    others = [question for question in asked if question.stored != last]
    return next(iter(others or asked), None)


def is_answered(week: Week, question: Question, today: date) -> bool:
    """Tell whether the graph now has what `question` asked for, or has no use for it any more."""
    item = week.items.get(question.key)
    if item is None:
        return True
    if question.sort == "review":
        return item not in overdue(week, today)
    return question.field not in _missing(week, item)


def _questions(week: Week, today: date) -> Iterator[Question]:
    yield from (Question("release", item.key, RESULTS_IN) for item in unseen(week, today, LONG_OUT))
    yield from (Question("review", item.key, "review_date") for item in overdue(week, today))
    yield from (Question("gap", gap.key, gap.name) for gap in gaps(week, week.running()))
    yield from (Question("release", item.key, RESULTS_IN) for item in unseen(week, today))
    yield from (Question("gap", gap.key, gap.name) for gap in gaps(week, week.pending()))


def _missing(week: Week, item: Object) -> set[str]:
    return {gap.name for gap in gaps_of(week.kinds, item, week.links)}


def _by_day(entry: tuple[date, Object]) -> tuple[date, str]:
    return entry[0], entry[1].key
