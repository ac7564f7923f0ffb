"""Which workspaces a database holds, and what each declares."""

from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import bindparam, select, update

from storage.conflicts import insert_new
from storage.database import Database, Transaction
from storage.kinds import Kinds
from storage.packs.pack import effective_text, read_stored, starter
from storage.tables import LOCAL_WORKSPACE, workspaces

_ALL = select(workspaces.c.id).order_by(workspaces.c.id)
_PACK = select(workspaces.c.pack).where(workspaces.c.id == bindparam("the_id"))
_BOT_USER = select(workspaces.c.bot_user).where(workspaces.c.id == bindparam("the_id"))
_ADD = insert_new(workspaces)  # two processes may start at once
_RENAME = (
    update(workspaces)
    .where(workspaces.c.id == bindparam("the_id"))
    .values({name: bindparam(f"new_{name}") for name in ("id", "name", "url", "app_id", "bot_user")})
)
_SET_PACK = update(workspaces).where(workspaces.c.id == bindparam("the_id")).values(pack=bindparam("new_pack"))


class WhichWorkspace(Exception):
    """The workspace that is wanted is not there, or there are several and none was named."""


async def the_workspace(database: Database, wanted: str | None = None) -> str:
    """Return the id of the workspace to work on: the `wanted` one, or the only one; in an empty database the local one.

    Raise WhichWorkspace where `wanted` is unknown, or where there are several and none is wanted.
    """
    known = await all_ids(database)
    if not known and wanted in (None, LOCAL_WORKSPACE):
        return await _local(database)
    if wanted is None and len(known) == 1:
        return known[0]
    if wanted in known:
        return str(wanted)
    there = f"It has: {', '.join(known)}." if known else "It has none yet."
    if wanted is None:
        raise WhichWorkspace(f"This database has several workspaces; choose one with --workspace. {there}")
    raise WhichWorkspace(f"There is no workspace {wanted} in this database. {there}")


async def all_ids(database: Database) -> Sequence[str]:
    """Return the ids of all workspaces of the database."""
    async with database.reading("") as tx:
        return (await tx.connection.execute(_ALL)).scalars().all()


async def take_over(
    tx: Transaction, team_id: str, name: str, url: str | None = None, app_id: str | None = None, bot_user: str | None = None
) -> None:
    """Make the workspace `team_id` known, or say what is new about it.

    The first one takes the local workspace over, with all that is in it. `tx` may be bound to any workspace; bind a new
    transaction to `team_id` afterwards.
    """
    known = (await tx.connection.execute(_ALL)).scalars().all()
    about = {"name": name, "url": url, "app_id": app_id, "bot_user": bot_user}
    if team_id not in known and LOCAL_WORKSPACE not in known:
        await tx.connection.execute(_ADD[tx.connection.dialect.name], {"id": team_id, **about, "created_at": tx.now})
        return
    renamed = team_id if team_id in known else LOCAL_WORKSPACE
    values = {f"new_{column}": value for column, value in {"id": team_id, **about}.items()}
    await tx.connection.execute(_RENAME, {"the_id": renamed, **values})


async def kinds_of(tx: Transaction) -> Kinds:
    """Return what the workspace's own pack declares, or the starter pack where it has none."""
    pack = (await tx.connection.execute(_PACK, {"the_id": tx.workspace})).scalar()
    return starter() if pack is None else _read(pack)


async def bot_user_of(tx: Transaction) -> str | None:
    """Return the user that the bot is in the workspace, or None where no Slack has told us."""
    found: str | None = (await tx.connection.execute(_BOT_USER, {"the_id": tx.workspace})).scalar()
    return found


async def set_pack(tx: Transaction, kinds: Kinds) -> None:
    """Have the workspace use `kinds` from now on: every process that reads them next."""
    await tx.connection.execute(_SET_PACK, {"the_id": tx.workspace, "new_pack": effective_text(kinds)})


@lru_cache(maxsize=64)
def _read(pack: str) -> Kinds:
    return read_stored(pack)


async def _local(database: Database) -> str:
    async with database.writing(LOCAL_WORKSPACE) as tx:
        if not (await tx.connection.execute(_ALL)).scalars().all():
            about = {"id": LOCAL_WORKSPACE, "name": "This computer", "created_at": tx.now}
            await tx.connection.execute(_ADD[tx.connection.dialect.name], about)
    return LOCAL_WORKSPACE
