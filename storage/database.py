"""The engine, and transactions bound to one workspace for their life."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic_core import from_json
from sqlalchemy import ColumnElement, Executable, Insert, Table, bindparam, event
from sqlalchemy.engine import Connection, CursorResult, Row, RowMapping, make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage.clock import Clock
from storage.columns import to_json
from storage.sqlite_driver import connect

BUSY_TIMEOUT_MS = 5_000
CACHE_KB, BULK_CACHE_KB = 2_000, 64_000  # SQLite's own default; and so much that a page is seldom written twice


class BadDatabaseUrl(Exception):
    """DATABASE_URL names no database that I know."""


def async_url(url: str) -> str:
    """Return SQLAlchemy's URL for a plain `sqlite:///FILE`, `postgresql://…` or `postgres://…`; raise BadDatabaseUrl."""
    scheme, separator, rest = url.partition("://")
    drivers = {
        "sqlite": "sqlite+aiosqlite",
        "postgresql": "postgresql+asyncpg",
        "postgres": "postgresql+asyncpg",
    }
    if not separator or scheme not in drivers:
        raise BadDatabaseUrl("DATABASE_URL should start with sqlite:///, postgresql:// or postgres://.")
    if scheme != "sqlite":
        rest = rest.replace("sslmode=", "ssl=")  # libpq's word, which hosts put into their addresses, and asyncpg's
    return f"{drivers[scheme]}://{rest}"


_OURS = "this_workspace"


def ours(table: Table) -> ColumnElement[bool]:
    """Return the condition that a row of `table` belongs to the transaction's workspace."""
    return table.c.workspace == bindparam(_OURS)


@dataclass(frozen=True)
class Transaction:
    """A transaction that sees one workspace: `workspace` is bound into every statement. `now` is read once, at its start."""

    connection: AsyncConnection
    workspace: str
    now: datetime

    async def run(self, statement: Executable, **values: object) -> CursorResult[Any]:
        return await self.connection.execute(statement, {self._name_in(statement): self.workspace, **values})

    async def run_many(self, statement: Executable, rows: Sequence[Mapping[str, object]]) -> None:
        """Run `statement` for each of `rows`; nothing where there are none."""
        if rows:
            name = self._name_in(statement)
            await self.connection.execute(statement, [{name: self.workspace, **row} for row in rows])

    async def rows(self, statement: Executable, **values: object) -> Sequence[RowMapping]:
        return (await self.run(statement, **values)).mappings().all()

    async def batches(self, statement: Executable, size: int, **values: object) -> AsyncIterator[Sequence[Row[Any]]]:
        """Yield the rows some at a time, at most `size`: there may be more of them than memory holds."""
        result = await self.connection.stream(statement, {self._name_in(statement): self.workspace, **values})
        async for rows in result.partitions(size):
            yield rows

    async def row(self, statement: Executable, **values: object) -> RowMapping | None:
        return (await self.run(statement, **values)).mappings().first()

    async def value(self, statement: Executable, **values: object) -> Any:
        """Return the first column of the first row, or None."""
        return (await self.run(statement, **values)).scalar()

    @staticmethod
    def _name_in(statement: Executable) -> str:
        return "workspace" if isinstance(statement, Insert) else _OURS


class Database:
    """One engine. SQLite has one writer at a time, so writers queue here, in order, instead of polling for the file's lock."""

    def __init__(self, url: str, clock: Clock) -> None:
        self.url = async_url(url)
        self.clock = clock
        self.is_sqlite = self.url.startswith("sqlite")
        self.engine = _engine(self.url, self.is_sqlite)
        self._writers = asyncio.Lock() if self.is_sqlite else None

    @asynccontextmanager
    async def reading(self, workspace: str) -> AsyncIterator[Transaction]:
        """A transaction for reading; nothing that it writes is kept."""
        async with self.engine.connect() as connection:
            yield Transaction(connection, workspace, self.clock.now())

    @asynccontextmanager
    async def snapshot(self, workspace: str) -> AsyncIterator[Transaction]:
        """A transaction for reading that sees the same moment all the time, whatever others write."""
        async with self.engine.connect() as connection:
            if not self.is_sqlite:  # there every transaction is so
                await connection.execution_options(isolation_level="REPEATABLE READ")
            yield Transaction(connection, workspace, self.clock.now())

    @asynccontextmanager
    async def writing(self, workspace: str) -> AsyncIterator[Transaction]:
        """A transaction for writing: all of it is kept, or, on any exception, nothing."""
        async with self._writer() as connection, connection.begin():
            yield Transaction(connection, workspace, self.clock.now())

    @asynccontextmanager
    async def writing_much(self, workspace: str) -> AsyncIterator[Transaction]:
        """As `writing`, for a great many rows: SQLite gets more memory, and its log is cut afterwards, as long as it is."""
        async with self._writer() as connection:
            bulk = _in_bulk(connection) if self.is_sqlite else nullcontext()
            async with bulk, connection.begin():
                yield Transaction(connection, workspace, self.clock.now())

    @asynccontextmanager
    async def _writer(self) -> AsyncIterator[AsyncConnection]:
        async with self._writers or nullcontext(), self.engine.connect() as connection:
            await connection.execution_options(writes=True)
            yield connection

    async def close(self) -> None:
        await self.engine.dispose()


def _engine(url: str, is_sqlite: bool) -> AsyncEngine:
    if not is_sqlite:  # no overflow: what goes beyond the pool would be opened and closed each time
        engine = create_async_engine(
            url, json_serializer=to_json, json_deserializer=from_json, pool_size=10, max_overflow=0, pool_use_lifo=True
        )
        event.listen(engine.sync_engine, "checkout", _still_open)
        return engine
    if make_url(url).database in (None, "", ":memory:"):
        raise BadDatabaseUrl("DATABASE_URL should name a file, such as sqlite:///throughline.db.")
    engine = create_async_engine(
        url,
        json_serializer=to_json,
        json_deserializer=from_json,
        pool_size=10,
        max_overflow=0,
        pool_use_lifo=True,
        connect_args={"async_creator_fn": connect},
    )
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


@asynccontextmanager
async def _in_bulk(connection: AsyncConnection) -> AsyncIterator[None]:
    await connection.run_sync(pragma, f"cache_size=-{BULK_CACHE_KB}")
    try:
        yield
    finally:
        await connection.run_sync(pragma, f"cache_size=-{CACHE_KB}")
        await connection.run_sync(pragma, "wal_checkpoint(TRUNCATE)")


def pragma(connection: Connection, setting: str) -> None:
    """Run a PRAGMA of SQLite, such as "cache_size=-2000", outside of any transaction."""
    cursor = connection.connection.cursor()  # the driver's own: through SQLAlchemy it would begin a transaction
    cursor.execute(f"PRAGMA {setting}")
    cursor.close()


def _still_open(connection: Any, *_: object) -> None:
    """Have the pool replace a connection that the server has closed; `pool_pre_ping` asks it, which takes three round trips."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError


def _prepare_sqlite(connection: Any, _: object) -> None:
    connection.isolation_level = None  # the driver would begin transactions by itself, too late and without IMMEDIATE
    cursor = connection.cursor()
    for setting in (
        "journal_mode=WAL",
        "foreign_keys=ON",
        "synchronous=FULL",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
    ):
        cursor.execute(f"PRAGMA {setting}")
    cursor.execute("PRAGMA foreign_keys")
    if cursor.fetchone() != (1,):
        raise RuntimeError("this SQLite cannot check foreign keys, so nothing would be safe in it")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.connection.driver_connection.begin_with("BEGIN IMMEDIATE" if writes else "BEGIN", writes=writes)
