"""Who works in the workspace, as Slack last told us: its admins, and where people live."""

from sqlalchemy import func, select

from storage.database import Transaction, ours
from storage.people import Person
from storage.tables import people

_HERE = (ours(people), ~people.c.is_gone, ~people.c.is_outsider)
_ADMINS = (
    select(*(people.c[name] for name in Person.__dataclass_fields__))
    .where(*_HERE, people.c.is_admin)
    .order_by(people.c.name, people.c.user)
)
_ZONES = (
    select(people.c.timezone)
    .where(*_HERE, people.c.timezone.is_not(None))
    .group_by(people.c.timezone)
    .order_by(func.count().desc(), people.c.timezone)
)


async def admins(tx: Transaction) -> list[Person]:
    """Return the workspace's admins, by name."""
    return [Person(**row) for row in await tx.rows(_ADMINS)]


async def zones_lived_in(tx: Transaction) -> list[str]:
    """Return the time zones of those who work here, those of the most first."""
    return [row["timezone"] for row in await tx.rows(_ZONES)]
