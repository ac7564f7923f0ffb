"""The bet check-in: one direct message to whoever owns running bets, and what becomes of an answer."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, get_args

from prompts import Words, labels, parts, text
from prompts.blocks import Block, Message, about_choice, actions, button, context, menu, section
from prompts.escape import plain
from rituals import records
from rituals.courtesy import Later
from rituals.holding import AGAIN, rests
from rituals.learning import learned
from rituals.records import CHECKIN, REVIEW, Answer, Occasion, Run
from rituals.trends import Trend, trend, with_bets
from storage import history, measures, outbox
from storage.audience import Audience
from storage.database import Transaction
from storage.errors import NotFound, Problem, Refused
from storage.expected import effects
from storage.graph import Graph
from storage.kinds import Kinds
from storage.members import audience_of_user
from storage.objects import Object, find, get, get_many
from storage.permalinks import permalinks
from storage.rights import may_edit
from storage.text import TEXT_LIMIT, storable

MOST_BETS = 12  # in one message; more would not be a minute's work


@dataclass(frozen=True)
class Said:
    """What a person says of a bet. `confidence`: in percent, None where it is not known."""

    changed: str = ""
    confidence: object = None
    surprise: str = ""


@dataclass(frozen=True)
class Answered:
    """A bet after an answer: as it was, as it is, the insight that was learned (its key), and the acts of it."""

    before: Object
    after: Object
    insight: str | None
    acts: tuple[str, ...]


async def brings(tx: Transaction, kinds: Kinds, occasion: Occasion) -> dict[str, Any] | None:
    """Return the person's running bets with what was last said of them; None where they have none."""
    audience = await audience_of_user(tx, occasion.subject)
    mine = await find(tx, audience, owner=occasion.subject)
    bets = [item for item in mine if _is_running(kinds, item)]
    if not bets:
        return None
    last = await records.latest_about(tx, [bet.key for bet in bets[:MOST_BETS]])
    return {
        "bets": [await _last_said(tx, bet, last.get(bet.key), audience) for bet in bets[:MOST_BETS]],
        "more": max(0, len(bets) - MOST_BETS),
    }


async def _last_said(tx: Transaction, bet: Object, last: Answer | None, audience: Audience) -> dict[str, Any]:
    """Return the confidence, and the latest answer or, where there is none, the reason of the last change of confidence."""
    confidence = bet.fields.get("confidence")
    if last:
        return {"key": bet.key, "confidence": confidence, "said": last.said.get("changed"), "at": last.at.isoformat()}
    for revision in reversed(await history.of_object(tx, bet.key, audience)):
        before, after = (revision.before or {}).get("fields") or {}, (revision.after or {}).get("fields") or {}
        if revision.is_of_object and before.get("confidence") != after.get("confidence"):
            said, at = revision.reason, revision.at.isoformat()
            return {"key": bet.key, "confidence": confidence, "said": said, "at": at}
    return {"key": bet.key, "confidence": confidence, "said": None, "at": None}


async def answer(tx: Transaction, kinds: Kinds, run_id: str, key: str, author: str, said: Said) -> Answered:
    """Store what the owner of a bet says of it, once: answering again edits the answer. A late answer counts too.

    The confidence becomes a revision, with what changed as its reason; a surprise becomes an insight that the bet taught us.
    Raise NotFound where the person was not asked about `key` in this run, Refused where something cannot be stored.
    """
    run = await _asked_in(tx, run_id, key, author)
    said = _checked(said)
    before = await get(tx, key, await audience_of_user(tx, author))
    if before is None:
        raise NotFound(key)
    if not await may_edit(tx, before, author):  # they gave it away since they were asked
        raise Refused([Problem("confidence", plain(text("checkin_passed", key=key)))])
    changes = {} if said.confidence is None else {"fields": {"confidence": said.confidence}}
    graph = Graph(tx, kinds, author, said.changed or None)
    after = await graph.revise(key, changes)
    earlier = await _earlier(tx, run, key)
    taught = await learned(tx, kinds, after, author, said.surprise, earlier.get("insight"))
    insight = taught.key if taught else None
    first = earlier.get("before", before.fields.get("confidence"))
    outcome = {"before": first, "after": after.fields.get("confidence"), "insight": insight}
    await records.put_answer(tx, run.id, key, author, {**asdict(said), **outcome})
    await _show_again(tx, run, after)
    acts = (graph.act.id if after.version > before.version else None, taught.act if taught else None)
    return Answered(before, after, insight, tuple(act for act in acts if act))


async def same(tx: Transaction, kinds: Kinds, run_id: str, key: str, author: str) -> None:
    """Store that nothing changed; what was answered already stays. Raise NotFound as `answer` does."""
    run = await _asked_in(tx, run_id, key, author)
    if not await _earlier(tx, run, key):
        await answer(tx, kinds, run_id, key, author, Said())


async def earlier_answer(tx: Transaction, run_id: str, key: str, author: str) -> Mapping[str, Any]:
    """Return what the person said of `key` in this run, or nothing yet; raise NotFound where they were not asked."""
    return await _earlier(tx, await _asked_in(tx, run_id, key, author), key)


async def _asked_in(tx: Transaction, run_id: str, key: str, author: str) -> Run:
    run = await records.run_of(tx, run_id)
    if run is None or run.plan != CHECKIN or run.subject != author or key not in _keys(run):
        raise NotFound(key)
    return run


async def _earlier(tx: Transaction, run: Run, key: str) -> Mapping[str, Any]:
    return next((each.said for each in await records.answers_in(tx, [run.id]) if each.about == key), {})


def _keys(run: Run) -> list[str]:
    return [bet["key"] for bet in run.brings["bets"]]


def _checked(said: Said) -> Said:
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for name in ("changed", "surprise"):
        try:
            texts[name] = storable(getattr(said, name), TEXT_LIMIT)
        except ValueError as refused:
            problems.append(Problem(name, f"This {refused}"))
    if problems:
        raise Refused(problems)
    return Said(**texts, confidence=said.confidence)


async def _show_again(tx: Transaction, run: Run, bet: Object) -> None:
    """Edit what speaks of the bet: its card, the check-in's own message, and the team's review, where one is open."""
    await outbox.refresh(tx, f"card:{bet.key}")
    await outbox.refresh(tx, f"run:{run.id}")
    for review in await records.open_of_team(tx, REVIEW, bet.team) if bet.team else []:
        await outbox.refresh(tx, f"run:{review.id}")


async def message(tx: Transaction, kinds: Kinds, run: Run, _: str) -> Message:
    """Return the check-in as it stands: what is still asked, and thanks for what was answered. Its reader is who was asked."""
    bets = await _bets(tx, kinds, run)
    said = parts(
        "checkin",
        bets=bets,
        slot=run.slot_at,
        days=_days(run),
        **{name: run.brings[name] for name in ("late", "more")},
        is_open=run.state == "open",
        rests=_rests(run),
    )
    blocks: list[Block] = [section(said["headline"])] if "headline" in said else []
    waits = any(bet["answer"] is None for bet in bets)
    if waits and rests(run):
        return Message(said["notification"], [*blocks, actions([button(labels()["checkin_now"], "checkin.now", run=run.id)])])
    for number, bet in enumerate(bets):
        blocks += _blocks(run, bet, said[f"bet {number}"])
    blocks += [context(said["why"])] if "why" in said else []
    blocks += [_put_off(run)] if waits and run.state == "open" else []
    return Message(said["notification"], blocks)


def _rests(run: Run) -> dict[str, Any] | None:
    """Return whether a run that its person put off comes again, and when they are asked next; None where it is as usual."""
    if not rests(run):
        return None
    at = run.brings.get(AGAIN)
    return {"comes_again": run.state == "later", "at": records.moment(at) if at else None}


def _put_off(run: Run) -> Block:
    """The ways not to answer now, which are as near as those to answer."""
    options = [about_choice(labels()[f"later_{how}"], run=run.id, how=how) for how in get_args(Later)]
    return actions(
        [
            menu(labels()["checkin_later"], "checkin.later", options),
            button(labels()["checkin_skip"], "checkin.skip", run=run.id),
            button(labels()["why_me"], "checkin.why", run=run.id),
        ]
    )


async def _bets(tx: Transaction, kinds: Kinds, run: Run) -> list[dict[str, Any]]:
    """Return the bets of a run that can still be asked about, or were answered, as the template takes them."""
    asked = {bet["key"]: bet for bet in run.brings["bets"]}
    items = await get_many(tx, asked, await audience_of_user(tx, run.subject))
    answers = {each.about: each.said for each in await records.answers_in(tx, [run.id])}
    shown = [items[key] for key in asked if key in items and (key in answers or _is_running(kinds, items[key]))]
    places, trends = await permalinks(tx, [item.key for item in shown]), await _trends(tx, kinds, run, shown)
    return [
        {
            "key": item.key,
            "title": item.title,
            "url": places.get(item.key),
            "emoji": kinds.kind(item.kind).emoji,
            "last": asked[item.key]["confidence"],
            "said": asked[item.key]["said"],
            "trends": trends[item.key],
            "answer": answers.get(item.key),
        }
        for item in shown
    ]


def _is_running(kinds: Kinds, bet: Object) -> bool:
    return not bet.archived and bet.kind in kinds.kinds and bet.status in kinds.kind(bet.kind).running


def _blocks(run: Run, bet: Mapping[str, Any], line: Words) -> list[Block]:
    update = "checkin_change" if bet["answer"] else "checkin_update"
    about = {"run": run.id, "key": bet["key"]}
    change = button(labels()[update], "checkin.update", **about)
    if bet["answer"] or run.state != "open":
        return [section(line, change)]
    same = "checkin_same" if bet["last"] is not None or bet["said"] else "checkin_nothing"
    return [section(line), actions([button(labels()[same], "checkin.same", **about), change])]


def _days(run: Run) -> int | None:
    """Return how many days ago the latest answer was, when the run was due."""
    said = [bet["at"] for bet in run.brings["bets"] if bet["at"]]
    return (run.slot_at - max(map(records.moment, said))).days if said else None


async def _trends(tx: Transaction, kinds: Kinds, run: Run, bets: Sequence[Object]) -> dict[str, list[Trend]]:
    """Return for each bet how what it should move moved, and what came of that, as far as its owner may see it."""
    audience = await audience_of_user(tx, run.subject)
    found: dict[str, list[Trend]] = {bet.key: [] for bet in bets}
    told = [each for each in await effects(tx, kinds, found, audience, run.opened_at) if each.by.key in found]
    series = await measures.series(tx, {each.on.key for each in told}, audience)
    for effect in told:
        moved = trend(kinds, effect.on, series.get(effect.on.key, []), run.opened_at)
        if moved:
            found[effect.by.key].append(with_bets(moved, [effect]))
    return found
