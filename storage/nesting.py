"""Relations that may not lead back to where they began, such as "part of"."""

from collections.abc import Collection

from sqlalchemy import bindparam, func, select

from storage.database import Transaction, ours
from storage.errors import Problem
from storage.kinds import Kinds
from storage.tables import links

Edge = tuple[str, str]  # from, to

_ABOVE = select(links.c.from_key, links.c.to_key).where(
    ours(links),
    links.c.from_key.in_(bindparam("keys", expanding=True)),
    links.c.relation == bindparam("relation"),
)
_IN_TURN = select(func.pg_advisory_xact_lock(func.hashtext(bindparam("what")), func.hashtext(bindparam("the_workspace"))))


async def in_turn(tx: Transaction, kinds: Kinds, relation: str, edge: Edge) -> None:
    """Wait until nobody else makes this link and, where its relation may not loop, any other of it.

    Two that looked at once would both find no link and no loop, and together make two of the one, or close the other. SQLite
    has one writer anyway.
    """
    if tx.connection.dialect.name == "postgresql":
        what = " ".join((edge[0], relation, edge[1])) if kinds.relations[relation].loops else relation
        await tx.connection.execute(_IN_TURN, {"what": what, "the_workspace": tx.workspace})


async def check_loop(
    tx: Transaction, kinds: Kinds, relation: str, edge: Edge, come: Collection[Edge] = (), gone: Collection[Edge] = ()
) -> list[Problem]:
    """Return a problem where a link along `edge` closes a loop that `relation` may not have.

    `come`, `gone`: links of the relation that are made and removed together with it.
    """
    if kinds.relations[relation].loops:
        return []
    from_key, to_key = edge
    seen: set[str] = set()
    above = {to_key}
    while above and from_key not in above:
        seen |= above
        rows = await tx.rows(_ABOVE, keys=sorted(above), relation=relation)
        edges = ({(row["from_key"], row["to_key"]) for row in rows} - set(gone)) | set(come)
        above = {upper for lower, upper in edges if lower in above} - seen
    if not above:
        return []
    return [Problem(relation, f"{to_key} is itself {relation} {from_key}, so {from_key} can't be {relation} {to_key}.")]
