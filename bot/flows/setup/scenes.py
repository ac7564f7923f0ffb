"""What a step of a set-up shows beside the answers, read from what is there."""

from collections.abc import Sequence

from bot.flows.setup.place import Place
from bot.flows.setup.views import Scene
from prompts import Words
from storage.database import Transaction
from storage.packs.pack import starter
from storage.teams import all_teams
from storage.workspaces import kinds_of


async def scene(
    tx: Transaction, *, notes: Sequence[Words] = (), warning: Words | None = None, place: Place | None = None
) -> Scene:
    """Return what is there now. `notes`, `warning`, `place`: as in Scene."""
    kinds = await kinds_of(tx)
    names = [team.name for team in await all_teams(tx)]
    return Scene(kinds, tx.now, notes, warning, place, names, has_own_pack=kinds is not starter())
