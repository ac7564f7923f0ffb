"""What waits for a person: in the Home the first of it, in a modal all of it; each with the button that does it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from bot.letters.pitches import is_open
from bot.letters.proposals import proposal_message
from prompts import labels, text
from prompts.blocks import Block, button, section, shortened
from rituals import records
from rituals.calendar import local_date
from rituals.waiting import day_of
from rituals.wishes import zone_of
from storage import mine, pitches, proposals
from storage.audience import Audience
from storage.database import Transaction
from storage.gaps import gaps_among
from storage.kinds import Kinds
from storage.moments import REST
from storage.objects import Object, get_many
from storage.permalinks import permalinks

TITLE = 80  # characters of a title in a line; it breaks twice on a phone
OPEN_FOR = timedelta(days=14)  # older check-ins are over
Sort = Literal["check-in", "pitch", "look again", "untold", "left alone", "gap"]


@dataclass(frozen=True)
class Waiting:
    """The first few things that wait, as the blocks of each, of `count`."""

    first: list[list[Block]]
    count: int


@dataclass(frozen=True)
class _Thing:
    """One thing that waits, of the object `item`: what its line says beside it, and its button."""

    sort: Sort
    item: Object
    says: Mapping[str, Any]
    button: Block


async def waiting_for(tx: Transaction, kinds: Kinds, audience: Audience, user: str, most: int) -> Waiting:
    """Return what waits for `user`, who sees what `audience` does: at most `most`, what others wait for first."""
    today = local_date(tx.now, await zone_of(tx, user))
    things = await _checkins(tx, user, audience, today)
    asked = await proposals.waiting_for(tx, user, audience)
    pitched = await pitches.waiting_for(tx, user, audience)
    things += [_Thing("pitch", item, {}, _decide(item)) for each, item in pitched if is_open(kinds.kind(item.kind), each, item)]
    late = await mine.to_look_at(tx, kinds, audience, user, today, most)
    things += [_look_again(kinds, item) for item in late.items]
    untold = await mine.untold(tx, kinds, audience, user, most)
    things += [_say_what_came(kinds, item) for item in untold.items]
    alone = await mine.left_alone(tx, kinds, audience, user, tx.now - REST, most)
    things += [_Thing("left alone", item, {"day": item.updated_at}, _update(item)) for item in alone.items]
    count = len(things) + len(asked) + sum(some.count - len(some.items) for some in (late, untold, alone))
    if len(things) + len(asked) < most:
        gaps = await _gaps(tx, kinds, audience, user, {thing.item.key for thing in things}, most)
        things, count = things + gaps, count + len(gaps)
    items = await get_many(tx, [each.key for each in asked[:most]], audience)
    shown = [
        (await proposal_message(tx, kinds, each, items[each.key], audience)).blocks
        for each in asked[:most]
        if each.key in items
    ]
    return Waiting([*shown, *await _lines(tx, kinds, things[: max(0, most - len(shown))])], count)


async def _checkins(tx: Transaction, user: str, audience: Audience, today: date) -> list[_Thing]:
    """Return what the open check-ins still ask about."""
    runs = await records.of_person(tx, user, today - OPEN_FOR, most=20)
    asked = {bet["key"]: run.id for run in reversed(runs) if run.state == "open" for bet in run.brings.get("bets", [])}
    answered = {(each.run, each.about) for each in await records.answers_in(tx, list(dict.fromkeys(asked.values())))}
    items = await get_many(tx, asked, audience)
    return [
        _Thing("check-in", items[key], {}, button(labels()["checkin_update"], "checkin.update", run=run, key=key))
        for key, run in asked.items()
        if key in items and (run, key) not in answered
    ]


def _look_again(kinds: Kinds, item: Object) -> _Thing:
    fields = mine.look_again(kinds.kind(item.kind))
    days = {field: day for field in fields if (day := day_of(item, field))}
    field = min(days, key=lambda name: days[name])
    again = button(labels()["home_look_again"], f"object.fill:{field}", key=item.key, field=field)
    return _Thing("look again", item, {"day": days[field]}, again)


def _say_what_came(kinds: Kinds, item: Object) -> _Thing:
    """Offer to log what came of `item`: the first kind that the link leads to and whose form takes it."""
    prompt = mine.outcomes(kinds, kinds.kind(item.kind))[0]
    back = f"from {prompt.relation}"
    takes = [kind for kind in kinds.offered if kinds.offers(kinds.relations[prompt.relation], item.kind, kind.name)]
    made = next((kind for kind in takes if any(each.name == back for each in kind.links)), None)
    if made:
        log = button(labels()["review_log_impact"], "form.open", kind=made.name, link=f"link.{back}", other=item.key)
    else:
        log = button(labels()["card_fill"], f"object.fill:{prompt.name}", key=item.key, field=prompt.name)
    return _Thing("untold", item, {"words": prompt.gap}, log)


async def _gaps(tx: Transaction, kinds: Kinds, audience: Audience, user: str, told: Iterable[str], most: int) -> list[_Thing]:
    """Return the first gap of each of what `user` has under way, but not of what is `told` of already."""
    running = await mine.under_way(tx, kinds, audience, user, most + 5)
    items = {item.key: item for item in running.items if item.key not in set(told)}
    first: dict[str, _Thing] = {}
    for gap in await gaps_among(tx, kinds, items, audience):
        fill = button(labels()["card_fill"], f"object.fill:{gap.name}", key=gap.key, field=gap.name)
        first.setdefault(gap.key, _Thing("gap", items[gap.key], {"words": gap.words or gap.label}, fill))
    return list(first.values())[:most]


def _decide(item: Object) -> Block:
    return button(labels()["pitch_decide"], "pitch.decide", key=item.key)


def _update(item: Object) -> Block:
    return button(labels()["checkin_update"], "object.edit", key=item.key)


async def _lines(tx: Transaction, kinds: Kinds, things: list[_Thing]) -> list[list[Block]]:
    places = await permalinks(tx, [thing.item.key for thing in things])
    nothing = {"day": None, "words": None}
    return [
        [
            section(
                text(
                    "home_waits",
                    sort=thing.sort,
                    emoji=kinds.kind(thing.item.kind).emoji,
                    key=thing.item.key,
                    title=shortened(thing.item.title, TITLE),
                    url=places.get(thing.item.key),
                    **{**nothing, **thing.says},
                ),
                thing.button,
            )
        ]
        for thing in things
    ]
