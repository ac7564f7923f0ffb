"""What each person chose for themselves, by name; what a team chose stands under its name, what holds for all under none."""

from typing import Any

from sqlalchemy import bindparam, delete, select

from storage.conflicts import insert_new, insert_or_update
from storage.database import Transaction, ours
from storage.tables import preferences

_IS_IT = (preferences.c.user == bindparam("the_user")) & (preferences.c.name == bindparam("the_name"))
_GET = select(preferences.c.value).where(ours(preferences), _IS_IT)
_ALL_OF = select(preferences.c.name, preferences.c.value).where(ours(preferences), preferences.c.user == bindparam("the_user"))
_WHO = select(preferences.c.user, preferences.c.value).where(ours(preferences), preferences.c.name == bindparam("the_name"))
_PUT = insert_or_update(preferences, ("value", "at"))
_FIRST = insert_new(preferences)
_DROP = delete(preferences).where(ours(preferences), _IS_IT)


async def preference(tx: Transaction, user: str, name: str) -> Any:
    """Return what `user` chose for `name` (a JSON value), or None where they chose nothing."""
    return await tx.value(_GET, the_user=user, the_name=name)


async def preferences_of(tx: Transaction, user: str) -> dict[str, Any]:
    """Return everything that `user` chose, by name."""
    return {row["name"]: row["value"] for row in await tx.rows(_ALL_OF, the_user=user)}


async def who_chose(tx: Transaction, name: str) -> dict[str, Any]:
    """Return what each person chose for `name`, by user."""
    return {row["user"]: row["value"] for row in await tx.rows(_WHO, the_name=name)}


async def choose(tx: Transaction, user: str, name: str, value: Any) -> None:
    """Remember that `user` chose `value` for `name`; None: that they chose nothing."""
    if value is None:
        await tx.run(_DROP, the_user=user, the_name=name)
    else:
        await tx.run(_PUT[tx.connection.dialect.name], user=user, name=name, value=value, at=tx.now)


async def settle(tx: Transaction, name: str, value: Any) -> bool:
    """Remember `value` for the whole workspace if nothing is remembered for `name` yet; return whether that was so.

    Of several at once one alone is the first.
    """
    row = {"user": "", "name": name, "value": value, "at": tx.now}
    return (await tx.run(_FIRST[tx.connection.dialect.name], **row)).rowcount == 1
