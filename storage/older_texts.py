"""Reads the texts of a database that is older than mentions, a page at a time, beside the work of the day."""

from sqlalchemy import bindparam, select, update

from storage import addresses, mentions
from storage.changes import Change
from storage.database import Database, Transaction, ours
from storage.history import Act
from storage.kinds import Kinds
from storage.objects import OBJECT_COLUMNS, Link, Object
from storage.tables import objects, workspaces
from storage.turns import alone
from storage.workspaces import kinds_of

AUTHOR = "throughline"  # of the links that are made of texts that were there before
PAGE = 1_000  # objects whose texts are read in one transaction
PAGES_AT_ONCE = 20

_NEXT = select(*OBJECT_COLUMNS).where(ours(objects), objects.c.key > bindparam("last")).order_by(objects.c.key).limit(PAGE)
# Locked, so that of several workers each reads the next page in turn; their other work goes on meanwhile.
_READ_AT = select(workspaces.c.texts_read_at).where(workspaces.c.id == bindparam("the_id")).with_for_update(key_share=True)
_SET_READ = update(workspaces).where(workspaces.c.id == bindparam("the_id")).values(texts_read_at=bindparam("at"))


class OlderTexts:
    """The texts of one workspace. A stop on the way harms nothing: the next start begins again, and makes no link twice."""

    def __init__(self, database: Database, workspace: str) -> None:
        self._database = database
        self._workspace = workspace
        self._last = ""
        self._is_done = False

    async def read_on(self) -> None:
        """Make the mentions of the next pages; once all are read, nothing is asked of the database any more."""
        for _ in range(PAGES_AT_ONCE):
            if self._is_done:
                return
            async with self._database.writing(self._workspace) as tx:
                self._is_done = await are_read(tx) or not await self._read_page(tx)

    async def _read_page(self, tx: Transaction) -> bool:
        last = await read_page(tx, await kinds_of(tx), self._last)
        if last is None:
            await tx.connection.execute(_SET_READ, {"the_id": tx.workspace, "at": tx.now})
            return False
        self._last = last
        return True


async def are_read(tx: Transaction) -> bool:
    """Tell whether the texts of the workspace have all been read; from then on each change is followed."""
    return (await tx.connection.execute(_READ_AT, {"the_id": tx.workspace})).scalar() is not None


async def read_page(tx: Transaction, kinds: Kinds, last: str = "") -> str | None:
    """Make the mentions that are lacking of the objects whose keys follow `last`; return the last key, None at the end."""
    await alone(tx)  # what it reads must still be so when its mentions are made
    items = [Object(**row) for row in await tx.rows(_NEXT, last=last)]
    if not items:
        return None
    rows = await mentions.in_chunks(tx, mentions.SPEAKING_LINKS, [item.key for item in items])
    things: list[Object | Link] = [*items, *(Link(**row) for row in rows)]
    await addresses.keep(tx, kinds, [(None, each) for each in things])
    await mentions.follow(tx, kinds, Act(AUTHOR), [Change(None, each) for each in things])
    return items[-1].key
