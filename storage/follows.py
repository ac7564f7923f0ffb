"""Who follows what, to find its news in their own weekly note."""

from collections.abc import Iterable

from sqlalchemy import bindparam, delete, select

from storage.audience import Audience
from storage.conflicts import insert_new
from storage.database import Transaction, ours
from storage.objects import Object, get_many
from storage.tables import follows

_IS_IT = (follows.c.user == bindparam("the_user")) & (follows.c.key == bindparam("the_key"))
_FOLLOW = insert_new(follows)
_UNFOLLOW = delete(follows).where(ours(follows), _IS_IT)
_DOES = select(follows.c.at).where(ours(follows), _IS_IT)
_OF_USER = select(follows.c.key).where(ours(follows), follows.c.user == bindparam("the_user")).order_by(follows.c.key)
_OF_KEY = select(follows.c.user).where(ours(follows), follows.c.key == bindparam("the_key")).order_by(follows.c.user)
_FOLLOWERS = select(follows.c.user).where(ours(follows)).distinct().order_by(follows.c.user)


async def follow(tx: Transaction, user: str, key: str) -> bool:
    """Have `user` follow the object `key`, which must be there; return whether that is new."""
    return (await tx.run(_FOLLOW[tx.connection.dialect.name], user=user, key=key, at=tx.now)).rowcount == 1


async def unfollow(tx: Transaction, user: str, key: str) -> bool:
    """Have `user` follow the object `key` no longer; return whether they did."""
    return (await tx.run(_UNFOLLOW, the_user=user, the_key=key)).rowcount == 1


async def does_follow(tx: Transaction, user: str, key: str) -> bool:
    """Tell whether `user` follows the object `key`."""
    return await tx.value(_DOES, the_user=user, the_key=key) is not None


async def followed_by(tx: Transaction, user: str, audience: Audience) -> list[Object]:
    """Return what `user` follows, as far as `audience` may see it, by key."""
    keys = [row["key"] for row in await tx.rows(_OF_USER, the_user=user)]
    found = await get_many(tx, keys, audience)
    return [found[key] for key in keys if key in found]


async def followers(tx: Transaction) -> list[str]:
    """Return everybody who follows anything."""
    return [row["user"] for row in await tx.rows(_FOLLOWERS)]


async def pass_on(tx: Transaction, key: str, into: str) -> None:
    """Have those who follow the object `key` follow `into`, too: it was merged into that."""
    users: Iterable[str] = [row["user"] for row in await tx.rows(_OF_KEY, the_key=key)]
    for user in users:
        await follow(tx, user, into)
