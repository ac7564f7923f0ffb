import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from storage.database import Database, ours
from storage.tables import counters, links, objects, revisions
from tests.storage.child import COUNTER, READ, add_one, start
from tests.storage.rows import WORKSPACE, a_link, a_revision, add_whole, an_object, opened, ready

KEYS = select(objects.c.key).where(ours(objects))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with ready(database_url) as database:
        async with database.writing(WORKSPACE) as transaction:
            await transaction.run(insert(counters), name=COUNTER, value=0)
        yield database


async def counted(database: Database) -> int:
    async with database.reading(WORKSPACE) as transaction:
        return int(await transaction.value(READ))


async def keys(database: Database) -> list[str]:
    async with database.reading(WORKSPACE) as transaction:
        return list((await transaction.run(KEYS)).scalars())


async def test_eight_tasks_lose_none_of_their_updates(database: Database) -> None:
    await asyncio.gather(*(add_one(database, 60) for _ in range(8)))
    assert await counted(database) == 480


async def test_two_processes_lose_none_of_their_updates(database: Database, database_url: str) -> None:
    children = [await start("count", database_url, 4, 60) for _ in range(2)]
    assert [await child.wait() for child in children] == [0, 0]
    assert await counted(database) == 480


async def test_a_reader_is_not_held_up_by_a_writer_and_sees_only_what_is_committed(database: Database) -> None:
    async with database.writing(WORKSPACE) as writer:
        await add_whole(writer, "BET-1")
        async with asyncio.timeout(1), database.reading(WORKSPACE) as reader:
            assert (await reader.run(KEYS)).scalars().all() == []
    assert await keys(database) == ["BET-1"]


async def test_a_transaction_that_fails_keeps_nothing(database: Database) -> None:
    async def fail() -> None:
        async with database.writing(WORKSPACE) as transaction:
            await add_whole(transaction, "BET-1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with database.reading(WORKSPACE) as transaction:
        assert [await transaction.value(select(func.count()).select_from(table)) for table in (objects, revisions)] == [0, 0]


async def test_what_is_written_while_reading_is_not_kept(database: Database) -> None:
    async with database.reading(WORKSPACE) as transaction:
        await transaction.run(insert(revisions), **a_revision("BET-1", transaction.now))
    async with database.reading(WORKSPACE) as transaction:
        assert await transaction.value(select(func.count()).select_from(revisions)) == 0


async def test_a_cancelled_writer_lets_the_next_one_in(database: Database) -> None:
    async def write_for_ever() -> None:
        async with database.writing(WORKSPACE) as transaction:
            await add_whole(transaction, "BET-1")
            await asyncio.Event().wait()

    task = asyncio.create_task(write_for_ever())
    await asyncio.sleep(0.1)
    task.cancel()
    async with asyncio.timeout(2):
        await add_one(database, 1)
    assert await keys(database) == []
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_every_connection_of_the_pool_refuses_a_row_that_refers_to_nothing(database: Database) -> None:
    async with database.writing(WORKSPACE) as transaction:
        await transaction.run(insert(objects), **an_object("BET-1", transaction.now))
        now = transaction.now
    orphan = {"workspace": WORKSPACE, **a_link("BET-1", "BET-404", now)}
    refused = 0
    async with AsyncExitStack() as stack:
        for _ in range(10):  # as many as the pool has
            connection = await stack.enter_async_context(database.engine.connect())
            with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
                await connection.execute(insert(links), orphan)
            await connection.rollback()
            refused += 1
    assert refused == 10


async def test_every_sqlite_connection_is_set_up_for_safety(tmp_path: Path) -> None:
    wanted = {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 2, "busy_timeout": 5000}
    async with opened(f"sqlite:///{tmp_path / 'throughline.db'}") as database, AsyncExitStack() as stack:
        for _ in range(10):
            connection = await stack.enter_async_context(database.engine.connect())
            found = {name: (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar() for name in wanted}
            assert found == wanted
