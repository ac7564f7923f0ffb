"""A pitch as people see it: the one-pager in its channel, and the word to who is to decide."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.letters.telling import value_in_words
from prompts import Words, labels, parts
from prompts.blocks import Block, Message, actions, button, context, section, shortened
from prompts.escape import plain
from prompts.render import day
from storage.audience import Audience
from storage.database import Transaction
from storage.fields import Field
from storage.gaps import gaps_of
from storage.kinds import Kind, Kinds, LinkPrompt
from storage.members import audience_of_channel, audience_of_user
from storage.objects import Link, Object, find, get, get_many, links_of
from storage.outbox import place_of
from storage.people import names_of
from storage.permalinks import message_link, permalinks
from storage.pitches import WHY_NOW, Pitch, Stance, pitch_of, stances_of
from storage.workspaces import kinds_of

TEXT_SHOWN = 400  # letters of an answer in the one-pager; the card has it whole
WHY_SHOWN = 200  # of what somebody says to it; its thread has it whole
MOST_LINKED, MOST_PAUSED, MOST_MISSING = 3, 5, 4


async def render_pitch(tx: Transaction, pitch_id: str, channel: str) -> Message | None:
    """Return the one-pager of a pitch as every reader of `channel` may see it; None where they may not."""
    pitch, audience = await pitch_of(tx, pitch_id), await audience_of_channel(tx, channel)
    item = await get(tx, pitch.key, audience) if pitch else None
    if pitch is None or item is None:
        return None
    kinds = await kinds_of(tx)
    said = await _said(tx, kinds, pitch, item, audience)
    blocks = [section(said[name]) for name in ("headline", "why_now", "one_pager", "all_in") if name in said]
    blocks += [context(said[name]) for name in ("missing", "stances", "state") if name in said]
    return Message(said["notification"], [*blocks, *_buttons(kinds.kind(item.kind), pitch, item)])


async def render_ask(tx: Transaction, pitch_id: str, user: str) -> Message | None:
    """Return the word to `user`, who is to decide a pitch; None where they may not see what it is about."""
    pitch, audience = await pitch_of(tx, pitch_id), await audience_of_user(tx, user)
    item = await get(tx, pitch.key, audience) if pitch else None
    if pitch is None or item is None:
        return None
    kind = (await kinds_of(tx)).kind(item.kind)
    place, names = await place_of(tx, f"pitch:{pitch.id}"), await names_of(tx, [pitch.author])
    url = await message_link(tx, place.channel, place.ts) if place else None
    about = {"emoji": kind.emoji, "key": item.key, "title": item.title, "url": url, "state": pitch.state}
    said = parts("pitch_ask", who=names.get(pitch.author, labels()["somebody"]), **about)
    decide = button(labels()["pitch_decide"], "pitch.decide", style="primary", key=item.key)
    return Message(said["line"], [section(said["line"]), *([actions([decide])] if is_open(kind, pitch, item) else [])])


def is_open(kind: Kind, pitch: Pitch, item: Object) -> bool:
    """Tell whether a pitch is still to be decided: nobody has, and its object was not taken on in another way."""
    return pitch.state == "open" and kind.pitch is not None and item.status == kind.pitch.opens and not item.archived


async def one_pager(tx: Transaction, kinds: Kinds, item: Object, audience: Audience) -> Words:
    """Return what `item` says of itself, question by question, as a pitch shows it."""
    said = parts("pitch_page", **await _page(tx, kinds, item, audience))
    return said.get("one_pager", Words(labels()["pitch_empty"]))


async def paused_by(tx: Transaction, kinds: Kinds, item: Object, audience: Audience) -> list[Object]:
    """Return what waits while its team is all in on `item`: the team's others that are under way. Empty where it is not."""
    kind = kinds.kind(item.kind)
    flag = kind.pitch.all_in if kind.pitch else ""
    if not flag or not item.fields.get(flag) or item.team is None:
        return []
    beside = await find(tx, audience, kind=item.kind, team=item.team, statuses=kind.running)
    return [other for other in beside if other.key != item.key]


async def _said(tx: Transaction, kinds: Kinds, pitch: Pitch, item: Object, audience: Audience) -> dict[str, Words]:
    kind, told = kinds.kind(item.kind), await stances_of(tx, pitch.id)
    links = await permalinks(tx, [item.key, *([pitch.decision] if pitch.decision else [])])
    decision = await get(tx, pitch.decision, audience) if pitch.decision else None
    by = decision.created_by if decision else pitch.decider
    names = await names_of(tx, [pitch.author, pitch.decider, by, *(each.user for each in told)])
    paused = await paused_by(tx, kinds, item, audience)
    return {
        **parts("pitch_page", **await _page(tx, kinds, item, audience)),
        **parts(
            "pitch",
            emoji=kind.emoji,
            kind=kind.label.lower(),
            key=item.key,
            title=item.title,
            url=links.get(item.key),
            who=_name(names, pitch.author),
            why_now=next((each.why for each in told if each.stance == WHY_NOW), ""),
            is_all_in=bool(kind.pitch and kind.pitch.all_in and item.fields.get(kind.pitch.all_in)),
            paused=[f"{other.key} {other.title}" for other in paused[:MOST_PAUSED]],
            more_paused=max(0, len(paused) - MOST_PAUSED),
            stances={sort: _heard(told, sort, names) for sort in ("back", "challenge", "ask")},
            state=pitch.state if pitch.state != "open" or is_open(kind, pitch, item) else "overtaken",
            status=item.status,
            decider=_name(names, pitch.decider) if pitch.decider else None,
            by=_name(names, by),
            decided_at=pitch.decided_at,
            decision=decision and {"key": decision.key, "url": links.get(decision.key), "why": decision.description},
        ),
    }


def _name(names: Mapping[str, str], user: str | None) -> str:
    return names.get(user or "", labels()["somebody"])


def _heard(told: Iterable[Stance], sort: str, names: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"who": _name(names, each.user), "why": shortened(each.why, WHY_SHOWN)} for each in told if each.stance == sort]


async def _page(tx: Transaction, kinds: Kinds, item: Object, audience: Audience) -> dict[str, Any]:
    """Return each question that `item` answers, with the answer; and what it does not answer though it would have to."""
    kind = kinds.kind(item.kind)
    links = await links_of(tx, [item.key], audience)
    others = await get_many(tx, {key for link in links for key in (link.from_key, link.to_key)}, audience)
    asked = [
        {"label": prompt.label, "answer": answer}
        for prompt in kind.links
        if (answer := _linked(prompt, item.key, links, others))
    ]
    names = await names_of(tx, [str(user) for value in item.fields.values() for user in _many(value)])
    said = [
        {"label": field.label_beside(item.fields), "answer": _answer(field, item.fields[name], names)}
        for name, field in kind.fields.items()
        if name in item.fields and field.type != "flag" and field.fits(item.fields)
    ]
    later = replace(item, status=kind.pitch.places) if kind.pitch else item
    missing = [gap.label for gap in gaps_of(kinds, later, links)]
    own = [{"label": "", "answer": shortened(item.description, TEXT_SHOWN)}] if item.description else []
    return {"answers": [*own, *said, *asked], "missing": missing[:MOST_MISSING], "more": max(0, len(missing) - MOST_MISSING)}


def _many(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else [value]


def _answer(field: Field, value: object, names: Mapping[str, str]) -> object:
    """Return what a field says as its readers write it; a text keeps its lines."""
    return shortened(str(value), TEXT_SHOWN) if field.type == "text" else value_in_words(field, value, names, TEXT_SHOWN)


def _linked(prompt: LinkPrompt, key: str, links: Sequence[Link], others: Mapping[str, Object]) -> str:
    """Return what stands at the other ends of the links that `prompt` asks for, with what was said of them."""
    found = [
        (others[other], link)
        for link in links
        if link.relation == prompt.relation and (link.to_key if prompt.backward else link.from_key) == key
        if (other := link.from_key if prompt.backward else link.to_key) in others
    ]
    shown = [f"{other.key} {other.title}{_expected(link)}" for other, link in found[:MOST_LINKED]]
    more = [f"+{len(found) - MOST_LINKED}"] if len(found) > MOST_LINKED else []
    return " · ".join([*shown, *more])


def _expected(link: Link) -> str:
    size, by_when = link.fields.get("size"), link.fields.get("by_when")
    said = [str(size)] if size else []
    said += [f"→ {plain(day(str(by_when)))}"] if by_when else []
    return f" ({' '.join(said)})" if said else ""


def _buttons(kind: Kind, pitch: Pitch, item: Object) -> list[Block]:
    if not is_open(kind, pitch, item):
        return [actions([button(labels()["card_why"], "object.why", key=item.key)])]
    say = [button(labels()[f"pitch_{sort}"], f"pitch.say:{sort}", pitch=pitch.id) for sort in ("back", "challenge", "ask")]
    decide = button(labels()["pitch_decide"], "pitch.decide", key=item.key)
    return [actions([*say, decide, button(labels()["pitch_withdraw"], "pitch.withdraw", pitch=pitch.id)])]
