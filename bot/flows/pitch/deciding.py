"""Deciding a pitch: placed, declined or sent back; who decided, what was known and why is an object of its own."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.desk import Desk
from bot.flows.objects.editing import told
from bot.flows.opening import open_view
from bot.flows.pitch import forms
from bot.flows.pitch.forms import PitchContext
from bot.flows.pitch.pitching import shown_again
from bot.flows.pitch.rights import check_may_decide, refuse
from bot.flows.viewing import seen
from bot.forms import errors_by_block, filled, typed
from bot.forms.reading import values_of
from bot.letters.pitches import paused_by
from bot.requests import Reply, Request
from prompts import labels, parts, text
from prompts.escape import plain
from rituals.schedules import keep_asking
from storage import outbox, pitches, submissions
from storage.audience import EVERYBODY, Audience
from storage.database import Transaction
from storage.errors import Refused
from storage.graph import Graph, Tie
from storage.kinds import Kind, Kinds
from storage.members import audience_of_channel
from storage.moves import WHY
from storage.moves import Pitch as Pitching
from storage.objects import Draft, Object, links_of
from storage.people import channel_of, names_of
from storage.permalinks import message_link
from storage.pitches import SORTS, Pitch, Stance, Verdict
from storage.shaping import BECOMES, CONSIDERS
from storage.turns import alone

DECIDES = "decides"  # the pack's name of the relation
VERDICTS: Mapping[str, Verdict] = {"placed": "placed", "reshaped": "reshaped", "declined": "declined"}


async def ask(desk: Desk, request: Request) -> Reply:
    """Open the modal that decides about an object that was pitched; only for who decides."""
    kinds = await desk.kinds(request.workspace)
    async with desk.database.reading(request.workspace) as tx:
        item = await seen(tx, request, request.about["key"])
        rules = await _check_is_pitched(tx, kinds, item)
        pitch = await pitches.open_of(tx, item.key)
        await check_may_decide(tx, pitch, item, request.user)
    kind = kinds.kind(item.kind)
    title = text("about_object", emoji=kind.emoji, key=item.key, title=item.title)
    about = PitchContext(item.key, pitch.id if pitch else "")
    asks = _asked_at(kind, rules.places, item)
    return await open_view(desk, request, forms.deciding(about, kind, title, values_of(item), asks))


async def decide(desk: Desk, request: Request) -> Reply:
    """Take the object to where it was decided to go, and keep the decision with who, why and what was known."""
    about, values = PitchContext.of(request.view), typed(request.view)
    kinds = await desk.kinds(request.workspace)
    verdict, reason = VERDICTS[values.pop("verdict")], values.pop("reason") or ""
    try:
        async with desk.writing(request.workspace) as tx:
            await alone(tx)  # before it is read whether somebody has decided: two may do so at once
            if not await submissions.is_first(tx, request.view["id"]):
                return {}
            item = await seen(tx, request, about.key)
            rules = await _check_is_pitched(tx, kinds, item)
            pitch = await pitches.open_of(tx, item.key)
            await check_may_decide(tx, pitch, item, request.user)
            graph = Graph(tx, kinds, request.user, reason or None)
            status = {"placed": rules.places, "reshaped": rules.reshapes, "declined": rules.declines}[verdict]
            fields = filled(kinds.kind(item.kind), values).fields if verdict == "placed" else {}
            after = await graph.revise(item.key, {"status": status, "fields": fields})
            decision = await _keep(tx, kinds, graph, rules, pitch, after, verdict, reason)
            if pitch:
                await pitches.end(tx, pitch.id, verdict, decision.key if decision else None)
                await shown_again(tx, pitch)
            await told(tx, graph.act.id, [item.key, *([decision.key] if decision else [])])
            await keep_asking(tx, kinds, after)
    except Refused as refused:
        return {"response_action": "errors", "errors": errors_by_block(refused, request.view)}
    return {}


async def _check_is_pitched(tx: Transaction, kinds: Kinds, item: Object) -> Pitching:
    rules = kinds.kind(item.kind).pitch
    if rules is None or item.status != rules.opens or item.archived:
        await refuse(tx, "over", item, [])
    assert rules is not None  # noqa: S101  # refused above
    return rules


def _asked_at(kind: Kind, status: str, item: Object) -> list[str]:
    """Return the fields that a move to `status` asks for and that `item` does not have yet."""
    asked = [move.asks for move in kind.moves.values() if move.to == (status,) and move.asks not in ("", WHY)]
    return [name for name in dict.fromkeys(asked) if name not in item.fields]


async def _keep(
    tx: Transaction,
    kinds: Kinds,
    graph: Graph,
    rules: Pitching,
    pitch: Pitch | None,
    item: Object,
    verdict: Verdict,
    reason: str,
) -> Object | None:
    """Store the decision, as visible as what it decides; None where the pack keeps none."""
    relation = kinds.relations.get(DECIDES)
    if not rules.decision or rules.decision not in kinds.kinds or relation is None:
        return None
    if not kinds.offers(relation, rules.decision, item.kind):
        return None
    kind, readers = kinds.kind(rules.decision), await _readers(tx, item)
    paused = await paused_by(tx, kinds, item, readers) if verdict == "placed" else []
    said = await _in_words(tx, pitch, item, verdict, paused)
    draft = Draft(
        kind.name,
        said["title"],
        reason,
        owner=graph.act.author,
        team=item.team,
        fields=_fields(tx, kind, graph.act.author, said["known"]),
        source=await _where(tx, pitch),
        channel=item.channel or (pitch.channel if pitch else None),
        visibility=item.visibility,
    )
    waits = [Tie(DECIDES, other.key, why=said["waits"]) for other in paused]
    weighed = await _weighed(tx, kinds, kind, item, readers)
    return await graph.add(draft, [Tie(DECIDES, item.key, why=reason), *waits, *weighed])


async def _readers(tx: Transaction, item: Object) -> Audience:
    """Return who will read of the decision: whoever sees what it decides, wherever that was pitched."""
    return EVERYBODY if item.visibility == "workspace" else await audience_of_channel(tx, item.channel or "")


async def _heard_by(tx: Transaction, pitch: Pitch | None, item: Object) -> list[Stance]:
    """Return what was said to a pitch, as far as those who read of the decision could read it, too."""
    place = await channel_of(tx, pitch.channel) if pitch else None
    if pitch is None or (item.visibility == "workspace" and (place is None or place.is_private)):
        return []
    return await pitches.stances_of(tx, pitch.id)


async def _in_words(
    tx: Transaction, pitch: Pitch | None, item: Object, verdict: Verdict, paused: Sequence[Object]
) -> dict[str, str]:
    """Return title, what was known, and why others wait, as plain text."""
    told = await _heard_by(tx, pitch, item)
    names = await names_of(tx, [each.user for each in told])
    heard = {sort: _heard(told, sort, names) for sort in SORTS}
    about = {"key": item.key, "title": item.title, "paused": [f"{other.key} {other.title}" for other in paused]}
    said = parts("pitch_decision", verdict=verdict, **about, **heard)
    return {name: plain(said.get(name, "")) for name in ("title", "known", "waits")}


def _heard(told: Iterable[Stance], sort: str, names: Mapping[str, str]) -> list[dict[str, str]]:
    somebody = labels()["somebody"]
    return [{"who": names.get(each.user, somebody), "why": each.why} for each in told if each.stance == sort]


def _fields(tx: Transaction, kind: Kind, decider: str, known: str) -> dict[str, Any]:
    """Return the fields of a decision by their types: the people who decided, the day, and what was known."""
    values: dict[str, Any] = {"people": [decider], "date": tx.now.date().isoformat(), "text": known}
    first = {field.type: name for name, field in reversed(kind.fields.items())}
    return {first[type_]: value for type_, value in values.items() if type_ in first and value}


async def _where(tx: Transaction, pitch: Pitch | None) -> str | None:
    place = await outbox.place_of(tx, f"pitch:{pitch.id}") if pitch else None
    return await message_link(tx, place.channel, place.ts) if place else None


async def _weighed(tx: Transaction, kinds: Kinds, kind: Kind, item: Object, audience: Audience) -> list[Tie]:
    """Return that the decision considered what `item` was made of, and what was considered for it."""
    keys = [
        link.from_key if link.relation == BECOMES else link.to_key
        for link in await links_of(tx, [item.key], audience)
        if (link.relation, item.key) in ((BECOMES, link.to_key), (CONSIDERS, link.from_key))
    ]
    considers = kinds.relations.get(CONSIDERS)
    fits = {key for key in keys if considers and (of := kinds.of_key(key)) and kinds.offers(considers, kind.name, of.name)}
    return [Tie(CONSIDERS, key) for key in dict.fromkeys(keys) if key in fits]
