"""Who the players are: the teams, those who lead them and are in them, and who holds which role."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import bindparam

from storage.audience import Audience
from storage.database import Transaction
from storage.kinds import Kind, Kinds
from storage.objects import Object, select_objects
from storage.tables import objects
from storage.teams import Team, all_teams


@dataclass(frozen=True)
class Players:
    """`teams`: with their members, none for readers of other companies. `holders`: teams and roles as objects, by key.

    `people`: Slack ids, who leads first.
    """

    teams: tuple[Team, ...]
    holders: tuple[Object, ...]
    people: tuple[str, ...]


async def players(tx: Transaction, kinds: Kinds, audience: Audience, teams: Collection[str] | None = None) -> Players:
    """Return who is there, as far as `audience` may see; of `teams` (their names) alone, where they are given.

    Roles and the like are the kinds that hold things and that people are named in.
    """
    chosen = [team for team in await all_teams(tx) if teams is None or team.name in teams]
    chosen = chosen if audience.sees("workspace", None) else []
    statement, values = select_objects(audience)
    statement = statement.where(objects.c.kind.in_(bindparam("holding", expanding=True))).order_by(objects.c.key)
    holding = [kind.name for kind in kinds if kind.anchor]
    rows = await tx.rows(statement, holding=holding, **values) if holding else []
    named = {team.name for team in chosen}
    found = [item for item in (Object(**row) for row in rows) if _is_a_player(kinds, item, named)]
    kept = [item for item in found if teams is None or {item.team, item.title} & set(teams)]
    leads = (user for team in chosen for user in team.leads)
    members = (user for team in chosen for user in team.members)
    return Players(tuple(chosen), tuple(kept), tuple(dict.fromkeys([*leads, *_held_by(kinds, kept), *members])))


def _is_a_player(kinds: Kinds, item: Object, teams: Collection[str]) -> bool:
    kind = kinds.kind(item.kind)
    return item.status not in kind.closed and (item.title in teams or bool(_of_people(kind)))


def _of_people(kind: Kind) -> list[str]:
    return [name for name, field in kind.fields.items() if field.type in ("person", "people")]


def _held_by(kinds: Kinds, items: Iterable[Object]) -> Iterator[str]:
    for item in items:
        for name in _of_people(kinds.kind(item.kind)):
            value = item.fields.get(name) or []
            yield from [str(each) for each in value] if isinstance(value, list) else [str(value)]
