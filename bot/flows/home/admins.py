"""What admins see in the Home below everything else: setting up, how the bot is, and what nobody owns any more."""

from dataclasses import asdict
from datetime import timedelta

from bot import __version__
from bot.tick import DEAD_AFTER
from prompts import labels, text
from prompts.blocks import Block, button, section
from storage import handover
from storage.audience import Audience
from storage.database import Transaction
from storage.health import health
from storage.kinds import Kinds
from storage.people import names_of
from storage.permalinks import permalinks

MOST_LEFT = 3


async def setup_and_health(tx: Transaction) -> Block:
    """Return how the bot is, with the button that sets up a team."""
    found = await health(tx)
    alive = found.is_alive(timedelta(seconds=DEAD_AFTER))
    words = text("home_health", **asdict(found), is_alive=alive, version=__version__)
    return section(words, button(labels()["home_setup"], "setup.open"))


async def belonging_to_nobody(tx: Transaction, kinds: Kinds, audience: Audience) -> list[Block]:
    """Return what was left by people who no longer work here and could pass to nobody; nothing where there is none."""
    items, count = await handover.belonging_to_nobody(tx, kinds, audience, MOST_LEFT)
    if not items:
        return []
    names, places = await names_of(tx, [item.owner for item in items]), await permalinks(tx, [item.key for item in items])
    shown = [
        {
            "emoji": kinds.kind(item.kind).emoji,
            "key": item.key,
            "title": item.title,
            "url": places.get(item.key),
            "who": names.get(item.owner or "", labels()["somebody"]),
        }
        for item in items
    ]
    return [section(text("home_nobodys", count=count, items=shown, more=count - len(items)))]
