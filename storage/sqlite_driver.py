"""aiosqlite that goes to its thread only for what may wait: to begin writing, and to commit what was written.

A statement takes some microseconds, the way to the thread and back a hundred and more, and SQLAlchemy makes it four times for
each: to get a cursor, execute, fetch all rows and close it. So statements run where they are called.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Self

from aiosqlite import Connection

ROWS_IN_A_CHUNK = 64  # of an iteration over a cursor, which we never do


class QuickConnection(Connection):
    """What `aiosqlite.connect` returns, with quicker cursors."""

    _begin = ""
    _writes = False
    _stopping: asyncio.Future[Any] | None = None

    def stop(self) -> asyncio.Future[Any] | None:
        self._stopping = super().stop()
        return self._stopping

    async def _connect(self) -> Connection:
        try:
            return await super()._connect()
        except sqlite3.Error:
            if self._stopping:  # else its thread might tell of its end when there is no loop to tell it to any more
                await self._stopping
            raise

    def begin_with(self, statement: str, *, writes: bool) -> None:
        """Begin a transaction with `statement` ("BEGIN IMMEDIATE") as soon as there is something to do in it."""
        self._begin, self._writes = statement, writes

    def cursor(self) -> "Cursor":  # type: ignore[override]  # SQLAlchemy awaits nothing of it but the methods below
        return Cursor(self)

    async def do(self, function: Callable[[sqlite3.Connection], None]) -> None:
        """Call `function` with the connection, within the transaction that is to begin."""
        begin, self._begin = self._begin, ""
        if begin and self._writes:
            await self._execute(self._conn.execute, begin)  # type: ignore[no-untyped-call]  # aiosqlite leaves it untyped
        elif begin:
            self._conn.execute(begin)
        function(self._conn)

    async def commit(self) -> None:
        if self._writes:
            await super().commit()
        else:
            self._conn.commit()
        self._begin, self._writes = "", False

    async def rollback(self) -> None:
        if self._writes:  # in the thread, after what may still be under way there
            await super().rollback()
        else:
            self._conn.rollback()
        self._begin, self._writes = "", False


class Cursor:
    """The part of an aiosqlite cursor that SQLAlchemy uses; it is closed as soon as its rows were fetched."""

    description: Any = None
    rowcount = -1
    lastrowid: int | None = None
    arraysize = 1

    def __init__(self, connection: QuickConnection) -> None:
        self._connection = connection
        self._cursor: sqlite3.Cursor | None = None  # while it has rows

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, statement: str, values: Sequence[Any] = ()) -> None:
        await self._connection.do(partial(self._run, sqlite3.Cursor.execute, statement, values))

    async def executemany(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        await self._connection.do(partial(self._run, sqlite3.Cursor.executemany, statement, rows))

    async def fetchall(self) -> list[Any]:
        rows = self._cursor.fetchall() if self._cursor else []
        await self.close()
        return rows

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        return self._cursor.fetchmany(size or self.arraysize) if self._cursor else []

    async def close(self) -> None:
        cursor, self._cursor = self._cursor, None
        if cursor:
            cursor.close()

    def _run(self, way: Callable[..., Any], statement: str, values: Sequence[Any], connection: sqlite3.Connection) -> None:
        cursor = connection.cursor()
        try:
            way(cursor, statement, values)
            self.description, self.rowcount, self.lastrowid = cursor.description, cursor.rowcount, cursor.lastrowid
            if cursor.description:
                self._cursor = cursor
        finally:
            if self._cursor is None:
                cursor.close()


def connect(file: str, **options: Any) -> Connection:
    """Return a connection to be awaited; `options` are those of `sqlite3.connect`."""
    connection = QuickConnection(partial(sqlite3.connect, file, **{**options, "check_same_thread": False}), ROWS_IN_A_CHUNK)
    connection._thread.daemon = True  # noqa: SLF001  # as SQLAlchemy does: a process that ends must not wait for it
    return connection
