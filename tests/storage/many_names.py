"""Objects in numbers, to be searched: written with their names, without history."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, text

from storage import names
from storage.database import Database, Transaction
from storage.objects import Object
from storage.tables import objects, workspaces
from tests.storage.graphs import KINDS, NOW


def titled(number: int, title: str, **more: Any) -> Object:
    """Return the bet `number`, unless `more` says otherwise; the higher the number, the later it was changed."""
    values: dict[str, Any] = dict.fromkeys(("owner", "team", "horizon", "source", "channel")) | {
        "key": f"BET-{number}",
        "kind": "bet",
        "title": title,
        "description": "",
        "status": "proposed",
        "tags": [],
        "fields": {},
        "visibility": "workspace",
        "version": 1,
        "created_by": "U1",
        "created_at": NOW,
        "updated_at": NOW + timedelta(seconds=number),
    }
    return Object(**values | more)


async def put(tx: Transaction, every: Iterable[Object]) -> None:
    items = list(every)
    await tx.run_many(insert(objects), [{**vars(item), "folded_title": item.title.lower()} for item in items])
    await names.keep(tx, KINDS, [(None, item) for item in items])


async def put_all(database: Database, by_workspace: Mapping[str, Iterable[Object]]) -> None:
    """Fill an empty database, and have the engine count what is in it, as it does by itself in use."""
    for workspace, every in by_workspace.items():
        async with database.writing(workspace) as tx:
            await tx.connection.execute(insert(workspaces), {"id": workspace, "name": workspace, "created_at": NOW})
            await put(tx, every)
    async with database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        await connection.execute(text("ANALYZE" if database.is_sqlite else "VACUUM ANALYZE"))
