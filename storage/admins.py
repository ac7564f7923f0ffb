"""Who may set up the workspace, as Slack last told us."""

from sqlalchemy import select

from storage.database import Transaction, ours
from storage.people import Person
from storage.tables import people

_ADMINS = (
    select(*(people.c[name] for name in Person.__dataclass_fields__))
    .where(ours(people), people.c.is_admin, ~people.c.is_gone, ~people.c.is_outsider)
    .order_by(people.c.name, people.c.user)
)


async def admins(tx: Transaction) -> list[Person]:
    """Return the workspace's admins, by name."""
    return [Person(**row) for row in await tx.rows(_ADMINS)]
