"""A team's other name. What belongs to the team stays with it: every row that names the team follows (ON UPDATE CASCADE)."""

from sqlalchemy import bindparam, select, update

from storage import names
from storage.database import Transaction, ours
from storage.kinds import Kinds
from storage.objects import OBJECT_COLUMNS, Object
from storage.tables import objects, people, preferences, teams

_RENAME = update(teams).where(ours(teams), teams.c.name == bindparam("the_name")).values(name=bindparam("new_name"))
_USUAL = (
    update(people).where(ours(people), people.c.usual_team == bindparam("the_name")).values(usual_team=bindparam("new_name"))
)
_CHOICES = (
    update(preferences).where(ours(preferences), preferences.c.user == bindparam("the_name")).values(user=bindparam("new_name"))
)
_BATCH = 500
_OF_TEAM = (
    select(*OBJECT_COLUMNS)
    .where(ours(objects), objects.c.team == bindparam("the_team"), objects.c.key > bindparam("last"))
    .order_by(objects.c.key)
    .limit(_BATCH)
)


async def rename_team(tx: Transaction, kinds: Kinds, before: str, after: str) -> None:
    """Call the team `before` `after` from now on; no team may be called so yet. Its objects are the same as they were.

    That is no change of theirs, so history has none: what they were is told with the team's present name.
    """
    for statement in (_RENAME, _USUAL, _CHOICES):
        await tx.run(statement, the_name=before, new_name=after)
    last = ""
    while rows := await tx.rows(_OF_TEAM, the_team=after, last=last):
        items = [Object(**row) for row in rows]
        await names.keep(tx, kinds, [(item, item) for item in items])  # the team stands beside the names that are searched
        last = items[-1].key
