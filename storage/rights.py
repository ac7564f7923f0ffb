"""Who may change an object: its owner and those who lead its team. Everybody else proposes, and one of them accepts."""

from storage.database import Transaction
from storage.objects import Object
from storage.people import people_of
from storage.teams import all_teams


async def editors_of(tx: Transaction, item: Object) -> list[str]:
    """Return the users who may change `item`: its owner first (where nobody owns it, who made it), then the leads of its team.

    Those who are gone from the workspace are left out, so that what belonged to them passes to the lead. Empty where nobody is
    left: then anybody who may see it may change it.
    """
    leads = next((team.leads for team in await all_teams(tx) if team.name == item.team), ())
    wanted = list(dict.fromkeys([item.owner or item.created_by, *leads]))
    known = await people_of(tx, wanted)
    return [user for user in wanted if user in known and not known[user].is_gone]


async def may_edit(tx: Transaction, item: Object, user: str) -> bool:
    """Tell whether `user`, who may see `item`, may change it at once."""
    editors = await editors_of(tx, item)
    return not editors or user in editors
