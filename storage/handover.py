"""What belongs to people who no longer work here, because they are gone or have become guests, passes to who leads its team."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select

from storage.audience import ADMINISTRATOR, Audience
from storage.database import Transaction, ours
from storage.graph import Graph
from storage.kinds import Kinds
from storage.members import audience_of_user
from storage.objects import Object, find, select_objects
from storage.people import people_of
from storage.tables import objects, people
from storage.teams import all_teams

AT_ONCE = 500  # objects of one person; what is left passes on the next time
_OWNED = (
    select(objects.c.owner)
    .join(people, and_(people.c.workspace == objects.c.workspace, people.c.user == objects.c.owner))
    .where(ours(objects), or_(people.c.is_gone, people.c.is_outsider), ~objects.c.archived)
    .distinct()
)


@dataclass(frozen=True)
class Passed:
    """What one act, `act`, gave to `lead`: the objects as they are now."""

    lead: str
    act: str
    items: tuple[Object, ...]


async def owners_gone(tx: Transaction, kinds: Kinds) -> list[str]:
    """Return the people who no longer work here and still own something that is not over."""
    rows = await tx.rows(_OWNED.where(_is_open(kinds)))
    return sorted(row["owner"] for row in rows)


async def pass_on(tx: Transaction, kinds: Kinds, author: str, user: str, reason: str) -> list[Passed]:
    """Give what `user` owns and is not over to the first lead of its team who works here and may see it, one act for each.

    What has no team goes by the teams of `user`. Where there is no such lead it stays as it is: anybody may then change it.
    `author`, `reason`: whose acts they are, and what history says of them.
    """
    owned = [
        item for item in await find(tx, ADMINISTRATOR, owner=user, limit=AT_ONCE) if item.status not in _closed(kinds, item)
    ]
    leads = await _leads(tx, user)
    by_lead: dict[str, list[Object]] = {}
    for item in owned:
        lead = next((lead for lead, sees in leads.get(item.team, ()) if sees.sees(item.visibility, item.channel)), None)
        if lead:
            by_lead.setdefault(lead, []).append(item)
    return [await _given(Graph(tx, kinds, author, reason), lead, items) for lead, items in by_lead.items()]


async def belonging_to_nobody(tx: Transaction, kinds: Kinds, audience: Audience, most: int) -> tuple[list[Object], int]:
    """Return the first of what belongs to people who no longer work here, with nobody to take it, and how much there is."""
    statement, values = select_objects(audience)
    is_gone = select(people.c.user).where(ours(people), or_(people.c.is_gone, people.c.is_outsider))
    wanted = statement.where(objects.c.owner.in_(is_gone), ~objects.c.archived, _is_open(kinds))
    count = await tx.value(select(func.count()).select_from(wanted.subquery()), **values)
    rows = await tx.rows(wanted.order_by(objects.c.updated_at.desc(), objects.c.key).limit(most), **values)
    return [Object(**row) for row in rows], count


async def _given(graph: Graph, lead: str, items: list[Object]) -> Passed:
    given = [await graph.revise(item.key, {"owner": lead}) for item in items]
    return Passed(lead, graph.act.id, tuple(given))


async def _leads(tx: Transaction, user: str) -> Mapping[str | None, list[tuple[str, Audience]]]:
    """Return those who can take over, with what they may see, by team; for what has no team, those of the teams of `user`."""
    teams = await all_teams(tx)
    known = await people_of(tx, {lead for team in teams for lead in team.leads})
    here = {lead: await audience_of_user(tx, lead) for lead, person in known.items() if person.is_here and lead != user}
    found: dict[str | None, list[tuple[str, Audience]]] = {
        team.name: [(lead, here[lead]) for lead in team.leads if lead in here] for team in teams
    }
    mine = [each for team in teams if user in team.members for each in found[team.name]]
    return {**found, None: list(dict(mine).items())}


def _is_open(kinds: Kinds) -> ColumnElement[bool]:
    """The condition that an object is in no status that ends it."""
    ended = [and_(objects.c.kind == kind.name, objects.c.status.in_(kind.closed)) for kind in kinds if kind.closed]
    return ~or_(*ended) if ended else ~objects.c.archived


def _closed(kinds: Kinds, item: Object) -> tuple[str, ...]:
    return kinds.kind(item.kind).closed
