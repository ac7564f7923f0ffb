"""What a person has under way, each in a line: how sure they are and how that went, and when to look again."""

from collections.abc import Mapping
from typing import Any

from bot.flows.home.waiting import TITLE
from bot.letters.sparkline import sparkline
from prompts.blocks import shortened
from rituals.waiting import day_of
from storage import history, mine
from storage.audience import Audience
from storage.database import Transaction
from storage.kinds import Kind, Kinds
from storage.objects import Object
from storage.permalinks import permalinks


async def my_bets(tx: Transaction, kinds: Kinds, audience: Audience, user: str, most: int) -> dict[str, Any]:
    """Return what `user` has under way as `home.md` takes it: the latest changed first, and how many more there are."""
    found = await mine.under_way(tx, kinds, audience, user, most)
    places = await permalinks(tx, [item.key for item in found.items])
    lines = [await _line(tx, kinds.kind(item.kind), item, audience, places) for item in found.items]
    return {"bets": lines, "more": found.count - len(lines)}


async def _line(tx: Transaction, kind: Kind, item: Object, audience: Audience, places: Mapping[str, str]) -> dict[str, Any]:
    sure = next((name for name, field in kind.fields.items() if field.type == "percent" and name in item.fields), None)
    course = await history.course_of(tx, item.key, sure, audience) if sure else []
    days = [day for field in mine.look_again(kind) if (day := day_of(item, field))]
    return {
        "emoji": kind.emoji,
        "key": item.key,
        "title": shortened(item.title, TITLE),
        "url": places.get(item.key),
        "status": item.status,
        "sure": item.fields[sure] if sure else None,
        "course": sparkline(map(float, course)),
        "day": min(days) if days else None,
    }
