"""Who may change an object: its owner and those who lead its team. Everybody else proposes, and one of them accepts.

Whoever may see an object may log something that is linked to it, measure its values and comment on it.
"""

from collections.abc import Sequence

from storage.audience import Audience
from storage.database import Transaction
from storage.history import of_acts
from storage.members import audience_of_user
from storage.objects import Object, get_many
from storage.people import people_of
from storage.teams import all_teams


async def editors_of(tx: Transaction, item: Object) -> list[str]:
    """Return the users who may change `item`: its owner first (where nobody owns it, who made it), then the leads of its team.

    Those who are gone from the workspace are left out, so that what belonged to them passes to the lead; so are guests, and
    those who may not see it. Empty where nobody is left: then anybody who may see it may change it.
    """
    leads = next((team.leads for team in await all_teams(tx) if team.name == item.team), ())
    wanted = list(dict.fromkeys([item.owner or item.created_by, *leads]))
    known = await people_of(tx, wanted)
    here = [user for user in wanted if user in known and known[user].is_here]
    return [user for user in here if item.visibility == "workspace" or await _sees(tx, user, item)]


async def may_edit(tx: Transaction, item: Object, user: str) -> bool:
    """Tell whether `user`, who may see `item`, may change it at once."""
    if user == (item.owner or item.created_by):
        return True
    editors = await editors_of(tx, item)
    return not editors or user in editors


async def may_link(tx: Transaction, ends: Sequence[Object], user: str) -> bool:
    """Tell whether `user`, who may see both `ends`, may link them at once: where they may change one of them."""
    if any(user == (end.owner or end.created_by) for end in ends):
        return True
    editors = {editor for end in ends for editor in await editors_of(tx, end)}
    return not editors or user in editors


async def may_take_back(tx: Transaction, act: str, user: str, audience: Audience) -> bool:
    """Tell whether `user`, who sees what `audience` does, may take back what somebody else did in `act`.

    They may where they may change everything that it changed, as far as they see it; what they do not see nobody takes back.
    """
    changed = [(each.key, each.to_key) for each in (await of_acts(tx, [act], audience)).get(act, [])]
    items = await get_many(tx, {key for pair in changed for key in pair if key}, audience)
    for pair in dict.fromkeys(changed):
        ends = [items[key] for key in pair if key in items]
        if not ends or not await may_link(tx, ends, user):
            return False
    return bool(changed)


async def _sees(tx: Transaction, user: str, item: Object) -> bool:
    return (await audience_of_user(tx, user)).sees(item.visibility, item.channel)
