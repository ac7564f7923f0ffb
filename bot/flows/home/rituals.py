"""The rituals of a person, each with the ways to have less of it: in the Home and in `/pom rituals`."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from bot.upcoming import name_of
from prompts import Words, labels, parts
from prompts.blocks import Block, about_choice, button, context, overflow, section
from rituals.calendar import local_date, zone_or_fallback
from rituals.coming import coming_for
from rituals.courtesy import Held
from rituals.runs import PLANS
from rituals.wishes import wishes_of, zone_of
from storage.database import Transaction
from storage.kinds import Kinds
from storage.teams import teams_of

LESS = ("skip", "day", "fortnight", "mute")  # what the menu of a ritual offers


@dataclass(frozen=True)
class MyRitual:
    """A ritual of a person, or of one of their teams. `at`: when it comes next, if it does. `rests`: why it would not.

    `channel`: where it is posted for a team as a whole, as a reader sees it.
    """

    id: str
    name: Words
    at: datetime | None
    team: str | None = None
    channel: Words | None = None
    rests: Held | None = None


async def my_rituals(tx: Transaction, kinds: Kinds, user: str) -> list[MyRitual]:
    """Return what asks `user` or one of their teams, the soonest first; then what would ask them, had it anything to ask."""
    mine = await teams_of(tx, user)
    channels = {team.name: Words(f"<#{team.channel}>") for team in mine if team.channel}
    wishes, zone = await wishes_of(tx, user), await zone_of(tx, user)
    found: list[MyRitual] = []
    for each in await coming_for(tx, user, [team.name for team in mine]):
        name = name_of(kinds, each)
        if each.team:
            found.append(MyRitual(each.ritual, name, each.at, each.team, channels.get(each.team)))
        else:
            day = local_date(each.at, zone_or_fallback(each.timezone)[0])
            found.append(MyRitual(each.ritual, name, each.at, rests=wishes.rests(each.ritual, day, each.at)))
    there, today = {each.id for each in found}, local_date(tx.now, zone)
    idle = [plan for plan in kinds.rituals.values() if plan.asks == "person" and plan.name in PLANS and plan.name not in there]
    return found + [MyRitual(plan.name, Words(plan.label), None, rests=wishes.rests(plan.name, today, tx.now)) for plan in idle]


def ritual_blocks(rituals: list[MyRitual], most: int) -> dict[str, Any]:
    """Return the words of `prompts/en/rituals.md`, and under "blocks" a section for each ritual, `most` of them."""
    shown = rituals[:most]
    said = parts("rituals", rituals=[asdict(each) for each in shown], more=len(rituals) - len(shown))
    blocks: list[Block] = [section(said[f"ritual {place}"], way_out(each)) for place, each in enumerate(shown)]
    blocks += [context(said["more"])] if "more" in said else []
    return {**said, "blocks": blocks}


def way_out(ritual: MyRitual) -> Block | None:
    """Return what a person can do about a ritual: have less of it, or have it as usual. Nothing for one of a whole team."""
    if ritual.team:
        return None
    if ritual.rests:
        return button(labels()["ritual_usual"], "courtesy.usual", ritual=ritual.id)
    ways = [way for way in LESS if ritual.at or way in ("fortnight", "mute")]
    return overflow("courtesy.menu", [about_choice(labels()[f"ritual_{way}"], do=way, ritual=ritual.id) for way in ways])
