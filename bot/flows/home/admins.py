"""What admins see in the Home below everything else: setting up, and how the bot is."""

from dataclasses import asdict
from datetime import timedelta

from bot import __version__
from bot.tick import DEAD_AFTER
from prompts import labels, text
from prompts.blocks import Block, button, section
from storage.database import Transaction
from storage.health import health


async def setup_and_health(tx: Transaction) -> Block:
    """Return how the bot is, with the button that sets up a team."""
    found = await health(tx)
    alive = found.is_alive(timedelta(seconds=DEAD_AFTER))
    words = text("home_health", **asdict(found), is_alive=alive, version=__version__)
    return section(words, button(labels()["home_setup"], "setup.open"))
