"""The weekly note: to each who follows something, in a direct message, what became of it. Without news there is none."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from prompts import labels, parts
from prompts.blocks import Block, Message, actions, button, context, section
from rituals import records
from rituals.records import Occasion, Run
from rituals.week import number
from storage import follows, history
from storage.database import Transaction
from storage.history import Revision
from storage.kinds import Kind, Kinds
from storage.members import audience_of_user
from storage.objects import Object
from storage.past.difference import flat
from storage.permalinks import permalinks
from storage.preferences import preference, who_chose

WEEKLY_NOTE = "weekly note"  # the pack's name of the ritual, and that of the preference: False where somebody wants none
A_WEEK = timedelta(days=7)
MOST = 12  # objects in a note; more would not be read


async def readers(tx: Transaction) -> list[str]:
    """Return those who follow something and did not say that they want no note."""
    said = await who_chose(tx, WEEKLY_NOTE)
    return [user for user in await follows.followers(tx) if said.get(user) is not False]


async def brings(tx: Transaction, kinds: Kinds, occasion: Occasion) -> dict[str, Any] | None:
    """Return the week that a note tells of; None where nothing of what the person follows has news."""
    if await preference(tx, occasion.subject, WEEKLY_NOTE) is False:
        return None
    last = await records.last_before(tx, occasion.ritual, occasion.subject, occasion.slot)
    since = last.slot_at if last else occasion.slot - A_WEEK
    news = await _news(tx, kinds, occasion.subject, since, occasion.slot)
    return {"since": since.isoformat(), "until": occasion.slot.isoformat()} if news else None


async def message(tx: Transaction, kinds: Kinds, run: Run, _: str) -> Message | None:
    """Return the note of a run, for who follows; None where they may not see any of it any more."""
    since, until = (records.moment(run.brings[name]) for name in ("since", "until"))
    news = await _news(tx, kinds, run.subject, since, until)
    if not news:
        return None
    places = await permalinks(tx, [item.key for item, _ in news[:MOST]])
    shown = [_shown(kinds, item, changes, places.get(item.key)) for item, changes in news[:MOST]]
    said = parts("weekly_note", items=shown, count=len(news), more=len(news) - len(shown))
    blocks: list[Block] = [section(said["headline"])]
    blocks += [section(said[f"item {place}"]) for place in range(len(shown))]
    off = button(labels()["weekly_note_off"], "note.off")
    return Message(said["headline"], [*blocks, context(said["why"]), actions([off])])


async def _news(
    tx: Transaction, kinds: Kinds, user: str, since: datetime, until: datetime
) -> list[tuple[Object, list[Revision]]]:
    """Return what `user` follows with what others changed of it, as far as they may see; what ended first, then the latest."""
    audience = await audience_of_user(tx, user)
    found: list[tuple[Object, list[Revision]]] = []
    for item in await follows.followed_by(tx, user, audience):
        told = [each for each in await history.of_object(tx, item.key, audience) if since <= each.at < until]
        of_others = [each for each in told if each.author != user]
        if of_others and item.kind in kinds.kinds:
            found.append((item, of_others))
    return sorted(found, key=lambda each: (each[0].status not in kinds.kind(each[0].kind).closed, -_latest(each[1])))


def _latest(changes: Iterable[Revision]) -> float:
    return max(each.at.timestamp() for each in changes)


def _shown(kinds: Kinds, item: Object, changes: Sequence[Revision], url: str | None) -> dict[str, Any]:
    kind = kinds.kind(item.kind)
    of_object = [each for each in changes if each.is_of_object]
    measured = [each.after for each in changes if each.value_at is not None and each.after]
    values = [after["value"] for after in measured if "value" in after]  # one whose note alone was corrected says no value
    links = [each for each in changes if each.relation is not None and each.before is None]
    first = next((each for each in of_object if each.before is None), None)
    was, is_now = _ends(of_object)
    reasons = [each.reason for each in of_object if each.reason and "status" in (each.after or {})]
    return {
        "emoji": kind.emoji,
        "key": item.key,
        "title": item.title,
        "url": url,
        "is_new": first is not None,
        "is_archived": item.archived,
        "status": _step(was.get("status"), is_now.get("status")),
        "reason": reasons[-1] if reasons else None,
        "sure": _sure(kind, was, is_now),
        "value": values[-1] if values else None,
        "unit": kind.unit_of(item.fields) or "",
        "links": len(links),
        "texts": [label for name, label in _texts(kind).items() if was.get(name) != is_now.get(name)],
    }


def _ends(changes: Sequence[Revision]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what the changes touched, as it was before the first of them and after the last; a making touches nothing."""
    was: dict[str, Any] = {}
    is_now: dict[str, Any] = {}
    for each in changes:
        if each.before is not None:
            before, after = flat(each.before), flat(each.after or {})
            for name in {**before, **after}:
                was.setdefault(name, before.get(name))
                is_now[name] = after.get(name)
    return was, is_now


def _step(before: Any, after: Any) -> dict[str, Any] | None:
    return {"before": before, "after": after} if after is not None and before != after else None


def _sure(kind: Kind, was: Mapping[str, Any], is_now: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return how sure people are of it, before and after: the first percentage among the fields of its kind that changed."""
    for name, field in kind.fields.items():
        if field.type == "percent":
            step = _step(number(was.get(f"fields.{name}")), number(is_now.get(f"fields.{name}")))
            if step:
                return {**step, "label": field.label}
    return None


def _texts(kind: Kind) -> dict[str, str]:
    """Return the label of each value that is told by its name alone."""
    told = {f"fields.{name}": field.label for name, field in kind.fields.items() if field.type != "percent"}
    return {"title": labels()["form_title"], "description": labels()["form_description"], **told}
