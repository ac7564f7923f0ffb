"""A week as the plain values that the review's template takes, each list cut to what a phone can show."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from prompts.blocks import shortened
from rituals import waiting
from rituals.calendar import week_of as calendar_week
from rituals.trends import Trend, trend, with_bets
from rituals.waiting import Question
from rituals.weakest import INPUT, weakest_link
from rituals.week import Confidence, Move, Week
from storage import measures
from storage.audience import Audience
from storage.database import Transaction
from storage.expected import effects
from storage.objects import Object
from storage.permalinks import permalinks

LINE = 200  # characters
MOST = 4  # of anything in one section; the rest is counted
Data = dict[str, Any]
Shown = Callable[[Object], Data]


async def digest(tx: Transaction, week: Week, today: date, audience: Audience, question: Question | None) -> Data:
    """Return what there is to say of `week` to `audience`, seen from the local date `today`."""
    places = await permalinks(tx, list(week.others))

    def shown(item: Object) -> Data:
        return {"key": item.key, "title": item.title, "url": places.get(item.key), "status": item.status}

    return {
        "number": calendar_week(today)[1],
        "is_quiet": week.is_quiet,
        "learned": _some(_learned(week, shown)),
        "decided": _some([*_decisions(week, shown), *_choices(week, shown)]),
        "inputs": _some([asdict(each) for each in await _trends(tx, week, audience)]),
        "impacts": _some(_all(shown, week.impacts)),
        "weakest": await _weakest(tx, week, audience),
        **_waiting(week, today, question, shown),
        "moved": {altitude: _some(map(_moved, moves)) for altitude, moves in week.by_altitude.items() if moves},
        "question": _question(week, today, question, shown),
    }


def _some(entries: Iterable[Data]) -> Data:
    found = list(entries)
    return {"first": found[:MOST], "more": max(0, len(found) - MOST), "count": len(found)}


def _all(shown: Shown, items: Sequence[Object]) -> list[Data]:
    return [shown(item) for item in items]


def _learned(week: Week, shown: Shown) -> list[Data]:
    """What was learned, and from what. The first is the headline already, so its own line says more than its title."""
    says = [item.title for item in week.learned]
    if week.learned and week.learned[0].description:
        says[0] = shortened(week.learned[0].description.partition("\n")[0].removesuffix("."), LINE)
    sources = [_all(shown, week.sources(item.key, "yields")) for item in week.learned]
    return [
        {**shown(item), "says": line, "sources": each} for item, line, each in zip(week.learned, says, sources, strict=True)
    ]


def _decisions(week: Week, shown: Shown) -> list[Data]:
    """Each decision with what it placed, chose or let go."""
    choices = {move.item.key: move for move in week.choices}
    return [
        {
            **shown(decision),
            "reason": None,
            "after": None,
            "choices": [
                {**shown(item), "after": choices[item.key].after, "reason": choices[item.key].reason}
                for item in week.targets(decision.key, "decides", "considers")
                if item.key in choices
            ],
        }
        for decision in week.decisions
    ]


def _choices(week: Week, shown: Shown) -> list[Data]:
    """What was placed, chose or let go without a decision that says so."""
    decided = {item.key for decision in week.decisions for item in week.targets(decision.key, "decides", "considers")}
    alone = [move for move in week.choices if move.item.key not in decided]
    return [{**shown(move.item), "after": move.after, "reason": move.reason, "choices": []} for move in alone]


async def _trends(tx: Transaction, week: Week, audience: Audience) -> list[Trend]:
    """How the inputs moved: those that have attention first, then those that a running bet should move."""
    inputs = [item for item in week.of_kind(INPUT) if item.status == week.kind(item).first_status]
    series = await measures.series(tx, [item.key for item in inputs], audience)
    targeted = {item.key for bet in week.running() for item in week.targets(bet.key, "targets")}
    inputs.sort(key=lambda item: (not item.fields.get("in_attention"), item.key not in targeted, item.key))
    told = await effects(tx, week.kinds, series, audience, week.until)
    under_way = [each for each in told if each.by.status in week.kind(each.by).running]
    trends = [trend(week.kinds, item, series.get(item.key, []), week.until, week.since) for item in inputs]
    return [with_bets(each, [effect for effect in under_way if effect.on.key == each.key]) for each in trends if each]


async def _weakest(tx: Transaction, week: Week, audience: Audience) -> Data | None:
    weak = await weakest_link(tx, week.kinds, week.items.values(), audience)
    if weak is None:
        return None
    ends = {"from": weak.from_.title, "to": weak.to.title}
    return {**ends, "has_evidence": weak.weak.has_evidence, "confidence": weak.weak.confidence}


def _waiting(week: Week, today: date, question: Question | None, shown: Shown) -> Data:
    """What waits, without what is asked about at the end of the same message; a quiet week's asks nothing."""
    question = None if week.is_quiet else question
    asked = question and (question.sort, question.key)
    overdue = [
        {**shown(item), "day": waiting.day_of(item, "review_date")}
        for item in waiting.overdue(week, today)
        if asked != ("review", item.key)
    ]
    gaps = [
        {**shown(week.items[gap.key]), "words": gap.words}
        for gap in waiting.gaps(week, week.running())
        if not question or (question.key, question.field) != (gap.key, gap.name)
    ]
    due = [{**shown(item), "day": day} for day, item in waiting.due_soon(week, today)]
    unseen = _all(shown, [item for item in waiting.unseen(week, today) if asked != ("release", item.key)])
    return {"overdue": _some(overdue), "unseen": _some(unseen), "gaps": _some(gaps), "due": _some(due)}


def _moved(each: Move | Confidence) -> Data:
    if isinstance(each, Confidence):
        return {"key": each.item.key, "before": each.before, "after": each.after, "status": None}
    return {"key": each.item.key, "before": None, "after": None, "status": each.after if each.before else None}


def _question(week: Week, today: date, question: Question | None, shown: Shown) -> Data | None:
    item = week.items.get(question.key) if question else None
    if question is None or item is None:
        return None
    kind = week.kind(item)
    missing = {name: field.gap for name, field in kind.fields.items()} | {prompt.name: prompt.gap for prompt in kind.links}
    day = waiting.day_of(item, "released_at" if question.sort == "release" else "review_date")
    weeks = (today - day).days // 7 if day else None
    return {**shown(item), "sort": question.sort, "missing": missing.get(question.field), "day": day, "weeks": weeks}
