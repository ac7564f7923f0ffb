"""A pack that is applied to a database, beside a bot that runs or before one does."""

from storage.clock import RealClock
from storage.database import Database
from storage.kinds import Kinds
from storage.packs.changes import outcome
from storage.workspaces import kinds_of, set_pack, the_workspace


async def apply(pack: Kinds, database_url: str) -> None:
    """Apply `pack` as `throughline pack apply` does: from another process."""
    database = Database(database_url, RealClock())
    try:
        async with database.writing(await the_workspace(database)) as tx:
            kinds = (await outcome(tx, await kinds_of(tx), pack)).kinds
            assert kinds is not None
            await set_pack(tx, kinds)
    finally:
        await database.close()
